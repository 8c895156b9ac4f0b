from odoo import api, models, modules


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
        """Show first in the activity menu what waits for the user's decision."""
        groups = super()._get_activity_groups()
        domain = [("my_turn", "=", True)]
        count = self.env["itsm.approval"].search_count(domain)
        if count:
            groups.insert(
                0,
                {
                    "id": self.env["ir.model"]._get_id("itsm.approval"),
                    "type": "itsm_approval",
                    "name": self.env._("Approvals"),
                    "model": "itsm.approval",
                    "icon": modules.module.get_module_icon("itsm_approval"),
                    "domain": domain,
                    "total_count": count,
                    "view_type": "list",
                },
            )
        return groups
