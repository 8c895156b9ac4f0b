from odoo.fields import Command
from odoo.tests import tagged

from .plan_common import PlanCase


@tagged("post_install", "-at_install")
class TestTaskClocks(PlanCase):
    """A team's promise for its turn with a task (OLA)."""

    @classmethod
    def _make_policies(cls):
        cls.ola = cls._policy(
            ("response", 1),
            ("resolution", 4),
            kind="ola",
            res_model="itsm.task",
        )

    def setUp(self):
        super().setUp()
        self._plan({"name": "Order"}, {"name": "Install", "after": ["Order"]})
        self.ticket = self._planned()
        self.order = self._task(self.ticket, "Order").with_user(self.agent)
        self.install = self._task(self.ticket, "Install").with_user(self.agent)

    def _clocks_of(self, task, metric="resolution"):
        return self.Clock.search(
            [
                ("res_model", "=", "itsm.task"),
                ("res_id", "=", task.id),
                ("metric", "=", metric),
            ],
            order="spell, id",
        )

    def test_clock_begins_when_the_task_can(self):
        self.assertFalse(self._clocks_of(self.install))
        clock = self._clocks_of(self.order)
        self._shows(clock, "running", deadline="Mon 15", started_at="Mon 10")
        self.assertEqual(clock.party_id, self.team1.id)
        self.assertEqual(self.order.sla_state, "running")
        self._at("Tue 9")
        self.order.action_done()
        self._shows(self._clocks_of(self.order), "breached", stopped_at="Tue 9")
        self._shows(self._clocks_of(self.install), "running", started_at="Tue 9")
        self.assertEqual(self.order.sla_state, "breached")

    def test_starting_is_the_answer(self):
        self.order.user_id = self.agent2  # to be given it is not to have begun it
        self._shows(self._clocks_of(self.order, "response"), "running")
        self._at("Mon 10:30")
        self.order.action_start()
        self._shows(
            self._clocks_of(self.order, "response"),
            "met",
            stopped_at="Mon 10:30",
        )

    def test_another_team_has_a_turn_of_its_own(self):
        self._at("Mon 11")
        self.order.team_id = self.team2
        first, second = self._clocks_of(self.order)
        self._shows(first, "met", stopped_at="Mon 11")
        self._shows(second, "running", started_at="Mon 11")
        self.assertEqual(second.party_id, self.team2.id)

    def test_failed_task_has_ended_in_time(self):
        self._at("Mon 11")
        self.order.action_fail("The shop is closed.")
        self._shows(self._clocks_of(self.order), "met", stopped_at="Mon 11")

    def test_given_up_task_does_not_count(self):
        self._at("Mon 11")
        self.order.action_cancel()
        self._shows(self._clocks_of(self.order), "cancelled")

    def test_task_taken_up_again_runs_on(self):
        self._at("Mon 11")
        self.order.action_done()
        self._at("Mon 14")
        self.order.action_reopen()
        self.assertEqual(self._clocks_of(self.order)[-1].state, "running")

    def test_task_made_by_hand_has_a_clock_too(self):
        task = self.Task.with_user(self.agent).create(
            {
                "name": "More",
                "ticket_id": self.ticket.id,
                "team_id": self.team1.id,
            }
        )
        self._shows(self._clocks_of(task), "running", started_at="Mon 10")

    def test_task_that_waits_by_hand_has_none(self):
        task = self.Task.with_user(self.agent).create(
            {
                "name": "More",
                "ticket_id": self.ticket.id,
                "team_id": self.team1.id,
                "predecessor_ids": [Command.set(self.order.ids)],
            }
        )
        self.assertFalse(self._clocks_of(task))
        self.order.action_done()
        self.assertEqual(self._clocks_of(task).state, "running")

    def test_policy_for_one_desk(self):
        self.ola.desk_ids = self.desk_other
        self.order.action_done()
        self.assertFalse(self._clocks_of(self.install))

    def test_new_policies_are_for_tickets_unless_told(self):
        policy = self.Policy.create({"name": "Default", "kind": "sla"})
        self.assertEqual(policy.res_model, "itsm.ticket")
        models = [model for model, _name in policy._selection_res_model()]
        self.assertIn("itsm.task", models)

    def test_clocks_of_tasks_are_no_clocks_of_tickets(self):
        self.assertFalse(self.ticket.clock_ids)
        self.env["itsm.sla.report"]._fact_refresh()
        rows = self.env["itsm.sla.report"].search(
            [("clock_id", "in", self._clocks_of(self.order).ids)]
        )
        self.assertFalse(rows)

    def test_who_sees_the_clocks(self):
        clock = self._clocks_of(self.order)
        for user, may in (
            (self.agent, True),
            (self.stranger, False),
            (self.auditor, True),
        ):
            with self.subTest(user=user.name):
                seen = self._as(user)["itsm.sla.clock"].browse(clock.id)
                self.assertEqual(seen.has_access("read"), may)
        self.order.team_id = self.team_other
        seen = self._as(self.stranger)["itsm.sla.clock"].browse(clock.id)
        self.assertTrue(seen.has_access("read"))

    def test_escalation_reaches_the_team(self):
        self._rule(self.ola, "after", 0, notify_leader=True, hand_over="next_line")
        self._sweep("Mon 16")
        self.assertEqual(self.order.team_id, self.team2)

    def test_life_goes_with_the_addon(self):
        self.env["itsm.sla.policy"]._forget_model("itsm.task")
        self.assertFalse(self._clocks_of(self.order))
        self.assertFalse(
            self.env["itsm.sla.event"].search([("res_model", "=", "itsm.task")])
        )
