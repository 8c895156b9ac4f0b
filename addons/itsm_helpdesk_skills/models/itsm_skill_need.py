from odoo import api, fields, models
from odoo.exceptions import ValidationError


class ItsmSkillNeed(models.Model):
    """A skill that tickets of a category or of a service need."""

    _name = "itsm.skill.need"
    _description = "Needed Skill"
    _order = "category_id, service_id, skill_id, id"

    category_id = fields.Many2one(
        "itsm.category",
        string="Ticket Category",
        index="btree_not_null",
        ondelete="cascade",
        help="Counts for the categories below it, too.",
    )
    service_id = fields.Many2one(
        "itsm.service", index="btree_not_null", ondelete="cascade"
    )
    skill_id = fields.Many2one(
        "hr.skill", required=True, index=True, ondelete="cascade"
    )
    skill_type_id = fields.Many2one(related="skill_id.skill_type_id")
    skill_level_id = fields.Many2one(
        "hr.skill.level",
        string="At Least",
        ondelete="set null",
        domain="[('skill_type_id', '=', skill_type_id)]",
        help="Empty: any level will do.",
    )

    _one_owner = models.Constraint(
        "CHECK ((category_id IS NULL) != (service_id IS NULL))",
        "A skill is needed by a category or by a service: name one of them.",
    )
    _category_skill = models.UniqueIndex(
        "(category_id, skill_id) WHERE category_id IS NOT NULL",
        "This category names the skill already.",
    )
    _service_skill = models.UniqueIndex(
        "(service_id, skill_id) WHERE service_id IS NOT NULL",
        "This service names the skill already.",
    )

    @api.constrains("skill_id", "skill_level_id")
    def _check_level(self):
        for need in self:
            level = need.skill_level_id
            if level and level.skill_type_id != need.skill_id.skill_type_id:
                raise ValidationError(
                    self.env._(
                        "“%(level)s” is no level of “%(skill)s”.",
                        level=level.name,
                        skill=need.skill_id.name,
                    )
                )

    @api.depends("skill_id", "skill_level_id")
    def _compute_display_name(self):
        for need in self:
            parts = [need.skill_id.name, need.skill_level_id.name]
            need.display_name = ": ".join(part for part in parts if part)

    def write(self, vals):
        result = super().write(vals)
        # Rules are asked before, so a need could be moved to a service of others.
        self.check_access("write")
        return result

    def _as_pairs(self):
        """Return ``(skill id, least level)`` of each need."""
        return tuple(
            (need.skill_id.id, need.skill_level_id.level_progress) for need in self
        )
