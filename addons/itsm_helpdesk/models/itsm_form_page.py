import json

from odoo import api, fields, models
from odoo.fields import Domain

from ..tools.form import definition as form_definition
from ..tools.form import files, moments, reading, records, values
from ..tools.form.problems import Problem
from .itsm_ticket_portal_form import MIN_SEARCH

# Up to here all answers are shown at once; more are folded into a list.
_MAX_BUTTONS = 6
# A list of records that is longer is searched.
_MAX_LISTED = 30
# Rows of an empty table where no script can add one.
_SPARE_ROWS = 3
# What a browser can find out by itself, by type; the sentences travel with the page.
_LIVE_CODES = {
    "number": ("not_number", "too_small", "too_large"),
    "money": ("not_number", "too_small", "too_large", "decimals"),
    "date": ("not_date", "too_early", "too_late"),
    "datetime": ("not_datetime", "too_early", "too_late"),
    **dict.fromkeys(form_definition.REFERENCES, ("unknown_record",)),
}
# What the conditions need, nothing more.
_RULES = ("key", "type", "required", "required_if", "shown_if")


class ItsmFormPage(models.AbstractModel):
    """What the page of a request form shows of each question.

    Templates get plain values; the browser gets the conditions and the sentences it
    may have to say.
    """

    _name = "itsm.form.page"
    _description = "Page of a Request Form"

    @api.model
    def _page(self, definition, raw, errors=None, lookups=None, currency=None):
        """Return all that the template shows.

        :param definition: the form, in the reader's language
        :param raw: what was typed, from a browser or a draft
        :param errors: ``{path: sentence}``
        :param lookups: ``{path: [(id, name)]}`` for what is chosen from a short list;
            without one, what the question offers
        :param currency: name of the currency in which amounts of money are asked for
        :return: ``{"sections", "rules", "zone"}``; a section is ``{"head", "lines"}``,
            its head is empty for questions before the first one
        """
        zone = self.env.tz.zone
        today = fields.Date.context_today(self)
        result = reading.read(definition, raw, today=today, zone=zone)
        around = {
            "raw": raw or {},
            "errors": errors or {},
            "hidden": result.hidden,
            "required": result.required,
            "today": today,
            "zone": zone,
            "choices": self._choices(definition, raw or {}, lookups or {}),
            "currency": currency,
        }
        sections = [{"head": None, "lines": []}]
        for question in form_definition.questions(definition):
            line = self._line(question, question["key"], (raw or {}), around)
            if question["type"] == "section":
                sections.append({"head": line, "lines": []})
            else:
                sections[-1]["lines"].append(line)
        return {
            "sections": [each for each in sections if each["head"] or each["lines"]],
            "rules": json.dumps(_rules(form_definition.questions(definition))),
            "zone": zone,
        }

    @api.model
    def _lookup(self, definition, path, term):
        """Return the records that a question offers for a part of a name.

        :param path: of the question, as the page names it; an unknown one has none
        :return: list of ``{"id", "name", "detail"}``
        """
        asked = dict(form_definition.flatten(definition))
        question = asked.get(path) if isinstance(path, str) else None
        if question is None or question["type"] not in form_definition.REFERENCES:
            return []
        term = (term if isinstance(term, str) else "").strip()
        if question["type"] == "person" and len(term) < MIN_SEARCH:
            return []
        return self.env["itsm.form.lookup"]._find(question, term)

    # ------------------------------------------------------------------
    # A question
    # ------------------------------------------------------------------

    @api.model
    def _line(self, question, path, typed, around):
        """Return what is shown of a question or of a cell of a table."""
        kind = question["type"]
        value = typed.get(question["key"])
        first, last = (
            moments.day_limits(question, around["today"])
            if kind in form_definition.MOMENTS
            else (None, None)
        )
        line = {
            "key": question["key"],
            "id": f"q_{path}",
            "type": kind,
            "label": self._title(question, around["currency"]),
            "help": question.get("help") or "",
            "placeholder": question.get("placeholder") or "",
            "hidden": path in around["hidden"],
            "required": path in around["required"],
            "always_required": question.get("required") is True,
            "error": around["errors"].get(path, ""),
            "value": self._shown(question, value, around["zone"]),
            "limit": question.get("max_length") or 0,
            "max_length": form_definition.max_length(question),
            "decimals": form_definition.decimals(question),
            "minimum": question.get("minimum"),
            "maximum": question.get("maximum"),
            "first": first and first.isoformat(),
            "last": last and last.isoformat(),
            "pattern": question.get("pattern"),
            "options": self._options(question, value),
            "messages": json.dumps(self._messages(question, first, last)),
        }
        if kind in form_definition.REFERENCES:
            line.update(self._reference_line(question, path, value, around))
        elif kind == "file":
            line.update(self._file_line(question, value))
        elif kind == "table":
            line.update(self._table_line(question, value, around))
        line["widget"] = self._widget(question, line)
        return line

    @api.model
    def _title(self, question, currency):
        """Return the question as it stands over its input."""
        label = question.get("label") or question["key"]
        if question["type"] == "money" and currency:
            return f"{label} ({currency})"
        return label

    @api.model
    def _widget(self, question, line):
        """Return which input a question gets."""
        kind = question["type"]
        if kind == "choice" and len(line["options"]) > _MAX_BUTTONS:
            return "list"
        if kind in form_definition.REFERENCES:
            return "combobox" if line["choices"] is None else "list"
        return {
            "char": "line",
            "number": "line",
            "money": "line",
            "date": "moment",
            "datetime": "moment",
            "choice": "buttons",
            "choices": "buttons",
        }.get(kind, kind)

    @api.model
    def _shown(self, question, value, zone):
        """Return a value as it stands in an input."""
        kind = question["type"]
        if kind == "boolean":
            return values.is_true(value)
        if kind == "datetime":
            value = moments.local_text(value, zone)
        if kind in form_definition.NUMBERS and isinstance(value, int | float):
            value = f"{value:.{form_definition.decimals(question)}f}"
        return value if isinstance(value, str) else str(value or "")

    @api.model
    def _options(self, question, value):
        chosen = value if isinstance(value, list) else [value]
        return [
            {**option, "chosen": option["key"] in chosen}
            for option in question.get("options") or []
        ]

    @api.model
    def _messages(self, question, first, last):
        """Return the sentences that the browser may have to say, by code."""
        params = {
            "required": {"type": question["type"]},
            "pattern": {"hint": question.get("pattern_hint") or ""},
            "too_small": {"minimum": question.get("minimum")},
            "too_large": {"maximum": question.get("maximum")},
            "decimals": {"places": form_definition.decimals(question)},
            "too_early": {"date": first},
            "too_late": {"date": last},
        }
        codes = ["required", *_LIVE_CODES.get(question["type"], ())]
        if question.get("pattern"):
            codes.append("pattern")
        if question["type"] == "number":
            places = form_definition.decimals(question)
            codes.append("decimals" if places else "not_whole")
        sentence = self.env["itsm.form.messages"]._sentence
        label = question.get("label") or question["key"]
        return {
            code: sentence(Problem(code, params.get(code, {})), label)
            for code in codes
            if None not in params.get(code, {}).values()
        }

    # ------------------------------------------------------------------
    # Records, files, tables
    # ------------------------------------------------------------------

    @api.model
    def _choices(self, definition, raw, lookups):
        """Return what each question for records offers, by path; None to search.

        People are never listed: who does not know the name has no business with it.
        """
        Lookup = self.env["itsm.form.lookup"]
        choices = {}
        for path, question in form_definition.flatten(definition):
            if path in lookups:
                choices[path] = lookups[path]
            elif question["type"] == "person":
                choices[path] = None
            elif question["type"] in form_definition.REFERENCES:
                found = Lookup._find(question, limit=_MAX_LISTED + 1)
                choices[path] = (
                    [(each["id"], each["name"]) for each in found]
                    if len(found) <= _MAX_LISTED
                    else None
                )
        return choices

    @api.model
    def _reference_line(self, question, path, value, around):
        """Return the list to choose from, and what was chosen."""
        # Cells have their row in the path, what is offered has not.
        parts = path.split(".")
        choices = around["choices"].get(".".join((parts[0], *parts[2:])))
        chosen = records.as_id(value)
        name = ""
        if choices is None and chosen:
            Model, domain = self.env["itsm.form.lookup"]._offered(question)
            found = Model.search(domain & Domain("id", "=", chosen))
            # What is not offered any more must not be sent from an empty input.
            chosen, name = found.id, found.display_name or ""
        typed = value if isinstance(value, str) and not chosen else ""
        return {
            "choices": choices,
            "chosen": str(chosen) if chosen else "",
            "name": name or typed,
            "path": ".".join((parts[0], *parts[2:])),
            "min_search": MIN_SEARCH if question["type"] == "person" else 0,
        }

    @api.model
    def _file_line(self, question, value):
        """Return the limits of a question for files, and those that are there."""
        ids = [each for each in map(records.as_id, _as_list(value)) if each]
        kept = self._files_shown(ids)
        extensions = files.extensions(question)
        return {
            "max_files": form_definition.max_files(question),
            "accept": ",".join(f".{each}" for each in extensions),
            "extensions": ", ".join(extensions),
            "kept": [{"id": file.id, "name": file.name} for file in kept],
        }

    @api.model
    def _files_shown(self, ids):
        """Return the files that the user may see: those of tickets that they read."""
        if not ids:
            return self.env["ir.attachment"]
        # sudo: requesters have no right on files at all; what is not theirs to see is
        # taken out below.
        files = self.env["ir.attachment"].sudo().browse(ids).exists()
        files = files.filtered(lambda file: file.res_model == "itsm.ticket")
        tickets = self.env["itsm.ticket"].browse(files.mapped("res_id"))
        readable = set(tickets.exists()._filtered_access("read").ids)
        files = files.filtered(lambda file: file.res_id in readable)
        return files - files.sudo(False)._itsm_hidden("read").sudo()

    @api.model
    def _table_line(self, question, value, around):
        """Return the columns, the rows that were typed, and spare ones."""
        key = question["key"]
        most = form_definition.max_rows(question)
        typed = [row for row in _as_list(value) if isinstance(row, dict)][:most]
        columns = form_definition.columns(question)
        spare = max(min(_SPARE_ROWS, most) - len(typed), 0)
        rows = [*typed, *({} for _number in range(spare))]
        # What an empty row hides depends on no answer, as in one beyond the last.
        blank = {**around, "hidden": set(), "required": set(), "errors": {}}
        return {
            "max_rows": most,
            "columns": [self._line(each, each["key"], {}, blank) for each in columns],
            "rows": [
                {
                    "number": number,
                    "spare": number >= max(len(typed), 1),
                    "cells": [
                        self._line(each, f"{key}.{number}.{each['key']}", row, around)
                        for each in columns
                    ],
                }
                for number, row in enumerate(rows)
            ],
            "new_row": [
                self._line(each, f"{key}.__row__.{each['key']}", {}, blank)
                for each in columns
            ],
        }


def _as_list(value):
    return value if isinstance(value, list) else [value]


def _rules(questions):
    """Return what the browser needs to know when to show and to require."""
    return [
        {
            **{name: each[name] for name in _RULES if name in each},
            "columns": _rules(form_definition.columns(each)),
        }
        for each in questions
    ]
