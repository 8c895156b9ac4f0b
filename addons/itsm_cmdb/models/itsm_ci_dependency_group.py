from odoo import api, fields, models
from odoo.exceptions import ValidationError


class ItsmCiDependencyGroup(models.Model):
    """Providers that stand in for one another, and how many of them an item needs.

    Members count with the weight of their relation. With less than ``minimum`` working
    the item is down; with less than ``full`` it works worse.
    """

    _name = "itsm.ci.dependency.group"
    _description = "Dependency Group"
    _order = "ci_id, name, id"

    ci_id = fields.Many2one(
        "itsm.ci", "Item", required=True, ondelete="cascade", index=True
    )
    name = fields.Char(required=True)
    active = fields.Boolean(default=True)
    unit = fields.Selection(
        [("count", "Weight"), ("percent", "Percent of All")],
        required=True,
        default="count",
    )
    minimum = fields.Float(
        "Needed", required=True, default=1.0, help="With less the item is down."
    )
    full = fields.Float(
        "For Full Service",
        default=0.0,
        help="With less it works worse. 0: as much as is needed.",
    )
    relation_ids = fields.One2many("itsm.ci.relation", "group_id", "Members")
    total = fields.Float("Capacity of All", compute="_compute_summary")
    summary = fields.Char(compute="_compute_summary")

    _needs_something = models.Constraint(
        'CHECK (minimum > 0 AND "full" >= 0)',
        "A redundancy group needs more than 0 of its members.",
    )
    _percent_of_all = models.Constraint(
        "CHECK (unit != 'percent' OR (minimum <= 100 AND \"full\" <= 100))",
        "A redundancy group cannot need more than 100 percent of its members.",
    )

    @api.depends("unit", "minimum", "full", "relation_ids.weight")
    def _compute_summary(self):
        """Say in words what the group bears."""
        for group in self:
            weights = group.relation_ids.mapped("weight")
            group.total = sum(weights)
            share = group.total / 100 if group.unit == "percent" else 1
            facts = {
                "count": len(weights),
                "total": f"{group.total:g}",
                "needed": f"{group.minimum * share:g}",
                "full": f"{max(group.full, group.minimum) * share:g}",
            }
            if not weights:
                text = self.env._(
                    "No members yet: add the relations that stand in for one another."
                )
            elif group.minimum * share > group.total:
                text = self.env._(
                    "%(needed)s are needed, but %(count)s members have %(total)s only.",
                    **facts,
                )
            elif group.full > group.minimum:
                text = self.env._(
                    "%(count)s members have %(total)s in all: below %(full)s the item "
                    "works worse, below %(needed)s it is down.",
                    **facts,
                )
            else:
                text = self.env._(
                    "%(count)s members have %(total)s in all: below %(needed)s the "
                    "item is down.",
                    **facts,
                )
            group.summary = text

    @api.constrains("full", "minimum")
    def _check_full(self):
        for group in self:
            if group.full and group.full < group.minimum:
                raise ValidationError(
                    self.env._(
                        "Redundancy group “%(group)s”: full service cannot take less "
                        "than what is needed.",
                        group=group.name,
                    )
                )

    @api.constrains("ci_id")
    def _check_members(self):
        """Members of one item cannot become members of another."""
        self.relation_ids._check_group()

    def unlink(self):
        """Let the members stand for themselves; a group that was one is kept.

        Relations that have ended tell of the groups they were in.
        """
        self.relation_ids.write({"group_id": False})
        used = self.with_context(active_test=False).filtered("relation_ids")
        used.active = False
        return super(ItsmCiDependencyGroup, self - used).unlink()
