from unittest.mock import patch

from odoo.exceptions import UserError, ValidationError
from odoo.fields import Command
from odoo.tests import tagged

from .plan_common import PlanCase

NEW_STAFF = {
    "match": "all",
    "rules": [{"question": "new_staff", "op": "equals", "value": True}],
}


@tagged("post_install", "-at_install")
class TestPlanRun(PlanCase):
    """From the plan of a service to tasks that begin one after the other."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.plan = cls._plan(
            {"name": "Order", "duration": 4, "checks": ["Price asked"]},
            {"name": "Account", "condition": NEW_STAFF, "user_id": cls.engineer.id},
            {"name": "Install", "after": ["Order", "Account"], "duration": 6},
            {
                "name": "Carry",
                "after": ["Install"],
                "team_id": cls.team_other.id,
                "is_required": False,
            },
        )

    def test_tasks_are_made_with_everything(self):
        ticket = self._planned(answers={"new_staff": True}, begin=False)
        self.assertEqual(
            self._states(ticket),
            dict.fromkeys(("Order", "Account", "Install", "Carry"), "waiting"),
        )
        install = self._task(ticket, "Install")
        self.assertEqual(
            set(install.predecessor_ids.mapped("name")), {"Order", "Account"}
        )
        self.assertEqual(install.plan_task_id.name, "Install")
        self.assertEqual(install.plan_task_id.version_id, self.service.version_id)
        self.assertEqual(install.planned_hours, 6)
        self.assertEqual(install.team_id, self.team1)
        self.assertFalse(install.ready_at)
        carry = self._task(ticket, "Carry")
        self.assertEqual((carry.desk_id, carry.is_required), (self.desk_other, False))
        self.assertEqual(carry.ticket_desk_id, self.desk)
        order = self._task(ticket, "Order")
        self.assertEqual(order.check_ids.mapped("name"), ["Price asked"])
        self.assertEqual(self._task(ticket, "Account").user_id, self.engineer)

    def test_tasks_are_made_once(self):
        ticket = self._planned()
        ticket._plan_create()
        self.assertEqual(len(ticket.task_ids), 4)

    def test_conditions_decide_what_is_needed(self):
        ticket = self._planned(answers={"new_staff": False})
        self.assertEqual(self._states(ticket)["Account"], "skipped")
        self._finish(ticket, "Order")
        self.assertEqual(self._states(ticket)["Install"], "todo")

    def test_tasks_begin_when_what_they_wait_for_has_ended(self):
        ticket = self._planned(answers={"new_staff": True})
        expected = {
            "Order": "todo",
            "Account": "todo",
            "Install": "waiting",
            "Carry": "waiting",
        }
        self.assertEqual(self._states(ticket), expected)
        self._finish(ticket, "Order")
        self.assertEqual(self._states(ticket)["Install"], "waiting")
        self._finish(ticket, "Account")
        self.assertEqual(self._states(ticket)["Install"], "todo")
        self.assertEqual(self._states(ticket)["Carry"], "waiting")

    def test_nothing_begins_before_the_approval(self):
        ticket = self._planned(begin=False)
        stage = self.env["itsm.stage"]._for_state(self.desk, "approval")
        ticket._write_system({"stage_id": stage.id})
        ticket._plan_advance()
        self.assertEqual(self._states(ticket)["Order"], "waiting")
        self.assertTrue(self._task(ticket, "Order").next_step)
        stage = self.env["itsm.stage"]._for_state(self.desk, "in_progress")
        ticket._write_system({"stage_id": stage.id})
        ticket._plan_advance()
        self.assertEqual(self._states(ticket)["Order"], "todo")

    def test_due_dates_follow_the_working_hours_along_the_plan(self):
        ticket = self._planned()
        due = {task.name: str(task.due_at or "") for task in ticket.task_ids}
        # Monday 10:00, 4 working hours with a break of one; then 6 more.
        self.assertEqual(due["Order"], "2026-03-02 15:00:00")
        self.assertEqual(due["Install"], "2026-03-03 12:00:00")
        self.assertEqual(due["Carry"], "")
        self._at("Mon 14")
        self._finish(ticket, "Order")
        self.assertEqual(
            str(self._task(ticket, "Install").due_at), "2026-03-03 11:00:00"
        )

    def test_due_date_that_somebody_chose_stays(self):
        ticket = self._planned()
        install = self._task(ticket, "Install")
        install.with_user(self.agent).due_at = "2026-03-20 12:00:00"
        self._finish(ticket, "Order")
        self.assertEqual(str(install.due_at), "2026-03-20 12:00:00")

    def test_everybody_concerned_is_told_once(self):
        self._planned(3, answers={"new_staff": True})
        for user, told in ((self.agent2, 1), (self.engineer, 1), (self.stranger, 0)):
            with self.subTest(user=user.name):
                self.assertEqual(len(self._notices(user)), told)

    def _notices(self, user):
        return self.env["mail.message"].search(
            [
                ("message_type", "=", "user_notification"),
                ("partner_ids", "in", user.partner_id.ids),
            ]
        )

    def test_end_of_the_required_tasks_is_announced(self):
        calls = self._watch("_work_finished")
        ticket = self._planned()
        self._finish(ticket, "Order")
        self.assertFalse(calls)
        self._finish(ticket, "Install")
        self.assertEqual(calls, [(ticket,)])
        self.assertEqual(self._states(ticket)["Carry"], "todo")

    def test_open_child_holds_the_end(self):
        calls = self._watch("_work_finished")
        ticket = self._planned()
        self._create_ticket(parent_id=ticket.id)
        self._finish(ticket, "Order")
        self._finish(ticket, "Install")
        self.assertFalse(calls)

    def test_plan_of_which_nothing_was_done_is_no_success(self):
        calls = self._watch("_work_finished")
        ticket = self._planned()
        ticket.task_ids.with_user(self.agent).filtered(
            lambda task: task.state in ("waiting", "todo")
        ).action_cancel()
        self.assertFalse(calls)

    def test_changed_answers_change_what_is_needed(self):
        ticket = self._planned(answers={"new_staff": True}, begin=False)
        with self._answering(new_staff=False):
            ticket._plan_refresh()
        self.assertEqual(self._states(ticket)["Account"], "skipped")
        with self._answering(new_staff=True):
            ticket._plan_refresh()
        self.assertEqual(self._states(ticket)["Account"], "todo")
        with self._answering(new_staff=False):
            ticket._plan_refresh()
        self.assertEqual(self._states(ticket)["Account"], "todo", "it had begun")

    # ------------------------------------------------------------------
    # Failures
    # ------------------------------------------------------------------

    def test_failure_stops_the_plan_and_says_so(self):
        calls = self._watch("_plan_stopped")
        ticket = self._planned(answers={"new_staff": True})
        order = self._task(ticket, "Order")
        order.with_user(self.agent).action_fail("The shop is closed.")
        self.assertEqual([task for _ticket, task in calls], [order])
        self.assertEqual(order.failure_reason, "The shop is closed.")
        self._finish(ticket, "Account")
        self.assertEqual(self._states(ticket)["Install"], "waiting")
        self.assertTrue(ticket._plan_is_stopped())
        self.assertIn("Order", self._task(ticket, "Install").next_step)
        self.assertEqual(len(calls), 1)

    def test_plan_goes_on_when_the_failed_task_is_given_up(self):
        ticket = self._planned()
        order = self._task(ticket, "Order").with_user(self.agent)
        order.action_fail("The shop is closed.")
        order.action_cancel()
        self.assertEqual(self._states(ticket)["Install"], "todo")

    def test_failed_task_can_be_tried_again(self):
        ticket = self._planned()
        order = self._task(ticket, "Order").with_user(self.agent)
        order.action_fail("The shop is closed.")
        order.action_reopen()
        self.assertEqual(order.state, "todo")
        self.assertFalse(order.failure_reason)

    def test_failure_needs_a_reason(self):
        order = self._task(self._planned(), "Order").with_user(self.agent)
        for reason in (None, "", "  "):
            with self.assertRaises(UserError):
                order.action_fail(reason)

    def test_other_tasks_stand_in_for_a_failed_one(self):
        service = self._service("Account")
        self._plan(
            {"name": "By itself", "on_failure": "branch", "instead": ["By hand"]},
            {"name": "By hand"},
            {"name": "Hand over", "after": ["By itself"]},
            service=service,
        )
        failing, working = self._planned(2, service=service)
        self.assertEqual(
            self._states(failing),
            {"By itself": "todo", "By hand": "waiting", "Hand over": "waiting"},
        )
        self._finish(working, "By itself")
        self.assertEqual(
            self._states(working),
            {"By itself": "done", "By hand": "skipped", "Hand over": "todo"},
        )
        self._task(failing, "By itself").with_user(self.agent).action_fail("No.")
        self.assertEqual(
            self._states(failing),
            {"By itself": "failed", "By hand": "todo", "Hand over": "waiting"},
        )
        self._finish(failing, "By hand")
        self.assertEqual(self._states(failing)["Hand over"], "todo")

    # ------------------------------------------------------------------
    # The end of the ticket
    # ------------------------------------------------------------------

    def test_solution_needs_the_required_tasks_only(self):
        ticket = self._planned().with_user(self.agent)
        with self.assertRaises(UserError):
            ticket.resolve("solved", "Done.")
        self._finish(ticket, "Order")
        self._finish(ticket, "Install")
        ticket.resolve("solved", "Done.")
        self.assertEqual(self._states(ticket)["Carry"], "cancelled")

    def test_solution_leaves_optional_work_that_has_begun(self):
        ticket = self._planned().with_user(self.agent)
        self._finish(ticket, "Order")
        self._finish(ticket, "Install")
        carry = self._task(ticket, "Carry").with_user(self.stranger)
        carry.action_start()
        ticket.resolve("solved", "Done.")
        self.assertEqual(self._states(ticket)["Carry"], "doing")
        carry.with_user(self.stranger).action_done()
        self.assertEqual(self._states(ticket)["Carry"], "done")

    def test_cancelled_ticket_takes_along_what_waits(self):
        ticket = self._planned(begin=False).with_user(self.agent)
        ticket.cancel("Not needed any more.")
        states = set(self._states(ticket).values())
        self.assertEqual(states, {"cancelled", "skipped"})

    def test_ticket_is_not_cancelled_under_somebody_at_work(self):
        ticket = self._planned().with_user(self.agent)
        self._task(ticket, "Order").with_user(self.agent).action_start()
        with self.assertRaises(UserError), self.env.cr.savepoint():
            ticket.cancel("Not needed any more.")
        self.assertEqual(self._states(ticket)["Install"], "waiting")

    # ------------------------------------------------------------------
    # Plans that cannot be
    # ------------------------------------------------------------------

    def test_plan_in_a_ring(self):
        with self.assertRaises(ValidationError):
            self.plan["Order"].predecessor_ids = self.plan["Install"]

    def test_plan_waits_for_itself(self):
        with self.assertRaises(ValidationError):
            self.plan["Order"].predecessor_ids = self.plan["Order"]

    def test_ring_through_what_stands_in(self):
        with self.assertRaises(ValidationError):
            self.plan["Order"].write(
                {"on_failure": "branch", "failure_task_ids": self.plan["Carry"].ids}
            )

    def test_task_of_another_plan(self):
        other = self._plan({"name": "Other"}, service=self._service("Other"))["Other"]
        with self.assertRaises(ValidationError):
            self.plan["Order"].predecessor_ids = other

    def test_branch_without_other_tasks(self):
        with self.assertRaises(ValidationError):
            self.plan["Order"].on_failure = "branch"

    def test_task_moves_to_no_other_plan(self):
        with self.assertRaises(ValidationError):
            self.plan["Carry"].service_id = self._service("Other")

    def test_copied_plan_keeps_its_order(self):
        self.plan["Order"].write(
            {"on_failure": "branch", "failure_task_ids": self.plan["Account"].ids}
        )
        tasks = self.service.plan_task_ids
        other = self._service("Copy")
        copies = tasks.copy({"service_id": other.id})
        tasks._copy_network(copies)
        order, account, install, _carry = copies
        self.assertEqual(other.plan_task_ids, copies)
        self.assertEqual(
            (order.on_failure, order.failure_task_ids), ("branch", account)
        )
        self.assertEqual(install.predecessor_ids, order | account)
        self.assertEqual(order.check_ids.mapped("name"), ["Price asked"])

    # ------------------------------------------------------------------
    # Tasks made by hand
    # ------------------------------------------------------------------

    def test_task_made_by_hand_waits_too(self):
        ticket = self._planned().with_user(self.agent)
        order = self._task(ticket, "Order")
        task = self.Task.with_user(self.agent).create(
            {
                "name": "More",
                "ticket_id": ticket.id,
                "predecessor_ids": [Command.set(order.ids)],
            }
        )
        self.assertEqual((task.state, task.ready_at), ("waiting", False))
        self._finish(ticket, "Order")
        self.assertEqual(task.state, "todo")
        task.predecessor_ids = self._task(ticket, "Install")
        self.assertEqual(task.state, "waiting")
        task.predecessor_ids = False
        self.assertEqual(task.state, "todo")

    def test_task_waits_for_no_task_of_another_ticket(self):
        ticket, other = self._planned(2)
        with self.assertRaises(ValidationError):
            self._task(ticket, "Install").predecessor_ids = self._task(other, "Order")

    # ------------------------------------------------------------------
    # Cost
    # ------------------------------------------------------------------

    def test_many_tickets_cost_few_queries(self):
        few = self._planned(5, answers={"new_staff": True}, begin=False)
        many = self._planned(50, answers={"new_staff": True}, begin=False)
        counts = []
        for tickets in (few, many):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            tickets._plan_advance()
            self.env.flush_all()
            counts.append(self.cr.sql_log_count - before)
        self.assertEqual(self._states(many[-1])["Order"], "todo")
        # Constraints are checked in batches and rows are inserted by hundreds, so a
        # handful more is no query for each ticket.
        self.assertLess(counts[1], counts[0] + 15, counts)

    def test_making_many_plans_costs_few_queries(self):
        counts = []
        for count in (5, 50):
            self.env.flush_all()
            before = self.cr.sql_log_count
            tickets = self._planned(count, begin=False)
            self.env.flush_all()
            made = self.cr.sql_log_count
            bare = self.Ticket.create(
                [self._ticket_vals(type="incident") for _number in range(count)]
            )
            self.env.flush_all()
            self.assertEqual(len(bare), len(tickets))
            counts.append(made - before - (self.cr.sql_log_count - made))
        self.assertLess(counts[1], counts[0] + 25, counts)

    # ------------------------------------------------------------------
    # Helpers
    # ------------------------------------------------------------------

    def _finish(self, ticket, name):
        task = self._task(ticket, name).sudo(False).with_user(self.agent)
        task.check_ids.is_done = True
        task.action_done()

    def _answering(self, **answers):
        return patch.object(type(self.Ticket), "_answers_raw", lambda _ticket: answers)
