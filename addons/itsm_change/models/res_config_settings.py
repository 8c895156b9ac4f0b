from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    change_history_days = fields.Integer(
        related="company_id.change_history_days", readonly=False
    )
    change_history_minimum = fields.Integer(
        related="company_id.change_history_minimum", readonly=False
    )
    change_incident_days = fields.Integer(
        related="company_id.change_incident_days", readonly=False
    )
