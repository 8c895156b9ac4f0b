from odoo import api, fields, models
from odoo.exceptions import ValidationError

ASSESSMENT_KINDS = [("front", "Front office"), ("second", "Second line")]
CRITERIA = [
    ("response_met", "Answered in time (%)"),
    ("resolution_met", "Resolved in time (%)"),
    ("ola_met", "Own promises kept (%)"),
    ("first_line_share", "Solved without others (%)"),
    ("complete_share", "Registered completely (%)"),
    ("reopen_share", "Reopened (%)"),
    ("old_share", "Open for more than 30 days (%)"),
    ("answer_hours", "Hours to the first answer"),
    ("rating", "Average rating (1 to 5)"),
]


class ItsmTeamTarget(models.Model):
    """What is expected of a team, or of all teams of a kind, by one criterion."""

    _name = "itsm.team.target"
    _description = "Target of a Team"
    _order = "kind, team_id, sequence, id"
    _rec_name = "criterion"

    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    team_id = fields.Many2one(
        "itsm.team",
        index="btree_not_null",
        ondelete="cascade",
        help="Empty: for all teams of the kind that have no target of their own.",
    )
    desk_id = fields.Many2one(related="team_id.desk_id", store=True, index=True)
    company_id = fields.Many2one(related="team_id.company_id", store=True)
    kind = fields.Selection(
        ASSESSMENT_KINDS,
        "Assessed As",
        compute="_compute_kind",
        store=True,
        readonly=False,
        required=True,
        precompute=True,
        help="Teams of line 1 are the front office.",
    )
    criterion = fields.Selection(CRITERIA, required=True)
    target = fields.Float(digits=(16, 1), required=True, aggregator=None)
    weight = fields.Float(
        "Points", digits=(16, 1), required=True, default=10, help="For a target met."
    )

    _once = models.UniqueIndex(
        "(criterion, kind, COALESCE(team_id, 0)) WHERE active",
        "There is a target for this criterion already. Change that one.",
    )
    _weight_positive = models.Constraint(
        "CHECK (weight > 0)", "A target is worth some points."
    )

    @api.depends("team_id")
    def _compute_kind(self):
        for target in self:
            target.kind = (
                target.team_id._assessment_kind()
                if target.team_id
                else target.kind or "front"
            )

    @api.constrains("criterion", "target")
    def _check_target(self):
        for target in self:
            if target.criterion == "rating":
                highest = 5
            elif target.criterion == "answer_hours":
                highest = float("inf")
            else:
                highest = 100
            if not 0 <= target.target <= highest:
                raise ValidationError(
                    self.env._(
                        "The target for “%(criterion)s” is outside of what can be "
                        "reached.",
                        criterion=target.display_name,
                    )
                )

    @api.model
    def _for_team(self, team):
        """Return the targets of a team: its own, else those of all of its kind."""
        kind = team._assessment_kind()
        targets = self.search(
            [("kind", "=", kind), ("team_id", "in", (False, team.id))]
        )
        own = targets.filtered("team_id")
        shared = targets - own
        return (
            own
            | shared.filtered(
                lambda each: each.criterion not in own.mapped("criterion")
            )
        ).sorted("sequence")


class ItsmTeam(models.Model):
    """How a team is assessed."""

    _inherit = "itsm.team"

    def _assessment_kind(self):
        """Tell whether a team is the front office or a second line."""
        self.ensure_one()
        return "front" if self.line == "1" else "second"
