from unittest.mock import patch

from lxml import html

from odoo.tests import tagged
from odoo.tools import mute_logger

from .portal_common import PortalCase


@tagged("post_install", "-at_install")
class TestPortalNew(PortalCase):
    """Opening a ticket."""

    def setUp(self):
        super().setUp()
        # Only the desks of the tests, whatever the database holds besides.
        own = self.desk | self.desk_other | self.desk_branch
        (self.env["itsm.desk"].search([]) - own).portal_published = False
        self._login(self.portal)

    def test_choice_of_a_desk_and_skipping_it(self):
        links = self._page("/my/tickets/new").xpath("//a/@href")
        for desk in self.desk | self.desk_other:
            self.assertIn(f"/my/tickets/new?desk={desk.id}", links)
        self.assertNotIn(f"/my/tickets/new?desk={self.desk_branch.id}", links)
        self.desk_other.portal_published = False
        tree = self._page("/my/tickets/new")
        self.assertEqual(tree.get_element_by_id("itsm_name").get("value"), None)

    def test_without_a_desk_the_page_says_so(self):
        (self.desk | self.desk_other).portal_published = False
        tree = self._page("/my/tickets/new")
        self.assertTrue(tree.xpath("//*[@role='status']"))
        self.assertFalse(tree.xpath("//form[@id='itsm_ticket_form']"))

    def test_a_ticket_is_opened(self):
        category = self.env["itsm.category"].create({"name": "Scanners"})
        response, ticket = self._send(
            type="request",
            urgency="1",
            impact="2",
            phone="+49 (30) 123-4",
            category_id=str(category.id),
            description="Line one\nLine two",
        )
        self.assertEqual(response.status_code, 303)
        self.assertIn(
            f"/my/tickets/{ticket.id}?done=sent", response.headers["Location"]
        )
        self.assertEqual(ticket.partner_id, self.portal.partner_id)
        self.assertEqual(ticket.requested_for_id, self.portal.partner_id)
        self.assertEqual(ticket.create_uid, self.portal)
        self.assertEqual(ticket.channel_id.code, "portal")
        self.assertEqual((ticket.type, ticket.state), ("request", "new"))
        self.assertEqual((ticket.urgency, ticket.impact), ("1", "2"))
        self.assertEqual(ticket.category_id, category)
        self.assertEqual(ticket.phone, "+49 (30) 123-4")
        self.assertIn("Line one<br", ticket.description)
        self.assertEqual(ticket.department_id, self.department)
        self.assertIn(self.portal.partner_id, ticket.message_partner_ids)
        page = self._get(f"/my/tickets/{ticket.id}?done=sent").text
        self.assertIn(ticket.number, page)

    def test_the_requester_gets_a_mail_with_the_number(self):
        _response, ticket = self._send()
        self._flush_tracking()
        mails = self.env["mail.message"].search(
            [("model", "=", "itsm.ticket"), ("res_id", "=", ticket.id)]
        )
        received = mails.filtered(lambda m: ticket.number in (m.subject or ""))
        self.assertTrue(received)
        self.assertIn(self.portal.partner_id, received.notified_partner_ids)

    def test_employees_without_a_role_use_the_same_pages(self):
        self._login(self.requester)
        self._page("/my/tickets")
        response, ticket = self._send()
        self.assertEqual(response.status_code, 303)
        self.assertEqual(ticket.partner_id, self.requester.partner_id)
        self._page(f"/my/tickets/{ticket.id}")

    def test_wrong_values_are_named_and_what_was_typed_is_kept(self):
        cases = {
            "name": ({"name": "  "}, {"name": "x" * 201}),
            "description": ({"description": "\n "}, {"description": "x" * 20_001}),
            "type": ({"type": ""}, {"type": "major"}),
            "urgency": ({"urgency": "9"},),
            "impact": ({"impact": ""},),
            "phone": ({"phone": "call me"}, {"phone": "1" * 41}),
            "desk_id": ({"desk_id": "0"}, {"desk_id": ""}, {"desk_id": "9" * 30}),
            "category_id": ({"category_id": "x"}, {"category_id": "999999"}),
            "requested_for": (
                {"requested_for": "0"},
                {"requested_for": "²"},
                {"requested_for_name": "Somebody"},
            ),
        }
        for field, variants in cases.items():
            for values in variants:
                with self.subTest(field, values=values):
                    response, ticket = self._send(**{"phone": "12", **values})
                    self.assertFalse(ticket)
                    self.assertEqual(self._errors(response), {field})
                    if field != "name":
                        self.assertIn("Scanner jams", response.text)

    def test_all_wrong_fields_are_named_at_once(self):
        response, ticket = self._send(name="", description="", type="")
        self.assertFalse(ticket)
        self.assertEqual(self._errors(response), {"name", "description", "type"})
        tree = html.fromstring(response.text)
        self.assertEqual(
            tree.get_element_by_id("itsm_name").get("aria-invalid"), "true"
        )

    def test_what_a_rule_refuses(self):
        form = self._form()
        self._check_refusal_is_shown("/my/tickets/new", form, form["description"])

    def test_characters_that_no_database_takes(self):
        _response, ticket = self._send(
            name="A\x00b\ud83d\ude00"[:3], description="x\x00"
        )
        self.assertEqual(ticket.name, "Ab")

    def test_the_same_form_makes_one_ticket(self):
        """A double click, the back button and a reload lead to the same ticket."""
        form = self._form()
        first = self._post("/my/tickets/new", form)
        ticket = self.Ticket.search([], order="id desc", limit=1)
        second = self._post("/my/tickets/new", {**form, "name": "Changed"})
        self.assertEqual(second.status_code, 303)
        self.assertEqual(self.Ticket.search([], order="id desc", limit=1), ticket)
        self.assertIn(f"/{ticket.id}?", first.headers["Location"])
        lead = self._get(second.headers["Location"])
        self.assertIn(f"/my/tickets/{ticket.id}?", lead.headers["Location"])

    def test_two_requests_at_the_same_moment_make_one_ticket(self):
        """The unique key decides when neither request sees the other's ticket."""
        form = self._form()
        self._post("/my/tickets/new", form)
        count = self.Ticket.search_count([])
        blind = patch.object(
            type(self.Ticket), "_portal_sent", lambda self, key: self.browse()
        )
        with blind, mute_logger("odoo.sql_db"):
            response = self._post("/my/tickets/new", form)
        self.assertIn(form["portal_key"], response.headers["Location"])
        self.assertEqual(self.Ticket.search_count([]), count)

    def test_two_people_may_have_the_same_key(self):
        form = self._form()
        self._post("/my/tickets/new", form)
        self._login(self.requester)
        _response, ticket = self._send(portal_key=form["portal_key"])
        self.assertEqual(ticket.partner_id, self.requester.partner_id)
        lead = self._get(f"/my/tickets/sent/{form['portal_key']}")
        self.assertIn(f"/{ticket.id}?", lead.headers["Location"])

    def test_colleagues_are_found_by_name_without_addresses(self):
        find = self._find
        self.assertEqual([p["name"] for p in find("carl")], ["Carl Colleague"])
        self.assertEqual(set(find("carl")[0]), {"id", "name", "detail"})
        self.assertFalse(find("c"))
        self.assertFalse(find("%%%"))
        self.assertFalse(find("___"))
        self.assertFalse(find(None))
        self.assertFalse(find(["carl", "%"]))
        self.assertFalse(find("staff.example.com"))

    def _find(self, term):
        return self.make_jsonrpc_request("/my/tickets/new/people", {"term": term})

    def test_in_a_browser_for_a_colleague_and_back(self):
        """The form's scripts: choosing a colleague by keyboard, sending, cancelling."""
        url = f"/my/tickets/new?desk={self.desk.id}"
        self.start_tour(url, "itsm_portal_new_ticket", login=self.portal.login)
        ticket = self.Ticket.search([("create_uid", "=", self.portal.id)])
        self.assertEqual(ticket.requested_for_id, self.colleague.partner_id)
        self.assertEqual(ticket.state, "cancelled")

    def test_at_most_ten_colleagues_are_named(self):
        for index in range(12):
            partner = self.env["res.partner"].create({"name": f"Zoe {index}"})
            self.env["hr.employee"].create(
                {
                    "name": f"Zoe {index}",
                    "company_id": self.company.id,
                    "work_contact_id": partner.id,
                }
            )
        self.env.flush_all()
        self.assertEqual(len(self._find("zoe")), 10)

    def test_for_a_colleague(self):
        _response, ticket = self._send(requested_for=str(self.employee_colleague.id))
        self.assertEqual(ticket.partner_id, self.portal.partner_id)
        self.assertEqual(ticket.requested_for_id, self.colleague.partner_id)
        self._login(self.colleague)
        self._page(f"/my/tickets/{ticket.id}")

    def test_outsiders_find_and_name_nobody(self):
        """A portal user who is no employee learns no names."""
        self.employee_portal.work_contact_id = False
        self.env.flush_all()
        self.assertFalse(self._find("carl"))
        response, ticket = self._send(requested_for=str(self.employee_colleague.id))
        self.assertFalse(ticket)
        self.assertEqual(self._errors(response), {"requested_for"})
        tree = self._page(f"/my/tickets/new?desk={self.desk.id}")
        self.assertFalse(tree.xpath("//*[@id='itsm_requested_for']"))

    def test_categories_are_those_of_the_desk(self):
        Category = self.env["itsm.category"]
        parent = Category.create({"name": "Devices"})
        own = Category.create(
            {"name": "Own", "desk_ids": self.desk.ids, "parent_id": parent.id}
        )
        foreign = Category.create({"name": "Other", "desk_ids": self.desk_other.ids})
        tree = self._page(f"/my/tickets/new?desk={self.desk.id}")
        options = tree.xpath("//select[@name='category_id']/option")
        labels = {option.get("value"): option.text for option in options}
        self.assertEqual(labels[str(own.id)], "Devices / Own")
        self.assertNotIn(str(foreign.id), labels)
