from odoo import api, fields, models


class ItsmCiClass(models.Model):
    """The rules that name a class: of identification, and of usual relations."""

    _inherit = "itsm.ci.class"

    identifier_ids = fields.One2many(
        "itsm.ci.identifier",
        "class_id",
        "Own Identification Rules",
        context={"active_test": False},
    )
    inherited_identifier_ids = fields.Many2many(
        "itsm.ci.identifier",
        string="Identification Rules from Above",
        compute="_compute_inherited_identifier_ids",
        help="Those that serve the class without being its own.",
    )
    source_rule_ids = fields.One2many(
        "itsm.ci.relation.rule", "source_class_id", "Relations from the Class"
    )
    target_rule_ids = fields.One2many(
        "itsm.ci.relation.rule", "target_class_id", "Relations to the Class"
    )
    relation_rule_ids = fields.One2many(
        "itsm.ci.relation.rule",
        string="Allowed Relations",
        compute="_compute_relation_rule_ids",
        inverse="_inverse_relation_rule_ids",
        recursive=True,
        help="In which the class or one above it stands.",
    )

    @api.depends("parent_id")
    def _compute_inherited_identifier_ids(self):
        """Follow the rules as they are kept: a change of any forgets these."""
        Identifier = self.env["itsm.ci.identifier"]
        by_class = Identifier._rules_by_class()
        for each in self:
            # What is not saved yet is served as its parent is.
            place = each._origin.id or each.parent_id._origin.id or 0
            serving = Identifier.browse(rule.id for rule in by_class.get(place, ()))
            each.inherited_identifier_ids = serving.filtered(
                lambda rule, own=each._origin: not own or rule.class_id != own
            )

    def _standing_rules(self):
        """Return the allowed relations in which the class or one above it stands."""
        self.ensure_one()
        above = self.parent_id.relation_rule_ids
        return above | self.source_rule_ids | self.target_rule_ids

    @api.depends("source_rule_ids", "target_rule_ids", "parent_id.relation_rule_ids")
    def _compute_relation_rule_ids(self):
        for each in self:
            each.relation_rule_ids = each._standing_rules()

    def _inverse_relation_rule_ids(self):
        """Create new lines, delete what was taken off; Odoo writes the others."""
        Rule = self.env["itsm.ci.relation.rule"]
        names = ("type_id", "source_class_id", "target_class_id")
        gone, new = Rule, []
        for each in self:
            listed = each.relation_rule_ids
            gone |= each._standing_rules() - listed
            new += [
                {**{name: line[name].id for name in names}, "usual": line.usual}
                for line in listed.filtered(lambda line: not line.id)
            ]
        gone.unlink()
        Rule.create(new)
        self.invalidate_recordset(["relation_rule_ids"], flush=False)
