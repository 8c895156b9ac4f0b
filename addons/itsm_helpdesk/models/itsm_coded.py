from odoo import fields, models


class ItsmCoded(models.AbstractModel):
    """A word that agents choose from a list, with a key that programs know it by."""

    _name = "itsm.coded"
    _description = "Coded Word"
    _order = "sequence, name, id"

    name = fields.Char(required=True, translate=True)
    code = fields.Char(required=True, help="Stable key for scripts and imports.")
    active = fields.Boolean(default=True)
    sequence = fields.Integer(default=10)

    _code_unique = models.UniqueIndex("(code)", "This code is used already.")
