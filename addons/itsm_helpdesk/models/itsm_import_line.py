import logging
from datetime import date, datetime

from psycopg2 import Error as DatabaseError
from psycopg2 import IntegrityError

from odoo import api, fields, models
from odoo.exceptions import ConcurrencyError, UserError
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY
from odoo.tools import mute_logger

from ..tools import tabular
from .itsm_import_target import KeptRow

_logger = logging.getLogger(__name__)

# What a single row can do wrong; it is refused and the others go on.
_ROW_ERRORS = (
    AttributeError,
    DatabaseError,
    LookupError,
    TypeError,
    UserError,
    ValueError,
)


class ItsmImportLine(models.Model):
    """What becomes of one row of the file."""

    _name = "itsm.import.line"
    _description = "Import Row"
    _order = "row_number, id"
    _rec_name = "key"

    import_id = fields.Many2one(
        "itsm.import", required=True, index=True, ondelete="cascade"
    )
    row_number = fields.Integer("Row", required=True)
    key = fields.Char("Number")
    outcome = fields.Selection(
        [
            ("create", "Create"),
            ("update", "Update"),
            ("unchanged", "Leave alone"),
            ("refused", "Refused"),
        ],
        required=True,
    )
    message = fields.Text("What and Why")
    values = fields.Json()
    before = fields.Json(help="What the record had when the preview was made.")
    past = fields.Json(help="What the rows of the file tell of the record's past.")
    applied = fields.Boolean(readonly=True)
    res_id = fields.Integer("Record", readonly=True)

    _waiting_idx = models.Index("(import_id, row_number) WHERE applied IS NOT TRUE")

    def _reasons(self):
        """Return the reasons of a refusal, one text each."""
        self.ensure_one()
        return (self.message or "").splitlines()

    @api.model
    def _encoded(self, values):
        """Return values in a form that JSON holds."""
        return {
            name: fields.Datetime.to_string(value)
            if isinstance(value, (datetime, date))
            else value
            for name, value in values.items()
        }

    @api.model
    def _decoded(self, values, moments):
        """Return encoded values with dates as dates.

        :param moments: names of the fields that hold times
        """
        return {
            name: fields.Datetime.to_datetime(value)
            if value and name in moments
            else value
            for name, value in (values or {}).items()
        }

    # ------------------------------------------------------------------
    # Applying
    # ------------------------------------------------------------------

    def _apply(self):
        """Write what the lines plan: all at once, or in halves where that fails.

        Halving finds the bad rows of a batch with few attempts; the good ones are
        written.
        """
        if not self:
            return
        try:
            with self.env.cr.savepoint(), mute_logger("odoo.sql_db"):
                self._apply_batch()
        except (*PG_CONCURRENCY_EXCEPTIONS_TO_RETRY, ConcurrencyError):
            # Somebody else holds these records: the whole batch is tried again.
            raise
        except _ROW_ERRORS as error:
            self.env.invalidate_all()
            if len(self) == 1:
                self._refuse(error)
                return
            half = len(self) // 2
            self[:half]._apply()
            self[half:]._apply()

    def _apply_batch(self):
        profile = self.import_id.profile_id
        target = profile._target()
        specs = target._import_fields()
        moments = {spec.name for spec in specs if spec.type == "datetime"}
        values = {line: self._decoded(line.values, moments) for line in self}
        self._resolve_names(profile, target, specs, list(values.values()))
        written = {line: frozenset(found) for line, found in values.items()}
        self._refuse_stale(profile, target, values)
        creates = self.filtered(lambda line: line.outcome == "create")
        records = target._create_records(profile, [values[line] for line in creates])
        for line, record in zip(creates, records, strict=True):
            line.res_id = record.id
        updates = self - creates
        changed = target._update_records(
            profile, [(line.key, values[line]) for line in updates]
        )
        for line, record in zip(updates, changed, strict=True):
            line.res_id = record.id
        target._keep_past(
            [
                KeptRow(record, line.past or None, written[line])
                for line, record in zip(
                    creates + updates, records + changed, strict=True
                )
            ],
            self._ids_of_past_names(profile, target, specs),
        )
        target._after_apply(profile, records | changed)
        self.applied = True

    def _ids_of_past_names(self, profile, target, specs):
        """Return ``{field: {normalised name: id or None}}`` of names in the past.

        One that may not be created counts as nobody: no row is refused for it.
        """
        ids = {}
        for spec in specs:
            if spec.name in target._history_relations():
                names = dict.fromkeys(
                    row.get(spec.name) for line in self for row in line.past or ()
                )
                names.pop(None, None)
                ids[spec.name] = names and self._ids_of_names(
                    profile, target, spec, list(names), strict=False
                )
        return ids

    def _refuse_stale(self, profile, target, values):
        """Refuse rows whose record is no longer what the preview showed."""
        key_field = target._key_fields()[0]
        rows = [
            tabular.SourceRow(line.row_number, {**values[line], key_field: line.key})
            for line in self
        ]
        existing = target._existing(profile, rows)
        for line in self:
            current = existing.get(tabular.make_key([line.key]))
            if (current is None) != (line.outcome == "create") or (
                current and line._was_changed(self._encoded(current), values[line])
            ):
                raise UserError(
                    self.env._(
                        "%(key)s was changed by somebody else since the preview. "
                        "Import the row again.",
                        key=line.key,
                    )
                )

    def _was_changed(self, current, values):
        """Tell whether a value to overwrite is neither the old nor the new one."""
        new = self._encoded(values)
        return any(
            current.get(name) != old and current.get(name) != new.get(name)
            for name, old in (self.before or {}).items()
        )

    @api.model
    def _resolve_names(self, profile, target, specs, values_list):
        """Replace the names of related records by ids, creating what is missing."""
        for spec in specs:
            if spec.type != "relation":
                continue
            # In the order of the file: a new name is spelled as it came first.
            names = list(dict.fromkeys(values.get(spec.name) for values in values_list))
            names = [name for name in names if name]
            if not names:
                continue
            ids = self._ids_of_names(profile, target, spec, names)
            for values in values_list:
                name = values.get(spec.name)
                if name:
                    values[spec.name] = ids[tabular.normalize(name)]

    @api.model
    def _ids_of_names(self, profile, target, spec, names, strict=True):
        """Return ``{normalised name: id or None}``.

        :param strict: refuse names that are unclear or may not be created
        """
        known = target._known_names(profile, spec, names)
        matches = {tabular.normalize(name): known.match(name) for name in names}
        for name in names:
            if strict and matches[tabular.normalize(name)].kind == "ambiguous":
                self._refuse_name("name_ambiguous", name)
        ids = {text: match.id for text, match in matches.items()}
        # Two spellings of one new name are one record.
        missing = [
            name
            for name in tabular.distinct_names(names)
            if matches[tabular.normalize(name)].kind == "missing"
        ]
        policy = profile[spec.policy]
        may_create = policy == "create" and target._may_create(spec)
        if missing and may_create:
            for name, id_ in target._create_named(profile, spec, missing).items():
                ids[tabular.normalize(name)] = id_
        elif missing and strict and policy != "blank":
            code = "name_missing" if policy == "refuse" else "name_no_right"
            self._refuse_name(code, missing[0])
        return ids

    def _refuse_name(self, code, name):
        error = tabular.TabularError(code, value=name)
        raise UserError(self.env["itsm.import"]._error_text(error))

    def _refuse(self, error):
        """Keep why the row could not be written; the others go on."""
        self.write({"outcome": "refused", "message": self._sentence(error)})

    def _sentence(self, error):
        """Return the reason in words."""
        if isinstance(error, UserError):
            _logger.info("Row %s refused: %s", self.row_number, error)
            return str(error)
        if isinstance(error, IntegrityError):
            Model = self.env[self.import_id.profile_id.target]
            return Model._sql_error_to_message(error)
        if isinstance(error, DatabaseError):
            lines = str(error).splitlines() or [type(error).__name__]
            return self.env._(
                "The database cannot store a value of this row: %(detail)s",
                detail=lines[0],
            )
        _logger.error("Row %s cannot be imported", self.row_number, exc_info=error)
        return self.env._(
            "This row cannot be imported (%(detail)s). The server's log says more.",
            detail=type(error).__name__,
        )
