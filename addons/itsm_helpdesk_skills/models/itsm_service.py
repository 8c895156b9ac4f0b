from odoo import fields, models


class ItsmService(models.Model):
    _inherit = "itsm.service"

    skill_need_ids = fields.One2many(
        "itsm.skill.need",
        "service_id",
        string="Needed Skills",
        groups="itsm_helpdesk.group_itsm_agent,itsm_helpdesk.group_itsm_auditor",
        help="Who has them gets the tickets of this service first, where a team assigns"
        " by itself.",
    )
