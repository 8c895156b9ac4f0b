import base64

from odoo.exceptions import UserError
from odoo.tests import tagged

from .common_import import ImportCase, with_part

SHEET = (
    '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
    "<sheetData>%s</sheetData></worksheet>"
)


def row(number, cells):
    """Return the XML of a row of texts."""
    body = "".join(
        f'<c r="{letter}{number}" t="inlineStr"><is><t>{text}</t></is></c>'
        for letter, text in zip("ABCDEFGH", cells, strict=False)
    )
    return f'<row r="{number}">{body}</row>'


@tagged("post_install", "-at_install")
class TestImportHostile(ImportCase):
    """The engine's own tests hold the details; here: a sentence, and nothing saved."""

    def _refused(self, content, filename):
        job = self.Import.create(
            {"filename": filename, "content": base64.b64encode(content)}
        )
        with self.assertRaises(UserError) as caught, self.env.cr.savepoint():
            job.action_read()
        self.assertGreater(len(str(caught.exception)), 10)
        self.env.invalidate_all()
        self.assertEqual(job.state, "new")
        self.assertFalse(job.column_ids | job.column_ids)
        self.assertFalse(job.sheet_ids)

    def _book(self, sheet_data):
        content = self._xlsx(Sheet=[["Number", "Subject"], ["H-1", "x"]])
        return with_part(content, "xl/worksheets/sheet1.xml", SHEET % sheet_data)

    def test_empty_and_foreign_files(self):
        cases = {
            "blank.csv": b" \r\n\r\n",
            "page.xls": b"<html><body><table><tr><td>1</td></tr></table></body></html>",
            "doc.xlsx": b"%PDF-1.7 nothing to see",
            "photo.csv": b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 8,
            "random.csv": bytes(range(256)) * 40,
            "numbers.csv": b"1,2,3\n4,5,6\n",
        }
        for filename, content in cases.items():
            with self.subTest(filename=filename):
                self._refused(content, filename)

    def test_broken_workbooks(self):
        good = self._xlsx(Sheet=[["Number", "Subject"], ["H-1", "x"]])
        ole = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
        for filename, content in {
            "cut.xlsx": good[: len(good) // 2],
            "cut.xls": ole + b"\x00" * 500,
            "noise.xls": ole + bytes(range(256)) * 20,
            "empty.xlsx": b"PK\x05\x06" + b"\x00" * 18,
        }.items():
            with self.subTest(filename=filename):
                self._refused(content, filename)

    def test_zip_bomb(self):
        bomb = self._book(row(1, ["Number", "Subject"]) + " " * (60 * 1024 * 1024))
        self.assertLess(len(bomb), 1024 * 1024)
        self._refused(bomb, "bomb.xlsx")

    def test_entities_are_not_expanded(self):
        content = self._xlsx(Sheet=[["Number", "Subject"], ["H-1", "x"]])
        evil = '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>' + SHEET % (
            row(1, ["Number", "Subject"]) + row(2, ["H-1", "&a;"])
        )
        content = with_part(content, "xl/worksheets/sheet1.xml", evil)
        self._refused(content, "entity.xlsx")

    def test_ten_million_empty_cells(self):
        style = "".join(f'<c r="{chr(65 + n)}%d" s="0"/>' for n in range(10))
        empty = "".join(
            f'<row r="{n}">' + style.replace("%d", str(n)) + "</row>"
            for n in range(3, 20_003)
        )
        # The dimension claims 10 million cells; 200 000 of them are there.
        book = self._book(row(1, ["Number", "Subject"]) + row(2, ["H-1", "x"]) + empty)
        job = self._upload(book, "wide.xlsx")
        job.action_plan()
        self.assertEqual(self._counts(job), (1, 0, 0, 0))

    def test_formulas_are_not_computed(self):
        rows = (
            row(1, ["Number", "Subject"])
            + '<row r="2"><c r="A2" t="inlineStr"><is><t>H-1</t></is></c>'
            + '<c r="B2" t="str"><f>WEBSERVICE("http://x")</f><v>stored</v></c></row>'
            + '<row r="3"><c r="A3" t="inlineStr"><is><t>H-2</t></is></c>'
            + '<c r="B3"><f>1+1</f></c></row>'
        )
        job = self._upload(self._book(rows), "formula.xlsx")
        job.action_plan()
        job._apply_all()
        self.assertEqual(self._find("H-1").name, "stored")
        self.assertEqual(self._find("H-2").name, "H-2")
        self.assertIn("B3", job.remarks)

    def test_formula_in_text_stays_text_in_the_error_sheet(self):
        job = self._apply([self._row("", Note="=1+1"), self._row("H-2")])
        self.assertEqual(self._sheet(job)[1][2], "=1+1")

    def test_wrong_extension_is_read_and_remarked(self):
        book = self._xlsx(Sheet=[["Number", "Subject"], ["H-1", "x"]])
        job = self._upload(book, "ledger.csv")
        self.assertIn("xlsx", job.remarks)
        job.action_plan()
        self.assertEqual(job.create_count, 1)

    def test_markup_in_cells_is_harmless(self):
        evil = '<img src=x onerror="alert(1)">'
        self._apply([self._row("H-1", Description=evil, Category=evil, Team=evil)])
        self.assertNotIn("<img", self._find("H-1").description)
        self.assertEqual(self._find("H-1").category_id.name, evil)

    def test_letters_without_letters_make_codes_and_logins(self):
        self._apply([self._row("H-1", Channel="***"), self._row("H-2", Channel="+++")])
        codes = (self._find("H-1") | self._find("H-2")).channel_id.mapped("code")
        self.assertEqual(len(set(codes)), 2)
