from odoo import api, fields, models
from odoo.exceptions import UserError


class ItsmSlaMigration(models.TransientModel):
    """Move running clocks to the present terms of their policy, on purpose."""

    _name = "itsm.sla.migration"
    _description = "Move Running Clocks to the Present Terms"

    policy_id = fields.Many2one("itsm.sla.policy", required=True, readonly=True)
    version_id = fields.Many2one(related="policy_id.current_version_id")
    summary = fields.Text(related="version_id.summary")
    clock_count = fields.Integer(related="policy_id.outdated_clock_count")
    reason = fields.Char(required=True)

    @api.model
    def default_get(self, fields_list):
        values = super().default_get(fields_list)
        context = self.env.context
        if context.get("active_model") == "itsm.sla.policy":
            values.setdefault("policy_id", context.get("active_id"))
        return values

    def action_migrate(self):
        """Give the running clocks the present terms; note it on their records."""
        self.ensure_one()
        self.policy_id.check_access("write")
        if not (self.reason or "").strip():
            raise UserError(self.env._("Say why the running clocks change."))
        self.policy_id._migrate_clocks(self.reason)
        return {"type": "ir.actions.act_window_close"}
