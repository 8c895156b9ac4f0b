from odoo import api, fields, models
from odoo.exceptions import UserError


class ItsmSlaRemeasure(models.TransientModel):
    """Measure clocks anew, finished ones too, on what counts today.

    A finished clock keeps the terms and the hours it stopped in, so that nothing
    rewrites the past by itself. Where these were wrong – a holiday was forgotten, a
    target mistyped – somebody corrects it here, with a reason.
    """

    _name = "itsm.sla.remeasure"
    _description = "Measure Clocks Anew"

    clock_ids = fields.Many2many(
        "itsm.sla.clock", string="Clocks", required=True, readonly=True
    )
    use_hours = fields.Boolean(
        "On the Present Working Hours",
        default=True,
        help="With the calendar as it is now: its hours, its holidays.",
    )
    use_terms = fields.Boolean(
        "On the Present Terms",
        help="By the newest version of the policy of each clock.",
    )
    reason = fields.Char(required=True)

    @api.model
    def default_get(self, fields_list):
        values = super().default_get(fields_list)
        context = self.env.context
        if context.get("active_model") == "itsm.sla.clock":
            values["clock_ids"] = [fields.Command.set(context.get("active_ids") or [])]
        return values

    def action_remeasure(self):
        """Measure the clocks anew; note on the records what changed."""
        self.ensure_one()
        if not (self.use_hours or self.use_terms):
            raise UserError(self.env._("Choose what the clocks are measured on."))
        if not (self.reason or "").strip():
            raise UserError(self.env._("Say why the clocks are measured anew."))
        self.clock_ids.check_access("read")
        self.clock_ids._remeasure(
            self.reason, hours=self.use_hours, terms=self.use_terms
        )
        return {"type": "ir.actions.act_window_close"}
