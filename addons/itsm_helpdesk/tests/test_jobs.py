from contextlib import contextmanager
from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import freeze_time
from odoo.tools import mute_logger

from odoo.addons.base.models.ir_cron import IrCron

from .common import ItsmCase

LOGGER = "odoo.addons.itsm_helpdesk.models.itsm_ticket_jobs"


class TestJobs(ItsmCase):
    """What happens by itself, in batches that can be stopped and go on."""

    @contextmanager
    def _committed(self, stop_after=None):
        """Record the progress of a job instead of committing it.

        :param stop_after: number of commits after which the job's time is up
        """
        commits = []

        def commit(cron, processed=0, remaining=None, **_other):
            commits.append(processed)
            return stop_after is None or len(commits) <= stop_after

        with patch.object(IrCron, "_commit_progress", commit):
            yield commits

    def _later(self, **timing):
        return freeze_time(fields.Datetime.now() + timedelta(**timing))

    def _run_close(self, limit=200):
        with self._committed() as commits:
            self.Ticket._cron_close_resolved(limit=limit)
        return commits

    def _resolved(self, count=1, **vals):
        tickets = self.Ticket.create([self._ticket_vals(**vals) for _n in range(count)])
        tickets.resolve("solved", "Toner replaced.")
        return tickets

    def test_resolved_tickets_close_after_the_desks_days(self):
        self.desk.auto_close_days = 5
        self.desk_other.auto_close_days = 10
        mine, theirs = self._resolved(), self._resolved(desk_id=self.desk_other.id)
        with self._later(days=4, hours=23):
            self._run_close()
            self.assertEqual(mine.state, "resolved")
        with self._later(days=5, minutes=1):
            self._run_close()
            self.assertEqual(mine.state, "closed")
            self.assertEqual(mine.closure_code_id.code, "automatic")
            self.assertEqual(mine.closed_at, fields.Datetime.now())
            self.assertEqual(theirs.state, "resolved")
        with self._later(days=10, minutes=1):
            self._run_close()
            self.assertEqual(theirs.state, "closed")

    def test_never(self):
        self.desk.auto_close_days = 0
        ticket = self._resolved()
        with self._later(days=1000):
            self._run_close()
        self.assertEqual(ticket.state, "resolved")

    def test_archived_desk(self):
        ticket = self._resolved()
        self.desk.active = False
        with self._later(days=30):
            self._run_close()
        self.assertEqual(ticket.state, "closed")

    def test_reopened_ticket_counts_anew(self):
        ticket = self._resolved()
        with self._later(days=4):
            ticket.reopen("Again")
            ticket.resolve("solved", "Now really.")
        with self._later(days=6):
            self._run_close()
            self.assertEqual(ticket.state, "resolved")

    def test_open_work_keeps_it_open(self):
        parent, with_task = self._resolved(2)
        child = self._create_ticket()
        child._write_system({"parent_id": parent.id})
        task = self.env["itsm.task"].create(
            {"name": "Invoice", "ticket_id": self._create_ticket().id}
        )
        self.env.cr.execute(
            "UPDATE itsm_task SET ticket_id = %s WHERE id = %s", (with_task.id, task.id)
        )
        self.env.invalidate_all()
        with self._later(days=30):
            self._run_close()
        self.assertEqual((parent | with_task).mapped("state"), ["resolved"] * 2)

    def test_batches(self):
        self.Ticket.search([("state", "=", "resolved")]).active = False
        tickets = self._resolved(5)
        with self._later(days=30):
            commits = self._run_close(limit=2)
        self.assertEqual(set(tickets.mapped("state")), {"closed"})
        self.assertEqual([count for count in commits if count], [2, 2, 1])

    def test_stops_when_its_time_is_up_and_goes_on_later(self):
        tickets = self._resolved(4)
        with self._later(days=30):
            with self._committed(stop_after=1):
                self.Ticket._cron_close_resolved(limit=2)
            self.assertEqual(tickets.mapped("state").count("closed"), 2)
            self._run_close(limit=2)
        self.assertEqual(set(tickets.mapped("state")), {"closed"})

    def test_one_bad_ticket_stops_no_other(self):
        tickets = self._resolved(3)
        bad = tickets[1]

        def close(records, code):
            if bad in records:
                raise UserError("Not this one")  # pylint: disable=translation-required
            return original(records, code)

        original = type(self.Ticket)._close_with
        with (
            self._later(days=30),
            patch.object(type(self.Ticket), "_close_with", close),
            mute_logger(LOGGER),
        ):
            self._run_close()
        self.assertEqual(tickets.mapped("state"), ["closed", "resolved", "closed"])

    def test_waiting_ends(self):
        now = fields.Datetime.now()
        due, later, open_end = (self._create_ticket() for _n in range(3))
        due.set_pending("date", now + timedelta(days=1))
        later.set_pending("date", now + timedelta(days=3))
        open_end.set_pending("supplier")
        with self._later(days=2), self._committed():
            self.Ticket._cron_resume_pending()
        self.assertEqual(due.state, "in_progress")
        self.assertFalse(due.pending_until)
        self.assertEqual((later | open_end).mapped("state"), ["pending"] * 2)

    def test_jobs_are_scheduled(self):
        for name in ("resume_pending", "close_resolved"):
            cron = self.env.ref(f"itsm_helpdesk.ir_cron_{name}")
            self.assertTrue(cron.active)
            self.assertIn(f"_cron_{name}", cron.code)

    def test_tickets_of_long_ago_close_without_a_mail(self):
        """A ledger's resolved tickets, or those of a job that stood still."""
        self.desk.auto_close_days = 5
        Ticket = self.env(context={})["itsm.ticket"]
        for days, mails in ((6, 1), (60, 0)):
            with self.subTest(days=days):
                ticket = self._resolved(partner_id=self.requester.partner_id.id)
                self._flush_tracking()
                before = ticket.message_ids
                with self._later(days=days), self._committed():
                    Ticket._cron_close_resolved()
                    self._flush_tracking()
                self.assertEqual(ticket.state, "closed")
                sent = (ticket.message_ids - before).filtered(
                    lambda message: message.message_type == "auto_comment"
                )
                self.assertEqual(len(sent), mails)
