from odoo.exceptions import UserError
from odoo.tests import tagged

from .plan_common import PlanCase


@tagged("post_install", "-at_install")
class TestPlanUnusual(PlanCase):
    """What people do to a plan under way: it neither stands still nor forgets."""

    def test_planned_work_is_not_deleted(self):
        self._plan({"name": "Order"})
        task = self._planned().task_ids
        with self.assertRaises(UserError):
            task.with_user(self.manager).unlink()

    def test_deleted_task_holds_nothing_up(self):
        ticket = self._create_ticket()
        first = self.Task.create({"name": "First", "ticket_id": ticket.id})
        second = self.Task.create(
            {"name": "Second", "ticket_id": ticket.id, "predecessor_ids": first.ids}
        )
        self.assertEqual(second.state, "waiting")
        first.with_user(self.manager).unlink()
        self.assertEqual(second.state, "todo")

    def test_decision_on_a_failed_task_lets_the_plan_go_on(self):
        self._plan({"name": "Order"}, {"name": "Install", "after": ["Order"]})
        ticket = self._planned()
        self._task(ticket, "Order").action_fail("Sold out.")
        self.assertEqual(self._states(ticket)["Install"], "waiting")
        self._task(ticket, "Order").with_user(self.manager).on_failure = "continue"
        self.assertEqual(self._states(ticket)["Install"], "todo")

    def test_last_required_task_becomes_optional(self):
        self._plan({"name": "Order"}, {"name": "Survey"})
        ticket = self._planned()
        finished = self._watch("_work_finished")
        self._task(ticket, "Order").action_done()
        self.assertFalse(finished)
        self._task(ticket, "Survey").is_required = False
        self.assertTrue(finished)

    def test_several_cards_are_dragged_at_once(self):
        self._plan({"name": "Order"}, {"name": "Survey"})
        tasks = self._planned().task_ids
        tasks.with_user(self.agent).write({"state": "doing"})
        self.assertEqual(set(tasks.mapped("state")), {"doing"})
        self.assertEqual(tasks.user_id, self.agent)
