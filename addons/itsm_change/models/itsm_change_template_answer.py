from odoo import api, fields, models
from odoo.exceptions import ValidationError


class ItsmChangeTemplateAnswer(models.Model):
    """What is answered to a question about the risk for each change of a template."""

    _name = "itsm.change.template.answer"
    _description = "Answer of a Change Template"
    _inherit = ["itsm.change.template.part"]
    _order = "template_id, id"

    question_id = fields.Many2one(
        "itsm.change.question", required=True, ondelete="cascade"
    )
    option_id = fields.Many2one(
        "itsm.change.question.option",
        "Answer",
        required=True,
        ondelete="cascade",
        domain="[('question_id', '=', question_id)]",
    )

    _once = models.UniqueIndex(
        "(template_id, question_id)", "This question is answered already."
    )

    @api.depends("question_id", "option_id")
    def _compute_display_name(self):
        for answer in self:
            answer.display_name = f"{answer.question_id.name} {answer.option_id.name}"

    @api.constrains("question_id", "option_id")
    def _check_option(self):
        for answer in self:
            if answer.option_id.question_id != answer.question_id:
                raise ValidationError(
                    self.env._(
                        "“%(answer)s” is no answer to “%(question)s”.",
                        answer=answer.option_id.name,
                        question=answer.question_id.name,
                    )
                )

    def _as_content(self):
        """Return the row as plain values."""
        self.ensure_one()
        return {"question": self.question_id.id, "option": self.option_id.id}
