from datetime import date

from odoo.tests import tagged

from . import ledgers
from .import_common import ItemImportCase


@tagged("post_install", "-at_install")
class TestImportLedgers(ItemImportCase):
    """Ledgers as people really make them, through to the items."""

    def test_finance_ledger(self):
        job = self._apply(ledgers.finance_ledger())
        self.assertEqual(self._counts(job), (6, 0, 0, 0))
        his = self._item("GZ-0001")
        self.assertEqual(his.class_id.code, "server")
        self.assertEqual(his.name, "HIS数据库服务器")
        self.assertEqual(his.attributes["memory"], 256)
        self.assertEqual(his.purchase_date, date(2019, 3, 5))
        self.assertEqual(his.purchase_value, 128000)
        self.assertEqual(his.manufacturer_id.name, "Dell")
        self.assertEqual(his.location_id.name, "机房 A01")
        self.assertEqual(self._item("GZ-0003").attributes["memory"], 1024)
        self.assertEqual(
            [self._item(f"GZ-000{n}").status for n in range(1, 7)],
            ["in_use", "in_use", "in_stock", "in_repair", "disposed", "in_use"],
        )
        self.assertFalse(self._item("合计") | self._item("小计"))

    def test_applied_twice_changes_nothing(self):
        self._apply(ledgers.finance_ledger())
        job = self._plan(ledgers.finance_ledger())
        self.assertEqual(self._counts(job), (0, 0, 6, 0))
        job._apply_all()
        again = self._plan(ledgers.finance_ledger())
        self.assertEqual(self._counts(again), (0, 0, 6, 0))

    def test_a_column_tells_the_class(self):
        job = self._plan(ledgers.mixed_ledger())
        self.assertEqual(self._counts(job), (3, 0, 0, 2))
        created = self._rows(job, outcome="create")
        self.assertEqual(
            created.mapped("class_id.code"), ["desktop", "printer", "laptop"]
        )
        self.assertEqual(self._codes(self._rows(job, ref="BG-4")), ["unknown_class"])
        self.assertEqual(self._codes(self._rows(job, ref="BG-5")), ["bad_choice"])
        self.assertEqual(
            {(each.goes_to, each.source) for each in job.value_ids},
            {
                ("class", "咖啡机"),
                ("status", "奇怪"),
                ("custodian_id", "王芳"),
                ("custodian_id", "李雷"),
            },
        )

    def test_words_get_a_meaning(self):
        self.employee = self.env["hr.employee"].sudo().create({"name": "Wang Fang"})
        job = self._plan(ledgers.mixed_ledger())
        words = {each.source: each for each in job.value_ids}
        words["咖啡机"].class_id = self.env["itsm.ci.class"]._by_code("printer")
        words["奇怪"].value = "missing"
        words["王芳"].value = "Wang Fang"
        job.action_plan()
        self.assertEqual(self._counts(job), (5, 0, 0, 0))
        job._apply_all()
        self.assertEqual(self._item("BG-4").class_id.code, "printer")
        self.assertEqual(self._item("BG-5").status, "missing")
        self.assertEqual(self._item("BG-1").sudo().custodian_id, self.employee)
        self.assertFalse(self._item("BG-3").sudo().custodian_id)

    def test_unknown_people_refuse_the_row_where_that_is_wanted(self):
        job = self._upload(ledgers.mixed_ledger())
        job.people_policy = "refuse"
        job.action_plan()
        self.assertEqual(self._codes(self._rows(job, ref="BG-1")), ["name_missing"])
        self.assertEqual(self._rows(job, ref="BG-2").outcome, "create")

    def test_two_departments_that_disagree(self):
        job = self._apply(ledgers.departments_that_disagree())
        self.assertEqual(self._counts(job), (2, 0, 1, 1))
        refused = self._rows(job, outcome="refused")
        self.assertEqual((refused.sheet, refused.ref), ("财务科台式机", "TJ-1"))
        self.assertEqual(self._codes(refused), ["disagrees"])
        self.assertEqual(self._item("TJ-1").location_id.name, "门诊 101")

    def test_duplicated_serials_and_words_that_say_none(self):
        job = self._apply(ledgers.duplicated_serials())
        self.assertEqual(job.refused_count, 1)
        self.assertEqual(self._rows(job, outcome="refused").ref, "DUP-2")
        for code in ("DUP-1", "DUP-3", "DUP-4", "DUP-5"):
            self.assertEqual(len(self._item(code)), 1, code)

    def test_sheets_of_items_and_relations(self):
        job = self._apply(ledgers.with_relations(), "book.xlsx")
        self.assertEqual(self._counts(job), (3, 0, 0, 0))
        self.assertEqual(job._result().relations["create"], 2)
        self.assertEqual(job._result().relations["refused"], 1)
        app, db = self._item("REL-1"), self._item("REL-2")
        self.assertEqual(app.relation_ids.target_id, db)
        self.assertEqual(app.inverse_relation_ids.source_id.name, "挂号系统")
        again = self._plan(ledgers.with_relations(), "book.xlsx")
        self.assertEqual(self._counts(again), (0, 0, 3, 0))
        self.assertEqual(again._result().relations["unchanged"], 2)

    def test_twenty_thousand_rows(self):
        job = self._plan(ledgers.large(20_000))
        self.assertEqual(self._counts(job), (20_000, 0, 0, 0))
        first = self._rows(job, row_number=2)
        self.assertEqual(first.differences["attributes.memory"][1], 8)
        self.assertEqual(first.differences["purchase_date"][1], "2015-01-01")

    def test_addresses_of_every_class(self):
        job = self._apply(ledgers.with_addresses())
        self.assertEqual(self._counts(job), (3, 0, 0, 1))
        server, printer = self._item("IP-1"), self._item("IP-2")
        self.assertEqual(server.ip_addresses, "10.8.0.1, 10.8.0.2")
        self.assertEqual(server.mac_addresses, "00:1b:21:08:00:01")
        self.assertEqual(server.attributes["management_address"], "10.8.9.1")
        self.assertEqual(printer.ip_addresses, "10.8.0.3")
        self.assertEqual(printer.mac_addresses, "00:1b:21:08:00:03, 00:1b:21:08:00:04")
        self.assertEqual(self._item("IP-3").ip_addresses, False)
        refused = self._rows(job, outcome="refused")
        self.assertEqual((refused.ref, self._codes(refused)), ("IP-4", ["bad_address"]))
        again = self._plan(ledgers.with_addresses())
        self.assertEqual(self._counts(again), (0, 0, 3, 1))

    def test_undone_as_a_whole(self):
        job = self._apply(ledgers.finance_ledger())
        job.batch_id.undo()
        self.assertFalse(self._item("GZ-0001"))
        self.assertEqual(job.state, "done")
        self.assertEqual(job.batch_state, "undone")

    def test_values_of_attributes_that_a_class_has_not_are_left_out_and_told(self):
        rows = [
            ["资产编号", "名称", "类型", "内存(GB)"],
            ["F-1", "电脑", "台式机", 8],
            ["F-2", "打印机", "打印机", 1],
        ]
        job = self._apply(ledgers.xls(Sheet1=rows))
        self.assertEqual(self._counts(job), (2, 0, 0, 0))
        self.assertEqual(self._item("F-1").attributes["memory"], 8)
        self.assertIn("1", job.remarks)
