import base64

from odoo import fields, models

from ..tools import ledger
from .itsm_ci_import_profile import ItemImportResult

tabular = ledger.tabular


class ItsmCiImport(models.Model):
    """What an import did, for people and scripts; refused rows as a workbook."""

    _inherit = "itsm.ci.import"

    batch_state = fields.Selection(
        related="batch_id.state", string="State of the Batch"
    )
    create_count = fields.Integer(related="batch_id.create_count")
    update_count = fields.Integer(related="batch_id.update_count")
    unchanged_count = fields.Integer(related="batch_id.unchanged_count")
    refused_count = fields.Integer(related="batch_id.refused_count")
    absent_count = fields.Integer(related="batch_id.absent_count")
    applied_count = fields.Integer(related="batch_id.applied_count")
    row_ids = fields.One2many(related="batch_id.row_ids")

    def _begin(self, profile, content, filename):
        """Return a new import of ``content`` with a profile, for scripts."""
        return self.create(
            {
                "filename": filename,
                "content": base64.b64encode(content),
                "template_id": profile.id,
            }
        )

    def _apply_all(self):
        """Apply the whole plan, for scripts; each portion is committed."""
        self.ensure_one()
        self._require_state("planned")
        self.batch_id._apply_all()

    def _result(self):
        """Return what the import did, or would do before it is applied."""
        self.ensure_one()
        found = self.batch_id.result()
        return ItemImportResult(
            created=found["created"],
            updated=found["updated"],
            unchanged=found["unchanged"],
            refused=found["refused"],
            errors=self._errors(),
            batch=self.batch_id,
            absent=found["absent"],
            relations=found["relations"],
        )

    def _errors(self):
        """Return the refused rows as ``(row number, [reasons])``."""
        words = self.env["itsm.ci.batch"]._words()
        several = len(self._used_sheets()) > 1
        return [
            (
                row.row_number,
                [f"{row.sheet}: {text}" if several else text for text in texts],
            )
            for row in self._refused_rows()
            if (texts := row._sentences(words))
        ]

    def _refused_rows(self):
        return self.env["itsm.ci.batch.row"].search(
            [("batch_id", "=", self.batch_id.id), ("outcome", "=", "refused")],
            order="sheet, row_number, id",
        )

    def action_view_rows(self):
        """Open the rows behind a figure (context key ``outcome``)."""
        self.ensure_one()
        return self.batch_id.action_view_rows()

    def action_error_sheet(self):
        """Download the refused rows, each with the reasons, to be mended."""
        self.ensure_one()
        self.check_access("write")
        self.error_file = base64.b64encode(self._error_book())
        return {
            "type": "ir.actions.act_url",
            "url": f"/web/content/{self._name}/{self.id}/error_file/"
            f"{self.error_filename}?download=true",
            "target": "self",
        }

    def _error_book(self):
        """Return a workbook with the refused rows as they stand in the file."""
        book = self._open()
        rows = self._refused_rows()
        with self._reading():
            return tabular.write_error_book(
                [
                    (sheet.name, *self._error_sheet(book, sheet, refused))
                    for sheet in self._used_sheets()
                    if (refused := rows.filtered(lambda r, s=sheet: r.sheet == s.name))
                ],
                row_label=self.env._("Row"),
                reason_label=self.env._("Reason"),
            )

    def _error_sheet(self, book, sheet, refused):
        """Return the column names of a sheet and its refused rows."""
        words = self.env["itsm.ci.batch"]._words()
        reasons = {row.row_number: row._sentences(words) for row in refused}
        merges = ledger.Merges(book.merged(sheet.name))
        headers = [column.header for column in sheet.column_ids]
        return headers, [
            tabular.ErrorRow(number, cells, reasons[number])
            for number, cells in enumerate(merges.fill(book.rows(sheet.name)), 1)
            if number in reasons
        ]
