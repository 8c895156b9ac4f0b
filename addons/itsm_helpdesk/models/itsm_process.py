from odoo import fields, models


class ItsmProcess(models.Model):
    """A practice of service management, which roles belong to."""

    _name = "itsm.process"
    _description = "Process"
    _inherit = ["itsm.coded"]

    description = fields.Text(translate=True)
    role_ids = fields.One2many("itsm.role", "process_id", string="Roles")
