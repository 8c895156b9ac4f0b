from odoo import fields, models


class ResUsers(models.Model):
    _inherit = "res.users"

    itsm_desk_ids = fields.Many2many(
        "itsm.desk",
        "itsm_desk_agent_rel",
        "user_id",
        "desk_id",
        string="Service Desks",
        readonly=True,
        copy=False,
        help="Desks this user works for, as a member of a team or as a manager.",
    )
    itsm_team_ids = fields.Many2many(
        "itsm.team",
        "itsm_team_member_rel",
        "user_id",
        "team_id",
        string="Support Teams",
        copy=False,
    )
