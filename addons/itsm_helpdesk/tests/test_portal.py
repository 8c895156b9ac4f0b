import datetime
from contextlib import contextmanager
from unittest.mock import patch

from lxml import html

from odoo import fields
from odoo.tests import tagged

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
        self.assertEqual(result["itsm_ticket_count"], 4)
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
            "open": {"new", "pending", "resolved"},
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
            "resolved": (3, {"confirm", "reopen", "rate"}),
            "closed": (4, {"reopen", "rate"}),
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
