import datetime
from contextlib import contextmanager
from unittest.mock import patch

from lxml import html

from odoo import fields
from odoo.tests import tagged
from odoo.tools import mute_logger

from .portal_common import PortalCase


@contextmanager
def counted_queries(env):
    """Count the SQL queries of the requests inside, which share the test's cursor."""
    cursor_class, count = type(env.cr), [0]
    execute = cursor_class.execute

    def counting(self, *args, **kwargs):
        count[0] += 1
        return execute(self, *args, **kwargs)

    with patch.object(cursor_class, "execute", counting):
        yield count


@tagged("post_install", "-at_install")
class TestPortalList(PortalCase):
    """Home tile and list."""

    def setUp(self):
        super().setUp()
        self.partner = self.portal.partner_id

    def _rows(self, url):
        """Return the numbers of the tickets on a list page, in order."""
        tree = self._page(url)
        return [
            node.text_content().strip()
            for node in tree.xpath("//li//*[contains(@class, 'o_itsm_number')]")
        ]

    def _ticket(self, state="new", **vals):
        vals.setdefault("partner_id", self.partner.id)
        return self._in_state(state, **vals)

    def test_home_counts_own_open_and_waiting_tickets(self):
        """The tile counts what is open, the alert what waits for the user."""
        for state in ("new", "in_progress", "pending", "resolved", "closed"):
            self._ticket(state)
        self._create_ticket()  # somebody else's
        self._login(self.portal)
        counters = ["itsm_ticket_count", "itsm_ticket_waiting_count"]
        result = self.make_jsonrpc_request("/my/counters", {"counters": counters})
        self.assertEqual(result["itsm_ticket_count"], 3)
        self.assertEqual(result["itsm_ticket_waiting_count"], 2)

    def test_home_offers_tickets_and_new_ticket(self):
        self._login(self.portal)
        links = self._page("/my").xpath(
            "//*[contains(@class,'o_portal_docs')]//a/@href"
        )
        self.assertIn("/my/tickets", links)
        self.assertIn("/my/tickets/new", links)

    def test_list_shows_own_tickets_only(self):
        mine, other = self._ticket(), self._create_ticket()
        self._login(self.portal)
        rows = self._rows("/my/tickets?filterby=all")
        self.assertIn(mine.number, rows)
        self.assertNotIn(other.number, rows)

    def test_list_shows_tickets_that_are_for_the_user(self):
        ticket = self._create_ticket(requested_for_id=self.partner.id)
        self._login(self.portal)
        self.assertEqual(self._rows("/my/tickets"), [ticket.number])

    def test_filters_by_state(self):
        tickets = {
            state: self._ticket(state).number
            for state in ("new", "pending", "resolved", "closed", "cancelled")
        }
        self._login(self.portal)
        expected = {
            "open": {"new", "pending"},
            "waiting": {"pending", "resolved"},
            "resolved": {"resolved"},
            "closed": {"closed", "cancelled"},
            "all": set(tickets),
        }
        for name, states in expected.items():
            with self.subTest(name):
                self.assertEqual(
                    set(self._rows(f"/my/tickets?filterby={name}")),
                    {tickets[state] for state in states},
                )

    def test_search_in_number_subject_and_all(self):
        printer = self._ticket(name="Printer jams")
        phone = self._ticket(name="Telephone mute", description="<p>see printer</p>")
        self._login(self.portal)
        url = "/my/tickets?search_in=%s&search=%s"
        self.assertEqual(self._rows(url % ("subject", "printer")), [printer.number])
        self.assertEqual(self._rows(url % ("number", phone.number)), [phone.number])
        self.assertEqual(self._rows(url % ("number", "printer")), [])
        both = {printer.number, phone.number}
        self.assertEqual(set(self._rows(url % ("all", "printer"))), both)

    def test_sort_by_date_priority_status_and_update(self):
        moment = fields.Datetime.now() - datetime.timedelta(days=3)
        old = self._ticket("pending", impact="1", urgency="1")
        new = self._ticket(impact="3", urgency="3")
        old._write_system({"opened_at": moment})
        new._write_system({"requester_update_at": moment})
        self._login(self.portal)
        expected = {
            "date": [new, old],
            "priority": [old, new],
            "status": [new, old],
            "update": [old, new],
        }
        for name, order in expected.items():
            with self.subTest(name):
                self.assertEqual(
                    self._rows(f"/my/tickets?sortby={name}"),
                    [ticket.number for ticket in order],
                )

    def test_unknown_choices_fall_back_to_the_default(self):
        """An old or invented link shows the list, not an error."""
        ticket = self._ticket()
        self._login(self.portal)
        url = "/my/tickets?filterby=x&sortby=name;drop&groupby=y&scope=z&search_in=q"
        self.assertEqual(self._rows(url), [ticket.number])

    def test_groups_have_headings(self):
        self._ticket()
        self._ticket("in_progress")
        self._ticket(desk_id=self.desk_other.id)
        self._login(self.portal)
        headings = "//h2[contains(@class, 'h6')]"
        self.assertEqual(
            len(self._page("/my/tickets?groupby=status").xpath(headings)), 2
        )
        self.assertEqual(len(self._page("/my/tickets?groupby=desk").xpath(headings)), 2)

    def test_pages_have_twenty_rows_each(self):
        numbers = {self._ticket().number for _index in range(23)}
        self._login(self.portal)
        first, second = self._rows("/my/tickets"), self._rows("/my/tickets/page/2")
        self.assertEqual((len(first), len(second)), (20, 3))
        self.assertEqual({*first, *second}, numbers)
        self.assertEqual(self._rows("/my/tickets/page/99"), second)

    def test_empty_list_says_what_to_do(self):
        self._login(self.portal)
        tree = self._page("/my/tickets")
        self.assertTrue(tree.xpath("//*[contains(@class, 'o_itsm_empty')]//a"))

    def test_number_of_queries_does_not_grow_with_rows(self):
        """Three tickets or thirty of them cost the same (twenty are on a page)."""
        desks, states = (self.desk, self.desk_other), ("new", "pending")
        counts = []
        self._login(self.portal)
        for total in (3, 17):
            for index in range(total):
                self._ticket(states[index % 2], desk_id=desks[index % 2].id)
            self._flush_tracking()
            self._get("/my/tickets?filterby=all")  # fills the caches of templates
            self.env.invalidate_all()
            with counted_queries(self.env) as count:
                self.assertEqual(self._get("/my/tickets?filterby=all").status_code, 200)
            counts.append(count[0])
        self.assertEqual(counts[0], counts[1])
        self.assertGreater(counts[0], 5, "the counter counts nothing")


