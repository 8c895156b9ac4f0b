from odoo import fields, models


class ItsmCiAttributeOption(models.Model):
    """One of the choices of an attribute."""

    _name = "itsm.ci.attribute.option"
    _description = "Item Attribute Option"
    _order = "attribute_id, sequence, id"

    attribute_id = fields.Many2one(
        "itsm.ci.attribute", required=True, ondelete="cascade", index=True
    )
    key = fields.Char(required=True)
    name = fields.Char("Label", required=True, translate=True)
    sequence = fields.Integer(default=10)

    _key_unique = models.UniqueIndex(
        "(attribute_id, key)", "Another option of this attribute has this key."
    )
