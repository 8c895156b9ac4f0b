from odoo import fields, models


class ItsmResolutionCode(models.Model):
    """How a ticket was solved; asked for when it is resolved."""

    _name = "itsm.resolution.code"
    _description = "Resolution Code"
    _order = "sequence, name, id"

    name = fields.Char(required=True, translate=True)
    code = fields.Char(required=True, help="Stable key for scripts and imports.")
    active = fields.Boolean(default=True)
    sequence = fields.Integer(default=10)

    _code_unique = models.UniqueIndex("(code)", "This code is used already.")
