from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form
from odoo.tools import mute_logger

from .common import ItsmCase


class TestLocation(ItsmCase):
    """The tree of locations, who sees it, and the tickets in it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.Location = cls.env["itsm.location"]
        cls.site = cls._place("North", "site", code="N")
        cls.house = cls._place("House A", "building", cls.site)
        cls.ward = cls._place("Ward 3", "room", cls.house, code="N-A-3")

    @classmethod
    def _place(cls, name, kind, parent=None, **vals):
        return cls.Location.create(
            {
                "name": name,
                "kind": kind,
                "parent_id": parent.id if parent else False,
                "company_id": cls.company.id,
                **vals,
            }
        )

    def test_full_name_follows(self):
        self.assertEqual(self.ward.complete_name, "North / House A / Ward 3")
        self.site.name = "South"
        self.assertEqual(self.ward.complete_name, "South / House A / Ward 3")
        self.house.parent_id = False
        self.assertEqual(self.ward.display_name, "House A / Ward 3")

    def test_found_by_code_and_path(self):
        for term in ("N-A-3", "House A / Ward"):
            found = self.Location.name_search(term)
            self.assertEqual([each[0] for each in found], self.ward.ids)

    def test_not_inside_itself(self):
        with self.assertRaises(UserError):
            self.site.parent_id = self.ward

    def test_company_of_what_contains_it(self):
        with self.assertRaises(ValidationError):
            self.ward.company_id = self.branch
        self.site.company_id = False
        self.house.company_id = False
        self.ward.company_id = self.branch

    @mute_logger("odoo.sql_db")
    def test_code_once_for_each_company(self):
        self._place("Other", "site", code="N", company_id=self.branch.id)
        with self.assertRaises(IntegrityError), self.cr.savepoint():
            self._place("Another", "site", code="N")

    @mute_logger("odoo.sql_db")
    def test_what_contains_others_is_not_deleted(self):
        with self.assertRaises(IntegrityError), self.cr.savepoint():
            self.house.unlink()

    def test_each_company_sees_its_own_and_the_shared(self):
        shared = self._place("Shared", "site", company_id=False)
        for user, seen in ((self.portal, True), (self.foreigner, False)):
            Location = self.Location.with_user(user)
            found = Location.search([("id", "in", (self.ward | shared).ids)])
            self.assertEqual(found, (self.ward if seen else Location) | shared)
        with self.assertRaises(AccessError):
            self.ward.with_user(self.foreigner).read(["name"])

    def test_agents_say_where(self):
        ticket = self._create_ticket()
        form = Form(ticket.with_user(self.agent))
        form.location_id = self.ward.with_user(self.agent)
        form.save()
        self.assertEqual(ticket.location_id, self.ward)
        found = self.Ticket.with_user(self.agent).search(
            [("location_id", "child_of", self.site.id)]
        )
        self.assertEqual(found, ticket)

    def test_no_location_of_another_company(self):
        far = self._place("Far", "site", company_id=self.branch.id)
        ticket = self._create_ticket()
        with self.assertRaises(UserError):
            ticket.location_id = far

    def test_open_tickets_are_counted_at_any_depth(self):
        first, second = self._create_ticket(), self._create_ticket()
        first.location_id = self.ward
        second.location_id = self.house
        self._create_ticket().location_id = self._place("Elsewhere", "site")
        places = (self.site | self.house | self.ward).with_user(self.auditor)
        self.assertEqual([each.open_ticket_count for each in places], [2, 2, 1])
        second.with_user(self.agent).cancel("Asked twice")
        places.invalidate_recordset()
        self.assertEqual([each.open_ticket_count for each in places], [1, 1, 1])
        action = places[0].action_view_open_tickets()
        self.assertEqual(self.Ticket.search(action["domain"]), first)
