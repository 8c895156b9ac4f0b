from odoo import fields, models


class ItsmCiRelationRule(models.Model):
    """A pair of classes, with those below them, between which a relation may be."""

    _name = "itsm.ci.relation.rule"
    _description = "Allowed Relation"
    _order = "type_id, id"

    type_id = fields.Many2one(
        "itsm.ci.relation.type", required=True, ondelete="cascade", index=True
    )
    source_class_id = fields.Many2one(
        "itsm.ci.class", "From Class", ondelete="cascade", help="Empty: any."
    )
    target_class_id = fields.Many2one(
        "itsm.ci.class", "To Class", ondelete="cascade", help="Empty: any."
    )
    usual = fields.Boolean(help="Offered first on items of these classes.")
