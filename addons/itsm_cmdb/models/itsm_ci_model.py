from odoo import fields, models


class ItsmCiModel(models.Model):
    """A make of equipment: what a manufacturer calls it."""

    _name = "itsm.ci.model"
    _description = "Equipment Model"
    _order = "name, id"

    name = fields.Char(required=True)
    manufacturer_id = fields.Many2one("res.partner", index="btree_not_null")
    class_id = fields.Many2one("itsm.ci.class", index="btree_not_null")
    active = fields.Boolean(default=True)
    rack_units = fields.Integer(help="Height in a rack, in units of 44.45 mm.")
    end_of_support = fields.Date()

    _name_unique = models.UniqueIndex(
        "(lower(name), COALESCE(manufacturer_id, 0))",
        "This manufacturer has a model of this name already.",
    )
