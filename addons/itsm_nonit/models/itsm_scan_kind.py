from odoo import fields, models


class ItsmScanKind(models.Model):
    """What a label is on: a room, a floor, a vehicle. Services say where they apply."""

    _name = "itsm.scan.kind"
    _description = "Kind of Labelled Place or Thing"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    code = fields.Char(
        required=True,
        readonly=True,
        help="The kind of a location, or of a room, vehicle or piece of equipment.",
    )
    sequence = fields.Integer(default=10)

    _code_unique = models.Constraint("UNIQUE (code)", "There is such a kind already.")
