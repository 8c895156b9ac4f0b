import base64
import io

import openpyxl

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from . import ledgers
from .import_common import ItemImportCase

HEADER = ["Asset Number", "Asset Name", "Serial Number", "Purchase Date"]


@tagged("post_install", "-at_install")
class TestImportSteps(ItemImportCase):
    """The wizard: file, sheets and columns, dry run, apply, result."""

    def _servers(self, *rows):
        return ledgers.xls(Servers=[HEADER, *rows])

    def test_the_way(self):
        job = self._upload(self._servers(["W-1", "one", "S-1", None]))
        self.assertEqual(job.state, "mapped")
        self.assertFalse(self._item("W-1"))
        job.action_plan()
        self.assertEqual(job.state, "planned")
        self.assertFalse(self._item("W-1"))
        job.action_back()
        self.assertEqual((job.state, bool(job.batch_id)), ("mapped", False))
        job.action_plan()
        job.batch_id.apply_next()
        while job.batch_state != "done":
            job.batch_id.apply_next()
        self.assertEqual(job.state, "done")
        self.assertEqual(self._item("W-1").class_id.code, "server")
        for step in ("action_read", "action_plan", "action_back"):
            with self.subTest(step=step), self.assertRaises(UserError):
                getattr(job, step)()

    def test_another_file_starts_over(self):
        job = self._plan(self._servers(["W-1", "one", "S-1", None]))
        batch = job.batch_id
        other = self._servers(["W-2", "two", "S-2", None])
        job.write({"content": base64.b64encode(other), "filename": "other.xls"})
        self.assertEqual(job.state, "new")
        self.assertFalse(batch.exists())
        self.assertFalse(job.sheet_ids)
        job.action_read()
        job.action_plan()
        job._apply_all()
        self.assertFalse(self._item("W-1"))
        self.assertTrue(self._item("W-2"))
        with self.assertRaises(UserError):
            job.content = base64.b64encode(other)

    def test_applied_imports_keep_their_batch(self):
        job = self._apply(self._servers(["W-1", "one", "S-1", None]))
        batch = job.batch_id
        job.unlink()
        self.assertTrue(batch.exists())
        planned = self._plan(self._servers(["W-3", "one", "S-3", None]))
        batch = planned.batch_id
        planned.unlink()
        self.assertFalse(batch.exists())

    def test_another_class_or_header_row_is_looked_at_again(self):
        rows = [
            ["资产编号", "名称", "内存(GB)"],
            ["编号", "品名", "CPU核数"],
            ["L-1", "a", 4],
        ]
        job = self._upload(ledgers.xls(清单=rows))
        sheet = job.sheet_ids
        self.assertEqual(sheet.header_row, 1)
        self.assertFalse(sheet.class_id)
        sheet.class_id = self.env["itsm.ci.class"]._by_code("desktop")
        self.assertEqual(sheet.column_ids[2].goes_to, "attributes.memory")
        sheet.header_row = 2
        self.assertEqual(
            sheet.column_ids.mapped("goes_to"),
            ["asset_code", "name", "attributes.cpu_cores"],
        )
        sheet.kind = "ignored"
        with self.assertRaises(UserError):
            job.action_plan()

    def test_what_must_be_said(self):
        rows = [["资产编号", "名称", "序列号"], ["L-1", "a", "b"]]
        job = self._upload(ledgers.xls(清单=rows))
        with self.assertRaises(UserError):
            job.action_plan()
        sheet = job.sheet_ids
        sheet.class_id = self.env["itsm.ci.class"]._by_code("desktop")
        first, second, third = sheet.column_ids
        second.goes_to = "asset_code"
        with self.assertRaises(UserError):
            job.action_plan()
        second.goes_to = "source"
        with self.assertRaises(UserError):
            job.action_plan()
        (first | second | third).goes_to = False
        with self.assertRaises(UserError):
            job.action_plan()
        sheet.kind = "relations"
        sheet.column_ids[0].goes_to = "source"
        with self.assertRaises(UserError):
            job.action_plan()
        sheet.header_row = 0
        self.assertTrue(sheet.header_row)

    def test_the_class_otherwise(self):
        rows = [["资产编号", "名称", "序列号"], ["O-1", "a", "b"]]
        desktop = self.env["itsm.ci.class"]._by_code("desktop")
        job = self._apply(ledgers.xls(清单=rows), class_id=desktop.id)
        self.assertEqual(self._item("O-1").class_id, desktop)
        self.assertEqual(job.sheet_ids.class_id, desktop)

    def test_order_of_day_and_month(self):
        job = self._upload(self._servers(["W-1", "one", "S-1", "03/04/2020"]))
        job.action_plan()
        self.assertEqual(self._codes(job.row_ids), ["ambiguous_date"])
        job.action_back()
        job.date_order = "dmy"
        job.action_plan()
        self.assertEqual(job.row_ids.differences["purchase_date"][1], "2020-04-03")

    def test_a_meaning_that_is_none_is_refused_at_once(self):
        job = self._upload(self._servers(["W-1", "one", "S-1", None]))
        vals = {"import_id": job.id, "source": "x", "value": "no such thing"}
        with self.assertRaises(ValidationError):
            self.env["itsm.ci.import.value"].create({**vals, "goes_to": "environment"})

    def test_refused_rows_as_a_workbook(self):
        job = self._plan(
            self._servers(["W-1", "one", "S-1", None], ["W-2", "two", "S-2", "never"])
        )
        action = job.action_error_sheet()
        self.assertIn("error_file", action["url"])
        content = base64.b64decode(job.error_file)
        book = openpyxl.load_workbook(io.BytesIO(content))
        rows = list(book["Servers"].iter_rows(values_only=True))
        self.assertEqual(rows[0][:4], tuple(HEADER))
        self.assertEqual(rows[1][:5], ("W-2", "two", "S-2", "never", 3))
        self.assertIn("never", rows[1][5])
        # Mended there it is imported as it is.
        book["Servers"]["D2"] = "2020-01-31"
        output = io.BytesIO()
        book.save(output)
        mended = self._apply(output.getvalue(), job.error_filename)
        self.assertEqual(self._counts(mended), (1, 0, 0, 0))
        self.assertEqual(str(self._item("W-2").purchase_date), "2020-01-31")

    def test_the_complete_file_tells_what_is_gone(self):
        rows = [[f"C-{n}", f"item {n}", f"CS-{n}", None] for n in range(5)]
        self._apply(self._servers(*rows), is_full=True)
        job = self._plan(self._servers(*rows[:4]), is_full=True)
        self.assertEqual(job.absent_count, 1)
        job._apply_all()
        self.assertTrue(self._item("C-4").active)

    def test_only_managers(self):
        content = self._servers(["W-1", "one", "S-1", None])
        job = self._plan(content)
        profile = self.env.ref("itsm_cmdb.import_profile_ledger_zh")
        for user in (self.engineer, self.keeper, self.auditor, self.portal):
            env = self._as(user)
            with self.subTest(user=user.login):
                with self.assertRaises(AccessError):
                    env["itsm.ci.import"].search([])
                with self.assertRaises(AccessError):
                    job.with_env(env).action_plan()
                with self.assertRaises(AccessError):
                    job.sheet_ids.with_env(env).mapped("name")
                with self.assertRaises(AccessError):
                    profile.with_env(env).run(content, "x.xls")

    def test_another_company_sees_nothing(self):
        job = self._plan(self._servers(["W-1", "one", "S-1", None]))
        env = self._as(self.manager_outside)
        self.assertFalse(env["itsm.ci.import"].search([]))
        self.assertFalse(env["itsm.ci.import.sheet"].search([]))
        self.assertFalse(
            env["itsm.ci.import.column"].search([("sheet_id", "!=", False)])
        )
        with self.assertRaises(AccessError):
            job.with_env(env).mapped("filename")
