import base64
import io
import zipfile

from odoo.exceptions import UserError
from odoo.tests import tagged

from odoo.addons.itsm_helpdesk.tests.common_import import with_part

from . import ledgers
from .import_common import ItemImportCase


@tagged("post_install", "-at_install")
class TestImportHostile(ItemImportCase):
    """Files that mean harm, or none at all: a sentence, and nothing saved."""

    def _refused(self, content, filename):
        job = self.Import.create(
            {"filename": filename, "content": base64.b64encode(content)}
        )
        with self.assertRaises(UserError) as caught, self.env.cr.savepoint():
            job.action_read()
        self.assertGreater(len(str(caught.exception)), 10)
        self.env.invalidate_all()
        self.assertEqual((job.state, len(job.sheet_ids)), ("new", 0))

    def test_no_workbooks(self):
        ole = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
        good = ledgers.finance_ledger()
        for filename, content in {
            "blank.csv": b" \r\n",
            "page.xls": b"<html><table><tr><td>1</td></tr></table></html>",
            "doc.xlsx": b"%PDF-1.7",
            "noise.xls": ole + bytes(range(256)) * 20,
            "cut.xls": good[: len(good) // 3],
            "empty.xlsx": b"PK\x05\x06" + b"\x00" * 18,
        }.items():
            with self.subTest(filename=filename):
                self._refused(content, filename)

    def test_no_file(self):
        with self.assertRaises(UserError):
            self.Import.create({"filename": "x.xls", "content": False})

    def test_bombs_of_cells_and_entities(self):
        good = ledgers.xlsx({"Servers": [["Asset Number", "Asset Name"], ["A", "B"]]})
        bomb = with_part(
            good, "xl/worksheets/sheet1.xml", b"<worksheet>" + b" " * (60 << 20)
        )
        self._refused(bomb, "bomb.xlsx")
        evil = b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><worksheet/>'
        self._refused(with_part(good, "xl/worksheets/sheet1.xml", evil), "entity.xlsx")

    def test_a_merge_over_the_whole_sheet(self):
        good = ledgers.xlsx({"Servers": [["Asset Number", "Asset Name"], ["A", "B"]]})
        with zipfile.ZipFile(io.BytesIO(good)) as package:
            sheet = package.read("xl/worksheets/sheet1.xml")
        merges = b"<mergeCells>" + b'<mergeCell ref="A1:XFD1048576"/>' * 2000
        sheet = sheet.replace(
            b"</sheetData>", b"</sheetData>" + merges + b"</mergeCells>"
        )
        job = self._plan(with_part(good, "xl/worksheets/sheet1.xml", sheet), "m.xlsx")
        self.assertEqual(job.create_count, 1)

    def test_too_many_rows(self):
        lines = ["Asset Number,Asset Name"]
        lines += [f"R-{n},x" for n in range(200_001)]
        job = self._upload("\n".join(lines).encode(), "Servers.csv")
        job.sheet_ids.class_id = self.env["itsm.ci.class"]._by_code("server")
        with self.assertRaises(UserError), self.env.cr.savepoint():
            job.action_plan()
        self.env.invalidate_all()
        self.assertFalse(job.batch_id)

    def test_formulas_and_markup_stay_text(self):
        evil = '<img src=x onerror="alert(1)">'
        rows = [["Asset Number", "Asset Name", "Notes"], ["F-1", "=1+1", evil]]
        self._apply(ledgers.xlsx({"Servers": rows}), "f.xlsx")
        item = self._item("F-1")
        self.assertEqual(item.name, "=1+1")
        self.assertNotIn("<img", item.note)

    def test_many_sheets(self):
        rows = [["Asset Number", "Asset Name"], ["A", "B"]]
        book = ledgers.xlsx({f"Servers {n}": rows for n in range(80)})
        job = self._upload(book, "many.xlsx")
        self.assertEqual(len(job.sheet_ids), 60)
        self.assertIn("60", job.remarks)
