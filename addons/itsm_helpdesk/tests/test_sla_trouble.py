from unittest.mock import patch

from odoo import fields
from odoo.tools import SQL, mute_logger

from .sla_common import EscalationCase, moment

SWEEP_LOGGER = "odoo.addons.itsm_sla.models.itsm_sla_clock_sweep"
RULE_LOGGER = "odoo.addons.itsm_sla.models.itsm_sla_escalation"


class TestSlaEscalationTrouble(EscalationCase):
    """What cannot be done stops nothing else."""

    def _errors(self, rule):
        rows = self.env["itsm.sla.escalation.fired"].search(
            [("escalation_id", "=", rule.id)]
        )
        return {row.clock_id.res_id: row.error for row in rows}

    @mute_logger(RULE_LOGGER)
    def test_no_next_line(self):
        """The ticket of the last line stays; the others go, people are told."""
        rule = self._rule(
            self.sla, "percent", 50, hand_over="next_line", notify_manager=True
        )
        last = self._register(team_id=self.team3.id)
        other = self._register()
        self._sweep("Mon 15")
        errors = self._errors(rule)
        self.assertTrue(errors[last.id])
        self.assertFalse(errors[other.id])
        self.assertEqual(last.team_id, self.team3)
        self.assertEqual(other.team_id, self.team2)
        self.assertTrue(self._notices(self.manager))
        self.assertEqual(len(self._fired(rule)), 2)

    @mute_logger(RULE_LOGGER, "odoo.addons.base.models.ir_actions")
    def test_broken_server_action(self):
        """An error in somebody's code is kept; the other steps are done."""
        action = self.env["ir.actions.server"].create(
            {
                "name": "Broken",
                "model_id": self.env["ir.model"]._get_id("itsm.ticket"),
                "state": "code",
                "code": "1 / 0",
            }
        )
        rule = self._rule(
            self.sla,
            "percent",
            100,
            server_action_id=action.id,
            notify_manager=True,
        )
        ticket = self._register()
        self._sweep("Tue 11")
        self.assertTrue(self._errors(rule)[ticket.id])
        self._shows(self._clocks(ticket), "breached")
        self.assertTrue(self._notices(self.manager))

    def test_orphans(self):
        """The clock of a record that is gone is removed; the others are swept."""
        gone, ticket = self._register(), self._register()
        clock = self._clocks(gone)
        self.env.flush_all()
        self.env.execute_query(
            SQL("DELETE FROM itsm_ticket WHERE id = %s RETURNING id", gone.id)
        )
        self.env.invalidate_all()
        self._sweep("Tue 11")
        self.assertFalse(clock.exists())
        self._shows(self._clocks(ticket), "breached")

    def test_clock_that_cannot_be_read(self):
        """One bad clock of many is passed over, and tried again next time."""
        tickets = [self._register() for _n in range(5)]
        bad = self._clocks(tickets[2])
        original = type(self.Clock)._read

        def read(clock, *args):
            if clock == bad:
                raise ValueError("broken")
            return original(clock, *args)

        with (
            patch.object(type(self.Clock), "_read", read),
            mute_logger(SWEEP_LOGGER),
        ):
            self._sweep("Tue 11", limit=2)
        states = [self._clocks(ticket).state for ticket in tickets]
        self.assertEqual(states.count("breached"), 4)
        self.assertEqual(bad.state, "running")
        self._sweep()
        self.assertEqual(bad.state, "breached")

    def test_policy_whose_filter_broke(self):
        """A filter on a field that is gone stops no registration and no sweep."""
        broken = self._policy(("resolution", 1), sequence=1)
        ticket = self._register()
        self._shows(self._clocks(ticket), "running", policy_id=broken)
        self.env.flush_all()
        self.env.execute_query(
            SQL(
                "UPDATE itsm_sla_policy SET domain = %s WHERE id = %s RETURNING id",
                "[('x_gone', '=', 1)]",
                broken.id,
            )
        )
        self.env.invalidate_all()
        self.env.registry.clear_cache()
        with mute_logger("odoo.addons.itsm_sla.models.itsm_sla_policy_matching"):
            other = self._register()
            ticket.with_user(self.agent).type = "request"
        self._shows(self._clocks(other), "running", policy_id=self.sla)
        self._shows(self._clocks(ticket), "running", policy_id=broken)
        self._sweep("Tue 11")
        self._shows(self._clocks(other), "breached")

    def test_next_check(self):
        """The sweep looks at a clock only when something is due."""
        self._rule(self.sla, "percent", 75, notify_manager=True)
        ticket = self._register()
        clock = self._clocks(ticket)
        self.assertEqual(clock.next_at, moment("Mon 17"))
        self._sweep("Mon 17")
        self.assertEqual(clock.next_at, moment("Tue 10"))
        self._sweep("Tue 10")
        self.assertFalse(clock.next_at)
        self.assertGreaterEqual(fields.Datetime.now(), clock.deadline)
