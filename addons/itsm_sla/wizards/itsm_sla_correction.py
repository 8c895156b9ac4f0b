from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ..models.itsm_sla_event import EVENT_KINDS
from ..tools import life


class ItsmSlaCorrection(models.TransientModel):
    """Correct the times of a record: wrong events are replaced, never erased."""

    _name = "itsm.sla.correction"
    _description = "Correct Times"

    res_model = fields.Char(required=True, readonly=True)
    res_id = fields.Many2oneReference(model_field="res_model", readonly=True)
    reason = fields.Char(required=True)
    line_ids = fields.One2many("itsm.sla.correction.line", "correction_id")

    @api.model
    def default_get(self, fields_list):
        values = super().default_get(fields_list)
        context = self.env.context
        model = values.get("res_model") or context.get("active_model")
        res_id = values.get("res_id") or context.get("active_id")
        if not model or not res_id:
            return values
        record = self._record_of(model, res_id)
        values.update(res_model=model, res_id=res_id)
        if "line_ids" in fields_list:
            values["line_ids"] = [
                fields.Command.create(line) for line in self._proposed_lines(record)
            ]
        return values

    @api.model
    def _record_of(self, model, res_id):
        """Return the record, if the user may correct its times."""
        if not self.env["itsm.sla.policy"]._has_clocks(model):
            raise AccessError(
                self.env._("Records of “%(model)s” have no clocks.", model=model)
            )
        record = self.env[model].browse(res_id)
        record.check_access("write")
        if not record._sla_may_correct():
            raise AccessError(
                self.env._(
                    "Only a desk manager or service level manager corrects the times "
                    "of %(record)s.",
                    record=record.display_name,
                )
            )
        return record

    @api.model
    def _proposed_lines(self, record):
        """Return a line for each event that counts."""
        # sudo: checked above; events are the engine's.
        Event = self.env["itsm.sla.event"].sudo()
        events = Event._events_of(record._name, record.ids)[record.id]
        return [
            {"event_id": event.id, "kind": event.kind, "at": event.at, "was": event.at}
            for event in life.effective(events)
            if event.kind not in life.ATTACHMENTS
        ]

    def action_apply(self):
        """Replace the changed events, bring the clocks up to date, note it."""
        self.ensure_one()
        record = self._record_of(self.res_model, self.res_id)
        changed = self.line_ids.filtered(
            lambda line: line.void or line.at != line.event_id.sudo().at
        )
        if not changed:
            raise UserError(self.env._("Nothing was changed."))
        if not (self.reason or "").strip():
            raise UserError(self.env._("Say why the times are corrected."))
        for line in changed:
            line._check(record)
        corrected = record._sla_correct(
            [
                (
                    line.event_id.id,
                    line.event_id.at if line.void else line.at,
                    line.void,
                )
                for line in changed.sudo()
            ],
            self.reason,
        )
        record.sudo()._sla_after_correction(corrected)
        return {"type": "ir.actions.act_window_close"}


class ItsmSlaCorrectionLine(models.TransientModel):
    """An event, with the time it is to have."""

    _name = "itsm.sla.correction.line"
    _description = "Correct Times: Event"
    _order = "was, id"

    correction_id = fields.Many2one(
        "itsm.sla.correction", required=True, ondelete="cascade"
    )
    event_id = fields.Many2one("itsm.sla.event", required=True, ondelete="cascade")
    kind = fields.Selection(EVENT_KINDS, readonly=True)
    was = fields.Datetime("Recorded", readonly=True)
    at = fields.Datetime("Correct Time", required=True)
    void = fields.Boolean("Take Out", help="It did not happen.")

    def _check(self, record):
        """Refuse times that cannot be, and events of other records."""
        self.ensure_one()
        event = self.event_id.sudo()
        if (event.res_model, event.res_id) != (record._name, record.id):
            raise AccessError(self.env._("This event belongs to another record."))
        if event.kind in life.ATTACHMENTS:
            raise UserError(
                self.env._("Which policies apply follows from the record itself.")
            )
        if self.at > fields.Datetime.now():
            raise UserError(self.env._("A corrected time cannot lie ahead."))
        if self.void and event.kind == life.OPENED:
            raise UserError(
                self.env._("That the record was opened cannot be taken out.")
            )