@tagged("post_install", "-at_install")
class TestPortalTicket(PortalCase):
    """The page of a ticket, and what its requester does there."""

    def setUp(self):
        super().setUp()
        self._login(self.portal)

    def _ticket(self, state="new", **vals):
        vals.setdefault("partner_id", self.portal.partner_id.id)
        return self._in_state(state, **vals)

    def _act(self, ticket, verb, **data):
        response = self._post(f"/my/tickets/{ticket.id}/{verb}", data)
        self.env.invalidate_all()
        return response

    def _buttons(self, ticket):
        """Return the verbs that the page of a ticket offers."""
        actions = self._page(f"/my/tickets/{ticket.id}").xpath("//form/@action")
        return {
            action.rsplit("/", 1)[1]
            for action in actions
            if action.startswith(f"/my/tickets/{ticket.id}/")
        }

    def test_each_state_has_its_page(self):
        """Steps, what happens next and the right buttons, in every state."""
        expected = {
            "new": (1, {"cancel"}),
            "approval": (1, {"cancel"}),
            "in_progress": (2, {"cancel"}),
            "pending": (2, {"cancel"}),
            "resolved": (3, {"confirm", "reopen"}),
            "closed": (4, {"reopen"}),
            "cancelled": (2, set()),
        }
        sentences = set()
        for state, (step, buttons) in expected.items():
            with self.subTest(state):
                ticket = self._ticket(state)
                tree = self._page(f"/my/tickets/{ticket.id}")
                steps = tree.xpath("//ol[contains(@class,'o_itsm_steps')]/li")
                current = [li.get("aria-current") for li in steps].index("step")
                self.assertEqual(current + 1, step)
                self.assertEqual(self._buttons(ticket), buttons)
                sentences.add(ticket.with_user(self.portal)._next_step_text())
        self.assertEqual(len(sentences), len(expected), "each state has its sentence")

    def test_next_step_names_reason_date_and_target(self):
        until = fields.Datetime.now() + datetime.timedelta(days=30)
        ticket = self._ticket()
        ticket.set_pending("date", until)
        reason = ticket.pending_reason_id.requester_text
        self.assertIn(reason, ticket.with_user(self.portal)._next_step_text())
        target = self._ticket()
        duplicate = self._ticket()
        duplicate.merge_into(target)
        text = duplicate.with_user(self.portal)._next_step_text()
        self.assertIn(target.number, text)
        hidden = self._create_ticket()
        duplicate2 = self._ticket()
        duplicate2.merge_into(hidden)
        text = duplicate2.with_user(self.portal)._next_step_text()
        self.assertNotIn(hidden.number, text)

    def test_confirm_closes(self):
        ticket = self._ticket("resolved")
        response = self._act(ticket, "confirm")
        self.assertEqual(response.status_code, 303)
        self.assertEqual(ticket.state, "closed")
        self.assertEqual(ticket.closure_code_id.code, "confirmed")

    def test_reopen_with_a_reason(self):
        ticket = self._ticket("resolved")
        self._act(ticket, "reopen", reason="Still <b>broken</b>")
        self.assertEqual(ticket.state, "in_progress")
        self.assertEqual(ticket.reopen_count, 1)
        message = ticket.message_ids.filtered(lambda m: "Still" in m.body)
        self.assertEqual(message.author_id, self.portal.partner_id)
        self.assertNotIn("<b>", message.body)

    def test_cancel_with_a_reason(self):
        ticket = self._ticket("in_progress")
        self._act(ticket, "cancel", reason="Found it.")
        self.assertEqual(ticket.state, "cancelled")

    def test_a_reason_is_needed_and_nothing_is_half_done(self):
        for state, verb in (("resolved", "reopen"), ("new", "cancel")):
            with self.subTest(verb):
                ticket = self._ticket(state)
                response = self._act(ticket, verb, reason="  ")
                self.assertEqual(response.status_code, 200)
                tree = html.fromstring(response.text)
                self.assertTrue(tree.xpath("//*[@role='alert']"))
                self.assertTrue(tree.xpath("//details[@open]"))
                self.assertEqual(ticket.state, state)

    def test_verbs_are_refused_in_other_states(self):
        allowed = {
            "confirm": {"resolved"},
            "reopen": {"resolved", "closed"},
            "cancel": {"new", "in_progress", "pending"},
        }
        for state in ("new", "in_progress", "pending", "resolved", "closed"):
            for verb, states in allowed.items():
                if state in states:
                    continue
                with self.subTest(state=state, verb=verb):
                    ticket = self._ticket(state)
                    response = self._act(ticket, verb, reason="Because.")
                    self.assertEqual(response.status_code, 200)
                    self.assertEqual(ticket.state, state)

    def test_a_ticket_closed_long_ago_stays_closed(self):
        ticket = self._ticket("closed")
        past = fields.Datetime.now() - datetime.timedelta(days=100)
        ticket._write_system({"closed_at": past})
        self.assertFalse(self._buttons(ticket))
        self._act(ticket, "reopen", reason="Again.")
        self.assertEqual(ticket.state, "closed")

    def test_open_work_refuses_the_cancellation_in_words(self):
        ticket = self._ticket()
        self._create_ticket(parent_id=ticket.id)
        response = self._act(ticket, "cancel", reason="Not needed.")
        self.assertEqual(response.status_code, 200)
        self.assertEqual(ticket.state, "new")
        self.assertFalse(ticket.message_ids.filtered(lambda m: "Not needed" in m.body))

    def test_answer_on_the_portal_resumes_a_waiting_ticket(self):
        ticket = self._ticket("pending")
        self.make_jsonrpc_request(
            "/mail/message/post",
            {
                "thread_model": "itsm.ticket",
                "thread_id": ticket.id,
                "post_data": {
                    "body": "The red one.",
                    "message_type": "comment",
                    "subtype_xmlid": "mail.mt_comment",
                },
            },
        )
        self.env.invalidate_all()
        self.assertEqual(ticket.state, "in_progress")
        message = ticket.message_ids.filtered(lambda m: "red one" in m.body)
        self.assertEqual(message.author_id, self.portal.partner_id)
        self.assertFalse(message.is_internal)

    def test_previous_and_next_follow_the_list_without_tokens(self):
        tickets = [self._ticket() for _index in range(3)]
        self._page("/my/tickets?sortby=date")
        response = self._get(f"/my/tickets/{tickets[1].id}")
        tree = html.fromstring(response.text)
        links = tree.xpath("//*[contains(@class,'record_pager')]//a/@href")
        self.assertEqual(
            links, [f"/my/tickets/{tickets[2].id}", f"/my/tickets/{tickets[0].id}"]
        )

    def test_relatives_are_shown_where_they_may_be_read(self):
        parent = self._ticket()
        other = self._create_ticket(name="Secret child", parent_id=parent.id)
        own = self._ticket(parent_id=parent.id)
        response = self._get(f"/my/tickets/{parent.id}")
        self.assertIn(own.number, response.text)
        self.assertNotIn(other.number, response.text)
        self.assertNotIn("Secret child", response.text)

    def test_last_update_ignores_internal_notes(self):
        ticket = self._ticket()
        past = fields.Datetime.now() - datetime.timedelta(days=3)
        ticket._write_system({"requester_update_at": past})
        as_agent = ticket.with_user(self.agent)
        as_agent.message_post(body="Hm.", subtype_xmlid="mail.mt_note")
        self.assertEqual(ticket.requester_update_at, past)
        as_agent.message_post(
            body="Hello.", message_type="comment", subtype_xmlid="mail.mt_comment"
        )
        self.assertGreater(ticket.requester_update_at, past)
        ticket._write_system({"requester_update_at": past})
        ticket.start()
        self.assertGreater(ticket.requester_update_at, past)

    def test_resolution_is_shown_once_it_is_solved(self):
        ticket = self._ticket("in_progress", resolution="Draft of a solution")
        self.assertNotIn("Draft of", self._get(f"/my/tickets/{ticket.id}").text)
        ticket.resolve("solved", "Toner <b>replaced</b>.")
        page = self._get(f"/my/tickets/{ticket.id}").text
        self.assertIn("Toner &lt;b&gt;replaced", page)


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
        self.assertEqual(set(find("carl")[0]), {"id", "name", "department"})
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
