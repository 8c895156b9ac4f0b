from odoo import fields, models


class ItsmServiceClass(models.Model):
    """A customer segment that is promised more, or less, than others.

    The first of the list is the most demanding one.
    """

    _name = "itsm.service.class"
    _description = "Service Class"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    code = fields.Char(required=True, help="Stable key for scripts and imports.")
    active = fields.Boolean(default=True)
    sequence = fields.Integer(default=10)
    color = fields.Integer()
    description = fields.Text(
        translate=True, help="Who belongs to it, and what they may expect."
    )

    _code_unique = models.UniqueIndex("(code)", "This code is used already.")
