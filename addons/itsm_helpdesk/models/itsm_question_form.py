from odoo import api, models
from odoo.exceptions import ValidationError

from ..tools.form import checking, conditions
from ..tools.form import definition as form
from .itsm_question import _HOLD

# What a form may lack while it is being made, but not when it is published.
_LATER = frozenset({"columns", "model_missing", "options"})
# Ends the names of formatted properties in Odoo, which answers never are.
_RESERVED_END = "_html"
_LIMITED = (*form.NUMBERS, *form.MOMENTS)


class ItsmQuestion(models.Model):
    """Questions as the definition of a form, and what is wrong with them."""

    _inherit = "itsm.question"

    # ------------------------------------------------------------------
    # As plain data
    # ------------------------------------------------------------------

    def _definition(self, above=()):
        """Return the questions as plain data, in the language of the environment.

        Questions of sets stand where the set does; what shows the set shows them.

        :param above: ids of the sets around, so that none is in itself
        """
        entries = []
        for question in self.sorted(lambda each: (each.sequence, each.id)):
            if question.type == "set":
                entries += question._set_definition(above)
            else:
                entries.append(question._entry())
        return entries

    def _set_definition(self, above):
        included = self.included_set_id
        if not included or included.id in above:
            return []
        entries = included.question_ids._definition((*above, included.id))
        if conditions.is_nothing(self.shown_if):
            return entries
        return [
            {**entry, "shown_if": _both(self.shown_if, entry.get("shown_if"))}
            for entry in entries
        ]

    def _entry(self):
        """Return one question as plain data; what it has not, is not there."""
        kind = self.type
        always = {"key": self.key or "", "type": kind, "label": self.name or ""}
        entry = {"help": self.help, "shown_if": self.shown_if}
        if kind not in conditions.SILENT:
            entry |= {
                "placeholder": self.placeholder,
                "required": self.required,
                "required_if": self.required_if,
                "default": self._default_entry(),
                **self._type_entry(),
            }
        told = {name: value for name, value in entry.items() if _is_told(value)}
        return always | told

    def _type_entry(self):
        """Return what questions of this type have beside the others."""
        kind = self.type
        if kind in form.CHOICES:
            options = self.option_ids.sorted(lambda each: (each.sequence, each.id))
            return {
                "options": [
                    {"key": option.key, "label": option.name} for option in options
                ]
            }
        if kind in _LIMITED:
            return {
                "minimum": _number(self.minimum) if self.has_minimum else None,
                "maximum": _number(self.maximum) if self.has_maximum else None,
                "decimals": (kind == "number" and self.decimals) or None,
            }
        if kind == "char":
            return {
                "max_length": self.max_length or None,
                "pattern": self.pattern,
                "pattern_hint": self.pattern_hint,
            }
        if kind == "text":
            return {"max_length": self.max_length or None}
        if kind == "record":
            return {"model": self.res_model, "domain": self.domain}
        if kind == "file":
            return {
                "max_files": self.max_files or None,
                "extensions": self._extensions(),
            }
        if kind == "table":
            return {
                "columns": self.column_ids._definition(),
                "max_rows": self.max_rows or None,
            }
        return {}

    def _default_entry(self):
        if self.type in ("file", "table") or self.default_kind == "none":
            return None
        if self.parent_id:
            return None  # A row that was filled in by itself would look answered.
        entry = {"kind": self.default_kind}
        if self.default_kind == "employee":
            entry["value"] = self.default_field or ""
        elif self.default_kind == "fixed":
            entry["value"] = self.default_value or ""
        return entry

    def _extensions(self):
        words = (self.extensions or "").replace(",", " ").split()
        return [word.lstrip(".").lower() for word in words]

    # ------------------------------------------------------------------
    # Checks
    # ------------------------------------------------------------------

    def _check_forms(self):
        """Check the forms that these questions stand in, unless it is done later."""
        if self.env.context.get("itsm_form") is _HOLD:
            return
        # sudo: a form is checked as a whole, whoever changes a part of it.
        questions = self.sudo()
        questions |= questions.parent_id
        questions.set_id._check_form()
        questions.service_id._check_form()

    @api.model
    def _refuse_findings(self, definition, title, complete=False):
        """Raise an error that says all that is wrong with a form.

        :param definition: of the form
        :param title: the name of the service or set
        :param complete: whether nothing may be missing any more
        """
        sentences = self._findings(definition, complete)
        if sentences:
            raise ValidationError(
                self.env._(
                    "The form of “%(title)s” cannot be used like this:\n%(problems)s",
                    title=title,
                    problems="\n".join(sentences),
                )
            )

    @api.model
    def _findings(self, definition, complete=True):
        """Return a sentence for each thing that is wrong with a form."""
        findings = [
            (path, problem)
            for path, problem in checking.check(definition)
            if complete or problem.code not in _LATER
        ]
        Messages = self.env["itsm.form.messages"]
        sentences = Messages._finding_sentences(definition, findings)
        sentences += [
            self.env._(
                "%(question)s: the key “%(key)s” must not end with “%(end)s”. Give it "
                "another.",
                question=question.get("label") or question["key"],
                key=question["key"],
                end=_RESERVED_END,
            )
            for _path, question in form.flatten(definition)
            if str(question["key"]).endswith(_RESERVED_END)
        ]
        return list(dict.fromkeys(sentences))


class ItsmQuestionSet(models.Model):
    """The questions of a set as a form."""

    _inherit = "itsm.question.set"

    def _check_form(self):
        """Check the sets, and the forms that they stand in."""
        Question = self.env["itsm.question"]
        for question_set in self:
            if question_set._includes_itself():
                raise ValidationError(
                    self.env._(
                        "The question set “%(set)s” would contain itself. Take one of "
                        "the sets out.",
                        set=question_set.name,
                    )
                )
            definition = {"questions": question_set.question_ids._definition()}
            Question._refuse_findings(definition, question_set.name)
        if self:
            users = Question.search([("included_set_id", "in", self.ids)])
            (users - self.question_ids)._check_forms()

    def _includes_itself(self):
        inside = new = self.question_ids.included_set_id
        while new and self not in inside:
            new = new.question_ids.included_set_id - inside
            inside |= new
        return self in inside


def _both(one, other):
    """Return a condition that holds where both do."""
    if conditions.is_nothing(other):
        return one
    return {"match": "all", "rules": [one, other]}


def _is_told(value):
    return value is not None and value is not False and value != "" and value != []


def _number(value):
    """Return a whole number as such, so that it reads the same everywhere."""
    return int(value) if float(value).is_integer() else value
