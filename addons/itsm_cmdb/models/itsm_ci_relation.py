from odoo import api, fields, models
from odoo.exceptions import ValidationError

from .itsm_ci_relation_type import IMPACTS, STRENGTHS


class ItsmCiRelation(models.Model):
    """A relation between two items; the source depends on the target by its type.

    A relation is never altered in what it says: it ends, and another begins. So the
    relations at any past moment can be told (see ``itsm_ci_relation_life.py``).
    """

    _name = "itsm.ci.relation"
    _description = "Relation"
    _order = "type_id, id"

    # The indexes of what began at an item, below, serve these two alone too.
    source_id = fields.Many2one("itsm.ci", required=True, ondelete="cascade")
    type_id = fields.Many2one(
        "itsm.ci.relation.type", required=True, ondelete="restrict", index=True
    )
    target_id = fields.Many2one("itsm.ci", required=True, ondelete="cascade")
    strength = fields.Selection(
        STRENGTHS,
        required=True,
        compute="_compute_strength",
        store=True,
        readonly=False,
        precompute=True,
    )
    impact = fields.Selection(
        IMPACTS,
        required=True,
        compute="_compute_impact",
        store=True,
        precompute=True,
        help="As its type said when it began.",
    )
    weight = fields.Float(
        "Capacity", default=1.0, required=True, help="What it counts in its group."
    )
    group_id = fields.Many2one(
        "itsm.ci.dependency.group",
        "Redundancy Group",
        ondelete="set null",
        index="btree_not_null",
    )
    active = fields.Boolean(default=True, help="Ended relations are kept.")
    # That of the transaction, as for values: a baseline of it has both or neither.
    started_at = fields.Datetime(
        "Since", required=True, default=lambda self: self.env.cr.now(), copy=False
    )
    ended_at = fields.Datetime("Until", readonly=True, copy=False)
    ended_by_id = fields.Many2one("res.users", readonly=True, copy=False)
    source_ref_id = fields.Many2one("itsm.ci.source", "Said By", ondelete="restrict")
    origin_model = fields.Char(
        "Made Under Model", readonly=True, copy=False, export_string_translation=False
    )
    origin_id = fields.Many2oneReference(
        "Made Under", model_field="origin_model", readonly=True, copy=False
    )
    reason = fields.Char(readonly=True, copy=False, help="Why it began.")
    end_source_ref_id = fields.Many2one(
        "itsm.ci.source",
        "End Said By",
        readonly=True,
        copy=False,
        ondelete="restrict",
        index="btree_not_null",
    )
    end_reason = fields.Char("Why It Ended", readonly=True, copy=False)
    end_origin_model = fields.Char(
        "Ended Under Model", readonly=True, copy=False, export_string_translation=False
    )
    end_origin_id = fields.Many2oneReference(
        "Ended Under", model_field="end_origin_model", readonly=True, copy=False
    )
    note = fields.Char()

    _not_itself = models.Constraint(
        "CHECK (source_id != target_id)", "A relation is between two different items."
    )
    _weighs = models.Constraint(
        "CHECK (weight >= 0.001)", "The capacity of a relation is more than 0."
    )
    _once = models.UniqueIndex(
        "(source_id, target_id, type_id) WHERE active",
        "These items have this relation already.",
    )
    _once_either_way = models.UniqueIndex(
        "(LEAST(source_id, target_id), GREATEST(source_id, target_id), type_id)"
        " WHERE active AND impact = 'both'",
        "These items have this relation already, the other way round.",
    )
    # Analyses read nothing but these: what a failing item hits, what an item needs.
    _hits_source = models.Index(
        "(target_id) INCLUDE (source_id, id, strength, group_id)"
        " WHERE active AND impact IN ('source', 'both')"
    )
    _hits_target = models.Index(
        "(source_id) INCLUDE (target_id, id, strength, group_id)"
        " WHERE active AND impact IN ('target', 'both')"
    )

    _needs_target = models.Index(
        "(source_id) INCLUDE (target_id, id, strength, group_id)"
        " WHERE active AND impact IN ('source', 'both')"
    )
    _needs_source = models.Index(
        "(target_id) INCLUDE (source_id, id, strength, group_id)"
        " WHERE active AND impact IN ('target', 'both')"
    )
    # The history reads the latest beginnings and ends, of an item and of all.
    _begun = models.Index("(started_at DESC)")
    _begun_at_source = models.Index("(source_id, started_at DESC)")
    _begun_at_target = models.Index("(target_id, started_at DESC)")
    _ended = models.Index("(ended_at DESC) WHERE ended_at IS NOT NULL")
    _ended_at_source = models.Index(
        "(source_id, ended_at DESC) WHERE ended_at IS NOT NULL"
    )
    _ended_at_target = models.Index(
        "(target_id, ended_at DESC) WHERE ended_at IS NOT NULL"
    )

    @api.depends("type_id")
    def _compute_strength(self):
        for relation in self:
            relation.strength = relation.type_id.strength

    @api.depends("type_id")
    def _compute_impact(self):
        for relation in self:
            relation.impact = relation.type_id.impact

    @api.depends("source_id", "type_id", "target_id")
    def _compute_display_name(self):
        for relation in self:
            source, target = relation.source_id, relation.target_id
            relation.display_name = (
                f"{source.display_name} – {relation.type_id.name} – "
                f"{target.display_name}"
            )

    # ------------------------------------------------------------------
    # Constraints
    # ------------------------------------------------------------------

    @api.constrains("source_id", "target_id")
    def _check_companies(self):
        for relation in self:
            companies = relation.source_id.company_id | relation.target_id.company_id
            if len(companies) > 1:
                raise ValidationError(
                    self.env._(
                        "“%(first)s” and “%(other)s” belong to different companies "
                        "and cannot have a relation.",
                        first=relation.source_id.display_name,
                        other=relation.target_id.display_name,
                    )
                )

    @api.constrains("source_id", "target_id", "type_id")
    def _check_classes(self):
        known = {}
        for relation in self:
            kind = relation.type_id
            source, target = relation.source_id, relation.target_id
            case = kind, source.class_id, target.class_id
            if case not in known:
                known[case] = kind.rule_ids._permits(*case[1:])
            if not known[case]:
                raise ValidationError(
                    self.env._(
                        "“%(first)s” (%(first_class)s) cannot have the relation "
                        "“%(type)s” to “%(other)s” (%(other_class)s). A "
                        "configuration manager can allow it at the relation type.",
                        first=source.display_name,
                        first_class=source.class_id.display_name,
                        type=kind.name,
                        other=target.display_name,
                        other_class=target.class_id.display_name,
                    )
                )

    @api.constrains("group_id", "source_id", "target_id", "impact")
    def _check_group(self):
        """A member must be something that its group's item depends on."""
        for relation in self.filtered("group_id"):
            item = relation.group_id.ci_id
            if item not in relation._dependants():
                raise ValidationError(
                    self.env._(
                        "“%(relation)s” cannot be in the redundancy group “%(group)s” "
                        "of “%(item)s”: that item does not depend on it by this "
                        "relation.",
                        relation=relation.display_name,
                        group=relation.group_id.name,
                        item=item.display_name,
                    )
                )

    def _terms_text(self):
        """Return how strongly the items hang together, as a person reads it."""
        self.ensure_one()
        field = self._fields["strength"]
        facts = {
            "strength": dict(field._description_selection(self.env))[self.strength],
            "weight": f"{self.weight:g}",
            # sudo: the group is as visible as its item, which is one of the two.
            "group": self.sudo().group_id.name,
        }
        if facts["group"]:
            return self.env._(
                "%(strength)s; capacity %(weight)s in “%(group)s”", **facts
            )
        if self.weight != 1:
            return self.env._("%(strength)s; capacity %(weight)s", **facts)
        return facts["strength"]

    def _dependants(self):
        """Return the items that a relation can hit."""
        self.ensure_one()
        hit = self.env["itsm.ci"]
        if self.impact in ("source", "both"):
            hit |= self.source_id
        if self.impact in ("target", "both"):
            hit |= self.target_id
        return hit
