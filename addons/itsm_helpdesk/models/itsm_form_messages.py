# pylint: disable=prefer-env-translation
from odoo import api, models
from odoo.tools import format_date
from odoo.tools.misc import formatLang

from ..tools.form import definition as form_definition


class ItsmFormMessages(models.AbstractModel):
    """What is wrong with a form, as sentences that name the question and the cure.

    The one place where the codes of ``tools.form`` become words: those of answers, for
    whoever fills in a form, and those of definitions, for whoever makes one. Pages
    hand the sentences on to the browser, so that it says the same.
    """

    _name = "itsm.form.messages"
    _description = "Sentences about Request Forms"

    @api.model
    def _sentence(self, problem, label):
        """Return the sentence for a problem.

        :param problem: ``tools.form.problems.Problem``
        :param label: the question as the reader knows it
        """
        texts = {**self._answer_texts(), **self._definition_texts()}
        if problem.code == "required":
            text = self._required_text(problem.params["type"])
        elif problem.code == "pattern" and problem.params["hint"]:
            text = self.env._("%(label)s: %(hint)s")
        else:
            text = texts[problem.code]
        # “How many?: …” would read badly.
        label = label.rstrip(" ?:？：")
        return text % {"label": label, **self._params(problem)}

    @api.model
    def _sentences(self, definition, problems):
        """Return ``{path: sentence}`` for the problems of the answers to a form.

        :param definition: in the language of the reader
        :param problems: ``{path: Problem}``
        """
        labels = {
            path: question["label"]
            for path, question in form_definition.flatten(definition)
        }
        return {
            path: self._sentence(problem, self._label(path, labels))
            for path, problem in problems.items()
        }

    @api.model
    def _label(self, path, labels):
        """Return the name of a place in a form; a cell has its table and row too."""
        key, *cell = path.split(".")
        if not cell:
            return labels[key]
        row, column = cell
        return self.env._(
            "%(table)s, row %(row)s, %(column)s",
            table=labels[key],
            row=int(row) + 1,
            column=labels[f"{key}.{column}"],
        )

    @api.model
    def _finding_sentences(self, definition, findings):
        """Return a sentence for each finding of ``tools.form.checking``."""
        labels = {}
        for question in form_definition.questions(definition):
            self._name_finding(labels, "", question)
            for column in form_definition.columns(question):
                self._name_finding(labels, f"{question.get('key') or ''}.", column)
        form = self.env._("Form")
        return [
            self._sentence(problem, labels.get(path) or path or form)
            for path, problem in findings
        ]

    @api.model
    def _name_finding(self, labels, prefix, question):
        key = str(question.get("key") or "")
        labels[f"{prefix}{key}"] = question.get("label") or key

    @api.model
    def _params(self, problem):
        """Return the parameters of a sentence, written as the reader writes them."""
        return {
            name: format_date(self.env, value) if name == "date" else self._plain(value)
            for name, value in problem.params.items()
        }

    @api.model
    def _plain(self, value):
        """Return a number without needless places, anything else as it is."""
        if not isinstance(value, int | float):
            return value
        places = len(f"{value:.6f}".rstrip("0").partition(".")[2])
        return formatLang(self.env, value, digits=places)

    @api.model
    def _required_text(self, kind):
        """Return what to do where an answer is missing."""
        _ = self.env._
        return {
            "boolean": _("%(label)s: tick the box. Without it this cannot be sent."),
            "choice": _("%(label)s: choose one of the answers."),
            "choices": _("%(label)s: choose at least one of the answers."),
            "date": _("%(label)s: choose a date."),
            "datetime": _("%(label)s: choose a date and a time."),
            "file": _("%(label)s: attach a file."),
            "table": _("%(label)s: fill in at least one row."),
            "person": _("%(label)s: choose a person from the list."),
            "department": _("%(label)s: choose a department from the list."),
            "location": _("%(label)s: choose a location from the list."),
            "record": _("%(label)s: choose an entry from the list."),
        }.get(kind) or _("%(label)s: an answer is needed.")

    @api.model
    def _answer_texts(self):
        """Return ``{code: sentence}`` about answers."""
        _ = self.env._
        return {
            "not_text": _("%(label)s: write a text."),
            "too_long": _(
                "%(label)s: at most %(maximum)s characters; there are %(length)s."
            ),
            "pattern": _("%(label)s: the text does not have the form that is needed."),
            "not_number": _("%(label)s: write a number in digits, such as 1234.5."),
            "not_whole": _("%(label)s: write a whole number."),
            "decimals": _("%(label)s: at most %(places)s digits after the point."),
            "too_small": _("%(label)s: the number must be at least %(minimum)s."),
            "too_large": _("%(label)s: the number must be at most %(maximum)s."),
            "not_date": _("%(label)s: choose a date that exists."),
            "not_datetime": _("%(label)s: choose a date and a time that exist."),
            "year": _("%(label)s: the year must lie between 1900 and 2100."),
            "too_early": _("%(label)s: choose %(date)s or a later day."),
            "too_late": _("%(label)s: choose %(date)s or an earlier day."),
            "not_boolean": _("%(label)s: answer with yes or no."),
            "not_offered": _("%(label)s: choose one of the answers offered."),
            "unknown_record": _("%(label)s: choose an entry from the list."),
            "not_rows": _("%(label)s: fill in the rows of the table."),
            "too_many_rows": _(
                "%(label)s: at most %(maximum)s rows. Attach a longer list as a file."
            ),
            "too_many_files": _(
                "%(label)s: at most %(maximum)s files. Take some out or pack them into "
                "one archive (zip)."
            ),
            "file_empty": _("%(label)s: the file “%(name)s” is empty. Choose another."),
            "file_too_large": _(
                "%(label)s: the file “%(name)s” is larger than %(megabytes)s MB. Send "
                "a smaller one."
            ),
            "file_program": _(
                "%(label)s: “%(name)s” is a program. Programs cannot be attached."
            ),
            "file_extension": _(
                "%(label)s: “%(name)s” cannot be attached here. These kinds can: "
                "%(extensions)s."
            ),
            "file_disguised": _(
                "%(label)s: “%(name)s” is no %(extension)s file inside. Save it anew "
                "and attach that."
            ),
        }

    @api.model
    def _definition_texts(self):
        """Return ``{code: sentence}`` about forms that are being made."""
        _ = self.env._
        return {
            "too_many_questions": _(
                "%(label)s: at most %(maximum)s questions. Make two services of it."
            ),
            "key_form": _(
                "%(label)s: the key “%(key)s” must begin with a small letter and hold "
                "small letters, digits and _ only, at most 40."
            ),
            "key_twice": _(
                "%(label)s: the key “%(key)s” is used twice. Give one of the questions "
                "another."
            ),
            "type_unknown": _(
                "%(label)s: a question cannot be of the type “%(type)s” here. Choose "
                "another type."
            ),
            "columns": _("%(label)s: a table needs 1 to %(maximum)s columns."),
            "label_missing": _("%(label)s: the question has no text. Write it."),
            "options": _("%(label)s: a choice needs 1 to %(maximum)s options."),
            "option_twice": _(
                "%(label)s: each option needs a key of its own; capital and small "
                "letters do not make a difference."
            ),
            "limits_crossed": _(
                "%(label)s: the lower limit %(minimum)s is above the upper limit "
                "%(maximum)s. Change one of them."
            ),
            "limit_max_length": _(
                "%(label)s: the length can be limited to 1 to %(maximum)s characters."
            ),
            "limit_max_rows": _(
                "%(label)s: the rows can be limited to 1 to %(maximum)s."
            ),
            "limit_max_files": _(
                "%(label)s: the files can be limited to 1 to %(maximum)s."
            ),
            "limit_decimals": _(
                "%(label)s: a number can have 0 to %(maximum)s digits after the point."
            ),
            "pattern_place": _("%(label)s: only short texts can have a pattern."),
            "pattern_long": _(
                "%(label)s: the pattern is longer than %(maximum)s characters. Write a "
                "shorter one."
            ),
            "pattern_broken": _(
                "%(label)s: the pattern is not a regular expression (%(detail)s)."
            ),
            "pattern_complex": _(
                "%(label)s: the pattern could keep the server busy. Do without repeats "
                "inside of repeats, more than three open repeats, look-around and "
                "back-references."
            ),
            "model_missing": _("%(label)s: choose which kind of record is asked for."),
            "default": _("%(label)s: the default cannot be an answer. Change it."),
            "condition_form": _("%(label)s: the condition is damaged. Make it anew."),
            "condition_deep": _(
                "%(label)s: the condition is nested deeper than %(maximum)s levels."
            ),
            "condition_question": _(
                "%(label)s: the condition names “%(question)s”, which does not stand "
                "before it. Move the question up or change the condition."
            ),
            "condition_op": _(
                "%(label)s: answers to “%(question)s” cannot be compared in this way. "
                "Choose another comparison."
            ),
            "condition_value": _(
                "%(label)s: the condition compares “%(question)s” with something that "
                "cannot be its answer. Choose another value."
            ),
        }
