from odoo import fields, models


class ItsmPrizeDrawCancel(models.TransientModel):
    """Why an announced draw is called off."""

    _name = "itsm.prize.draw.cancel"
    _description = "Call Off a Prize Draw"

    draw_id = fields.Many2one(
        "itsm.prize.draw",
        required=True,
        default=lambda self: self.env.context.get("active_id"),
    )
    reason = fields.Text(required=True)

    def action_cancel(self):
        """Call the draw off."""
        for wizard in self:
            wizard.draw_id.cancel(wizard.reason)
        return {"type": "ir.actions.act_window_close"}
