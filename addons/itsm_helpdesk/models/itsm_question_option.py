from odoo import api, fields, models
from odoo.exceptions import ValidationError

from .itsm_question import next_key


class ItsmQuestionOption(models.Model):
    """One of the answers that a question offers."""

    _name = "itsm.question.option"
    _description = "Option of a Question"
    _order = "sequence, id"

    question_id = fields.Many2one(
        "itsm.question", required=True, index=True, ondelete="cascade"
    )
    sequence = fields.Integer(default=10)
    key = fields.Char(
        help="Name of the option for conditions, reports and scripts. Made by itself "
        "when empty.",
    )
    name = fields.Char("Option", required=True, translate=True)

    @api.model_create_multi
    def create(self, vals_list):
        # sudo: a key is taken, whoever may see the option.
        questions = self.env["itsm.question"].sudo()
        questions = questions.browse({vals.get("question_id") for vals in vals_list})
        taken = {each.id: set(each.option_ids.mapped("key")) for each in questions}
        for vals in vals_list:
            if vals.get("key"):
                taken.setdefault(vals.get("question_id"), set()).add(vals["key"])
        for vals in vals_list:
            if not vals.get("key"):
                found = taken.setdefault(vals.get("question_id"), set())
                vals["key"] = next_key("o", found)
        options = super().create(vals_list)
        options.question_id._check_forms()
        return options

    def write(self, vals):
        if "question_id" in vals and self.question_id.ids != [vals["question_id"]]:
            raise ValidationError(self.env._("An option stays with its question."))
        result = super().write(vals)
        self.question_id._check_forms()
        return result

    def unlink(self):
        questions = self.question_id
        result = super().unlink()
        questions.exists()._check_forms()
        return result
