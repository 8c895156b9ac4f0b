from odoo.exceptions import ValidationError
from odoo.fields import Command
from odoo.tools import mute_logger

from .sla_common import EscalationCase

RULE_LOGGER = "odoo.addons.itsm_sla.models.itsm_sla_escalation"


class TestSlaEscalationMoments(EscalationCase):
    """When rules fire, and when they do not."""

    def test_percent_of_the_time(self):
        rule = self._rule(self.sla, "percent", 75, notify_manager=True)
        ticket = self._register()
        self._sweep("Mon 16:59")
        self.assertFalse(self._fired(rule))
        self._sweep("Mon 17")
        self.assertEqual(self._fired(rule), ticket)

    def test_minutes_before_the_deadline(self):
        """Counted in working time: 90 minutes before Tuesday 10:00 is Monday 16:30."""
        rule = self._rule(self.sla, "before", 150, notify_manager=True)
        ticket = self._register()
        self._sweep("Mon 16:29")
        self.assertFalse(self._fired(rule))
        self._sweep("Mon 16:30")
        self.assertEqual(self._fired(rule), ticket)

    def test_minutes_after_the_deadline(self):
        rule = self._rule(self.sla, "after", 120, notify_manager=True)
        ticket = self._register()
        self._sweep("Tue 11:59")
        self._shows(self._clocks(ticket), "breached")
        self.assertFalse(self._fired(rule))
        self._sweep("Tue 12")
        self.assertEqual(self._fired(rule), ticket)

    def test_once(self):
        """A rule fires once for a clock, also after the ticket came back."""
        rule = self._rule(self.sla, "percent", 50, notify_manager=True)
        ticket = self._register()
        self._sweep("Mon 15")
        self._sweep("Mon 15:01")
        ticket.with_user(self.agent).resolve("solved", "Done.")
        self._at("Mon 16")
        ticket.with_user(self.agent).reopen("Not done.")
        self._sweep("Tue 17")
        self.assertEqual(len(self._fired(rule)), 1)
        self.assertEqual(len(self._notices(self.manager)), 1)

    def test_a_sweep_that_comes_late(self):
        """What fell due while no job ran fires with the next one, each once."""
        early = self._rule(self.sla, "percent", 50, notify_manager=True)
        late = self._rule(self.sla, "percent", 100, notify_manager=True)
        ticket = self._register()
        self._sweep("Fri 15")
        self.assertEqual(self._fired(early), ticket)
        self.assertEqual(self._fired(late), ticket)
        self.assertFalse(self._clocks(ticket).next_at)

    def test_nothing_while_paused(self):
        rule = self._rule(self.sla, "percent", 50, notify_manager=True)
        ticket = self._register()
        self._at("Mon 11")
        ticket.with_user(self.agent).set_pending("requester")
        self._sweep("Fri 11")
        self.assertFalse(self._fired(rule))
        ticket.with_user(self.agent).resume()
        self._sweep("Fri 14:59")
        self.assertFalse(self._fired(rule))
        self._sweep("Fri 15")
        self.assertEqual(self._fired(rule), ticket)

    def test_nothing_after_the_stop(self):
        rule = self._rule(self.sla, "percent", 50, notify_manager=True)
        ticket = self._register()
        ticket.with_user(self.agent).resolve("solved", "Done.")
        self._sweep("Fri 11")
        self.assertFalse(self._fired(rule))

    def test_only_the_rules_metric(self):
        self.sla.target_ids = [
            Command.create({"metric": "response", "hours": 1}),
        ]
        rule = self._rule(
            self.sla, "percent", 100, metric="response", notify_manager=True
        )
        ticket = self._register()
        self._sweep("Wed 10")
        fired = self.env["itsm.sla.escalation.fired"].search(
            [("escalation_id", "=", rule.id)]
        )
        self.assertEqual(fired.clock_id, self._clocks(ticket, "response"))

    def test_rule_made_later(self):
        """A new rule, or a changed one, counts for running clocks from then on."""
        ticket = self._register()
        self._at("Mon 11")
        rule = self._rule(self.sla, "percent", 90, notify_manager=True)
        self._sweep()
        self.assertFalse(self._fired(rule))
        rule.amount = 50
        self._sweep("Mon 15")
        self.assertEqual(self._fired(rule), ticket)

    def test_archived_rule(self):
        rule = self._rule(self.sla, "percent", 50, notify_manager=True)
        self._register()
        rule.active = False
        self._sweep("Fri 11")
        self.assertFalse(self._fired(rule))

    def test_past_raises_no_alarm(self):
        """A policy that comes to open tickets tells nobody what is long past."""
        self.sla.active = False
        ticket = self._register()
        self._at("Wed 10")
        policy = self._policy(("resolution", 8))
        past = self._rule(policy, "percent", 50, notify_manager=True)
        ahead = self._rule(policy, "after", 16 * 60, notify_manager=True)
        policy.action_apply_to_open()
        self._shows(self._clocks(ticket), "breached", deadline="Tue 10")
        self._sweep()
        self.assertFalse(self._fired(past))
        self._sweep("Thu 10")
        self.assertFalse(self._fired(past))
        self.assertEqual(self._fired(ahead), ticket)


