from unittest.mock import patch

from odoo.tools import SQL

from odoo.addons.base.models.ir_cron import IrCron

from .common import QUIET
from .sla_common import SlaCase


class TestSlaQueryCounts(SlaCase):
    """The clocks' hot paths keep to a number of queries that does not grow.

    The first of a kind also fills caches, so that many may take fewer than one. Two
    promises to the customer and one of the team, as on a usual desk.
    """

    @classmethod
    def _make_policies(cls):
        cls.sla = cls._policy(("response", 2), ("resolution", 8))
        cls.ola = cls._policy(("resolution", 4), kind="ola")

    def setUp(self):
        super().setUp()
        self._create(2)  # what is cached for good is in the caches

    def _quiet(self, user=None):
        Ticket = self.env["itsm.ticket"].with_user(user or self.agent)
        return Ticket.with_context(**QUIET)

    def _create(self, count):
        tickets = self._quiet().create([self._ticket_vals() for _n in range(count)])
        self.env.flush_all()
        return tickets

    def _fresh(self, tickets):
        self.env.flush_all()
        self.env.invalidate_all()
        return tickets

    def _counted(self, expected, what):
        """Check the number of queries of a call, from an empty cache."""
        with self.assertQueryCount(expected):
            what()
            self.env.flush_all()

    def test_create(self):
        """A hundred tickets take hardly more than one."""
        self.env.invalidate_all()
        self._counted(17, lambda: self._create(1))
        self.env.invalidate_all()
        self._counted(21, lambda: self._create(100))

    def test_resolve(self):
        one, fifty = self._create(1), self._create(50)
        for tickets, expected in ((one, 31), (fifty, 19)):
            self._fresh(tickets)
            self._counted(
                expected, lambda tickets=tickets: tickets.resolve("solved", "Done.")
            )

    def test_pause_of_fifty(self):
        one, fifty = self._create(1), self._create(50)
        for tickets, expected in ((one, 20), (fifty, 16)):
            self._fresh(tickets)
            self._counted(
                expected, lambda tickets=tickets: tickets.set_pending("requester")
            )

    def _sweep_batch(self):
        with patch.object(IrCron, "_commit_progress", lambda *_args, **_kwargs: True):
            self.Clock._cron_sweep()

    def test_sweep(self):
        """Breaches alone: no rule fires, so nobody is told."""
        # No clock is due but those of this test; what is cached for good is cached.
        mine = [("desk_id", "=", self.desk.id)]
        self.Ticket.search(mine).sudo().cancel("Not of this test.")
        self.env.flush_all()
        self.env.cr.execute("UPDATE itsm_sla_clock SET next_at = NULL")
        self.env.invalidate_all()
        for count, expected in ((1, 16), (100, 16)):
            self._at("Mon 10")
            tickets = self._create(count)
            self._at("Mon 12:30")
            self._fresh(tickets)
            self._counted(expected, self._sweep_batch)
            self.assertEqual(
                set(self._clocks(tickets, "response").mapped("state")), {"breached"}
            )

    def test_sweep_with_a_rule(self):
        """One digest for a hundred tickets costs little more than one for one."""
        self._rule(self.sla, "percent", 50, metric="resolution", notify_manager=True)
        for count, expected in ((1, 71), (100, 49)):
            self._at("Mon 10")
            tickets = self._create(count)
            self._at("Mon 15:30")
            self._fresh(tickets)
            self._counted(expected, self._sweep_batch)

    def test_timeline(self):
        """A ticket with many turns is drawn with as many queries as one with none."""
        ticket = self._create(1)
        for turn in range(5):
            self._at(f"Mon {11 + turn}")
            ticket.sudo().team_id = (self.team2, self.team1)[turn % 2]
        self._fresh(ticket)
        self._counted(26, lambda: self._draw(ticket))

    def _draw(self, ticket):
        Clock = self.Clock.with_user(self.agent)
        self.assertEqual(len(Clock.timeline("itsm.ticket", ticket.id)["clocks"]), 8)

    def test_list_of_clocks_by_its_index(self):
        """The unfinished clocks are read in order, not all and sorted."""
        query = self.env["itsm.sla.clock"]._search(
            [("is_unfinished", "=", True)], order="deadline, id", limit=80
        )
        # A small table is read otherwise; what counts is that the index can serve.
        for way in ("seqscan", "bitmapscan", "sort"):
            self.env.cr.execute(SQL("SET LOCAL %s = off", SQL(f"enable_{way}")))
        plan = self.env.execute_query(SQL("EXPLAIN %s", query.select()))
        text = "\n".join(line for (line,) in plan)
        self.assertIn("itsm_sla_clock_deadline_idx", text)
        self.assertNotIn("Sort", text)
