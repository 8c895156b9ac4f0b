from odoo import models


class ResGroups(models.Model):
    """Which groups roles may give, and what people do to them by hand."""

    _inherit = "res.groups"

    def _itsm_not_for_roles(self):
        """Return the groups that no role gives.

        Those from which one may give rights to anybody stay a decision by hand; those
        of visitors and of the portal are not for staff in the back office.
        """
        power = self.env.ref("base.group_erp_manager")
        outside = self.env.ref("base.group_portal") | self.env.ref("base.group_public")
        # sudo: what groups imply is for administrators of Odoo.
        return self.sudo().filtered(
            lambda group: group.all_implied_ids & (power | outside)
        )

    def write(self, vals):
        result = super().write(vals)
        if "user_ids" in vals:
            self.env["itsm.role"]._note_by_hand([("group_id", "in", self.ids)])
        return result
