import base64
import csv
import io
import zipfile

import openpyxl

from .common import ItsmCase

HEADERS = ["Number", "Subject", "State", "Impact", "Urgency", "Requester", "Opened"]


def with_part(content, name, data):
    """Return a workbook with one part replaced."""
    output = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as old,
        zipfile.ZipFile(output, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for info in old.infolist():
            new.writestr(info, data if info.filename == name else old.read(info))
    return output.getvalue()


class ImportCase(ItsmCase):
    """Ledgers made on the spot, imported into the IT desk by the administrator."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(user=cls.admin)
        cls.Import = cls.env["itsm.import"]

    @classmethod
    def _row(cls, number="T-1", **values):
        """Return a row as ``{header: cell}`` with what every ledger has."""
        return {"Number": number, "Subject": f"Case {number}", **values}

    @classmethod
    def _csv(cls, rows, headers=None, encoding="utf-8", delimiter=","):
        """Return a text file of rows, which are mappings or sequences."""
        headers = headers or list(dict.fromkeys(name for row in rows for name in row))
        text = io.StringIO()
        writer = csv.writer(text, delimiter=delimiter)
        writer.writerow(headers)
        for row in rows:
            cells = row
            if isinstance(row, dict):
                cells = [row.get(header, "") for header in headers]
            writer.writerow(cells)
        return text.getvalue().encode(encoding)

    @classmethod
    def _xlsx(cls, **sheets):
        """Return a workbook of ``name=[[cell, …], …]``."""
        book = openpyxl.Workbook()
        book.remove(book.active)
        for name, rows in sheets.items():
            sheet = book.create_sheet(name)
            for row in rows:
                sheet.append(row)
        output = io.BytesIO()
        book.save(output)
        return output.getvalue()

    def _upload(self, content, filename="ledger.csv", user=None, **vals):
        """Return a new import of the IT desk whose columns were read."""
        Import = self.Import.with_user(user or self.admin)
        job = Import.create(
            {"filename": filename, "content": base64.b64encode(content), **vals}
        )
        job.action_read()
        job.desk_id = self.desk
        job.tz = "UTC"
        return job

    def _plan(self, rows, user=None, **settings):
        """Return an import of rows with its preview made."""
        job = self._upload(self._csv(rows), user=user)
        job.write(settings)
        job.action_plan()
        return job

    def _apply(self, rows, user=None, **settings):
        """Return an import of rows that was applied to its end."""
        job = self._plan(rows, user=user, **settings)
        job._apply_all()
        return job

    def _counts(self, job):
        """Return the numbers of rows created, updated, left alone and refused."""
        result = job._result()
        return result.created, result.updated, result.unchanged, result.refused

    def _find(self, number):
        """Return the ticket with a number."""
        return self.Ticket.with_context(active_test=False).search(
            [("number", "=", number)]
        )

    def _sheet(self, job):
        """Return the rows of the error sheet as tuples."""
        content = base64.b64decode(job.error_file)
        book = openpyxl.load_workbook(io.BytesIO(content))
        return list(book.active.iter_rows(values_only=True))
