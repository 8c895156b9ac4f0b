from datetime import date, datetime

from odoo import fields, models
from odoo.exceptions import AccessError, UserError

from odoo.addons.itsm_helpdesk.models.row_lock import wait_for_rows

from .itsm_ci_event import LASTING

_ATTRIBUTE = "attributes."


class ItsmCiEvent(models.Model):
    """The verbs of events; each works on many and refuses with a sentence."""

    _inherit = "itsm.ci.event"

    def action_submit(self):
        """Ask for approval of disposals."""
        self._begin({"draft", "waiting"})
        other = self.filtered(lambda event: event.kind != "disposal")
        if other:
            raise UserError(
                self.env._(
                    "%(event)s needs no approval. It can be done at once.",
                    event=other[0].display_name,
                )
            )
        self._check_ready()
        self._ask_approval()
        return True

    def action_begin(self):
        """Send items to repair, or lend them."""
        self._begin({"draft"})
        other = self.filtered(lambda event: event.kind not in LASTING)
        if other:
            raise UserError(
                self.env._(
                    "%(event)s does not last, so it is done at once.",
                    event=other[0].display_name,
                )
            )
        self._check_ready()
        for event in self:
            event._apply(event._effects())
        self._as_system().write({"state": "underway"})
        self._remind_on_due_date()
        return True

    def action_done(self):
        """Do what the event says; end what is under way."""
        lasting = self.filtered(lambda event: event.kind in LASTING)
        lasting._begin({"draft", "underway"})
        lasting.filtered(lambda event: event.state == "draft").action_begin()
        lasting._end_lasting()
        others = self - lasting
        others._begin({"draft", "waiting"})
        others._check_ready()
        others._check_approved()
        for event in others:
            event._apply(event._effects())
        others._as_system().write({"state": "done", "ended_at": fields.Datetime.now()})
        return True

    def action_cancel(self):
        """Give up what has not begun."""
        self._begin({"draft", "waiting"})
        self._as_system().write({"state": "cancelled"})
        self._approval_withdraw(self.env._("The event was cancelled."))
        return True

    def action_reverse(self):
        """Take back what was done, by a counter event; return it or them."""
        self._begin({"done", "underway"})
        for event in self:
            event._check_reversible()
        counters = self._as_system().create([event._counter_vals() for event in self])
        for event, counter in zip(self, counters, strict=True):
            counter._apply(event._undo_values(strict=True))
        now = fields.Datetime.now()
        counters.write({"state": "done", "ended_at": now})
        self.filtered(lambda event: event.state == "underway")._as_system().write(
            {"state": "done", "ended_at": now}
        )
        return counters.with_env(self.env)._open()

    # ------------------------------------------------------------------
    # Inside the verbs
    # ------------------------------------------------------------------

    def _begin(self, states):
        """Check who asks and how the events stand; others wait until it is over."""
        self.check_access("write")
        # What follows from the items is settled before they change: who had them.
        self.flush_recordset()
        wait_for_rows(self)
        wait_for_rows(self.line_ids.ci_id)
        for event in self:
            if event.state not in states:
                raise UserError(
                    self.env._(
                        "%(event)s is %(state)s, so this is not possible any more.",
                        event=event.display_name,
                        state=self._label(event, "state"),
                    )
                )

    def _apply(self, effects):
        """Write into the items, and note what they had.

        :param effects: ``{line: {key: value}}`` in the naming of the history
        """
        self.ensure_one()
        changed = {line: values for line, values in effects.items() if values}
        by_item = {line.ci_id.id: line for line in self._as_system().line_ids}
        for line, values in changed.items():
            own = by_item[line.ci_id.id]
            item = own.ci_id
            own.write(
                {
                    "before": {key: self._stored(item, key) for key in values},
                    "after": {key: self._plain(value) for key, value in values.items()},
                    "from_custodian_id": item.custodian_id.id,
                    "from_location_id": item.location_id.id,
                }
            )
        if changed:
            self._write_items(
                {line.ci_id.id: values for line, values in changed.items()}
            )

    def _write_items(self, values):
        """Write ``{item id: {key: value}}`` under the name of this event."""
        Item = self.env["itsm.ci"]._under(
            source="stocktake" if self.kind == "count" else "manual",
            origin=self,
            reason=self.reason or self.display_name,
        )
        Item._write_values(values)

    def _end_lasting(self):
        """End repairs and loans: the items are again what they were."""
        for event in self:
            undo = event._undo_values(strict=False)
            values = {}
            for line, old in undo.items():
                old = dict(old)
                if line.condition_after:
                    old["condition"] = line.condition_after
                else:
                    old.pop("condition", None)
                values[line.ci_id.id] = old
            event._write_items(values)
        self._as_system().write({"state": "done", "ended_at": fields.Datetime.now()})
        self.activity_unlink(["itsm_cmdb.mail_activity_type_due_back"])

    def _undo_values(self, strict):
        """Return ``{line: {key: value}}`` that give the items back what they had.

        :param strict: refuse where somebody changed it since; else leave that alone
        """
        self.ensure_one()
        values = {}
        for line in self.line_ids:
            item, after = line.ci_id, line.after or {}
            kept = {
                key: old
                for key, old in (line.before or {}).items()
                if self._stored(item, key) == after.get(key)
            }
            changed = set(line.before or ()) - set(kept) - {"condition", "verified_at"}
            if strict and changed:
                raise UserError(
                    self.env._(
                        "“%(item)s” was changed after %(event)s, so this cannot be "
                        "taken back. Make a new event that says how it is now.",
                        item=item.display_name,
                        event=self.display_name,
                    )
                )
            values[line] = {key: self._typed(key, old) for key, old in kept.items()}
        return values

    def _check_reversible(self):
        self.ensure_one()
        if self.reverses_id or self.is_reversed:
            raise UserError(
                self.env._(
                    "%(event)s was taken back, or takes back another one. Make a new "
                    "event instead.",
                    event=self.display_name,
                )
            )
        if self.kind in LASTING and self.state == "done":
            raise UserError(
                self.env._(
                    "%(event)s has ended and its items are back, so there is nothing "
                    "to take back.",
                    event=self.display_name,
                )
            )
        manager = self.env.user.has_group("itsm_cmdb.group_cmdb_manager")
        if self.kind == "disposal" and not manager and not self.env.su:
            raise AccessError(
                self.env._(
                    "A disposal was approved; only a configuration manager can take "
                    "it back."
                )
            )

    def _counter_vals(self):
        self.ensure_one()
        return {
            "kind": self.kind,
            "company_id": self.company_id.id,
            "reverses_id": self.id,
            "reason": self.env._("Takes back %(number)s.", number=self.number),
            "from_custodian_id": self.custodian_id.id,
            "custodian_id": self.from_custodian_id.id,
            "line_ids": [
                fields.Command.create({"ci_id": line.ci_id.id})
                for line in self.line_ids
            ],
        }

    # ------------------------------------------------------------------
    # Values in the naming of the history
    # ------------------------------------------------------------------

    def _stored(self, item, key):
        """Return what an item has under a key, as Json keeps it."""
        if key.startswith(_ATTRIBUTE):
            name = key.removeprefix(_ATTRIBUTE)
            return self._plain((item.attributes._values or {}).get(name, False))
        return self._plain(item[key])

    @staticmethod
    def _plain(value):
        """Return a value as Json keeps it."""
        if isinstance(value, models.BaseModel):
            value = value.id
        elif isinstance(value, datetime):
            value = fields.Datetime.to_string(value)
        elif isinstance(value, date):
            value = fields.Date.to_string(value)
        return value or False

    def _typed(self, key, value):
        """Return a value of the Json as a write takes it."""
        if key == "verified_at":
            return fields.Datetime.to_datetime(value)
        return value

    def _open(self):
        """Return the action that shows these events."""
        action = {
            "type": "ir.actions.act_window",
            "res_model": self._name,
            "name": self.env._("Life Cycle Events"),
            "view_mode": "list,form",
            "domain": [("id", "in", self.ids)],
        }
        if len(self) == 1:
            action.update(view_mode="form", views=[(False, "form")], res_id=self.id)
        return action
