from odoo import models


class ResUsers(models.Model):
    """What people do to access rights by hand is noted beside what roles gave."""

    _inherit = "res.users"

    def write(self, vals):
        result = super().write(vals)
        if {"group_ids", "itsm_team_ids"}.intersection(vals):
            self.env["itsm.role"]._note_by_hand([("user_id", "in", self.ids)])
        if "active" in vals:
            self.env["itsm.role"]._recheck(self)
        return result
