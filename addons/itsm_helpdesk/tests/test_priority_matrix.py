from psycopg2 import IntegrityError

from odoo.exceptions import UserError, ValidationError
from odoo.tests import Form
from odoo.tools import mute_logger

from .common import ItsmCase

MATRIX = {
    ("1", "1"): "1",
    ("1", "2"): "2",
    ("1", "3"): "3",
    ("2", "1"): "2",
    ("2", "2"): "3",
    ("2", "3"): "4",
    ("3", "1"): "3",
    ("3", "2"): "4",
    ("3", "3"): "4",
}


class TestPriorityMatrix(ItsmCase):
    """Priority follows from impact and urgency by a matrix."""

    def _cell(self, impact, urgency, **vals):
        return self.env["itsm.priority.rule"].create(
            {"impact": impact, "urgency": urgency, **vals}
        )

    def _general(self, impact, urgency):
        return self.env.ref(f"itsm_helpdesk.priority_rule_{impact}_{urgency}")

    def test_all_cells(self):
        for (impact, urgency), priority in MATRIX.items():
            ticket = self._create_ticket(impact=impact, urgency=urgency)
            self.assertEqual(ticket.priority, priority, (impact, urgency))

    def test_follows_a_change(self):
        ticket = self._create_ticket().with_user(self.agent)
        ticket.write({"impact": "1", "urgency": "1"})
        self.assertEqual(ticket.priority, "1")

    def test_desk_has_its_own_cell(self):
        self._cell("2", "2", desk_id=self.desk_other.id, priority="1")
        self.assertEqual(self._create_ticket(desk_id=self.desk_other.id).priority, "1")
        ticket = self._create_ticket()
        self.assertEqual(ticket.priority, "3")
        ticket.desk_id = self.desk_other
        self.assertEqual(ticket.priority, "1", "another desk, another matrix")

    def test_editing_the_matrix(self):
        ticket = self._create_ticket()
        closed = self._in_state("closed")
        rule = self._general("2", "2")
        rule.priority = "2"
        self.assertEqual(self._create_ticket().priority, "2", "new tickets follow")
        self.assertEqual(ticket.priority, "3", "old ones do not by themselves")
        rule.action_apply_to_open_tickets()
        self.assertEqual(ticket.priority, "2")
        self.assertEqual(closed.priority, "3", "what has ended stays as it was")

    def test_override_needs_a_reason(self):
        ticket = self._create_ticket().with_user(self.agent)
        with self.assertRaises(ValidationError):
            ticket.priority_override = "1"
        ticket.write(
            {"priority_override": "1", "priority_override_reason": "The minister's"}
        )
        self.assertEqual(ticket.priority, "1")
        with self.assertRaises(ValidationError):
            ticket.priority_override_reason = "  "
        ticket.write({"priority_override": False})
        self.assertEqual(ticket.priority, "3")

    def test_override_survives_the_matrix(self):
        ticket = self._create_ticket(
            priority_override="1", priority_override_reason="Now"
        )
        ticket.impact = "3"
        self._general("3", "2").action_apply_to_open_tickets()
        self.assertEqual(ticket.priority, "1")

    def test_form_shows_it_while_typing(self):
        with Form(self.Ticket.with_user(self.agent)) as form:
            form.name = "Fire in the server room"
            form.impact = "1"
            form.urgency = "1"
            self.assertEqual(form.priority, "1")

    def test_general_matrix_stays_complete(self):
        rule = self._general("2", "2")
        with self.assertRaises(UserError):
            rule.unlink()
        with self.assertRaises(ValidationError):
            rule.desk_id = self.desk
        own = self._cell("2", "2", desk_id=self.desk.id, priority="1")
        own.unlink()
        self.assertEqual(self._create_ticket().priority, "3")

    def test_one_cell_only(self):
        with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError):
            self._cell("2", "2", priority="1")
