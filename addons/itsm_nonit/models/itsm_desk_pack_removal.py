"""Taking a pack away that nobody used."""

from odoo import SUPERUSER_ID, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from .itsm_desk_pack_install import SHARED

# What belongs to a record that a pack made, and goes with it.
PARTS = (
    "itsm.approval.policy.line",
    "itsm.approval.policy.step",
    "itsm.plan.check",
    "itsm.plan.task",
    "itsm.question",
    "itsm.question.option",
    "itsm.service.favourite",
    "itsm.service.order",
    "itsm.service.version",
    "itsm.service.version.table",
    "itsm.sla.escalation",
    "itsm.sla.policy.version",
    "itsm.sla.target",
)
# In this order, so that nothing is left without what it needs.
_ORDER = ("itsm.service", "itsm.bookable", "itsm.sla.policy", "itsm.category")
# People are members of teams, packs know their desks: that is no use of them.
_NO_USE = frozenset(
    ("itsm.desk.pack", "itsm.desk.pack.item")
    + ("res.users", "res.partner", "res.groups", "res.company")
)


class ItsmDeskPack(models.Model):
    """Removing."""

    _inherit = "itsm.desk.pack"

    def _remove(self):
        """Delete all that the pack made; refuse what somebody used or changed."""
        self.ensure_one()
        self._must_be_installed()
        name = self.display_name
        own = self._own_records()
        orders, tasks = self._wired_parts()
        obstacles = [*self._uses(own, orders, tasks), *self._changes(own)]
        if obstacles:
            raise UserError(
                self.env._(
                    "“%(pack)s” cannot be removed, because it is used:\n%(obstacles)s\n"
                    "Archive the desk instead: then nothing new comes in, and nothing "
                    "is lost.",
                    pack=name,
                    obstacles="\n".join(f"• {line}" for line in obstacles),
                )
            )
        # The system does it, or whoever removes one pack were the last who changed
        # what others keep.
        self.with_user(SUPERUSER_ID)._take_away(own, orders, tasks)
        self.write(
            {
                "desk_id": False,
                "installed_at": False,
                "installed_by_id": False,
                "languages": False,
            }
        )

    def _own_records(self):
        """Return ``{model: records}`` that only this pack has."""
        models_ = set(self.item_ids.mapped("res_model")) - set(SHARED)
        return {
            name: self.item_ids._records(name).with_context(active_test=False)
            for name in models_
            if name in self.env
        }

    # ------------------------------------------------------------------
    # What is in the way
    # ------------------------------------------------------------------

    def _uses(self, own, orders, tasks):
        """Return a line for each kind of records that refer to the pack's.

        :param orders: parts of other services that go with the pack
        :param tasks: tasks of other services that are left without their team
        """
        known = with_parts(self.env, own)
        found = _references(self.env, known)
        for rows in (orders, tasks):
            found.get(rows._name, set()).difference_update(rows.ids)
        # Shared words know the desks that use them.
        found = {model: ids for model, ids in found.items() if model not in SHARED}
        waiting = self._waiting_for_parts(orders)
        found.setdefault("itsm.ticket", set()).update(waiting.ids)
        return [
            self.env._(
                "%(kind)s: %(number)s, such as “%(name)s”",
                kind=self.env["ir.model"]._get(model).name,
                number=len(ids),
                name=_title(self.env[model].browse(min(ids))),
            )
            for model, ids in sorted(found.items())
            if ids
        ]

    def _changes(self, own):
        """Return a line for each record that somebody else changed since."""
        mine = {SUPERUSER_ID, self.env.uid, self.installed_by_id.id}
        return [
            self.env._(
                "%(kind)s “%(name)s”: changed by %(user)s",
                kind=self.env["ir.model"]._get(model).name,
                name=record.display_name,
                user=record.write_uid.name,
            )
            for model, records in sorted(own.items())
            for record in records
            if record.write_uid.id not in mine
        ]

    # ------------------------------------------------------------------
    # Deleting
    # ------------------------------------------------------------------

    def _take_away(self, own, orders, tasks):
        self._take_out_parts(orders, tasks)
        self._delete(own)
        self._release_shared()
        self.env.flush_all()

    def _delete(self, own):
        quiet = self.with_context(tracking_disable=True).env
        own = {name: records.with_env(quiet) for name, records in own.items()}
        desks, teams = own.pop("itsm.desk"), own.pop("itsm.team")
        own.pop("itsm.service", self.env["itsm.service"])._forget()
        for name in sorted(own, key=lambda name: (name not in _ORDER, name)):
            own[name].unlink()
        desks.default_team_id = False
        teams.escalation_team_id = False
        teams.unlink()
        desks.unlink()
        self.item_ids.filtered(lambda item: item.res_model not in SHARED).unlink()

    def _release_shared(self):
        """Delete what the pack shared, where nobody else needs it."""
        items = self.item_ids
        records = {name: items._records(name) for name in SHARED}
        items.unlink()
        Items = self.env["itsm.desk.pack.item"]
        left = True
        while left:
            left = False
            for name in SHARED:
                for record in records[name]:
                    others = [("res_model", "=", name), ("res_id", "=", record.id)]
                    if Items.search_count(others, limit=1):
                        records[name] -= record
                    elif not _references(
                        self.env, with_parts(self.env, {name: record})
                    ):
                        records[name] -= record
                        record.with_context(tracking_disable=True).unlink()
                        # A folder above may be empty now.
                        left = True


# ----------------------------------------------------------------------
# References
# ----------------------------------------------------------------------


def with_parts(env, own):
    """Return ``{model: ids}`` of records and of what belongs to them."""
    known = {name: set(records.ids) for name, records in own.items() if records}
    new = dict(known)
    while new:
        found = {}
        for model, field in _fields_to(env, new, PARTS):
            if field.type == "many2one" and field.ondelete == "cascade":
                ids = _rows(env, model, field, new[field.comodel_name])
                found.setdefault(model, set()).update(ids - known.get(model, set()))
        new = {model: ids for model, ids in found.items() if ids}
        for model, ids in new.items():
            known.setdefault(model, set()).update(ids)
    return known


def _references(env, known):
    """Return ``{model: ids}`` of records that refer to the known ones from outside."""
    names = [name for name in env.registry if name not in _NO_USE]
    found = {}
    for model, field in _fields_to(env, known, names):
        ids = _rows(env, model, field, known[field.comodel_name])
        ids -= known.get(model, set())
        if ids:
            found.setdefault(model, set()).update(ids)
    return found


def _fields_to(env, comodels, names):
    """Yield ``(model, field)`` of what the database keeps of links to ``comodels``."""
    for name in names:
        Model = env.registry[name]
        if Model._abstract or Model._transient or not Model._auto:
            continue
        for field in Model._fields.values():
            if (
                field.store
                and field.type in ("many2one", "many2many")
                and field.comodel_name in comodels
            ):
                yield name, field


def _rows(env, model, field, ids):
    """Return the ids of the records whose field names one of ``ids``."""
    Model = env[model].sudo().with_context(active_test=False)
    return set(Model.search(Domain(field.name, "in", list(ids)), order="id").ids)


def _title(record):
    """Return what a record is called; of a part, the whole."""
    whole = record
    while whole._name in PARTS:
        above = next(
            (
                whole[name]
                for name in ("service_id", "policy_id", "step_id", "version_id")
                if name in whole._fields and whole[name]
            ),
            None,
        )
        if above is None:
            break
        whole = above
    return whole.display_name
