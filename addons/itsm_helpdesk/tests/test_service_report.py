from datetime import date, datetime
from unittest.mock import patch

from freezegun import freeze_time

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from odoo.addons.base.models.ir_cron import IrCron

from .common import ItsmCase

OCTOBER = (date(2026, 10, 1), date(2026, 10, 31))


@tagged("post_install", "-at_install")
class TestServiceReport(ItsmCase):
    """What a report tells of a period, that it stays, and who reads it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.surgery = cls.env["hr.department"].create({"name": "Surgery"})

    def _ticket(self, opened, resolved=None, **values):
        ticket = self.env["itsm.ticket"].create(
            {
                "name": "Printer",
                "desk_id": self.desk.id,
                "partner_id": self.requester.partner_id.id,
                **values,
            }
        )
        ticket._write_system({"opened_at": opened})
        if resolved:
            # Complaints are for managers alone.
            complaint = ticket.type == "complaint"
            mine = ticket.with_user(self.manager if complaint else self.agent)
            mine.action_take()
            mine.resolve(self._solved(), "Done")
            ticket._write_system({"resolved_at": resolved})
        return ticket

    def _solved(self):
        return self.env.ref("itsm_helpdesk.resolution_code_solved")

    def _report(self, user=None, **values):
        return (
            self.env["itsm.service.report"]
            .with_user(user or self.manager)
            .create(
                {
                    "desk_ids": self.desk.ids,
                    "period": "own",
                    "date_from": OCTOBER[0],
                    "date_to": OCTOBER[1],
                    **values,
                }
            )
        )

    def _count(self, report):
        report._refresh_facts()
        return report._figures()

    # ------------------------------------------------------------------
    # Figures
    # ------------------------------------------------------------------

    def test_counts_what_lies_in_the_period(self):
        self._ticket(datetime(2026, 9, 30, 12), datetime(2026, 10, 2, 12))
        self._ticket(datetime(2026, 10, 5, 12), datetime(2026, 10, 6, 12))
        self._ticket(datetime(2026, 10, 7, 12), datetime(2026, 11, 3, 12))
        self._ticket(datetime(2026, 11, 2, 12))
        figures = self._count(self._report())
        volume = figures["volume"]
        self.assertEqual(volume["opened"], 2)
        self.assertEqual(volume["resolved"], 2)
        self.assertEqual(volume["open"], 1)
        self.assertEqual(figures["before"]["opened"], 1)
        month = figures["trend"][-1]
        self.assertEqual(
            (month["month"], month["opened"], month["resolved"]), ("2026-10-01", 2, 2)
        )

    def test_days_begin_at_the_clock_of_the_company(self):
        self.env.company.resource_calendar_id.tz = "Asia/Shanghai"
        self._ticket(datetime(2026, 9, 30, 17))  # 1 October, 1 o'clock in Shanghai
        self._ticket(datetime(2026, 10, 31, 17))  # 1 November there
        self.assertEqual(self._count(self._report())["volume"]["opened"], 1)

    def test_only_what_the_departments_asked_for(self):
        below = self.env["hr.department"].create(
            {"name": "Ward", "parent_id": self.surgery.id}
        )
        mine = self._ticket(datetime(2026, 10, 5, 12))
        self._ticket(datetime(2026, 10, 5, 12))
        mine._write_system({"department_id": below.id})
        report = self._report(department_ids=self.surgery.ids)
        figures = self._count(report)
        self.assertEqual(figures["volume"]["opened"], 1)
        self.assertEqual([row["key"] for row in figures["departments"]], below.ids)

    def test_voices_tell_nothing_of_complaints(self):
        rated = self._ticket(datetime(2026, 10, 5, 12), datetime(2026, 10, 6, 12))
        complaint = self._ticket(
            datetime(2026, 10, 5, 12), datetime(2026, 10, 6, 12), type="complaint"
        )
        for ticket, words in ((rated, "Quick"), (complaint, "Secret")):
            with freeze_time("2026-10-08 08:00:00"):
                rating = self.env["rating.rating"].create(
                    {
                        "res_model_id": self.env["ir.model"]._get_id("itsm.ticket"),
                        "res_id": ticket.id,
                        "partner_id": ticket.partner_id.id,
                        "rating": 5,
                        "feedback": words,
                        "consumed": True,
                    }
                )
            self.env.flush_all()
            self.env.cr.execute(
                "UPDATE rating_rating SET write_date = '2026-10-08' WHERE id = %s",
                [rating.id],
            )
            rating.invalidate_recordset()
        figures = self._count(self._report())
        said = [voice["words"] for voice in figures["satisfaction"]["voices"]]
        self.assertEqual(said, ["Quick"])
        self.assertNotIn("Secret", str(figures))

    def test_longest_waits_come_first_and_complaints_do_not(self):
        long = self._ticket(datetime(2026, 9, 1, 12))
        short = self._ticket(datetime(2026, 10, 5, 12), datetime(2026, 10, 6, 12))
        self._ticket(datetime(2026, 8, 1, 12), type="complaint")
        waits = self._count(self._report())["waits"]
        self.assertEqual([row["number"] for row in waits], [long.number, short.number])
        self.assertTrue(waits[0]["open"])
        self.assertEqual(waits[1]["hours"], 24)

    def test_kept_in_all_languages(self):
        self.env["res.lang"]._activate_lang("zh_CN")
        category = self.env["itsm.category"].create({"name": "Paper Jams"})
        category.with_context(lang="zh_CN").name = "卡纸"
        self._ticket(datetime(2026, 10, 5, 12), category_id=category.id)
        report = self._report()
        report.action_issue()
        self.assertIn("Paper Jams", report.with_context(lang="en_US").content)
        self.assertIn("卡纸", report.with_context(lang="zh_CN").content)

    # ------------------------------------------------------------------
    # Life
    # ------------------------------------------------------------------

    def test_an_issued_report_does_not_change(self):
        self._ticket(datetime(2026, 10, 5, 12))
        report = self._report()
        report.action_issue()
        self._ticket(datetime(2026, 10, 6, 12))
        report._refresh_facts()
        self.assertEqual(report.kept_figures["volume"]["opened"], 1)
        for values in (
            {"summary": "Better than it was"},
            {"date_to": date(2026, 11, 30)},
            {"department_ids": self.surgery.ids},
        ):
            with self.assertRaises(UserError):
                report.write(values)
        with self.assertRaises(UserError):
            report.unlink()
        with self.assertRaises(AccessError):
            report.write({"kept_figures": {}})

    def test_a_copy_is_a_draft(self):
        report = self._report()
        report.action_issue()
        copy = report.copy()
        self.assertEqual(copy.state, "draft")
        self.assertFalse(copy.kept_figures)

    def test_a_new_report_is_about_the_last_month(self):
        with freeze_time("2026-11-21 10:00:00"):
            report = (
                self.env["itsm.service.report"]
                .with_user(self.manager)
                .create({"desk_ids": self.desk.ids})
            )
        self.assertEqual((report.date_from, report.date_to), OCTOBER)

    def test_too_long_a_period_is_refused(self):
        with self.assertRaises(ValidationError):
            self._report(date_from=date(2020, 1, 1))

    # ------------------------------------------------------------------
    # Who reads it
    # ------------------------------------------------------------------

    def test_a_report_of_more_desks_than_ones_own_is_hidden(self):
        report = self._report(
            self.admin,
            desk_ids=(self.desk | self.desk_other).ids,
        )
        with self.assertRaises(AccessError):
            report.with_user(self.manager).read(["name"])
        own = self._report(self.admin)
        self.assertTrue(own.with_user(self.manager).read(["name"]))

    def test_figures_are_those_of_the_reader(self):
        """A draft about a desk that its reader lost tells nothing of it."""
        self._ticket(datetime(2026, 10, 5, 12))
        report = self._report()
        report._refresh_facts()
        self.desk.manager_ids -= self.manager
        self.env.invalidate_all()
        with self.assertRaises(AccessError):
            report.with_user(self.manager).read(["content"])

    def test_an_agent_reads_no_reports(self):
        with self.assertRaises(AccessError):
            self._report().with_user(self.agent).read(["content"])

    # ------------------------------------------------------------------
    # Sending
    # ------------------------------------------------------------------

    def _schedule(self, **values):
        return (
            self.env["itsm.service.report.schedule"]
            .with_user(self.manager)
            .create(
                {
                    "name": "For the board",
                    "desk_ids": self.desk.ids,
                    "recipient_ids": self.agent.ids,
                    **values,
                }
            )
        )

    def _run_job(self):
        with patch.object(IrCron, "_commit_progress", lambda *_a, **_k: True):
            self.env["itsm.service.report.schedule"]._cron_send()

    def test_sent_when_it_is_due_and_once(self):
        with freeze_time("2026-10-20 06:00:00"):
            schedule = self._schedule(days_after=2)
            self.assertEqual(schedule.next_date, date(2026, 11, 3))
            self._run_job()
        Report = self.env["itsm.service.report"]
        ours = [("desk_ids", "in", self.desk.ids)]
        self.assertFalse(Report.search(ours))
        with freeze_time("2026-11-03 06:00:00"):
            for _twice in range(2):
                self._run_job()
        report = Report.search(ours)
        self.assertEqual((report.date_from, report.date_to), OCTOBER)
        self.assertEqual(report.state, "issued")
        self.assertEqual(report.issued_by_id, self.manager)
        self.assertEqual(schedule.next_date, date(2026, 12, 3))
        message = report.message_ids.filtered("attachment_ids")
        self.assertEqual(message.partner_ids, self.agent.partner_id)
        self.assertEqual(len(message.attachment_ids), 1)

    def test_each_reader_gets_their_language(self):
        self.env["res.lang"]._activate_lang("zh_CN")
        self.agent.lang = "zh_CN"
        schedule = self._schedule(recipient_ids=(self.agent | self.manager).ids)
        schedule.action_send_now()
        report = self.env["itsm.service.report"].search(
            [("desk_ids", "in", self.desk.ids)]
        )
        sent = report.message_ids.filtered("attachment_ids")
        self.assertEqual(len(sent), 2)
        by_reader = {message.partner_ids: message.subject for message in sent}
        chinese = report.with_context(lang="zh_CN")._title()
        self.assertEqual(by_reader[self.agent.partner_id], chinese)
        self.assertNotEqual(by_reader[self.manager.partner_id], chinese)

    def test_nobody_schedules_figures_of_others_desks(self):
        with self.assertRaises(AccessError):
            self._schedule(desk_ids=self.desk_other.ids)

    def test_nobody_moves_one_to_desks_of_others(self):
        for record in (self._schedule(), self._report()):
            with self.assertRaises(AccessError):
                record.desk_ids = self.desk_other

    def test_one_that_fails_stops_no_other(self):
        """Who lost a desk gets no figures of it, and is told."""
        lost = self._schedule(next_date="2026-11-01")
        kept = lost.sudo().copy({"user_id": self.admin.id, "next_date": "2026-11-01"})
        self.desk.manager_ids -= self.manager
        with (
            freeze_time("2026-11-03 06:00:00"),
            self.assertLogs(
                "odoo.addons.itsm_helpdesk.models.itsm_service_report_schedule",
                "WARNING",
            ),
        ):
            self._run_job()
        self.assertTrue(lost.sudo().activity_ids)
        self.assertFalse(kept.activity_ids)
        self.assertEqual(
            self.env["itsm.service.report"].search_count(
                [("desk_ids", "in", self.desk.ids)]
            ),
            1,
        )

    def test_draft_is_not_sent(self):
        report = self._report()
        with self.assertRaises(UserError):
            report._send(self.agent)
