# pylint: disable=prefer-env-translation
from odoo import api, models


class ItsmServiceExchange(models.AbstractModel):
    """Sentences about service files, in the language of the user."""

    _name = "itsm.service.exchange"
    _description = "Sentences about Service Files"

    @api.model
    def _problem_text(self, problem):
        """Return the sentence for a ``tools.service_file`` problem."""
        params = {
            name: ", ".join(map(str, value))
            if isinstance(value, tuple | list)
            else value
            for name, value in problem.params.items()
        }
        if problem.code == "wrong_type":
            return self._type_texts()[params["expected"]]
        if problem.code in ("too_large", "picture_too_large"):
            params = {name: value // 1024**2 for name, value in params.items()}
        return self._problem_texts()[problem.code] % params

    @api.model
    def _type_texts(self):
        """Return ``{expected kind of value: sentence}``."""
        _ = self.env._
        return {
            "text": _("Write a text in quotation marks here."),
            "texts": _(
                "Write the text by language here, such as "
                "{“en_US”: “Laptop”, “zh_CN”: “笔记本电脑”}."
            ),
            "number": _("Write a number here."),
            "whole": _("Write a whole number here."),
            "flag": _("Write true or false here."),
            "list": _("Write a list in square brackets here."),
            "object": _("Write an object in braces here."),
        }

    @api.model
    def _problem_texts(self):
        """Return ``{code: sentence}``."""
        _ = self.env._
        return {
            "empty": _("The file is empty."),
            "too_large": _(
                "The file has %(size)s MB; at most %(limit)s MB are accepted."
            ),
            "too_many_values": _(
                "The file holds far more values than services need. It was not read."
            ),
            "not_utf8": _("This is no text file in UTF-8, so no service file."),
            "not_json": _(
                "This is no JSON file; reading stopped at line %(line)s, column "
                "%(column)s. Choose a file that was made by “Export”."
            ),
            "too_deep": _("It is nested deeper than any service is. It was not read."),
            "bad_number": _("The file holds a number that is none."),
            "duplicate_key": _(
                "“%(key)s” is given twice in the same place of the file. Take one out."
            ),
            "other_format": _(
                "This is no service file. Choose a file that was made by “Export” in "
                "the list of services."
            ),
            "newer_version": _(
                "The file has version %(version)s of the format; this system knows "
                "version %(known)s. Update it first, or export from a system as old."
            ),
            "unknown_key": _(
                "“%(key)s” means nothing here. Correct its name or take it out."
            ),
            "needed": _("This must be given."),
            "too_long": _("The text is longer than %(limit)s characters."),
            "too_many": _("At most %(limit)s are accepted here."),
            "bad_character": _(
                "The text holds a character that cannot be kept (NUL or half of one)."
            ),
            "bad_form": _("“%(value)s” does not have the form that is needed here."),
            "bad_choice": _("“%(value)s” is not one of: %(known)s."),
            "bad_language": _("“%(value)s” is not the code of a language."),
            "out_of_range": _(
                "The number must lie between %(minimum)s and %(maximum)s."
            ),
            "bad_condition": _(
                "This is no condition. One looks like {“match”: “all”, “rules”: "
                "[{“question”: “device”, “op”: “equals”, “value”: “laptop”}]}."
            ),
            "not_base64": _("The picture is not written as base64."),
            "not_a_picture": _(
                "This is no picture in the format PNG, JPEG, GIF or WebP."
            ),
            "picture_too_large": _("The picture has more than 4 MB."),
            "duplicate": _("“%(value)s” is there twice. Take one out or rename it."),
            "not_before": _(
                "The condition names “%(value)s”, which is not asked before."
            ),
            "unknown_set": _(
                "The file does not hold the question set “%(value)s”. Add it under "
                "question_sets."
            ),
            "unknown_task": _("The plan has no task “%(value)s”."),
            "circle": _("This leads in a circle back to itself. Break it."),
        }

    @api.model
    def _section_labels(self):
        """Return ``{key of a service in the file: name of the part}``."""
        labels = {
            key: field._description_string(self.env)
            for key, field in self.env["itsm.service"]._fields.items()
        }
        _ = self.env._
        return {
            **labels,
            "category": labels["category_id"],
            "picture": _("Picture"),
            "currency": labels["currency_id"],
            "desk": labels["desk_id"],
            "team": labels["team_id"],
            "owner": labels["owner_id"],
            "service_class": labels["service_class_id"],
            "ticket_category": labels["ticket_category_id"],
            "available": _("Availability"),
            "questions": labels["question_ids"],
            "plan": _("Plan"),
            "orders": labels["order_ids"],
            "approval_policy": labels["approval_policy_id"],
            "sla_policies": _("Service Levels"),
        }
