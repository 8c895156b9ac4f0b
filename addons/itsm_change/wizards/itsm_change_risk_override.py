from odoo import fields, models

from ..models.itsm_change import RISKS


class ItsmChangeRiskOverride(models.TransientModel):
    """Asks which risk a change has in truth, and why."""

    _name = "itsm.change.risk.override"
    _description = "Override of a Risk"
    _inherit = ["itsm.change.wizard"]

    change_id = fields.Many2one("itsm.change", required=True, readonly=True)
    found = fields.Char(related="change_id.risk_text")
    risk = fields.Selection(RISKS, "It Is", required=True)
    reason = fields.Text(required=True)

    def action_apply(self):
        """Keep what the user says about the risk."""
        self.ensure_one()
        self.change_id.override_risk(self.risk, self.reason)
        return {"type": "ir.actions.act_window_close"}
