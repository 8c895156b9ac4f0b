from odoo import fields, models


class ItsmDesk(models.Model):
    """Whether a desk is for IT: its figures stand in dashboards of their own."""

    _inherit = "itsm.desk"

    is_it = fields.Boolean(
        "IT Desk", help="Left out of the dashboard “Desks Beyond IT”."
    )
