from odoo.tests import tagged

from .portal_request_common import PortalRequestCase
from .request_common import question, when


@tagged("post_install", "-at_install")
class TestRequestPlace(PortalRequestCase):
    """Questions for a place are about the tree of locations; the ticket is there."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        Location = cls.env["itsm.location"]
        cls.house = Location.create({"name": "House A", "kind": "building"})
        cls.ward = Location.create({"name": "Ward 3", "parent_id": cls.house.id})
        cls.other = Location.create({"name": "Kitchen"})
        cls.foreign = Location.create(
            {"name": "Branch office", "company_id": cls.branch.id}
        )
        cls.service = cls._service(
            "Repair",
            [
                question("other", "boolean"),
                question("first", "location", shown_if=when("other", "equals", "true")),
                question(
                    "place",
                    "location",
                    default_kind="employee",
                    default_field="location",
                ),
            ],
        )

    def _definition(self, key):
        asked = self.service.version_id._definition()["questions"]
        return next(each for each in asked if each["key"] == key)

    def _request_form(self):
        service = self._as(self.portal)["itsm.service"].browse(self.service.id)
        return service._portal_form()

    def test_offered(self):
        Lookup = self._as(self.portal)["itsm.form.lookup"]
        found = Lookup._find(self._definition("place"), "ward")
        self.assertEqual(
            [(each["id"], each["name"]) for each in found],
            [(self.ward.id, "House A / Ward 3")],
        )
        found = Lookup._find(self._definition("place"), "branch")
        self.assertFalse(found, "places of other companies are not offered")

    def test_the_ticket_is_there(self):
        ticket = self._submit(self.service, place=str(self.ward.id))
        self.assertEqual(ticket.location_id, self.ward)
        self.assertEqual(ticket._answers_raw()["place"], self.ward.id)
        shown = {row["key"]: row["text"] for row in ticket._answers_shown()}
        self.assertEqual(shown["place"], "House A / Ward 3")

    def test_without_an_answer_it_is_nowhere(self):
        self.assertFalse(self._submit(self.service).location_id)

    def test_hidden_answers_say_nothing(self):
        ids = {"first": str(self.other.id), "place": str(self.ward.id)}
        ticket = self._submit(self.service, **ids)
        self.assertEqual(ticket.location_id, self.ward)
        ticket = self._submit(self.service, other="1", **ids)
        self.assertEqual(ticket.location_id, self.other)

    def test_place_of_another_company_is_not_taken(self):
        self._login(self.portal)
        response, ticket = self._request(self.service, q_place=str(self.foreign.id))
        self.assertFalse(ticket)
        self.assertEqual(response.status_code, 200)

    def test_where_the_employee_works_is_filled_in(self):
        work = self.env["hr.work.location"].create(
            {"name": "Ward", "address_id": self.company.partner_id.id}
        )
        employee_id = self.env["res.partner"]._itsm_employee_by_partner(
            self.portal.partner_id
        )[self.portal.partner_id.id]
        employee = self.env["hr.employee"].browse(employee_id)
        employee.work_location_id = work
        self.env.flush_all()
        self.assertNotIn("place", self._request_form()["raw"])
        self.ward.work_location_id = work
        self.assertEqual(str(self._request_form()["raw"]["place"]), str(self.ward.id))

    def test_corrected_with_the_form(self):
        ticket = self._submit(self.service, place=str(self.ward.id))
        ticket.with_user(self.agent).reopen_form("Which room?")
        own = ticket.with_user(self.portal)
        own._request_update({"place": str(self.other.id)})
        self.assertEqual(ticket.location_id, self.other)

    def test_what_an_agent_knows_better_stays(self):
        ticket = self._submit(self.service, place=str(self.ward.id))
        ticket.with_user(self.agent).location_id = self.house
        ticket.with_user(self.agent).reopen_form("Which room?")
        own = ticket.with_user(self.portal)
        own._request_update({"place": str(self.other.id)})
        self.assertEqual(ticket.location_id, self.house)
