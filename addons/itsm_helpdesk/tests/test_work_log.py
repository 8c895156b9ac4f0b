from datetime import timedelta

from psycopg2 import IntegrityError

from odoo import fields
from odoo.exceptions import AccessError, ValidationError
from odoo.tests import Form
from odoo.tools import mute_logger

from .common import ItsmCase


class TestWorkLog(ItsmCase):
    """Time that people log, on tickets and on other work."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.meeting = cls.env.ref("itsm_helpdesk.work_kind_meeting")
        cls.kind_ticket = cls.env.ref("itsm_helpdesk.work_kind_ticket")
        cls.ticket = cls._create_ticket(team_id=cls.team1.id)

    def _log(self, user, **vals):
        return self._as(user)["itsm.work.log"].create(
            {"minutes": 30, "kind_id": self.meeting.id, **vals}
        )

    def _seen(self, user, logs):
        found = self._as(user)["itsm.work.log"].search([("id", "in", logs.ids)])
        return set(found.ids)

    # ------------------------------------------------------------------
    # Entering
    # ------------------------------------------------------------------

    def test_other_work(self):
        log = self._log(self.agent)
        self.assertEqual(log.user_id, self.agent)
        self.assertEqual(log.team_id, self.team1)
        self.assertEqual(log.desk_id, self.desk)
        self.assertEqual(log.company_id, self.company)
        self.assertEqual(log.hours, 0.5)

    def test_hours_are_kept_in_minutes(self):
        log = self._log(self.agent, minutes=0, hours=1.75)
        self.assertEqual(log.minutes, 105)
        log.hours = 0.5
        self.assertEqual(log.minutes, 30)
        log.minutes = 90
        self.assertEqual(log.hours, 1.5)

    def test_quick_entry_on_a_ticket(self):
        ticket = self._as(self.agent)["itsm.ticket"].browse(self.ticket.id)
        action = ticket.action_log_time()
        view = "itsm_helpdesk.itsm_work_log_view_form_quick"
        Log = ticket.env["itsm.work.log"].with_context(**action["context"])
        with Form(Log, view) as form:
            self.assertEqual(form.kind_id, self.kind_ticket)
            form.hours = 0.25
            form.note = "Changed the toner"
        log = form.record
        self.assertEqual((log.minutes, log.ticket_id), (15, self.ticket))
        self.assertEqual(ticket.work_hours, 0.25)
        self.assertEqual(log.display_name, "Changed the toner")

    def test_task_says_the_ticket(self):
        task = self.env["itsm.task"].create(
            {"name": "Toner", "ticket_id": self.ticket.id, "team_id": self.team1.id}
        )
        log = self._log(self.agent, task_id=task.id)
        self.assertEqual(log.ticket_id, self.ticket)
        with self.assertRaises(ValidationError):
            log.ticket_id = self._create_ticket()

    def test_team_of_the_ticket_before_the_first_one(self):
        self.team2.member_ids += self.agent
        ticket = self._create_ticket(team_id=self.team2.id)
        self.assertEqual(self._log(self.agent, ticket_id=ticket.id).team_id, self.team2)
        # Of a team that they do not work for: their own.
        ticket = self._create_ticket(team_id=self.team3.id)
        self.assertIn(
            self._log(self.agent, ticket_id=ticket.id).team_id, self.team1 | self.team2
        )

    def test_wrong_values(self):
        tomorrow = fields.Date.today() + timedelta(days=2)
        for vals in (
            {"date": tomorrow},
            {"team_id": self.team2.id},
            {"team_id": self.team_other.id},
        ):
            with self.subTest(vals=vals), self.assertRaises(ValidationError):
                self._log(self.agent, **vals)
        for minutes in (0, -5, 24 * 60 + 1):
            with (
                self.subTest(minutes=minutes),
                mute_logger("odoo.sql_db"),
                self.assertRaises(IntegrityError),
            ):
                self._log(self.agent, minutes=minutes)

    def test_day_has_24_hours(self):
        self._log(self.agent, minutes=20 * 60)
        self._log(self.agent2, minutes=20 * 60)
        with self.assertRaises(ValidationError):
            self._log(self.agent, minutes=5 * 60)

    def test_many_at_once(self):
        vals = {"minutes": 10, "kind_id": self.meeting.id, "ticket_id": self.ticket.id}
        Log = self._as(self.agent)["itsm.work.log"]
        Log.create([vals] * 2).unlink()
        counts = []
        for number in (2, 20):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            Log.create([vals] * number)
            self.env.flush_all()
            counts.append(self.cr.sql_log_count - before)
        self.assertLessEqual(counts[1], counts[0] + 3)

    # ------------------------------------------------------------------
    # Rights
    # ------------------------------------------------------------------

    def test_who_reads(self):
        log = self._log(self.agent)
        for user, sees in (
            (self.agent, True),
            (self.agent2, False),
            (self.engineer, False),
            (self.leader, True),
            (self.manager, True),
            (self.stranger, False),
            (self.auditor, True),
            (self.admin, True),
        ):
            with self.subTest(user.name):
                self.assertEqual(bool(self._seen(user, log)), sees)
        # The leader of line 1 does not read line 2.
        theirs = self._log(self.engineer)
        self.assertFalse(self._seen(self.leader, theirs))
        self.assertTrue(self._seen(self.manager, theirs))

    def test_own_entries_only(self):
        log = self._log(self.agent)
        for user in (self.agent2, self.leader, self.manager, self.auditor):
            mine = self._as(user)["itsm.work.log"].browse(log.id)
            for name, call in {
                "write": lambda mine=mine: mine.write({"minutes": 60}),
                "unlink": lambda mine=mine: mine.unlink(),
            }.items():
                with self.subTest(user=user.name, call=name):
                    self.assertRaises(AccessError, call)
        with self.assertRaises(AccessError):
            self._log(self.leader, user_id=self.agent.id)
        with self.assertRaises(AccessError):
            log.with_user(self.agent).write({"user_id": self.agent2.id})
            self.env.flush_all()

    def test_ticket_that_one_may_not_read(self):
        hidden = self._create_ticket(desk_id=self.desk_other.id)
        with self.assertRaises(AccessError):
            self._log(self.agent, ticket_id=hidden.id)
        log = self._log(self.agent)
        with self.assertRaises(AccessError):
            log.write({"ticket_id": hidden.id})
        task = self.env["itsm.task"].create({"name": "X", "ticket_id": hidden.id})
        with self.assertRaises(AccessError):
            self._log(self.agent, task_id=task.id)

    def test_leader_does_not_learn_of_hidden_tickets(self):
        """An agent logs time on a ticket that the leader of the team may not see."""
        theirs = self._as(self.agent)["itsm.ticket"].create(
            self._ticket_vals(desk_id=self.desk_other.id)
        )
        log = self._log(self.agent, ticket_id=theirs.id)
        self.assertFalse(theirs.with_user(self.leader).has_access("read"))
        self.assertFalse(self._seen(self.leader, log))
        self.assertFalse(log.with_user(self.leader).has_access("read"))
        self.assertTrue(self._seen(self.agent, log))
        self.assertTrue(self._seen(self.auditor, log))

    def test_sum_on_the_ticket(self):
        self._log(self.agent, ticket_id=self.ticket.id)
        self._log(self.engineer, ticket_id=self.ticket.id)
        ticket = self._as(self.agent2)["itsm.ticket"].browse(self.ticket.id)
        self.assertEqual(ticket.work_hours, 1)
        with self.assertRaises(AccessError):
            self._as(self.requester)["itsm.ticket"].browse(self.ticket.id).read(
                ["work_hours"]
            )
