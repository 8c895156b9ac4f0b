from odoo import models


class ItsmTeam(models.Model):
    """Seats in a team that people change by hand, and teams that come and go."""

    _inherit = "itsm.team"

    def write(self, vals):
        result = super().write(vals)
        if {"member_ids", "leader_id"}.intersection(vals):
            self.env["itsm.role"]._note_by_hand([("team_id", "in", self.ids)])
        if "active" in vals:
            self.env["itsm.role"]._recheck_scope([("team_id", "in", self.ids)])
        return result
