from datetime import timedelta

from odoo import fields
from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged

from .step_common import UPGRADE, StepCase


@tagged("post_install", "-at_install")
class TestChangeStepOwner(StepCase):
    """A task has one owner: a ticket, or a change."""

    def test_one_owner(self):
        change, ticket = self._change(), self.Ticket.create(self._ticket_vals())
        Task = self.env["itsm.task"]
        with self.assertRaises(ValidationError):
            Task.create({"name": "Nobody's"})
        with self.assertRaises(ValidationError):
            Task.create(
                {"name": "Both", "ticket_id": ticket.id, "change_id": change.id}
            )
        step = Task.create({"name": "Stop", "change_id": change.id})
        self.assertEqual(step.company_id, self.company)
        self.assertEqual(step.desk_id, self.team2.desk_id)

    def test_a_step_stays_with_its_change(self):
        change, other, ticket = (
            self._change(),
            self._change(),
            self.Ticket.create(self._ticket_vals()),
        )
        step = self._steps(change, {"name": "Stop"})["Stop"]
        for vals in (
            {"change_id": other.id},
            {"change_id": False, "ticket_id": ticket.id},
        ):
            with self.assertRaises(UserError):
                step.write(vals)

    def test_a_task_of_a_ticket_never_becomes_a_step(self):
        change = self._change()
        task = self.env["itsm.task"].create(
            {"name": "Task", "ticket_id": self.Ticket.create(self._ticket_vals()).id}
        )
        with self.assertRaises(ValidationError):
            task.change_id = change

    def test_steps_of_changes_leave_tickets_alone(self):
        ticket = self.Ticket.create(self._ticket_vals())
        task = self.env["itsm.task"].create({"name": "T", "ticket_id": ticket.id})
        self._begun(*UPGRADE)
        self.assertEqual(ticket.task_ids, task)
        self.assertEqual(task.state, "todo")

    def test_uninstalling_takes_the_steps_along(self):
        from ..hooks import _forget_steps

        change = self._begun(*UPGRADE)
        self._step(change, "Stop").action_start()
        task = self.env["itsm.task"].create(
            {"name": "T", "ticket_id": self.Ticket.create(self._ticket_vals()).id}
        )
        _forget_steps(self.env)
        self.assertFalse(change.step_ids.exists())
        self.assertTrue(task.exists())


@tagged("post_install", "-at_install")
class TestChangeStepOrder(StepCase):
    """One after the other, together, or after those that are named."""

    def test_one_after_the_other(self):
        change = self._begun({"name": "A"}, {"name": "B"}, {"name": "C"})
        self.assertEqual(
            self._states(change), {"A": "todo", "B": "waiting", "C": "waiting"}
        )
        self._step(change, "A").action_done()
        self.assertEqual(
            self._states(change), {"A": "done", "B": "todo", "C": "waiting"}
        )

    def test_at_the_same_time(self):
        change = self._begun(
            {"name": "A"}, {"name": "B", "is_parallel": True}, {"name": "C"}
        )
        self.assertEqual(
            self._states(change), {"A": "todo", "B": "todo", "C": "waiting"}
        )
        self._step(change, "A").action_done()
        self.assertEqual(self._states(change)["C"], "waiting")
        self._step(change, "B").action_done()
        self.assertEqual(self._states(change)["C"], "todo")

    def test_after_those_that_are_named(self):
        change = self._begun({"name": "A"}, {"name": "B"}, {"name": "C", "after": "A"})
        self._step(change, "A").action_done()
        self.assertEqual(self._states(change)["C"], "todo")

    def test_no_ring(self):
        change = self._change()
        steps = self._steps(change, {"name": "A"}, {"name": "B"})
        with self.assertRaises(ValidationError):
            steps["A"].predecessor_ids = steps["B"]

    def test_nothing_begins_before_the_change_does(self):
        change = self._change()
        steps = self._steps(change, {"name": "A"})
        self.assertEqual(steps["A"].state, "waiting")
        self.assertTrue(steps["A"].next_step)
        with self.assertRaises(UserError):
            steps["A"].with_user(self.implementer).action_start()

    def test_starting_the_change_begins_the_first_step(self):
        change = self._change()
        self._steps(change, {"name": "A"}, {"name": "B"})
        change._write_system({"state": "scheduled"})
        change.with_user(self.implementer).start()
        self.assertEqual(self._states(change), {"A": "todo", "B": "waiting"})

    def test_forward_steps_do_not_wait_for_the_back_out(self):
        change = self._change()
        steps = self._steps(
            change, {"name": "A"}, {"name": "B", "phase": "backout"}, {"name": "C"}
        )
        with self.assertRaises(ValidationError):
            steps["C"].predecessor_ids = steps["B"]

    def test_actual_times(self):
        change = self._begun({"name": "A"})
        step = self._step(change, "A")
        step.action_start()
        self.assertTrue(step.started_at)
        step.action_done()
        self.assertGreaterEqual(step.done_at, step.started_at)


@tagged("post_install", "-at_install")
class TestChangeStepTimes(StepCase):
    """Planned times follow the start of the change."""

    def test_laying_out(self):
        change = self._change()
        steps = self._steps(change, *UPGRADE)
        change.with_user(self.implementer).action_lay_out_steps()
        begins = [
            (step.planned_start - change.planned_start).total_seconds() / 60
            for step in change.step_ids
        ]
        self.assertEqual(begins, [0, 10, 70, 75, 90, 110])
        self.assertEqual(steps["Stop"].due_at, steps["Stop"].planned_end)

    def test_slipping_moves_all(self):
        change = self._change()
        self._steps(change, *UPGRADE)
        change.action_lay_out_steps()
        before = {step: step.planned_start for step in change.step_ids}
        delta = timedelta(days=1, minutes=30)
        change.write(
            {
                "planned_start": change.planned_start + delta,
                "planned_end": change.planned_end + delta,
            }
        )
        for step, start in before.items():
            self.assertEqual(step.planned_start, start + delta)
            self.assertEqual(
                step.planned_end, step.planned_start + timedelta(minutes=step.duration)
            )
            self.assertEqual(step.due_at, step.planned_end)

    def test_what_has_begun_is_not_moved(self):
        change = self._begun(*UPGRADE)
        change.step_ids._lay_out(change.planned_start)
        self._step(change, "Stop").action_start()
        start = change.planned_start
        change._slip(timedelta(hours=1))
        self.assertEqual(self._step(change, "Stop").planned_start, start)
        self.assertEqual(
            self._step(change, "Migrate").planned_start,
            start + timedelta(hours=1, minutes=10),
        )

    def test_first_date_lays_the_steps_out(self):
        change = self._change(planned_start=False, planned_end=False)
        self._steps(change, *UPGRADE)
        start = fields.Datetime.now().replace(microsecond=0) + timedelta(days=3)
        change.write(
            {"planned_start": start, "planned_end": start + timedelta(hours=3)}
        )
        self.assertEqual(change.step_ids[0].planned_start, start)
        self.assertEqual(change.decide_by, change.planned_end - timedelta(minutes=30))
        self.assertFalse(change.step_problem)

    def test_too_late_to_turn_back(self):
        change = self._change()
        self._steps(change, *UPGRADE)
        change.action_lay_out_steps()
        self.assertFalse(change.step_problem)
        change.planned_end = change.planned_start + timedelta(minutes=91)
        self.assertTrue(change.step_problem)

    def test_outside_the_window(self):
        change = self._change()
        self._steps(change, {"name": "Long one", "duration": 180})
        change.action_lay_out_steps()
        self.assertIn("Long one", change.step_problem)
