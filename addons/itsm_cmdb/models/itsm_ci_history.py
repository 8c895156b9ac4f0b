from odoo import api, models, tools

from ..tools.history import differences

# What is not part of how an item stands: who said so, keys of links, confirmations.
UNTRACKED = frozenset({"attributes", "provenance", "token", "verified_at"})
TRACKED_TYPES = frozenset(
    {
        "boolean",
        "char",
        "date",
        "datetime",
        "float",
        "html",
        "integer",
        "many2many",
        "many2one",
        "monetary",
        "selection",
        "text",
    }
)
PICTURE = "image_1920"
# In the context of our own code only: the values have their defaults.
COMPLETE = object()


class ItsmCi(models.Model):
    """The one way by which items change: each save leaves a revision.

    ``create``, ``write`` and ``_write_values`` work in batches: they look at the items
    before and after, and write what differs as revisions, with who says so.
    """

    _inherit = "itsm.ci"

    # ------------------------------------------------------------------
    # What is tracked
    # ------------------------------------------------------------------

    @api.model
    def _untracked_fields(self):
        """Return the names of stored fields that are not part of an item's state."""
        return UNTRACKED

    @api.model
    @tools.ormcache()
    def _tracked_fields(self):
        """Return the names of the fields that make the state of an item, sorted."""
        untracked = self._untracked_fields() | set(models.MAGIC_COLUMNS)
        return tuple(
            sorted(
                name
                for name, field in self._fields.items()
                if field.store
                and name not in untracked
                and (field.type in TRACKED_TYPES or name == PICTURE)
            )
        )

    @api.model
    def _names_touched(self, names):
        """Return the fields to look at, before and after these are written."""
        names = set(names)
        if "class_id" in names:
            names |= {"stage_id", "attributes"}
        if "stage_id" in names:
            names.add("status")
        return names & {"attributes", *self._tracked_fields()}

    # ------------------------------------------------------------------
    # Saving
    # ------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        origin = self._origin_now()
        # Once for all: no default of an item is another one for the next.
        defaults = super()._add_missing_default_values({})
        vals_list = [{**defaults, **self._clean_vals(vals)} for vals in vals_list]
        self._keep_known_attributes(vals_list)
        self._add_codes(vals_list)
        self._add_stages(vals_list)
        self._add_provenance(vals_list, origin)
        quiet = self._quietly(len(vals_list)).with_context(itsm_ci_complete=COMPLETE)
        items = super(ItsmCi, quiet).create(vals_list).with_env(self.env)
        items._check_saved()
        items._log_creation(origin)
        items._refresh_identities()
        return items

    @api.model
    def _add_missing_default_values(self, values):
        """Leave values as they are that ``create`` made complete."""
        if self.env.context.get("itsm_ci_complete") is COMPLETE:
            return values
        return super()._add_missing_default_values(values)

    def write(self, vals):
        from_screen = isinstance(vals.get("attributes"), list)
        vals = self._clean_vals(vals)
        if "attributes" in vals:
            self._settle_attributes(vals, from_screen)
        self._leave_rack(vals)
        if "code" in vals:
            self._refuse_new_code(vals["code"])
        if "status" in vals and "stage_id" not in vals:
            return self._write_status(vals)
        names = self._names_touched(vals)
        if not names:
            return super().write(vals)
        origin = self._origin_now()
        self._check_moves(vals, origin)
        before = self._held(names)
        result = super(ItsmCi, self._quietly(len(self))).write(self._seen(vals, origin))
        self._settle(before, names, origin)
        return result

    def _write_status(self, vals):
        """Write by status: each item goes to the stage of its own life cycle."""
        status = vals.pop("status")
        # sudo: a class may be hidden from who moves its items.
        for item_class, items in self.sudo().grouped("class_id").items():
            stage = self._stage_of(item_class.id, status)
            items.with_env(self.env).write(vals | {"stage_id": stage.id})
        return True

    @api.model
    def _write_values(self, values_by_id):
        """Write other values for each item, in one go.

        :param values_by_id: ``{item id: {key: value}}`` with the keys of the history;
            records as ids, attributes are merged into those that the item has
        :return: ``{item id: {key: [old, new]}}`` of what changed
        """
        items = self.browse(values_by_id)
        items.check_access("write")
        origin = self._origin_now()
        vals_by_id = items._vals_of(values_by_id)
        names = self._names_touched(
            {key for vals in vals_by_id.values() for key in vals}
        )
        # sudo: the rights on all of them are looked at once, before and after.
        writer = items._quietly(len(items)).sudo()
        for item in items:
            item._check_moves(vals_by_id[item.id], origin)
        before = items._held(names)
        for item in writer:
            super(ItsmCi, item).write(self._seen(vals_by_id[item.id], origin))
        items.check_access("write")
        return items._settle(before, names, origin)

    def _vals_of(self, values_by_id):
        """Return ``{id: values for write}`` of values by the keys of the history."""
        found = {}
        for item in self.sudo():  # sudo: see _write_values
            vals = {}
            given = values_by_id[item.id]
            merged = dict(item.attributes._values or {})
            for key, value in given.items():
                if key.startswith("attributes."):
                    merged[key.removeprefix("attributes.")] = value
                    vals["attributes"] = merged
                else:
                    vals[key] = value
            vals = item._clean_vals(vals)
            item._leave_rack(vals)
            if "code" in vals:
                item.with_env(self.env)._refuse_new_code(vals["code"])
            if status := vals.pop("status", None):
                class_id = vals.get("class_id") or item.class_id.id
                vals.setdefault("stage_id", self._stage_of(class_id, status).id)
            found[item.id] = vals
        return found

    def _settle(self, before, names, origin):
        """Record what a save changed, and let everything follow that depends on it."""
        after = self._held(names)
        changed = {
            id_: pairs
            for id_, held in after.items()
            if (pairs := differences(before[id_], held))
        }
        if not changed:
            return {}
        items = self.browse(changed)
        keys = {key for pairs in changed.values() for key in pairs}
        items._check_saved(keys)
        changes = items._with_names(changed)
        items._log_changes(changes, origin)
        items._say_who(changes, origin)
        items._refresh_identities(keys)
        return changes

    def _refresh_identities(self, keys=None):
        """Hook: the values of ``keys`` (of all if None) were saved."""
