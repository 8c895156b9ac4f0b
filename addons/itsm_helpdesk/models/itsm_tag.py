from random import randint

from odoo import fields, models


class ItsmTag(models.Model):
    """A free label on tickets."""

    _name = "itsm.tag"
    _description = "Ticket Tag"
    _order = "name, id"

    name = fields.Char(required=True, translate=True)
    color = fields.Integer(default=lambda self: randint(1, 11))

    _name_unique = models.UniqueIndex("(name)", "A tag with this name exists already.")
