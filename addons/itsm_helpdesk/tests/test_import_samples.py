import csv
import os
import unittest
from datetime import datetime
from pathlib import Path

from odoo.tests import tagged

from .common_import import ImportCase

ROOT = Path(__file__).resolve().parents[3]
SERVICENOW = Path(
    os.environ.get("ITSM_SERVICENOW_CSV")
    or ROOT.parent / "shared" / "data" / "servicenow_incident_events.csv"
)
# Impact and urgency to priority, as the publisher of the data states it.
MATRIX = dict(
    zip(
        ("11", "12", "21", "22", "23", "31", "32", "33"),
        ("1", "2", "2", "3", "4", "3", "4", "4"),
        strict=True,
    )
)


@tagged("post_install", "-at_install")
class TestImportSamples(ImportCase):
    def _check_ledger(self):
        """Check the five tickets of the sample ledger."""
        printer, mail, his, room, complaint = (
            self._find(f"GD-2026-000{n}") for n in range(1, 6)
        )
        self.assertEqual(
            [t.state for t in (printer, mail, his, room, complaint)],
            ["closed", "resolved", "in_progress", "new", "pending"],
        )
        self.assertEqual(
            [t.type for t in (printer, mail, his, room, complaint)],
            ["incident", "request", "incident", "inquiry", "complaint"],
        )
        self.assertEqual(printer.name, "住院部打印机无法打印")
        self.assertEqual(printer.opened_at, datetime(2026, 3, 2, 0, 15))
        self.assertEqual(printer.closed_at, datetime(2026, 3, 3, 2))
        self.assertEqual(printer.category_id.complete_name, "硬件 / 打印机")
        self.assertEqual(printer.team_id.name, "桌面组")
        self.assertEqual(printer.partner_id.name, "王芳")
        self.assertEqual(printer.reassignment_count, 1)
        self.assertEqual((his.impact, his.urgency, his.priority), ("1", "1", "1"))
        self.assertFalse(room.phone)

    def _apply_ledger(self, content, filename):
        job = self._upload(content, filename)
        job.write({"tz": "Asia/Shanghai", "agent_policy": "blank"})
        job.action_plan()
        self.assertEqual(job._result().errors, [])
        job._apply_all()
        return job

    def test_chinese_ledger_in_gb18030(self):
        content = (Path(__file__).parent / "data" / "ledger_zh.csv").read_bytes()
        with self.assertRaises(UnicodeDecodeError):
            content.decode("utf-8")
        job = self._apply_ledger(content, "ledger_zh.csv")
        self.assertEqual(self._counts(job), (5, 0, 0, 0))
        self._check_ledger()

    def test_same_ledger_as_workbook_changes_nothing(self):
        path = Path(__file__).parent / "data" / "ledger_zh.csv"
        content = path.read_bytes()
        self._apply_ledger(content, "ledger_zh.csv")
        rows = list(csv.reader(content.decode("gb18030").splitlines(keepends=True)))
        title = [["信息科服务台工单登记表"], ["导出时间：2026年3月6日"]]
        book = self._xlsx(说明=[["请勿修改"], ["x"]], 工单=title + rows)
        job = self._upload(book, "ledger.xlsx")
        job.sheet_id = job.sheet_ids[1]
        job.write({"tz": "Asia/Shanghai", "agent_policy": "blank"})
        job.action_plan()
        self.assertEqual(self._counts(job), (0, 0, 5, 0))
        self._check_ledger()

    def test_utf16_and_semicolons(self):
        rows = [self._row("U-1", Description="Größe; Straße"), self._row("U-2")]
        content = self._csv(rows, encoding="utf-16", delimiter=";")
        job = self._upload(content, "ledger.txt")
        job.action_plan()
        job._apply_all()
        self.assertIn("Größe; Straße", self._find("U-1").description)


@tagged("post_install", "-at_install")
@unittest.skipUnless(SERVICENOW.is_file(), f"{SERVICENOW} is not there")
class TestImportServiceNow(ImportCase):
    """The shipped profile against the real export of 600 incidents."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for group in ("base.group_erp_manager", "base.group_partner_manager"):
            cls.admin.group_ids += cls.env.ref(group).sudo()
        cls.profile = cls.env.ref("itsm_helpdesk.import_profile_servicenow")
        cls.content = SERVICENOW.read_bytes()
        lines = cls.content.decode().splitlines()
        cls.last = {row["number"]: row for row in csv.DictReader(lines)}
        # Where the last row does not say when, the first row that is resolved does.
        cls.solved = {}
        for row in csv.DictReader(lines):
            if row["incident_state"] == "Resolved":
                moment = cls._moment(row["sys_updated_at"])
                cls.solved.setdefault(row["number"], moment)
        cls.first_result = cls.profile.run(cls.content, SERVICENOW.name)
        cls.tickets = cls.env["itsm.ticket"].search([("number", "in", list(cls.last))])

    @staticmethod
    def _moment(text):
        return False if text == "?" else datetime.strptime(text, "%d-%m-%Y %H:%M")

    def test_every_incident_becomes_one_ticket(self):
        self.assertEqual(self.first_result.created, 600)
        self.assertEqual(self.first_result.refused, 0)
        self.assertEqual(self.first_result.superseded, 4137 - 600)
        self.assertEqual(len(self.tickets), 600)
        self.assertEqual(set(self.tickets.mapped("number")), set(self.last))

    def test_each_ticket_equals_the_last_row(self):
        for ticket in self.tickets:
            row = self.last[ticket.number]
            self.assertEqual(
                (
                    ticket.state,
                    ticket.impact,
                    ticket.urgency,
                    ticket.priority,
                    ticket.opened_at,
                    ticket.resolved_at,
                    ticket.closed_at,
                    ticket.reassignment_count,
                    ticket.reopen_count,
                ),
                (
                    row["incident_state"].lower(),
                    row["impact"][0],
                    row["urgency"][0],
                    row["priority"][0],
                    self._moment(row["opened_at"]),
                    self._moment(row["resolved_at"]) or self.solved[ticket.number],
                    self._moment(row["closed_at"]),
                    int(row["reassignment_count"]),
                    int(row["reopen_count"]),
                ),
                ticket.number,
            )

    def test_priority_follows_from_the_matrix(self):
        self.assertFalse(any(self.tickets.mapped("priority_override")))
        for ticket in self.tickets:
            expected = MATRIX[ticket.impact + ticket.urgency]
            self.assertEqual(ticket.priority, expected, ticket.number)

    def test_importing_again_changes_nothing(self):
        again = self.profile.run(self.content, SERVICENOW.name)
        self.assertEqual(
            (again.created, again.updated, again.unchanged, again.refused),
            (0, 0, 600, 0),
        )

    def test_earlier_rows_update_to_later_ones(self):
        header, *rows = self.content.decode().splitlines(keepends=True)
        number = "INC0000045"
        first = next(line for line in rows if line.startswith(f"{number},New"))
        older = self.profile.run((header + first).encode(), "first.csv")
        self.assertEqual(older.updated, 1)
        ticket = self.tickets.filtered(lambda t: t.number == number)
        self.assertEqual(ticket.state, "new")
        newer = self.profile.run(self.content, SERVICENOW.name)
        self.assertEqual((newer.updated, newer.unchanged), (1, 599))
        self.assertEqual(ticket.state, "closed")
