from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from odoo.addons.itsm_helpdesk.report import fact_triggers

from .fact_common import FactCase

TICKETS, WORK = "itsm.ticket.report", "itsm.workload.report"


@tagged("post_install", "-at_install")
class TestFactRefresh(FactCase):
    """How figures are brought up to date, and what is true in between."""

    def _rows_of(self, ticket, fact=TICKETS):
        return self.env[fact].search([("ticket_id", "=", ticket.id)])

    def test_figures_are_those_of_the_last_refresh(self):
        ticket = self._create_ticket()
        self.env.flush_all()
        self.assertFalse(self._rows_of(ticket))
        self.assertTrue(self.env[TICKETS]._fact_is_stale())
        self._refresh()
        self.assertEqual(self._rows_of(ticket).open_count, 1)
        ticket.resolve("solved", "Done.")
        self.env.flush_all()
        self.assertEqual(self._rows_of(ticket).open_count, 1)
        self._refresh()
        self.assertEqual(self._rows_of(ticket).open_count, 0)

    def test_rows_that_did_not_change_are_not_written(self):
        ticket = self._create_ticket()
        self._refresh()
        before = self._place(ticket)
        ticket.description = "More"
        self._refresh()
        self.assertEqual(self._place(ticket), before)

    def _place(self, ticket):
        """Return where the row lies: it moves when it is written."""
        self.env.cr.execute(
            "SELECT ctid::text FROM itsm_ticket_report WHERE id = %s", [ticket.id]
        )
        return self.env.cr.fetchone()

    def test_deleted_ticket_is_gone_at_once(self):
        ticket = self._create_ticket()
        self._refresh()
        ticket.unlink()
        self.env.flush_all()
        self.assertFalse(self.env[TICKETS].search([("id", "=", ticket.id)]))
        work = [("res_model", "=", "itsm.ticket"), ("res_id", "=", ticket.id)]
        self.assertFalse(self.env[WORK].search(work))
        self._refresh()
        self._assert_true()

    def test_pivot_opens_when_a_department_is_gone(self):
        ward = self.env["hr.department"].create({"name": "Ward"})
        ticket = self._create_ticket(department_id=ward.id)
        self._refresh()
        ward.unlink()
        self.env.flush_all()
        self.env.invalidate_all()
        for fact in (TICKETS, WORK):
            groups = self.env[fact].formatted_read_group(
                [("ticket_id", "=", ticket.id)], ["department_id"], ["__count"]
            )
            self.assertEqual([group["department_id"] for group in groups], [False])

    def test_open_work_of_a_deleted_record_is_refused_with_words(self):
        task = self.env["itsm.task"].create(
            {"name": "Look", "ticket_id": self._create_ticket().id}
        )
        self._refresh()
        row = self.env[WORK].search(
            [("res_model", "=", "itsm.task"), ("res_id", "=", task.id)]
        )
        task.unlink()
        with self.assertRaises(UserError):
            row.action_open_work()

    def test_rebuilt_from_nothing(self):
        for _number in range(3):
            self._create_ticket()
        self._refresh()
        facts = self.Refresh._fact_models()
        for fact in facts:
            self.env.cr.execute(f'DELETE FROM "{self.env[fact]._table}"')
        # What a lost record would leave behind.
        self.env.cr.execute(
            "INSERT INTO itsm_ticket_report (id, ticket_count) VALUES (2000000000, 1)"
        )
        self.env.cr.execute("DELETE FROM itsm_fact_change")
        for fact in facts:
            self.env[fact]._fact_rebuild()
        self._refresh()
        self._assert_true()

    def test_small_batches_come_to_the_same(self):
        tickets = [self._create_ticket() for _number in range(5)]
        tickets[0].resolve("solved", "Done.")
        self.env.flush_all()
        for fact in self.Refresh._fact_models():
            more = True
            while more:
                count, more = self.env[fact]._fact_batch(limit=2)
                self.assertLessEqual(count, 2)
        self._assert_true()

    def test_what_becomes_late(self):
        ticket = self._create_ticket(due_at=fields.Datetime.now() + timedelta(hours=1))
        self._refresh()
        self.assertEqual(self._rows_of(ticket, WORK).late_count, 0)
        # Time passes, and nobody touches the ticket.
        self.env.cr.execute(
            "UPDATE itsm_workload_report SET due_at = due_at - interval '2 hours' "
            "WHERE ticket_id = %s",
            [ticket.id],
        )
        self.env[WORK]._fact_refresh()
        self.assertEqual(self._rows_of(ticket, WORK).late_count, 1)

    def test_button(self):
        ticket = self._create_ticket()
        status = self._as(self.agent)[TICKETS].fact_refresh()
        self.assertEqual(
            fields.Datetime.to_datetime(status["as_of"]),
            self.env.cr.now().replace(microsecond=0),
        )
        self.assertTrue(self._rows_of(ticket))

    def test_button_is_for_who_reads_the_figures(self):
        for user in (self.portal, self.requester):
            for call in ("fact_refresh", "fact_status"):
                with self.subTest(user=user.name), self.assertRaises(AccessError):
                    getattr(self._as(user)[TICKETS], call)()

    def test_nobody_writes_facts(self):
        self._create_ticket()
        self._refresh()
        for user in (self.manager, self.admin):
            for fact in (TICKETS, WORK):
                with self.subTest(user=user.name), self.assertRaises(AccessError):
                    self._as(user)[fact].search([], limit=1).write({"open_count": 5})

    def test_triggers_are_mended_when_the_server_starts(self):
        bodies = fact_triggers.present(self.env.cr)
        self.assertEqual(bodies, self.Refresh._wanted_triggers())
        fact_triggers.remove(self.env.cr, ["itsm_ticket"])
        self.Refresh._register_hook()
        self.assertEqual(fact_triggers.present(self.env.cr), bodies)
        self._create_ticket()
        self._refresh()
        self._assert_true()


@tagged("post_install", "-at_install")
class TestFactRights(FactCase):
    """Nobody learns from a figure what they may not read."""

    def test_logged_time_is_for_its_owner_and_who_leads_them(self):
        kind = self.env["itsm.work.kind"].search([("is_ticket", "=", False)], limit=1)
        self.env["itsm.work.log"].create(
            {
                "user_id": self.agent.id,
                "team_id": self.team1.id,
                "kind_id": kind.id,
                "minutes": 90,
                "date": "2026-03-02",
            }
        )
        self._refresh()
        for user, seen in (
            (self.agent, True),
            (self.leader, True),
            (self.manager, True),
            (self.auditor, True),
            (self.agent2, False),
            (self.stranger, False),
            (self.foreigner, False),
        ):
            rows = self._as(user)[WORK].search([("kind", "=", "log")])
            with self.subTest(user=user.name):
                self.assertEqual(rows.mapped("other_hours"), [1.5] if seen else [])

    def test_complaints_are_hidden_with_their_figures(self):
        ticket = self._create_ticket(type="complaint")
        ticket._write_system({"complaint_about_user_id": self.agent.id})
        self._refresh()
        for fact in (TICKETS, WORK):
            for user, seen in ((self.agent, False), (self.manager, True)):
                found = self._as(user)[fact].search([("ticket_id", "=", ticket.id)])
                with self.subTest(fact=fact, user=user.name):
                    self.assertEqual(bool(found), seen)
