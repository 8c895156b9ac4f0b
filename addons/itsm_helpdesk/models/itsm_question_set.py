from odoo import api, fields, models

from .itsm_question import _HOLD, _KNOWN


class ItsmQuestionSet(models.Model):
    """Questions that several forms ask alike."""

    _name = "itsm.question.set"
    _description = "Question Set"
    _order = "name, id"

    name = fields.Char(required=True, translate=True)
    active = fields.Boolean(default=True)
    question_ids = fields.One2many("itsm.question", "set_id", "Questions", copy=True)

    @api.model_create_multi
    def create(self, vals_list):
        held = self.with_context(itsm_form=_HOLD)
        sets = super(ItsmQuestionSet, held).create(vals_list).with_env(self.env)
        sets._check_when_written()
        return sets

    def write(self, vals):
        held = self.with_context(itsm_form=_HOLD)
        result = super(ItsmQuestionSet, held).write(vals)
        self._check_when_written()
        return result

    def _check_when_written(self):
        if self.env.context.get("itsm_form") is not _HOLD:
            # sudo: a form is checked as a whole, whoever changes a part of it.
            self.sudo()._check_form()

    def copy(self, default=None):
        # An administrator chose the models of the questions that are copied.
        known = self.with_context(itsm_models=_KNOWN)
        return super(ItsmQuestionSet, known).copy(default).with_env(self.env)

    def copy_data(self, default=None):
        vals_list = super().copy_data(default)
        for question_set, vals in zip(self, vals_list, strict=True):
            if "name" not in (default or {}):
                vals["name"] = self.env._("%(name)s (copy)", name=question_set.name)
        return vals_list
