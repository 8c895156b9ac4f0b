from odoo.exceptions import UserError

from .sla_common import SlaCase, moment


class TestSlaUnusual(SlaCase):
    """Tickets that lack something, and many at once."""

    @classmethod
    def _make_policies(cls):
        cls.sla = cls._policy(("response", 2), ("resolution", 8))
        cls.ola = cls._policy(("resolution", 4), kind="ola")

    def test_without_team(self):
        """No team: no team's clock, until one gets the ticket."""
        self.desk.default_team_id = False
        ticket = self._register()
        self.assertFalse(ticket.team_id)
        self.assertFalse(self._clocks(ticket, kind="ola"))
        self._at("Mon 11")
        ticket.with_user(self.manager).team_id = self.team2
        self._shows(self._clocks(ticket, kind="ola"), "running", started_at="Mon 11")
        self._shows(self._clocks(ticket), "running", deadline="Tue 10")

    def test_without_calendar(self):
        """A desk without working hours serves around the clock."""
        self.desk.resource_calendar_id = False
        ticket = self._register()
        self._shows(self._clocks(ticket), "running", deadline="Mon 18")

    def test_without_policy(self):
        """Nobody promised anything: no clock, no deadline, no error."""
        (self.sla | self.ola).active = False
        ticket = self._register()
        agents = ticket.with_user(self.agent)
        agents.set_pending("requester")
        agents.escalate(reason="Hard.")
        ticket.with_user(self.engineer).resolve("solved", "Done.")
        self.assertFalse(ticket.clock_ids)
        self.assertFalse(ticket.sla_state)
        self.assertFalse(ticket.sla_deadline)

    def test_priority_without_a_promise(self):
        """A clock is cancelled while nothing is promised at the priority."""
        self.sla.target_ids.priority = "3"
        ticket = self._register()
        self._shows(self._clocks(ticket), "running")
        self._at("Mon 11")
        agents = ticket.with_user(self.agent)
        agents.write({"priority_override": "4", "priority_override_reason": "No."})
        self._shows(self._clocks(ticket), "cancelled", is_unfinished=False)
        self.assertFalse(ticket.sla_state)
        self._at("Mon 14")
        agents.priority_override = False
        self._shows(self._clocks(ticket), "running", deadline="Tue 10")

    def test_fifty_at_once(self):
        """Verbs on many tickets treat each as if it were alone."""
        tickets = self.Ticket.with_user(self.agent).create(
            [self._ticket_vals() for _n in range(50)]
        )
        self._at("Mon 11")
        tickets[:25].set_pending("requester")
        self._at("Mon 14")
        tickets[:25].resume()
        tickets[25:].escalate(reason="Hard.")
        self._at("Mon 15")
        tickets.sudo().resolve("solved", "Done.")
        clocks = self._clocks(tickets).grouped("elapsed")
        hour = 3600
        self.assertEqual(clocks[2 * hour].mapped("res_id"), tickets[:25].ids)
        self.assertEqual(clocks[4 * hour].mapped("res_id"), tickets[25:].ids)
        self.assertEqual(len(self._clocks(tickets, kind="ola")), 75)

    def test_two_events_in_one_second_make_no_turn(self):
        """A ticket sent on at once never was with the first team."""
        ticket = self._register()
        ticket.with_user(self.agent).escalate(reason="Hard.")
        clocks = self._clocks(ticket, kind="ola")
        running = clocks.filtered("is_unfinished")
        self._shows(running, "running", party_id=self.team2.id)

    def test_breach_and_filters(self):
        """The sweep says so on the ticket; the filter finds it."""
        ticket = self._register()
        other = self._register(name="Other")
        other.with_user(self.agent).set_pending("requester")
        overdue = [("id", "in", (ticket | other).ids), ("is_overdue", "=", True)]
        self.assertFalse(self.Ticket.search(overdue))
        self._sweep("Mon 13:30")
        self._shows(self._clocks(ticket, "response"), "breached", stopped_at=False)
        self._shows(self._clocks(ticket), "running")
        self.assertEqual(ticket.sla_state, "breached")
        self.assertEqual(ticket.sla_deadline, moment("Mon 12"))
        self.assertEqual(self.Ticket.search(overdue), ticket)
        self.assertTrue(ticket.is_overdue)
        self.assertFalse(other.is_overdue)
        self._say(ticket, self.agent)
        self.assertEqual(ticket.sla_state, "running")
        self.assertEqual(ticket.sla_deadline, moment("Tue 10"))
        self.assertFalse(ticket.is_overdue)
        ticket.with_user(self.agent).resolve("solved", "Done.")
        self.assertEqual(ticket.sla_state, "breached")
        self.assertFalse(self.Ticket.search(overdue))

    def test_breached_while_it_waits(self):
        """Overdrawn time stays overdrawn when the ticket waits afterwards."""
        ticket = self._register()
        self._sweep("Tue 11")
        ticket.with_user(self.agent).set_pending("requester")
        self._shows(self._clocks(ticket), "breached", deadline="Tue 10", elapsed=9)
        self._sweep("Fri 11")
        self._shows(self._clocks(ticket), "breached", deadline="Tue 10", elapsed=9)

    def test_deleted_draft(self):
        """A deleted draft leaves neither clocks nor events."""
        ticket = self._register()
        ids = ticket.ids
        ticket.sudo().unlink()
        left = [("res_model", "=", "itsm.ticket"), ("res_id", "in", ids)]
        self.assertFalse(self.Clock.search(left))
        self.assertFalse(self.env["itsm.sla.event"].search(left))

    def test_supplier_that_is_no_id(self):
        """What comes through RPC as a supplier and is none is refused in words."""
        ticket = self._register()
        for supplier in ("abc", [1, 2], 1.5, {"id": 1}, True):
            with self.subTest(supplier=supplier), self.assertRaises(UserError):
                ticket.with_user(self.agent).set_pending("supplier", None, supplier)
        self.assertFalse(ticket.supplier_id)

    def test_uninstalled(self):
        """With the addon go the policies of its records, their clocks and events."""
        ticket = self._register()
        self.assertTrue(self._clocks(ticket))
        self.sla.active = False
        self.env["itsm.sla.policy"]._forget_model("itsm.ticket")
        for model in ("itsm.sla.clock", "itsm.sla.event", "itsm.sla.policy"):
            rows = self.env[model].with_context(active_test=False)
            with self.subTest(model=model):
                self.assertFalse(rows.search_count([("res_model", "=", ticket._name)]))
