from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..tools.form import conditions
from ..tools.form import definition as form
from .itsm_question import _HOLD
from .itsm_ticket import WORKERS


class ItsmService(models.Model):
    """The form of a service, made of its questions."""

    _inherit = "itsm.service"

    question_ids = fields.One2many(
        "itsm.question", "service_id", "Questions", copy=False, groups=WORKERS
    )

    def _form_definition(self):
        """Return the form as it is being made, in the language of the environment.

        Callers check who asks.
        """
        self.ensure_one()
        # sudo: requesters have no right on questions; who tries the form sees it all.
        return {"questions": self.sudo().question_ids._definition()}

    def _answer_currency(self):
        """Return the currency in which the form asks for amounts of money."""
        return self.currency_id or self.env.company.currency_id

    @api.model_create_multi
    def create(self, vals_list):
        held = self.with_context(itsm_form=_HOLD)
        services = super(ItsmService, held).create(vals_list).with_env(self.env)
        services._check_when_written()
        return services

    def write(self, vals):
        if "question_ids" not in vals:
            return super().write(vals)
        held = self.with_context(itsm_form=_HOLD)
        result = super(ItsmService, held).write(vals)
        self._check_when_written()
        return result

    def _check_when_written(self):
        if self.env.context.get("itsm_form") is not _HOLD:
            # sudo: a form is checked as a whole, whoever changes a part of it.
            self.sudo()._check_form()

    def _check_form(self):
        """Check the forms; what they lack yet is asked for when they are published."""
        Question = self.env["itsm.question"]
        for service in self:
            definition = service._form_definition()
            Question._refuse_findings(definition, service.name)
            service._refuse_other_types(definition)

    def _refuse_other_types(self, definition):
        """Refuse another type under a key that answers were given to already.

        Reports and searches read the answers of all versions by their key.
        """
        known = self._published_types()
        for path, question in form.flatten(definition):
            before = known.get(path)
            if before and before != question["type"]:
                types = dict(
                    self.env["itsm.question"]
                    ._fields["type"]
                    ._description_selection(self.env)
                )
                raise ValidationError(
                    self.env._(
                        "%(question)s: “%(key)s” was published as “%(before)s”, and "
                        "answers were given to that. Give the question another key, "
                        "or its former type back.",
                        question=question["label"],
                        key=path,
                        before=types[before],
                    )
                )

    def _published_types(self):
        """Return ``{path: type}`` of the questions in all versions."""
        types = {}
        for version in self.version_ids.sorted("number"):
            definition = version._definition()
            types.update(
                {path: each["type"] for path, each in form.flatten(definition)}
            )
        return types

    # ------------------------------------------------------------------
    # Conditions of parts and plan
    # ------------------------------------------------------------------

    @api.model
    def _condition_findings(self, condition, definition, label):
        """Return what is wrong with a condition on the answers to the whole form."""
        before = {each["key"]: each for each in form.questions(definition)}
        Messages = self.env["itsm.form.messages"]
        return [
            Messages._sentence(problem, label)
            for problem in conditions.check(condition, before)
        ]
