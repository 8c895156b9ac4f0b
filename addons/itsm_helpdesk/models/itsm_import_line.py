import logging
from datetime import date, datetime

from psycopg2 import Error as DatabaseError

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import mute_logger

_logger = logging.getLogger(__name__)


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
    key = fields.Char()
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
    applied = fields.Boolean(readonly=True)
    res_id = fields.Integer("Record", readonly=True)

    _waiting_idx = models.Index("(import_id, row_number) WHERE applied IS NOT TRUE")

    def _decoded(self):
        """Return the values to write, with dates as dates."""
        self.ensure_one()
        target = self.import_id.profile_id._target()
        types = {field.name: field.type for field in target._import_fields()}
        return {
            name: fields.Datetime.to_datetime(value)
            if value and types.get(name) == "datetime"
            else value
            for name, value in (self.values or {}).items()
        }

    @api.model
    def _encoded(self, values):
        """Return values in a form that JSON holds."""
        return {
            name: fields.Datetime.to_string(value)
            if isinstance(value, (datetime, date))
            else value
            for name, value in values.items()
        }

    def _apply(self):
        """Write what the lines plan: all at once, or one by one where that fails."""
        if not self:
            return
        try:
            with self.env.cr.savepoint(), mute_logger("odoo.sql_db"):
                self._apply_batch()
        except (UserError, DatabaseError, ValueError) as error:
            self.env.invalidate_all()
            if len(self) == 1:
                self._refuse(error)
                return
            for line in self:
                line._apply()

    def _apply_batch(self):
        profile = self.import_id.profile_id
        target = profile._target()
        values = {line: line._decoded() for line in self}
        self._resolve_names(profile, target, list(values.values()))
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
        target._after_apply(profile, records | changed)
        self.applied = True

    @api.model
    def _resolve_names(self, profile, target, values_list):
        """Replace the names of related records by ids, creating what is missing."""
        for field in target._import_fields():
            if field.type != "relation":
                continue
            names = {values.get(field.name) for values in values_list} - {None, ""}
            if not names:
                continue
            known = target._known_names(profile, field, names)
            missing = [name for name in sorted(names) if not known.match(name).id]
            created = (
                target._create_named(profile, field, missing)
                if missing and profile[field.policy] == "create"
                else {}
            )
            for values in values_list:
                name = values.get(field.name)
                if name:
                    values[field.name] = known.match(name).id or created.get(name)

    def _refuse(self, error):
        """Keep why the row could not be written; the others go on."""
        _logger.info("Row %s refused: %s", self.row_number, error)
        text = str(error).strip().splitlines() or [type(error).__name__]
        self.write({"outcome": "refused", "message": text[0]})
