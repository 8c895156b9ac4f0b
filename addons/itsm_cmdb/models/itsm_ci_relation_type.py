from odoo import api, fields, models
from odoo.fields import Domain

IMPACTS = [
    ("source", "A failing target hits the source"),
    ("target", "A failing source hits the target"),
    ("both", "Each hits the other"),
    ("none", "None"),
]
STRENGTHS = [
    ("hard", "Hard: cannot work without"),
    ("soft", "Soft: works worse without"),
]


class ItsmCiRelationType(models.Model):
    """A kind of relation, with a name for each way of reading it.

    A type whose items hit each other has no direction: the same relation the other
    way round would say nothing new, and is refused.

    Relations are facts: those that exist act as their type said when they began, until
    somebody lets them begin anew.
    """

    _name = "itsm.ci.relation.type"
    _description = "Relation Type"
    _order = "sequence, name, id"
    _rec_names_search = ["name", "inverse_name", "code"]

    name = fields.Char(required=True, translate=True, help="Depends on")
    inverse_name = fields.Char(required=True, translate=True, help="Used by")
    code = fields.Char(required=True, help="Stable key for scripts and imports.")
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    impact = fields.Selection(IMPACTS, "Who Is Hit", required=True, default="source")
    strength = fields.Selection(STRENGTHS, required=True, default="hard")
    rule_ids = fields.One2many(
        "itsm.ci.relation.rule", "type_id", "Allowed Classes", copy=True
    )

    outdated_count = fields.Integer(
        "Relations That Act as Before", compute="_compute_outdated_count"
    )

    _code_unique = models.UniqueIndex("(code)", "Another relation type has this code.")

    @api.depends("name", "inverse_name")
    @api.depends_context("relation_end")
    def _compute_display_name(self):
        """Read a type from the end that the screen shows: “Used by” at a target."""
        inverse = self.env.context.get("relation_end") == "target"
        for kind in self:
            kind.display_name = kind.inverse_name if inverse else kind.name

    @api.model
    @api.readonly
    def name_search(self, name="", domain=None, operator="ilike", limit=100):
        """Offer what is usual for an item's class first, and not what is refused.

        The class stands in the context (``relation_class_id``), with the end at which
        the item is (``relation_end``: source or target).
        """
        class_id = self.env.context.get("relation_class_id")
        if not class_id:
            return super().name_search(name, domain, operator, limit)
        end = self.env.context.get("relation_end", "source")
        allowed, usual = self._for_class(class_id, end)
        found = self.search(
            Domain(domain or Domain.TRUE)
            & Domain("id", "in", allowed.ids)
            & Domain("display_name", operator, name or "")
        )
        first = found & usual
        return [(kind.id, kind.display_name) for kind in (first | found)[:limit]]

    @api.model
    def _for_class(self, class_id, end):
        """Return the types that items of a class may have at an end, and the usual.

        A type without rules is for all classes, and usual for none.
        """
        above = self.env["itsm.ci.class"].browse(class_id)._path_ids()
        column = "target_class_id" if end == "target" else "source_class_id"
        allowed = usual = self.browse()
        for kind in self.search_fetch([], ["name"]):
            fitting = kind.rule_ids.filtered_domain([(column, "in", [False, *above])])
            if fitting or not kind.rule_ids:
                allowed |= kind
            if any(rule.usual and rule[column] for rule in fitting):
                usual |= kind
        return allowed, usual

    def _compute_outdated_count(self):
        counts = dict(
            self.env["itsm.ci.relation"]._read_group(
                self._outdated_domain(), ["type_id"], ["__count"]
            )
        )
        for kind in self:
            kind.outdated_count = counts.get(kind._origin, 0)

    def _outdated_domain(self):
        """Return the domain of relations that began when their type said otherwise."""
        return Domain.OR(
            Domain("type_id", "=", kind._origin.id)
            & Domain("impact", "!=", kind.impact)
            for kind in self
        )

    def action_renew_relations(self):
        """Let the relations that exist act as their type says now.

        What they did until now stays in the history: they end, and others begin.
        """
        self.check_access("write")
        relations = self.env["itsm.ci.relation"].search(self._outdated_domain())
        relations._succeed({})
        return True
