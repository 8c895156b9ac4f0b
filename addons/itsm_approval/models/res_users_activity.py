from odoo import api, models, modules


class ResUsers(models.Model):
    """Approvals in the activity menu."""

    _inherit = "res.users"

    @api.model
    def _get_activity_groups(self):
        """Add what waits for the user's approval, with its count."""
        groups = super()._get_activity_groups()
        Approval = self.env["itsm.approval"]
        count = Approval.search_count(Approval._portal_waiting_domain())
        if count:
            groups.insert(
                0,
                {
                    "id": self.env["ir.model"]._get_id("itsm.approval"),
                    "type": "itsm_approval",
                    "name": self.env._("Approvals"),
                    "model": "itsm.approval",
                    "icon": modules.module.get_module_icon("itsm_approval"),
                    "domain": [],
                    "total_count": count,
                    "view_type": "list",
                },
            )
        return groups