class TestSlaEscalationActions(EscalationCase):
    """What rules do."""

    def test_who_is_told(self):
        """Assignee, leader, manager, requester and named people, each one message."""
        self._rule(
            self.sla,
            "percent",
            50,
            notify_assignee=True,
            notify_leader=True,
            notify_manager=True,
            notify_requester=True,
            notify_partner_ids=self.auditor.partner_id.ids,
        )
        ticket = self._register(requested_for_id=self.colleague.partner_id.id)
        ticket.with_user(self.agent2).action_take()
        self._sweep("Mon 15")
        told = {"agent2", "leader", "manager", "requester", "colleague", "auditor"}
        for name in (*told, "agent", "head"):
            with self.subTest(user=name):
                notices = self._notices(getattr(self, name))
                self.assertEqual(len(notices), name in told)
        notice = self._notices(self.leader)
        self.assertEqual((notice.model, notice.res_id), (ticket._name, ticket.id))
        self.assertIn(ticket.number, notice.body)

    def test_one_message_for_many(self):
        """Who has many late tickets gets one list of them."""
        self._rule(self.sla, "percent", 50, notify_manager=True)
        tickets = self._register() | self._register() | self._register()
        self._sweep("Mon 15")
        notice = self._notices(self.manager)
        self.assertEqual(len(notice), 1)
        for ticket in tickets:
            self.assertIn(ticket.number, notice.body)

    def test_notice_is_no_answer(self):
        """What the system tells people answers nobody."""
        self.sla.target_ids = [Command.create({"metric": "response", "hours": 6})]
        self._rule(self.sla, "percent", 50, notify_requester=True, metric="resolution")
        ticket = self._register()
        self._sweep("Mon 15")
        self.assertFalse(ticket.first_response_at)
        self._shows(self._clocks(ticket, "response"), "running")

    def test_note_on_the_record(self):
        rule = self._rule(self.sla, "percent", 50, notify_manager=True)
        ticket = self._register()
        self._sweep("Mon 15")
        notes = ticket.message_ids.filtered(lambda m: rule.name in m.body)
        self.assertEqual(len(notes), 1)
        self.assertTrue(notes.is_internal or notes.subtype_id.internal)

    def test_raised_priority(self):
        """One step up, with the reason; the clock follows the new priority."""
        self.sla.target_ids = [
            Command.create({"metric": "resolution", "hours": 6, "priority": "2"})
        ]
        rule = self._rule(self.sla, "percent", 50, raise_priority=True)
        ticket = self._register()
        before = ticket.priority
        self._sweep("Mon 15")
        self.assertEqual((before, ticket.priority), ("3", "2"))
        self.assertIn(rule.name, ticket.priority_override_reason)
        self.assertIn("prioritised", self._events(ticket))
        self._shows(self._clocks(ticket), "running", priority="2", deadline="Mon 17")

    def test_highest_priority_stays(self):
        rule = self._rule(self.sla, "percent", 50, raise_priority=True)
        ticket = self._register()
        ticket.write({"priority_override": "1", "priority_override_reason": "Fire."})
        self._sweep("Mon 15")
        self.assertEqual(self._fired(rule), ticket)
        self.assertEqual(ticket.priority_override_reason, "Fire.")

    def test_next_line(self):
        """The ticket goes on, its next team's clock begins at that moment."""
        ola = self._policy(("resolution", 4), kind="ola")
        self._rule(self.sla, "percent", 50, hand_over="next_line")
        ticket = self._register()
        ticket.with_user(self.agent).action_take()
        self._sweep("Mon 15")
        self.assertEqual(ticket.team_id, self.team2)
        self.assertFalse(ticket.user_id)
        first, second = self._clocks(ticket, kind="ola")
        self.assertEqual(first.policy_id, ola)
        self._shows(first, "met", stopped_at="Mon 15")
        self._shows(second, "running", started_at="Mon 15", party_id=self.team2.id)

    def test_a_team(self):
        """A team of another desk gets the ticket with its desk."""
        self._rule(
            self.sla, "percent", 50, hand_over="team", team_id=self.team_other.id
        )
        ticket = self._register()
        self._sweep("Mon 15")
        self.assertEqual(ticket.team_id, self.team_other)
        self.assertEqual(ticket.desk_id, self.desk_other)
        with self.assertRaises(ValidationError):
            self._rule(self.sla, "percent", 50, hand_over="team")

    def test_activity(self):
        todo = self.env.ref("mail.mail_activity_data_todo")
        self._rule(self.sla, "percent", 50, activity_type_id=todo.id)
        ticket = self._register()
        ticket.with_user(self.agent2).action_take()
        self._sweep("Mon 15")
        self.assertEqual(ticket.activity_ids.user_id, self.agent2)
        self.assertEqual(ticket.activity_ids.activity_type_id, todo)

    def test_activity_for_nobody(self):
        """Without a person to do it, the rule keeps that as its error."""
        todo = self.env.ref("mail.mail_activity_data_todo")
        rule = self._rule(self.sla, "percent", 50, activity_type_id=todo.id)
        ticket = self._register()
        with mute_logger(RULE_LOGGER):
            self._sweep("Mon 15")
        self.assertEqual(self._fired(rule), ticket)
        self.assertFalse(ticket.activity_ids)

    def _server_action(self, code):
        return self.env["ir.actions.server"].create(
            {
                "name": "On breach",
                "model_id": self.env["ir.model"]._get_id("itsm.ticket"),
                "state": "code",
                "code": code,
            }
        )

    def test_server_action(self):
        """It runs once with the records; what it does is on the clocks."""
        action = self._server_action("records.write({'impact': '1', 'urgency': '1'})")
        self._rule(self.sla, "percent", 50, server_action_id=action.id)
        tickets = self._register() | self._register()
        self._sweep("Mon 15")
        self.assertEqual(set(tickets.mapped("priority")), {"1"})
        self.assertEqual(set(self._clocks(tickets).mapped("priority")), {"1"})

    def test_server_action_of_other_records(self):
        action = self._server_action("pass")
        action.model_id = self.env["ir.model"]._get_id("res.partner")
        with self.assertRaises(ValidationError):
            self._rule(self.sla, "percent", 50, server_action_id=action.id)

    def test_rule_that_does_nothing(self):
        with self.assertRaises(ValidationError):
            self._rule(self.sla, "percent", 50)
