import base64
from dataclasses import dataclass, field

from odoo import models, modules
from odoo.exceptions import LockError, UserError
from odoo.service.model import retrying

from ..tools import tabular

MAX_BATCH = 1000


@dataclass
class ImportResult:
    """What an import did, or would do.

    :param errors: refused rows, as ``(row number, [reasons])``
    """

    created: int = 0
    updated: int = 0
    unchanged: int = 0
    refused: int = 0
    superseded: int = 0
    errors: list = field(default_factory=list)


class ItsmImport(models.Model):
    """Applying: the plan is written in batches that are committed on their own.

    A kill loses the batch under way at most; what is left is applied when somebody
    presses “Apply the Rest”.
    """

    _inherit = "itsm.import"

    def apply_next(self, limit=200):
        """Apply the next batch of the plan.

        The caller – the progress bar in the browser, or :meth:`_apply_all` –
        commits after each call, so what is done stays done.

        :return: ``{"done": rows applied, "total": rows to apply, "finished": bool}``
        """
        self.ensure_one()
        self._lock_plan()
        self._require_state("planned", "applying")
        self.profile_id._check_ready()
        if self.state == "planned":
            self.state = "applying"
        limit = max(1, min(int(limit), MAX_BATCH))
        lines = self._next_lines(limit)
        lines._apply()
        if len(lines) < limit:
            self._finish()
        return {
            "done": self.applied_count,
            "total": self.create_count + self.update_count,
            "finished": self.state == "done",
        }

    def _lock_plan(self):
        """Let only one window or script apply this import at a time."""
        self.check_access("write")
        try:
            self.lock_for_update(allow_referencing=True)
        except LockError:
            raise UserError(
                self.env._(
                    "This import is being applied already, perhaps in another window."
                )
            ) from None

    def _next_lines(self, limit):
        """Return the next lines to apply, locked.

        The lock makes a transaction fail, and be tried again, that began before
        another one applied the same lines: no row is ever applied twice.
        """
        lines = self.env["itsm.import.line"].search(
            [
                ("import_id", "=", self.id),
                ("applied", "=", False),
                ("outcome", "in", ("create", "update")),
            ],
            limit=limit,
            order="row_number",
        )
        lines.lock_for_update(allow_referencing=True)
        return lines

    def _apply_all(self):
        """Apply the whole plan, for scripts; each batch is committed."""
        self.ensure_one()
        if modules.module.current_test:
            while not self.apply_next()["finished"]:
                pass
            return
        # The plan must outlive a batch that is rolled back and tried again.
        self.env.cr.commit()  # pylint: disable=invalid-commit
        while not retrying(self.apply_next, self.env)["finished"]:
            pass

    def action_give_up(self):
        """End a half-done import; what was applied stays, the rest is not applied."""
        self.ensure_one()
        self._lock_plan()
        self._require_state("applying")
        self._finish()
        return True

    def _finish(self):
        self.state = "done"
        self._write_error_sheet()

    def _refused_lines(self):
        return self.env["itsm.import.line"].search(
            [("import_id", "=", self.id), ("outcome", "=", "refused")],
            order="row_number",
        )

    def _result(self):
        """Return what the import did, or would do before it is applied."""
        self.ensure_one()
        return ImportResult(
            created=self.create_count,
            updated=self.update_count,
            unchanged=self.unchanged_count,
            refused=self.refused_count,
            superseded=self.superseded_count,
            errors=[
                (line.row_number, line._reasons()) for line in self._refused_lines()
            ],
        )

    def _write_error_sheet(self, rows=None):
        """Put the refused rows, with the reasons, into a sheet to mend and import.

        :param rows: the rows of the sheet, where they were just read
        """
        refused = self._refused_lines()
        if not refused:
            self.error_file = False
            return
        rows = rows or self._rows(self._open())
        sheet = tabular.write_error_sheet(
            rows[self._header_index(rows)],
            [
                tabular.ErrorRow(
                    line.row_number, rows[line.row_number - 1], line._reasons()
                )
                for line in refused
            ],
            sheet_name=self.env._("Errors"),
            **self._error_labels(),
        )
        self.error_file = base64.b64encode(sheet)

    def _error_labels(self):
        """Return the names of the columns that an error sheet has beside the file's."""
        return {"row_label": self.env._("Row"), "reason_label": self.env._("Reason")}
