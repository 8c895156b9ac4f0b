from odoo import api, models


class ItsmQuestion(models.Model):
    """The questions as the editor of conditions needs them."""

    _inherit = "itsm.question"

    def form_outline(self):
        """Return the columns of a table; see ``_outline``."""
        self.ensure_one()
        return self.column_ids._outline()

    def _outline(self):
        """Return what a condition may name, in order; sets are unfolded.

        :return: list of ``{"id", "key", "label", "type", "options", "model"}``; the id
            is that of the line in the form, so questions of a set have the one of the
            line that puts the set there
        """
        outline = []
        for question in self:
            if question.type == "set":
                entries = question.included_set_id.question_ids._outline()
            else:
                entries = [question._outline_entry()]
            outline += [entry | {"id": question.id} for entry in entries]
        return outline

    def _outline_entry(self):
        return {
            "key": self.key,
            "label": self.name,
            "type": self.type,
            "options": [
                {"key": option.key, "label": option.name} for option in self.option_ids
            ],
            "model": self.res_model,
        }

    @api.onchange("res_model_id")
    def _onchange_res_model_id(self):
        """Let the filter be built for the model before the question is saved."""
        self.res_model = self.res_model_id.model
        self.domain = False


class ItsmQuestionSet(models.Model):
    """The questions of a set as the editor of conditions needs them."""

    _inherit = "itsm.question.set"

    def form_outline(self):
        """Return the questions of the set; see ``itsm.question._outline``."""
        self.ensure_one()
        return self.question_ids._outline()


class ItsmService(models.Model):
    """The form of a service as the editor of conditions needs it."""

    _inherit = "itsm.service"

    def form_outline(self):
        """Return the questions of the form; see ``itsm.question._outline``."""
        self.ensure_one()
        return self.question_ids._outline()
