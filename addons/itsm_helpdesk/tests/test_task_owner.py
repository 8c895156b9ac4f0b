from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged

from .plan_common import PlanCase


@tagged("post_install", "-at_install")
class TestTaskOwner(PlanCase):
    """A task belongs to one record, which says what may begin."""

    def test_a_task_has_an_owner(self):
        with self.assertRaises(ValidationError):
            self.Task.create({"name": "Nobody's"})
        task = self.Task.create({"name": "T", "ticket_id": self._planned().id})
        with self.assertRaises(ValidationError):
            task.ticket_id = False

    def test_owner(self):
        tickets = self._planned(2)
        tasks = self.Task.create(
            [{"name": "T", "ticket_id": ticket.id} for ticket in tickets]
        )
        self.assertEqual(tasks[0]._owner(), tickets[0])
        self.assertEqual(tasks._each_owner(), list(tickets))
        self.assertEqual(tickets._plan_own_tasks(), tasks)
        self.assertEqual(tasks.company_id, tickets.company_id)

    def test_an_ended_owner_gets_no_work(self):
        ticket = self._planned()
        ticket._write_system({"state": "closed"})
        with self.assertRaises(UserError):
            self.Task.create({"name": "T", "ticket_id": ticket.id})
