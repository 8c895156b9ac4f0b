from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tools import mute_logger

from .sla_common import SlaCase


class TestSlaWaivers(SlaCase):
    """Excused time: asked for by one, decided by another; the raw figure stays."""

    @classmethod
    def _make_policies(cls):
        cls.sla = cls._policy(("resolution", 8))

    def _late(self, solved="Tue 12"):
        """Return the clock of a ticket that was due on Tuesday at 10:00."""
        ticket = self._register()
        self._at(solved)
        ticket.with_user(self.agent).resolve("solved", "Done.")
        return self._clocks(ticket)

    def _ask(self, clock, user=None, **vals):
        return (
            self.env["itsm.sla.waiver"]
            .with_user(user or self.agent)
            .with_context(default_clock_id=clock.id)
            .create({"reason": "Power cut", **vals})
        )

    def test_approved(self):
        clock = self._late()
        waiver = self._ask(clock)
        self.assertEqual((waiver.minutes, waiver.state), (120, "requested"))
        self.assertTrue(clock.adjusted_breached)
        notes = len(clock._record().message_ids)
        waiver.with_user(self.manager).action_approve()
        self.assertEqual(waiver.decided_by_id, self.manager)
        self._shows(
            clock,
            "breached",
            breached=True,
            adjusted_breached=False,
            elapsed=10,
            waived=2,
        )
        record = clock._record()
        self.assertEqual(len(record.message_ids), notes + 1)
        self.assertEqual(record.message_ids[0].author_id, self.manager.partner_id)
        self.assertEqual(clock.explain()["waived"], 7200)

    def test_refused(self):
        clock = self._late()
        waiver = self._ask(clock)
        waiver.with_user(self.sla_manager).action_refuse()
        self.assertEqual(waiver.state, "refused")
        self._shows(clock, "breached", adjusted_breached=True, waived=0)

    def test_not_enough(self):
        """Two that are enough together; what was refused does not count."""
        clock = self._late()
        first = self._ask(clock, minutes=60)
        first.with_user(self.manager).action_approve()
        self._shows(clock, "breached", adjusted_breached=True, waived=1)
        self._ask(clock, minutes=90).with_user(self.manager).action_refuse()
        self._shows(clock, "breached", adjusted_breached=True, waived=1)
        self._ask(clock, minutes=60).with_user(self.manager).action_approve()
        self._shows(clock, "breached", adjusted_breached=False, waived=2)

    def test_late_by_no_working_time(self):
        """Solved in the evening, late by the calendar only: one minute excuses it."""
        self.sla.target_ids.hours = 6
        clock = self._late("Mon 17:30")
        self._shows(clock, "breached", elapsed=6, adjusted_breached=True)
        waiver = self._ask(clock)
        self.assertEqual(waiver.minutes, 1)
        waiver.with_user(self.manager).action_approve()
        self._shows(clock, "breached", adjusted_breached=False)

    def test_before_it_is_late(self):
        """An excuse for a running clock counts when it is late in the end."""
        ticket = self._register()
        clock = self._clocks(ticket)
        self._ask(clock, minutes=120).with_user(self.manager).action_approve()
        self._shows(clock, "running", deadline="Tue 10", waived=2)
        self._sweep("Tue 11")
        self._shows(clock, "breached", adjusted_breached=False)
        self._at("Tue 13:30")
        ticket.with_user(self.agent).resolve("solved", "Done.")
        self._shows(clock, "breached", adjusted_breached=True)

    def test_nobody_decides_on_their_own(self):
        clock = self._late()
        for user in (self.manager, self.admin):
            waiver = self._ask(clock, user)
            self.assertFalse(waiver.may_decide)
            with self.subTest(user=user.name), self.assertRaises(AccessError):
                waiver.action_approve()
            self.assertEqual(waiver.state, "requested")

    def test_who_decides(self):
        waiver = self._ask(self._late())
        for user in (self.agent2, self.leader, self.auditor, self.stranger):
            with self.subTest(user=user.name), self.assertRaises(AccessError):
                waiver.with_user(user).action_approve()
        self.assertTrue(waiver.with_user(self.admin).may_decide)

    def test_decided_once(self):
        waiver = self._ask(self._late())
        waiver.with_user(self.manager).action_refuse()
        for verb in ("action_approve", "action_refuse"):
            with self.assertRaises(UserError):
                getattr(waiver.with_user(self.admin), verb)()
        with self.assertRaises(UserError):
            waiver.with_user(self.admin).unlink()

    def test_nothing_can_be_claimed(self):
        """Decisions and names in the values of a request are ignored or refused."""
        clock = self._late()
        waiver = self._ask(
            clock,
            state="approved",
            decided_by_id=self.manager.id,
            requested_by_id=self.agent2.id,
        )
        self.assertEqual(waiver.state, "requested")
        self.assertEqual(waiver.requested_by_id, self.agent)
        self.assertFalse(waiver.decided_by_id)
        for vals in (
            {"state": "approved"},
            {"requested_by_id": self.agent2.id},
            {"minutes": 999},
            {"reason": "Other"},
            {"clock_id": clock.id},
        ):
            for user in (self.agent, self.manager, self.admin):
                with self.subTest(vals=vals), self.assertRaises(AccessError):
                    waiver.with_user(user).write(vals)

    def test_foreign_clocks(self):
        """What one cannot work on one cannot excuse."""
        clock = self._late()
        for user in (
            self.stranger,
            self.foreigner,
            self.auditor,
            self.requester,
            self.portal,
        ):
            with self.subTest(user=user.name), self.assertRaises(AccessError):
                self._ask(clock, user, minutes=1)

    def test_cancelled_clocks(self):
        ticket = self._register()
        ticket.with_user(self.agent).cancel("No.")
        with self.assertRaises(ValidationError):
            self._ask(self._clocks(ticket), minutes=1)

    def test_request_taken_back(self):
        """Whoever asked may take it back; others may not remove it."""
        clock = self._late()
        waiver = self._ask(clock)
        with self.assertRaises(UserError):
            waiver.with_user(self.agent2).unlink()
        waiver.unlink()
        self.assertFalse(waiver.exists())

    def test_no_more_than_a_year(self):
        """Nor so much that the clock cannot hold it."""
        clock = self._late()
        for minutes in (0, 525_601, 2_147_483_647):
            with (
                self.subTest(minutes=minutes),
                mute_logger("odoo.sql_db"),
                self.assertRaises(IntegrityError),
                self.env.cr.savepoint(),
            ):
                self._ask(clock, minutes=minutes)
