import re
import unicodedata

from odoo import api, models

_MAX_KEY = 40


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

    @api.onchange("name")
    def _onchange_name(self):
        """Give the question a key at once, so that conditions can name it unsaved."""
        if self.name and not self.key:
            neighbours = (
                self.service_id.question_ids
                | self.set_id.question_ids
                | self.parent_id.column_ids
            )
            neighbours |= neighbours.included_set_id.question_ids
            self.key = _free_key(self.name, "q", set(neighbours.mapped("key")))

    @api.onchange("res_model_id")
    def _onchange_res_model_id(self):
        """Let the filter be built for the model before the question is saved."""
        self.res_model = self.res_model_id.model
        self.domain = False


class ItsmQuestionOption(models.Model):
    """An option can be compared with before it is saved."""

    _inherit = "itsm.question.option"

    @api.onchange("name")
    def _onchange_name(self):
        if self.name and not self.key:
            taken = set(self.question_id.option_ids.mapped("key"))
            self.key = _free_key(self.name, "o", taken)


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


def _free_key(name, letter, taken):
    """Return a key that is made of a name, or of a number where it has no letters.

    >>> _free_key("Which device?", "q", {"which_device"})
    'which_device_2'
    >>> _free_key("设备", "q", {"q1"})
    'q2'
    """
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    base = re.sub(r"[^a-z0-9]+", "_", plain.lower()).strip("_")
    base = base[: _MAX_KEY - 4].rstrip("_")
    if not base[:1].isalpha():
        base, key = letter, f"{letter}1"
    else:
        key = base
    joint = "" if base == letter else "_"
    number = 1
    while key in taken:
        number += 1
        key = f"{base}{joint}{number}"
    return key
