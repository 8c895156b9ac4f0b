from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import format_date

from ..tools import assessment
from .itsm_team_target import ASSESSMENT_KINDS, CRITERIA


class ItsmTeamAssessment(models.Model):
    """How a team did over a period, against its targets; drawn up and agreed.

    Its figures are kept as they were measured. What they are made of stands in
    ``itsm_team_assessment_figures``.
    """

    _name = "itsm.team.assessment"
    _description = "Assessment of a Team"
    _inherit = ["itsm.guarded.mixin", "mail.thread"]
    _order = "date_to desc, team_id, id desc"

    team_id = fields.Many2one(
        "itsm.team", required=True, index=True, ondelete="restrict", tracking=True
    )
    desk_id = fields.Many2one(
        related="team_id.desk_id", store=True, index=True, precompute=True
    )
    company_id = fields.Many2one(
        related="team_id.company_id", store=True, precompute=True
    )
    kind = fields.Selection(
        ASSESSMENT_KINDS,
        "Assessed As",
        compute="_compute_kind",
        store=True,
        precompute=True,
        help="Teams of line 1 are the front office.",
    )
    date_from = fields.Date("From", required=True)
    date_to = fields.Date("Until", required=True)
    line_ids = fields.One2many(
        "itsm.team.assessment.line", "assessment_id", "Criteria", copy=False
    )
    state = fields.Selection(
        [("draft", "Draft"), ("agreed", "Agreed")],
        required=True,
        readonly=True,
        default="draft",
        copy=False,
        tracking=True,
    )
    score = fields.Float(
        "Score (%)",
        digits=(16, 1),
        compute="_compute_score",
        store=True,
        aggregator="avg",
        help="The points as a share of those that could be had.",
    )
    points = fields.Float(digits=(16, 1), compute="_compute_score", store=True)
    measured_on = fields.Datetime(readonly=True, copy=False)
    comment = fields.Text(
        "Conclusion", help="What goes well, what is to be different, what helps."
    )
    agreed_by_id = fields.Many2one("res.users", readonly=True, copy=False)
    agreed_on = fields.Date(readonly=True, copy=False)

    _period_order = models.Constraint(
        "CHECK (date_from <= date_to)", "The period ends before it begins."
    )
    _once = models.UniqueIndex(
        "(team_id, date_from, date_to)",
        "There is an assessment of this team for this period already.",
    )

    @api.depends("team_id", "date_from", "date_to")
    def _compute_display_name(self):
        for each in self:
            each.display_name = self.env._(
                "%(team)s, %(start)s – %(end)s",
                team=each.team_id.name or "",
                start=format_date(self.env, each.date_from) or "",
                end=format_date(self.env, each.date_to) or "",
            )

    @api.depends("team_id")
    def _compute_kind(self):
        for each in self:
            each.kind = each.team_id and each.team_id._assessment_kind()

    @api.depends("line_ids.points", "line_ids.weight", "line_ids.is_measured")
    def _compute_score(self):
        for each in self:
            lines = [
                (line.points if line.is_measured else None, line.weight)
                for line in each.line_ids
            ]
            each.points = sum(points or 0.0 for points, _weight in lines)
            each.score = assessment.score(lines) or 0.0

    # ------------------------------------------------------------------
    # Create and write
    # ------------------------------------------------------------------

    @api.model
    def _system_fields(self):
        return super()._system_fields() | {
            "agreed_by_id",
            "agreed_on",
            "measured_on",
            "state",
        }

    @api.model_create_multi
    def create(self, vals_list):
        assessments = super().create(vals_list)
        assessments._measure()
        return assessments

    def write(self, vals):
        if self._is_system():
            return super().write(vals)
        self._refuse_agreed()
        result = super().write(vals)
        if {"team_id", "date_from", "date_to"}.intersection(vals):
            self._measure()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_agreed(self):
        self._refuse_agreed()

    def _refuse_agreed(self):
        agreed = self.filtered(lambda each: each.state == "agreed")[:1]
        if agreed:
            raise UserError(
                self.env._(
                    "“%(name)s” is agreed, so it stays as it is. A manager of the desk "
                    "can open it again.",
                    name=agreed.display_name,
                )
            )

    # ------------------------------------------------------------------
    # Verbs
    # ------------------------------------------------------------------

    def action_measure(self):
        """Measure again; comments stay."""
        self.check_access("write")
        self._refuse_agreed()
        self._measure()
        return True

    def action_agree(self):
        """Agree on the assessment; from now on it stays as it is."""
        self._check_may_agree()
        self._refuse_agreed()
        if any(not each.line_ids for each in self):
            raise UserError(
                self.env._(
                    "There is no target for this team. Make targets first, then "
                    "measure again."
                )
            )
        self._write_system(
            {
                "state": "agreed",
                "agreed_by_id": self.env.uid,
                "agreed_on": fields.Date.context_today(self),
            }
        )
        return True

    def action_open_again(self):
        """Make an agreed assessment a draft again."""
        self._check_may_agree()
        self._write_system(
            {"state": "draft", "agreed_by_id": False, "agreed_on": False}
        )
        return True

    def _check_may_agree(self):
        """Refuse to agree for others: who leads a team does not agree with himself."""
        self.check_access("write")
        user = self.env.user
        if not user.has_group("itsm_helpdesk.group_itsm_admin") and any(
            user not in each.desk_id.manager_ids for each in self
        ):
            raise UserError(
                self.env._("Only a manager of the desk agrees on an assessment.")
            )


class ItsmTeamAssessmentLine(models.Model):
    """One criterion of an assessment: what was expected, and what was reached."""

    _name = "itsm.team.assessment.line"
    _description = "Criterion of an Assessment"
    _inherit = ["itsm.guarded.mixin"]
    _order = "assessment_id, sequence, id"
    _rec_name = "criterion"

    assessment_id = fields.Many2one(
        "itsm.team.assessment", required=True, index=True, ondelete="cascade"
    )
    sequence = fields.Integer(default=10)
    criterion = fields.Selection(CRITERIA, required=True, readonly=True)
    target = fields.Float(digits=(16, 1), readonly=True, aggregator=None)
    is_measured = fields.Boolean(readonly=True)
    actual = fields.Float(digits=(16, 1), readonly=True, aggregator=None)
    cases = fields.Integer(readonly=True, help="What it is taken from.")
    weight = fields.Float("Possible", digits=(16, 1), readonly=True)
    points = fields.Float(digits=(16, 1), compute="_compute_points", store=True)
    is_met = fields.Boolean("Target Met", compute="_compute_points", store=True)
    comment = fields.Char()

    @api.depends("criterion", "target", "is_measured", "actual", "weight")
    def _compute_points(self):
        for line in self:
            actual = line.actual if line.is_measured else None
            of = (line.criterion, actual, line.target)
            line.points = assessment.points(*of, line.weight) or 0.0
            line.is_met = line.is_measured and assessment.is_met(*of)

    @api.model
    def _system_fields(self):
        return super()._system_fields() | {
            "actual",
            "assessment_id",
            "cases",
            "criterion",
            "is_measured",
            "sequence",
            "target",
            "weight",
        }

    @api.constrains("comment")
    def _check_comment(self):
        if any(line.assessment_id.state == "agreed" for line in self):
            raise ValidationError(
                self.env._("The assessment is agreed, so comments stay as they are.")
            )
