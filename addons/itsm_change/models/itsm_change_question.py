from odoo import api, fields, models


class ItsmChangeQuestion(models.Model):
    """A question about changes whose answer says how likely it is that one fails."""

    _name = "itsm.change.question"
    _description = "Risk Question"
    _inherit = ["mail.thread"]
    _order = "sequence, id"

    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True, tracking=True)
    name = fields.Char("Question", required=True, translate=True, tracking=True)
    help = fields.Char(translate=True, help="How to find the answer.")
    for_standard = fields.Boolean("Standard", tracking=True)
    for_normal = fields.Boolean("Normal", default=True, tracking=True)
    for_emergency = fields.Boolean("Emergency", default=True, tracking=True)
    option_ids = fields.One2many(
        "itsm.change.question.option", "question_id", "Answers", copy=True
    )
    most_points = fields.Float(compute="_compute_most_points", store=True)

    @api.depends("option_ids.points")
    def _compute_most_points(self):
        for question in self:
            question.most_points = max(question.option_ids.mapped("points"), default=0)

    @api.model
    def _of_types(self):
        """Return ``{type: questions}`` that are asked."""
        questions = self.search([("option_ids", "!=", False)])
        return {
            kind: questions.filtered(f"for_{kind}")
            for kind in ("standard", "normal", "emergency")
        }


class ItsmChangeQuestionOption(models.Model):
    """One answer that a question can have."""

    _name = "itsm.change.question.option"
    _description = "Answer to a Risk Question"
    _order = "question_id, sequence, id"

    question_id = fields.Many2one(
        "itsm.change.question", required=True, ondelete="cascade", index=True
    )
    sequence = fields.Integer(default=10)
    name = fields.Char("Answer", required=True, translate=True)
    points = fields.Float(
        required=True, help="0: makes nothing worse. The more, the likelier a failure."
    )

    _points_range = models.Constraint(
        "CHECK (points BETWEEN 0 AND 1000)", "Points are between 0 and 1,000."
    )
