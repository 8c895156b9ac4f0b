from odoo import fields, models
from odoo.exceptions import AccessError


class ItsmCiFindingAcceptance(models.TransientModel):
    """Asks why findings are accepted, and until when."""

    _name = "itsm.ci.finding.acceptance"
    _description = "Accept Findings"

    finding_ids = fields.Many2many(
        "itsm.ci.finding",
        "itsm_ci_finding_acceptance_rel",
        "wizard_id",
        "finding_id",
        "Findings",
        default=lambda self: self.env.context.get("active_ids"),
        required=True,
    )
    reason = fields.Text(required=True)
    until = fields.Date(help="Open again after this day. Empty: for good.")

    def action_accept(self):
        """Accept the findings.

        :raise AccessError: for all but configuration managers
        """
        if not self.env.user.has_group("itsm_cmdb.group_cmdb_manager"):
            raise AccessError(
                self.env._("Findings are accepted by a configuration manager.")
            )
        self.finding_ids.check_access("write")
        # sudo: the state is written by verbs only; rights were checked above.
        self.finding_ids.sudo()._accept(self.reason, self.until)
        return {"type": "ir.actions.act_window_close"}
