from odoo import fields, models


class ItsmCategory(models.Model):
    _inherit = "itsm.category"

    skill_need_ids = fields.One2many(
        "itsm.skill.need", "category_id", string="Needed Skills"
    )
