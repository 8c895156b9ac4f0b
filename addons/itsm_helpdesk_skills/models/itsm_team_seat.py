from odoo import fields, models


class ItsmTeamSeat(models.Model):
    """What each person in a team can do."""

    _inherit = "itsm.team.seat"

    skill_ids = fields.Many2many(
        "hr.skill", string="Skills", compute="_compute_skill_ids"
    )

    def _compute_skill_ids(self):
        levels = self.user_id._itsm_skill_levels()
        for seat in self:
            seat.skill_ids = [(6, 0, list(levels.get(seat.user_id.id, ())))]
