from odoo import api, fields, models
from odoo.exceptions import ValidationError


class ItsmCiSourceRule(models.Model):
    """What a source may say about a class, an attribute, or one attribute of a class.

    The rule of an attribute goes before one of all attributes, and the rule of the
    nearest class before one of a class above it.
    """

    _name = "itsm.ci.source.rule"
    _description = "Source Exception"
    _order = "source_id, class_id, key, id"
    _rec_name = "key"

    source_id = fields.Many2one(
        "itsm.ci.source", required=True, ondelete="cascade", index=True
    )
    class_id = fields.Many2one(
        "itsm.ci.class",
        ondelete="cascade",
        help="With its subclasses. Empty: any class.",
    )
    key = fields.Char(
        "Attribute",
        help="Technical name of a field, or attributes.<key>. Empty: all of them.",
    )
    policy = fields.Selection(
        [("rank", "Believed Otherwise"), ("never", "May Not Write It")],
        required=True,
        default="rank",
    )
    rank = fields.Integer(default=50)
    freshness_days = fields.Integer("Holds For (Days)", default=90)

    _once = models.UniqueIndex(
        "(source_id, COALESCE(class_id, 0), COALESCE(key, ''))",
        "This source has a rule for this attribute already.",
    )

    @api.constrains("key", "class_id")
    def _check_key(self):
        keys = self.env["itsm.ci.batch"]._known_keys()
        for rule in self.filtered("key"):
            if rule.key not in keys:
                raise ValidationError(
                    self.env._(
                        "There is no attribute “%(key)s”. Name a field of items, or"
                        " attributes.<key> for an attribute of a class.",
                        key=rule.key,
                    )
                )
