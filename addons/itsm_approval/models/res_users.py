from odoo import api, models


class ResUsers(models.Model):
    """People who leave are replaced; what waits for a person is counted."""

    _inherit = "res.users"

    def write(self, vals):
        result = super().write(vals)
        if "active" in vals and not vals["active"]:
            # sudo: who is asked instead is not the business of who archives.
            self.env["itsm.approval"]._on_leavers(self.sudo().partner_id)
        return result

    @api.model
    def _get_activity_groups(self):
        """Show among the activities what waits for the user's decision."""
        groups = super()._get_activity_groups()
        Approval = self.env["itsm.approval"]
        count = Approval.search_count([("my_turn", "=", True)])
        if count:
            groups.append(
                {
                    "id": self.env["ir.model"]._get("itsm.approval").id,
                    "name": self.env._("Approvals"),
                    "model": "itsm.approval",
                    "type": "activity",
                    "icon": "/itsm_approval/static/description/icon.png",
                    "total_count": count,
                    "today_count": count,
                    "overdue_count": 0,
                    "planned_count": 0,
                    "domain": [("my_turn", "=", True)],
                    "view_type": "list",
                }
            )
        return groups
