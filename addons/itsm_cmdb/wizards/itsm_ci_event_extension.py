from odoo import fields, models


class ItsmCiEventExtension(models.TransientModel):
    """Asks until when a loan is extended, and why."""

    _name = "itsm.ci.event.extension"
    _description = "Extend a Loan"

    event_id = fields.Many2one(
        "itsm.ci.event",
        "Loan",
        required=True,
        ondelete="cascade",
        default=lambda self: self.env.context.get("active_id"),
    )
    expected_back = fields.Date(related="event_id.expected_back")
    until = fields.Date("Extended Until", required=True)
    reason = fields.Text(required=True)

    def action_extend(self):
        """Extend the loan; the event checks who asks and whether it can be."""
        self.ensure_one()
        self.event_id._extend(self.until, self.reason)
        return {"type": "ir.actions.act_window_close"}
