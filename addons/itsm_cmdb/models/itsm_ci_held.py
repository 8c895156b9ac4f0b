from collections import defaultdict

from odoo import SUPERUSER_ID, api, models
from odoo.tools import SQL

from ..tools.history import is_empty
from .itsm_ci_history import PICTURE


def _plain(value):
    return value or None


# How a value in Odoo's cache stands in a state; records are named later.
_PLAIN = {
    "boolean": bool,
    "date": lambda value: value.isoformat(),
    "datetime": lambda value: value.replace(microsecond=0).isoformat(" "),
    "float": _plain,
    "html": str,
    "integer": _plain,
    "many2many": lambda ids: [[id_, None] for id_ in sorted(ids)],
    "many2one": lambda id_: [id_, None],
    "monetary": _plain,
}


class ItsmCi(models.Model):
    """The present state of items, as revisions and comparisons know it."""

    _inherit = "itsm.ci"

    def _held(self, names):
        """Return ``{id: {key: value}}`` of some fields; records without their names."""
        names = set(names)
        attributes = "attributes" in names
        fields = [self._fields[name] for name in names - {"attributes", PICTURE}]
        several = [field.name for field in fields if field.type == "many2many"]
        # sudo: whoever saves an item leaves a whole revision of it.
        items = self.sudo().with_context(active_test=False)
        items.invalidate_recordset(several, flush=False)
        items.fetch(
            [*(field.name for field in fields), "provenance"]
            + ["attributes"] * attributes
        )
        held = {id_: {} for id_ in items._ids}
        for field in fields:
            items._hold(field, held)
        if attributes:
            for item in items:
                held[item.id].update(
                    (key, value)
                    for key, value in item._held_attributes().items()
                    if not is_empty(value)
                )
        if PICTURE in names:
            for id_, checksum in self._picture_checksums():
                held[id_][PICTURE] = checksum
        return held

    def _hold(self, field, held):
        """Put the values of a field into states; most items have none for most fields.

        Thousands of items are looked at here, so what was fetched is taken as it lies
        in the cache, and not record by record.
        """
        self._recompute_recordset([field.name])
        plain = _PLAIN.get(field.type, _plain)
        cache = field._get_cache(self.env)
        for id_ in self._ids:
            if id_ not in cache:
                # Not fetched with the others: Odoo reads it, or says why not.
                self.browse(id_)[field.name]  # pylint: disable=pointless-statement
            value = cache[id_]
            if value or value == 0 or field.type == "boolean":
                value = plain(value)
                if not is_empty(value):
                    held[id_][field.name] = value

    def _held_attributes(self):
        values = self.attributes._values or {}
        return {
            f"attributes.{key}": value
            for key, value in values.items()
            if value is not None and value is not False
        }

    def _picture_checksums(self):
        """Return ``(item id, checksum)`` of those that have a picture."""
        self.env["ir.attachment"].flush_model(["res_id", "checksum"])
        return self.env.execute_query(
            SQL(
                """
                SELECT res_id, checksum FROM ir_attachment
                 WHERE res_model = %s AND res_field = %s AND res_id = ANY(%s)
                """,
                self._name,
                PICTURE,
                list(self._ids),
            )
        )

    # ------------------------------------------------------------------
    # Names of records
    # ------------------------------------------------------------------

    def _with_names(self, changed):
        """Return changes with the names of the records in them, read in batches.

        :param changed: ``{item id: {key: [old, new]}}``
        """
        flat = {
            (id_, number): {key: pair[number] for key, pair in pairs.items()}
            for id_, pairs in changed.items()
            for number in (0, 1)
        }
        named = self._name_records(flat, {each: each[0] for each in flat})
        return {
            id_: {key: [named[id_, 0][key], named[id_, 1][key]] for key in pairs}
            for id_, pairs in changed.items()
        }

    @api.model
    def _name_records(self, states, item_ids):
        """Return states with names in the place of the gaps that ``_held`` leaves.

        :param states: ``{anything: {key: value}}``
        :param item_ids: ``{the same: id of its item}``
        """
        comodels = self._comodels({key for state in states.values() for key in state})
        specs = self._record_attributes(set(item_ids.values()), comodels)
        wanted = defaultdict(set)
        for mark, state in states.items():
            for key, value in state.items():
                model = comodels.get(key) or specs.get((item_ids[mark], key))
                if model and value:
                    wanted[model].update(self._ids_in(value))
        names = {model: self._names_of(model, ids) for model, ids in wanted.items()}
        return {
            mark: {
                key: self._named(
                    value,
                    names.get(comodels.get(key) or specs.get((item_ids[mark], key))),
                )
                for key, value in state.items()
            }
            for mark, state in states.items()
        }

    @api.model
    def _comodels(self, keys):
        """Return ``{key: model}`` of the fields among the keys that hold records."""
        return {
            key: self._fields[key].comodel_name
            for key in keys
            if key in self._fields and self._fields[key].relational
        } | {key: None for key in keys if key.startswith("attributes.")}

    @api.model
    def _record_attributes(self, item_ids, comodels):
        """Return ``{(item id, key): model}`` of the attributes that hold records."""
        keys = {key for key, model in comodels.items() if model is None}
        if not keys:
            return {}
        found = {}
        # sudo: a class may be hidden from who may see what its items say.
        for item_class, items in (
            self.sudo().browse(item_ids).grouped("class_id").items()
        ):
            for spec in item_class._attribute_specs():
                if spec.type == "many2one" and f"attributes.{spec.key}" in keys:
                    for id_ in items._ids:
                        found[id_, f"attributes.{spec.key}"] = spec.comodel
        return found

    @api.model
    def _ids_in(self, value):
        if isinstance(value, int):
            return (value,)
        if value and isinstance(value[0], int):
            return (value[0],)
        return (each[0] for each in value)

    @api.model
    def _names_of(self, model, ids):
        """Return ``{id: name}``; records that are no more have their id."""
        if model not in self.env:
            return {id_: f"#{id_}" for id_ in ids}
        # As superuser: what is kept does not depend on what its writer may read.
        records = self.env[model].with_user(SUPERUSER_ID).browse(ids).exists()
        known = {record.id: record.display_name for record in records}
        return {id_: known.get(id_) or f"#{id_}" for id_ in ids}

    @api.model
    def _named(self, value, names):
        if names is None or not value:
            return value
        if isinstance(value, int):
            return [value, names[value]]
        if isinstance(value[0], int):
            return [value[0], names[value[0]]]
        return [[id_, names[id_]] for id_, _name in value]
