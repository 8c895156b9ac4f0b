from odoo import api, fields, models
from odoo.fields import Command
from odoo.tools import format_date, format_datetime, formatLang

from ..tools.form import definition as form_definition
from ..tools.form import reading, references


class ItsmTicket(models.Model):
    """The answers of a request form: kept as data, shown in the reader's language.

    ``answers`` is a Properties field, so that answers are searched, grouped and
    exported like any field. Its definition is that of the version of the form they
    were given to: what is asked today changes nothing in what was answered then. The
    rows of tables are records of their own, for the same reason.
    """

    _inherit = "itsm.ticket"

    service_version_id = fields.Many2one(
        "itsm.service.version",
        "Form",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
    )
    answers = fields.Properties(
        definition="service_version_id.answer_definition", copy=False
    )
    answer_row_ids = fields.One2many(
        "itsm.answer.row", "ticket_id", "Rows of Answers", readonly=True, copy=False
    )
    has_answers = fields.Boolean(compute="_compute_has_answers")
    answers_html = fields.Html(
        "Answers as Asked", compute="_compute_answers_html", sanitize=False
    )

    @api.depends("service_version_id")
    def _compute_has_answers(self):
        for ticket in self:
            ticket.has_answers = bool(ticket.service_version_id)

    @api.depends("answers", "answer_row_ids")
    @api.depends_context("lang", "tz", "uid")
    def _compute_answers_html(self):
        """Render the answers as the form asked them; everything is escaped."""
        for ticket in self:
            rows = ticket._answers_shown()
            ticket.answers_html = rows and self.env["ir.qweb"]._render(
                "itsm_helpdesk.request_answers", {"answers": rows}
            )

    # ------------------------------------------------------------------
    # To and from the database
    # ------------------------------------------------------------------

    @api.model
    def _answer_values(self, version, answers):
        """Return the field values that keep clean answers.

        :param version: version of the form
        :param answers: ``{key: value}`` as ``tools.form.reading`` returns them
        """
        tables = {table.key: table for table in version.table_ids}
        return {
            "service_version_id": version.id,
            "answers": {
                key: value for key, value in answers.items() if key not in tables
            },
            "answer_row_ids": [
                Command.create(
                    {
                        "table_id": table.id,
                        "sequence": number,
                        "values": row,
                    }
                )
                for key, table in tables.items()
                for number, row in enumerate(answers.get(key, ()), 1)
            ],
        }

    def _answers_raw(self):
        """Return the answers of one ticket as plain data, ``{key: value}``."""
        self.ensure_one()
        ticket = self.sudo()  # sudo: the rows are not for requesters; callers check
        answers = dict(_plain(ticket, "answers"))
        for row in ticket.answer_row_ids:
            answers.setdefault(row.table_id.key, []).append(_plain(row, "values"))
        return answers

    def _answer_files(self):
        """Return the ids of the files that were given as answers."""
        self.ensure_one()
        # sudo: the form's version is not for requesters; the files are their own.
        definition = self.sudo().service_version_id._definition()
        answers = self._answers_raw()
        return [
            id_
            for key in form_definition.file_keys(definition)
            for id_ in answers.get(key, ())
        ]

    def _answers_handed_down(self, version, mapping):
        """Return the answers that a part of the request gets from this one.

        Those with the same key, or mapped to it, as far as the part's form takes
        them. What it asks beyond that stays open: nobody is there to answer.

        :param version: the part's form
        :param mapping: ``{key of the part: key of the request}``
        """
        self.ensure_one()
        own = self._answers_raw()
        definition = version._definition()
        raw = {
            question["key"]: own.get(mapping.get(question["key"], question["key"]))
            for question in form_definition.questions(definition)
        }
        zone = self.env.tz.zone
        return reading.read(
            definition,
            reading.prefill(definition, raw, zone),
            # Limits count from the day on which it was asked: an approval takes time.
            today=fields.Date.context_today(self, self.opened_at),
            zone=zone,
        ).answers

    def _request_again(self):
        """Return the answers of an earlier request to begin a new one with.

        Files are not taken along; they belong to the earlier one.
        """
        self.ensure_one()
        answers = self._answers_raw()
        # sudo: the form's version is not for requesters.
        definition = self.sudo().service_version_id._definition()
        files = form_definition.file_keys(definition)
        return {key: value for key, value in answers.items() if key not in files}

    # ------------------------------------------------------------------
    # For people
    # ------------------------------------------------------------------

    def _answers_shown(self):
        """Return the answers of one ticket in the reader's language.

        The caller has checked that the user may read the ticket.

        :return: list of ``{"key", "type", "label", "text", "files", "columns",
            "rows"}`` in the order of the form; ``files`` are attachments' ids and
            names, ``rows`` lists of texts under ``columns``
        """
        self.ensure_one()
        version = self.sudo().service_version_id
        if not version:
            return []
        definition = version._definition(self.env.lang)
        answers = self._answers_raw()
        names = self._answer_names(definition, answers)
        shown, section = [], None
        for question in definition.get("questions", ()):
            if question["type"] == "section":
                section = question["label"]
            if question["key"] not in answers:
                continue
            row = self._answer_shown(question, answers[question["key"]], names)
            shown.append({**row, "section": section})
            section = None
        return shown

    def _answers_approved(self):
        """Return the answers as an approval's subject."""
        values = self._answers_raw()
        return [
            {
                "key": f"answer.{row['key']}",
                "label": row["label"],
                "value": values[row["key"]],
                "text": row["text"],
            }
            for row in self._answers_shown()
        ]

    def _answer_names(self, definition, answers):
        """Return ``{model: {id: name}}`` of all records that answers refer to."""
        ids = {}
        for model, chosen, _domain in references.wanted(definition, answers).values():
            ids.setdefault(model, set()).update(chosen)
        names = {}
        for model, chosen in ids.items():
            # sudo: names only, of what somebody chose for this very ticket.
            records = self.env[model].sudo().browse(chosen).exists()
            names[model] = {record.id: record.display_name for record in records}
        return names

    def _answer_shown(self, question, value, names):
        row = {
            "key": question["key"],
            "type": question["type"],
            "label": question["label"],
            "text": "",
            "files": [],
            "columns": [],
            "rows": [],
        }
        if question["type"] == "table":
            columns = question["columns"]
            row["columns"] = [column["label"] for column in columns]
            row["rows"] = [
                [
                    self._answer_text(column, line.get(column["key"]), names)
                    for column in columns
                ]
                for line in value
            ]
            row["text"] = "; ".join(
                ", ".join(filter(None, line)) for line in row["rows"]
            )
            return row
        if question["type"] == "file":
            found = names.get("ir.attachment", {})
            row["files"] = [
                {"id": id_, "name": found[id_]} for id_ in value if id_ in found
            ]
        row["text"] = self._answer_text(question, value, names)
        return row

    def _answer_text(self, question, value, names):
        """Return one answer as a text in the reader's language, unescaped."""
        kind = question["type"]
        if value is None or value is False and kind != "boolean":
            return ""
        if kind == "boolean":
            return self.env._("Yes") if value else self.env._("No")
        if kind in ("choice", "choices"):
            labels = {option["key"]: option["label"] for option in question["options"]}
            chosen = value if isinstance(value, list) else [value]
            return ", ".join(labels.get(key, key) for key in chosen)
        if kind == "file" or kind in form_definition.REFERENCES:
            found = names.get(form_definition.model_of(question), {})
            chosen = value if isinstance(value, list) else [value]
            return ", ".join(found.get(id_, "") for id_ in chosen)
        if kind == "date":
            return format_date(self.env, value)
        if kind == "datetime":
            return format_datetime(self.env, value)
        if kind == "money":
            # sudo: a currency; requesters may not see retired services.
            currency = self.sudo().service_id._answer_currency()
            return formatLang(self.env, value, currency_obj=currency)
        if kind == "number":
            return formatLang(
                self.env, value, digits=form_definition.decimals(question)
            )
        return str(value)


def _plain(record, name):
    """Return the stored values of a Properties field, without those of nobody."""
    field = record._fields[name]
    return field.convert_to_cache(record[name], record) or {}
