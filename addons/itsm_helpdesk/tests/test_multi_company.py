from odoo.exceptions import AccessError, UserError
from odoo.fields import Command

from .common import GROUP, ItsmCase


class TestMultiCompany(ItsmCase):
    """Record rules keep companies apart."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.home = cls._create_ticket()
        cls.away = cls._create_ticket(desk_id=cls.desk_branch.id)
        cls.traveller = cls._make_user("traveller", "Tom", GROUP % "admin")
        cls.traveller.company_ids = cls.company | cls.branch
        cls.shared = cls._make_desk(
            "shared-test", "Shared", company_id=False, resource_calendar_id=False
        )

    def _see(self, user, companies=None):
        env = self._as(user)
        Ticket = env["itsm.ticket"].with_context(
            allowed_company_ids=(companies or user.company_ids).ids
        )
        return Ticket.search([("id", "in", (self.home | self.away).ids)])

    def test_company_of_a_ticket_is_the_desks(self):
        self.assertEqual(self.home.company_id, self.company)
        self.assertEqual(self.away.company_id, self.branch)
        self.home._write_system({"desk_id": self.desk_branch.id, "team_id": False})
        self.assertEqual(self.home.company_id, self.branch)

    def test_admin_of_one_company(self):
        self.assertEqual(self._see(self.admin), self.home)
        with self.assertRaises(AccessError):
            self.away.with_user(self.admin).read(["name"])
        self.assertEqual(self._see(self.auditor), self.home)

    def test_admin_of_both(self):
        self.assertEqual(self._see(self.traveller), self.home | self.away)
        self.assertEqual(self._see(self.traveller, self.branch), self.away)

    def test_agent_of_a_team_in_another_company(self):
        """To be in a team does not open another company's door."""
        self.team_branch.member_ids |= self.agent
        self.assertEqual(self._see(self.agent), self.home)

    def test_requester_of_another_company(self):
        """One sees what one asked for, in the companies one belongs to."""
        self.away.partner_id = self.requester.partner_id
        self.assertNotIn(self.away, self._see(self.requester))

    def test_desks_and_teams(self):
        desks = self._as(self.foreigner)["itsm.desk"].search([])
        self.assertIn(self.desk_branch, desks)
        self.assertIn(self.shared, desks)
        self.assertNotIn(self.desk, desks)
        teams = self._as(self.foreigner)["itsm.team"].search([])
        self.assertNotIn(self.team1, teams)

    def test_shared_desk_serves_all(self):
        tickets = [
            self._as(user)["itsm.ticket"].create(
                self._ticket_vals(desk_id=self.shared.id)
            )
            for user in (self.agent, self.foreigner)
        ]
        self.assertFalse(tickets[0].company_id)
        self.assertNotEqual(tickets[0].number, tickets[1].number)

    def test_no_ticket_at_a_desk_of_another_company(self):
        with self.assertRaises(AccessError):
            self._as(self.agent)["itsm.ticket"].create(
                self._ticket_vals(desk_id=self.desk_branch.id)
            )

    def test_ticket_is_not_sent_to_another_company(self):
        mine = self._as(self.agent)["itsm.ticket"].browse(self.home.id)
        with self.assertRaises(UserError):
            mine.write({"desk_id": self.desk_branch.id})
        with self.assertRaises(UserError):
            mine.escalate(self.team_branch.id, "Theirs")
        self.assertEqual(self.home.desk_id, self.desk)

    def test_default_desk_is_of_the_company(self):
        ticket = self._as(self.foreigner)["itsm.ticket"].create({"name": "No desk"})
        self.assertEqual(ticket.desk_id, self.desk_branch)

    def test_employee_of_the_current_company(self):
        """Who works in two companies is found in the one that asks."""
        abroad = self.env["hr.employee"].create(
            {
                "name": "Ria abroad",
                "user_id": self.requester.id,
                "company_id": self.branch.id,
            }
        )
        here = self._create_ticket()
        there = self.Ticket.with_company(self.branch).create(
            self._ticket_vals(desk_id=self.desk_branch.id)
        )
        self.assertEqual(here.employee_id, self.employee_requester)
        self.assertEqual(there.employee_id, abroad)

    def test_numbers_are_unique_in_a_company(self):
        self.env["ir.sequence"].create(
            [
                {
                    "name": company.name,
                    "code": "itsm.ticket.incident",
                    "prefix": "X",
                    "company_id": company.id,
                }
                for company in (self.company, self.branch)
            ]
        )
        here = self._create_ticket()
        there = self.Ticket.with_company(self.branch).create(
            self._ticket_vals(desk_id=self.desk_branch.id)
        )
        self.assertEqual(here.number, there.number, "each company counts for itself")

    def test_calendar_of_another_company(self):
        calendar = self.env["resource.calendar"].create(
            {"name": "Branch", "company_id": self.branch.id}
        )
        with self.assertRaises(UserError):
            self.desk.resource_calendar_id = calendar

    def test_user_loses_a_company(self):
        self.traveller.company_ids = [Command.set(self.company.ids)]
        self.assertEqual(self._see(self.traveller), self.home)
