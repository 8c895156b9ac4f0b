from odoo import api, fields, models


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

    @api.depends("type_id", "source_class_id", "target_class_id")
    def _compute_display_name(self):
        for rule in self:
            source = rule.source_class_id.display_name or "*"
            target = rule.target_class_id.display_name or "*"
            rule.display_name = f"{source} – {rule.type_id.name} – {target}"

    def _permits(self, source_class, target_class):
        """Tell whether one of the rules is for a pair of classes.

        A rule for a class is for those below it too; no rule at all permits any pair.
        """
        sources, targets = source_class._path_ids(), target_class._path_ids()
        return not self or any(
            rule.source_class_id.id in (False, *sources)
            and rule.target_class_id.id in (False, *targets)
            for rule in self
        )
