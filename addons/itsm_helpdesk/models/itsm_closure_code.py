from odoo import fields, models


class ItsmClosureCode(models.Model):
    """Why a ticket was closed or cancelled: confirmed, no answer, duplicate …"""

    _name = "itsm.closure.code"
    _description = "Closure Code"
    _order = "sequence, name, id"

    name = fields.Char(required=True, translate=True)
    code = fields.Char(required=True, help="Stable key for scripts and imports.")
    active = fields.Boolean(default=True)
    sequence = fields.Integer(default=10)

    _code_unique = models.UniqueIndex("(code)", "This code is used already.")
