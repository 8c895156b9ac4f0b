from odoo import fields
from odoo.exceptions import UserError, ValidationError
from odoo.tests import Form, freeze_time

from .common import WORKDAY, ItsmCase


class TestRegistering(ItsmCase):
    """How a ticket begins: number, people, desk, team."""

    def test_number_for_each_type(self):
        prefixes = {
            "incident": "INC",
            "request": "REQ",
            "inquiry": "INQ",
            "complaint": "CMP",
        }
        tickets = self.Ticket.create(
            [self._ticket_vals(type=kind) for kind in prefixes for _twice in range(2)]
        )
        for ticket in tickets:
            self.assertTrue(ticket.number.startswith(prefixes[ticket.type]))
        self.assertEqual(len(set(tickets.mapped("number"))), 8)

    def test_number_of_a_company_sequence(self):
        self.env["ir.sequence"].create(
            {
                "name": "Ours",
                "code": "itsm.ticket.incident",
                "prefix": "OURS",
                "implementation": "no_gap",
                "company_id": self.company.id,
            }
        )
        tickets = self.Ticket.create([self._ticket_vals() for _twice in range(2)])
        self.assertEqual(tickets.mapped("number"), ["OURS1", "OURS2"])

    def test_number_without_a_sequence(self):
        self.env["ir.sequence"].search(
            [("code", "=", "itsm.ticket.complaint")]
        ).unlink()
        with self.assertRaises(UserError):
            self._create_ticket(type="complaint")

    def test_people(self):
        ticket = self._create_ticket(partner_id=self.portal.partner_id.id)
        self.assertEqual(ticket.requested_for_id, self.portal.partner_id)
        self.assertEqual(ticket.employee_id, self.employee_portal)
        self.assertEqual(ticket.department_id, self.department)
        self.assertIn("portal@staff.example.com", ticket.email_from)
        other = self.env["hr.department"].create({"name": "Pharmacy"})
        self._make_employee(self.auditor, other)
        ticket.with_user(self.agent).requested_for_id = self.auditor.partner_id
        self.assertEqual(ticket.partner_id, self.portal.partner_id)
        self.assertEqual(ticket.department_id, other)

    def test_requester_who_is_no_employee(self):
        guest = self.env["res.partner"].create({"name": "Guest"})
        ticket = self._create_ticket(partner_id=guest.id)
        self.assertFalse(ticket.employee_id)
        self.assertFalse(ticket.department_id)

    def test_agent_reads_employee_and_department_without_hr_rights(self):
        ticket = self._create_ticket()
        ticket = self._as(self.agent)["itsm.ticket"].browse(ticket.id)
        values = ticket.read(["employee_id", "department_id"])[0]
        self.assertEqual(values["department_id"][0], self.department.id)

    @freeze_time(WORKDAY)
    def test_dates_and_defaults(self):
        ticket = self._create_ticket()
        self.assertEqual(ticket.opened_at, fields.Datetime.now())
        self.assertEqual(ticket.team_id, self.team1)
        self.assertEqual(ticket.state, "new")
        self.assertFalse(ticket.first_response_at)
        held = self._create_ticket(user_id=self.agent.id)
        self.assertEqual(held.state, "in_progress")

    def test_category_names_the_team(self):
        category = self.env["itsm.category"].create(
            {"name": "Network", "team_id": self.team2.id}
        )
        ticket = self._create_ticket(category_id=category.id)
        self.assertEqual(ticket.team_id, self.team2)
        # A team of another desk is no answer.
        category.team_id = self.team_other
        ticket = self._create_ticket(category_id=category.id)
        self.assertEqual(ticket.team_id, self.team1)

    def test_form_of_an_agent(self):
        """The web client sends empty values for what nobody filled in."""
        with Form(self.Ticket.with_user(self.agent)) as form:
            form.name = "Called: no network"
            form.partner_id = self.requester.partner_id
        ticket = form.record
        self.assertEqual(ticket.desk_id, self.desk)
        self.assertEqual(ticket.team_id, self.team1)
        self.assertEqual(ticket.state, "new")
        self.assertEqual(ticket.department_id, self.department)

    def test_form_of_an_agent_for_another_desk(self):
        with Form(self.Ticket.with_user(self.agent)) as form:
            form.name = "The door does not close"
            form.desk_id = self.desk_other
        self.assertEqual(form.record.team_id, self.team_other)

    def test_empty_values(self):
        ticket = self.Ticket.with_user(self.agent).create(
            self._ticket_vals(stage_id=False, team_id=False, user_id=False)
        )
        self.assertEqual(ticket.team_id, self.team1)
        self.assertEqual(ticket.state, "new")

    def test_no_desk(self):
        with self.assertRaises(UserError):
            self._create_ticket(desk_id=False)

    def test_team_of_another_desk(self):
        with self.assertRaises(ValidationError):
            self._create_ticket(team_id=self.team_other.id)
