from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    """How early people are told of planned work."""

    _inherit = "res.config.settings"

    change_notice_hours = fields.Integer(
        related="company_id.change_notice_hours", readonly=False
    )
