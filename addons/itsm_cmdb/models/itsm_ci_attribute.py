from odoo import fields, models

ATTRIBUTE_TYPES = [
    ("char", "Text"),
    ("text", "Text of Several Lines"),
    ("integer", "Whole Number"),
    ("float", "Number"),
    ("boolean", "Yes or No"),
    ("date", "Date"),
    ("datetime", "Date and Time"),
    ("selection", "Choice"),
    ("tags", "Several Choices"),
    ("many2one", "Record"),
]


class ItsmCiAttribute(models.Model):
    """A field that the items of a class, and of those below it, have."""

    _name = "itsm.ci.attribute"
    _description = "Item Attribute"
    _order = "class_id, sequence, id"

    class_id = fields.Many2one(
        "itsm.ci.class", required=True, ondelete="cascade", index=True
    )
    key = fields.Char(
        required=True, help="Stable key for scripts, imports and the feed: memory."
    )
    name = fields.Char("Label", required=True, translate=True)
    type = fields.Selection(ATTRIBUTE_TYPES, required=True, default="char")
    unit = fields.Char(translate=True, help="Such as GB, W or port.")
    help = fields.Text(translate=True)
    required = fields.Boolean()
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    option_ids = fields.One2many(
        "itsm.ci.attribute.option", "attribute_id", "Options", copy=True
    )
    model_id = fields.Many2one(
        "ir.model", "Records Of", ondelete="cascade", help="What a record is chosen from."
    )
    is_controlled = fields.Boolean(
        "Controlled", help="Only a change may alter it; others are found by the audit."
    )
    is_expiry = fields.Boolean(
        "Expiry Date", help="The expiry board watches this date and owners are warned."
    )

    _key_unique = models.UniqueIndex(
        "(class_id, key)", "Another attribute of this class has this key."
    )
