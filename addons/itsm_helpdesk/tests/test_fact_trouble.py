from unittest.mock import patch

from psycopg2.errors import SerializationFailure

from odoo import SUPERUSER_ID, api
from odoo.exceptions import UserError
from odoo.tests import TransactionCase, tagged
from odoo.tools import mute_logger

from odoo.addons.base.models.ir_cron import IrCron

from .fact_common import FactCase

TICKETS = "itsm.ticket.report"


@tagged("post_install", "-at_install")
class TestFactKilled(FactCase):
    """The job breaks off in the middle of a batch: all that it had begun is undone."""

    def setUp(self):
        super().setUp()
        for _number in range(6):
            self._create_ticket()
        # With what is only done when a transaction ends.
        self.env.cr.flush()

    def _waiting(self):
        """Return what is noted and not counted yet."""
        self.env.cr.execute(
            "SELECT fact, note, key FROM itsm_fact_change ORDER BY 1, 2, 3"
        )
        return self.env.cr.fetchall()

    def _break_off(self, method, calls):
        """Let a batch end in the middle, as a kill does; the transaction is gone."""
        Fact = type(self.env[TICKETS])
        whole = getattr(Fact, method)
        left = [calls]

        def until_killed(fact, *args):
            if not left[0]:
                raise KeyboardInterrupt
            left[0] -= 1
            return whole(fact, *args)

        with (
            patch.object(Fact, method, until_killed),
            self.assertRaises(KeyboardInterrupt),
            self.env.cr.savepoint(),
        ):
            while True:
                self.Refresh._of(TICKETS)._next_batch(2)

    def test_nothing_is_lost(self):
        for method, calls in (("_fact_draw_up", 0), ("_fact_draw_up", 1)):
            with self.subTest(method=method, calls=calls):
                before, as_of = self._waiting(), self.Refresh._of(TICKETS).as_of
                self._break_off(method, calls)
                self.env.invalidate_all()
                self.assertEqual(self._waiting(), before)
                self.assertEqual(self.Refresh._of(TICKETS).as_of, as_of)
        self._refresh()
        self._assert_true()

    def test_what_was_done_before_stays_done(self):
        self.assertTrue(self.Refresh._of(TICKETS)._next_batch(2)[1])
        before = self._waiting()
        self._break_off("_fact_is_stale", 0)
        self.assertEqual(self._waiting(), before)
        with patch.object(IrCron, "_commit_progress", lambda *_args, **_kwargs: True):
            self.Refresh._cron_refresh(limit=2)
        self.assertFalse(self._waiting())
        self._assert_true()

    def test_no_time_left(self):
        """A job that is told to stop goes on next time."""
        with patch.object(IrCron, "_commit_progress", lambda *_args, **_kwargs: 0):
            self.Refresh._cron_refresh(limit=2)
        self.assertTrue(self._waiting())
        with patch.object(IrCron, "_commit_progress", lambda *_args, **_kwargs: True):
            self.Refresh._cron_refresh(limit=2)
        self._assert_true()


@tagged("post_install", "-at_install")
class TestFactTurns(TransactionCase):
    """Two jobs, and people who change something meanwhile, each in a transaction.

    What they do is committed: notes that something is to be counted, and the counting.
    """

    def setUp(self):
        super().setUp()
        self.addCleanup(self._count_all)
        self._count_all()

    def _job(self):
        """Return the model of the job in a transaction that has begun."""
        cr = self.registry.cursor()
        self.addCleanup(cr.close)
        # Who waits for another one here would wait for ever.
        cr.execute("SET lock_timeout = '5s'")
        job = api.Environment(cr, SUPERUSER_ID, {})["itsm.fact.refresh"]
        self.assertTrue(job._of(TICKETS))
        return job

    def _count_all(self):
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            env["itsm.fact.refresh"]._refresh_all()

    def _change(self):
        """Let all there is be counted anew, and for the tickets some more."""
        with self.registry.cursor() as cr:
            facts = api.Environment(cr, SUPERUSER_ID, {})["itsm.fact.refresh"]
            facts._note_everything(facts._fact_models())
            cr.execute(
                "INSERT INTO itsm_fact_change (fact, note, key) "
                "VALUES (%s, 'ticket', 0)",
                [TICKETS],
            )

    def _is_stale(self):
        with self.registry.cursor() as cr:
            return api.Environment(cr, SUPERUSER_ID, {})[TICKETS]._fact_is_stale()

    def _rows(self):
        with self.registry.cursor() as cr:
            cr.execute("SELECT id, ticket_count FROM itsm_ticket_report ORDER BY id")
            return cr.fetchall()

    def test_nobody_waits_for_who_has_the_turn(self):
        self._change()
        busy, other = self._job(), self._job()
        self.assertTrue(busy._of(TICKETS)._next_batch(1)[1])
        self.assertEqual(other._of(TICKETS)._next_batch(1), (0, False))
        self.assertFalse(other._refresh(TICKETS, exact=False))
        with self.assertRaises(UserError):
            other._refresh(TICKETS)
        # The whole job as well, with all facts, comes to its end.
        other._cron_refresh()
        self.assertTrue(self._is_stale())
        busy._cron_refresh()
        self.assertFalse(self._is_stale())

    @mute_logger("odoo.sql_db")
    def test_who_has_seen_an_older_state_does_nothing(self):
        before = self._rows()
        self._change()
        late, fast = self._job(), self._job()
        fast._cron_refresh()
        with self.assertRaises(SerializationFailure):
            late._of(TICKETS)._next_batch(1)
        late.env.cr.rollback()
        late._of(TICKETS)
        self._change()
        fast._cron_refresh()
        late._cron_refresh()
        self.assertFalse(self._is_stale())
        self.assertEqual(self._rows(), before)

    def test_what_changes_meanwhile_is_counted_next(self):
        self._change()
        job = self._job()
        self._change()
        job.env[TICKETS]._fact_refresh()
        job.env.cr.commit()
        self.assertTrue(self._is_stale(), "the second change was not seen")
        job._cron_refresh()
        self.assertFalse(self._is_stale())
