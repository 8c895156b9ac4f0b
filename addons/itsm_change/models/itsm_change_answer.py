from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Command


class ItsmChangeAnswer(models.Model):
    """What was answered to one question about a change."""

    _name = "itsm.change.answer"
    _description = "Answer about a Change"
    _inherit = ["itsm.change.part"]
    _order = "change_id, sequence, id"
    _rec_name = "question_id"

    question_id = fields.Many2one(
        "itsm.change.question", required=True, ondelete="restrict", index=True
    )
    sequence = fields.Integer(related="question_id.sequence", store=True)
    help = fields.Char(related="question_id.help")
    option_id = fields.Many2one(
        "itsm.change.question.option",
        "Answer",
        ondelete="restrict",
        domain="[('question_id', '=', question_id)]",
    )
    note = fields.Char(help="Why, where it does not go without saying.")

    _once = models.UniqueIndex(
        "(change_id, question_id)", "This question is on the change already."
    )

    @api.constrains("question_id", "option_id")
    def _check_option(self):
        for answer in self:
            if answer.option_id and answer.option_id.question_id != answer.question_id:
                raise ValidationError(
                    self.env._(
                        "“%(answer)s” is no answer to “%(question)s”.",
                        answer=answer.option_id.name,
                        question=answer.question_id.name,
                    )
                )

    def write(self, vals):
        result = super().write(vals)
        # Answers that come with their change are followed once, when all are there.
        if "option_id" in vals and not self.env.context.get("itsm_change_answers"):
            self.change_id._follow_risk()
        return result


class ItsmChange(models.Model):
    """The questions that are asked about a change."""

    _inherit = "itsm.change"

    answer_ids = fields.One2many("itsm.change.answer", "change_id", copy=False)
    unanswered_count = fields.Integer(
        "Unanswered Questions", compute="_compute_unanswered_count"
    )

    @api.depends("type", "answer_ids.option_id")
    def _compute_unanswered_count(self):
        for change in self:
            change.unanswered_count = len(change._asked().filtered(_is_open))

    @api.model
    def default_get(self, fields_list):
        """Let a new form ask at once."""
        values = super().default_get(fields_list)
        if "answer_ids" in fields_list and "answer_ids" not in values:
            questions = self.env["itsm.change.question"]._of_types()
            asked = questions[values.get("type") or "normal"]
            values["answer_ids"] = [
                Command.create({"question_id": question.id}) for question in asked
            ]
        return values

    @api.model_create_multi
    def create(self, vals_list):
        # What a new form asks is for its type; these have one of their own.
        vals_list = [{"answer_ids": [], **vals} for vals in vals_list]
        changes = super().create(vals_list)
        changes._complete_answers()
        return changes

    def write(self, vals):
        has_answers = "answer_ids" in vals
        changes = self.with_context(itsm_change_answers=True) if has_answers else self
        result = super(ItsmChange, changes).write(vals)
        if "type" in vals:
            self._complete_answers()
        if has_answers:
            self._follow_risk()
        return result

    def _complete_answers(self):
        """See that each question that is asked about a change is on it."""
        # sudo: rows without an answer, whoever may write the change.
        Question = self.env["itsm.change.question"].sudo()
        questions = Question._of_types()
        wanted = []
        for change in self.sudo():
            there = change.answer_ids.question_id
            wanted += [
                {"change_id": change.id, "question_id": question.id}
                for question in questions[change.type] - there
            ]
        if wanted:
            self.env["itsm.change.answer"].sudo().create(wanted)

    def _asked(self):
        """Return the answers that count: to questions for this type, still asked."""
        self.ensure_one()
        return self.answer_ids.filtered(
            lambda answer: (
                answer.question_id.active
                and answer.question_id[f"for_{self.type or 'normal'}"]
            )
        )


def _is_open(answer):
    """Tell whether a question is not answered yet."""
    return not answer.option_id
