from odoo import fields, models


class ItsmChannel(models.Model):
    """How a ticket reached the desk: portal, mail, phone, walk-in, monitoring."""

    _name = "itsm.channel"
    _description = "Ticket Channel"
    _order = "sequence, name, id"

    name = fields.Char(required=True, translate=True)
    code = fields.Char(required=True, help="Stable key for scripts and imports.")
    active = fields.Boolean(default=True)
    sequence = fields.Integer(default=10)

    _code_unique = models.UniqueIndex("(code)", "This code is used already.")
