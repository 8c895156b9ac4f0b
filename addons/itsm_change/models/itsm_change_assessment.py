from odoo import api, fields, models
from odoo.models import MAGIC_COLUMNS

from .itsm_change import RISKS
from .itsm_change_risk_factor import FACTORS, SIDES

OCCASIONS = [
    ("asked", "Asked For"),
    ("submit", "Submitted"),
    ("accept", "Accepted"),
    ("schedule", "Scheduled"),
    ("start_now", "Started at Once"),
    ("altered", "The Change Was Altered"),
    ("override", "Overridden"),
]


class ItsmChangeAssessment(models.Model):
    """How risky a change was found to be, when, and from what.

    Rows are only added, by the verbs: with each decision there stays what it was made
    on, also after factors, weights and thresholds were edited.
    """

    _name = "itsm.change.assessment"
    _description = "Risk Assessment"
    _inherit = ["itsm.guarded.mixin"]
    _order = "id desc"
    _rec_name = "date"

    change_id = fields.Many2one(
        "itsm.change", required=True, readonly=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(related="change_id.company_id", store=True, index=True)
    occasion = fields.Selection(OCCASIONS, required=True, readonly=True)
    date = fields.Datetime("When", required=True, readonly=True)
    user_id = fields.Many2one("res.users", "Who", required=True, readonly=True)
    likelihood = fields.Float(readonly=True, digits=(16, 2))
    consequence = fields.Float(readonly=True, digits=(16, 2))
    score = fields.Float(readonly=True, digits=(16, 1), aggregator="avg")
    computed_risk = fields.Selection(RISKS, required=True, readonly=True)
    risk = fields.Selection(RISKS, required=True, readonly=True)
    medium_from = fields.Float(readonly=True)
    high_from = fields.Float(readonly=True)
    is_override = fields.Boolean("Overridden", readonly=True)
    override_reason = fields.Text("Reason", readonly=True)
    override_user_id = fields.Many2one("res.users", "Overridden By", readonly=True)
    answers = fields.Json("Given Answers", readonly=True)
    answers_text = fields.Text("Answers", compute="_compute_answers_text")
    line_ids = fields.One2many(
        "itsm.change.assessment.line", "assessment_id", "Factors", readonly=True
    )

    @api.model
    def _system_fields(self):
        return super()._system_fields() | {
            name for name, field in self._fields.items() if field.store
        } - set(MAGIC_COLUMNS)

    @api.depends("answers")
    def _compute_answers_text(self):
        for row in self:
            row.answers_text = "\n".join(
                self.env._(
                    "%(question)s – %(answer)s (%(points)s of %(most)s)",
                    question=answer["question"],
                    answer=answer["answer"] or self.env._("not answered"),
                    points=f"{answer['points']:g}",
                    most=f"{answer['most']:g}",
                )
                for answer in row.answers or ()
            )


class ItsmChangeAssessmentLine(models.Model):
    """What one factor was worth in an assessment, and where that is known from."""

    _name = "itsm.change.assessment.line"
    _description = "Factor of a Risk Assessment"
    _inherit = ["itsm.guarded.mixin"]
    _order = "assessment_id, sequence, id"
    _rec_name = "key"

    assessment_id = fields.Many2one(
        "itsm.change.assessment",
        required=True,
        readonly=True,
        ondelete="cascade",
        index=True,
    )
    company_id = fields.Many2one(
        related="assessment_id.company_id", store=True, index=True
    )
    sequence = fields.Integer(readonly=True)
    key = fields.Selection(FACTORS, "Factor", required=True, readonly=True)
    side = fields.Selection(SIDES, required=True, readonly=True)
    is_known = fields.Boolean("Known", readonly=True)
    value = fields.Float(readonly=True, digits=(16, 1), aggregator=None)
    value_text = fields.Char("Found", compute="_compute_value_text")
    weight = fields.Float(readonly=True, aggregator=None)
    points = fields.Float(
        readonly=True, digits=(16, 1), aggregator=None, help="0 to 10."
    )
    share = fields.Float(
        "Part",
        readonly=True,
        digits=(16, 2),
        help="What it adds to the likelihood or the consequence.",
    )
    source = fields.Char("Where From", readonly=True)

    @api.model
    def _system_fields(self):
        return super()._system_fields() | {
            name for name, field in self._fields.items() if field.store
        } - set(MAGIC_COLUMNS)

    @api.model
    def _system_key(self):
        # An assessment is made with its lines.
        return self.env["itsm.change.assessment"]._system_key()

    @api.depends("key", "value", "is_known")
    @api.depends_context("lang")
    def _compute_value_text(self):
        factors = self.env["itsm.change.risk.factor"]
        # sudo: units are the same for everybody.
        units = {
            factor.key: factor.unit or ""
            for factor in factors.sudo().with_context(active_test=False).search([])
        }
        for line in self:
            if not line.is_known:
                line.value_text = self.env._("not known")
            else:
                line.value_text = f"{line.value:g} {units.get(line.key, '')}".strip()
