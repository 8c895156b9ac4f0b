from lxml import html

from odoo.tests import JsonRpcException, tagged
from odoo.tools import mute_logger

from .portal_common import PortalCase


@tagged("post_install", "-at_install")
class TestPortalAccess(PortalCase):
    """Who opens what: each route, each kind of user."""

    def setUp(self):
        super().setUp()
        self.ticket = self._create_ticket(
            partner_id=self.portal.partner_id.id, name="Confidential matter"
        )
        self.ticket._portal_ensure_token()
        self.env.flush_all()

    def test_visitors_are_sent_to_the_login(self):
        self._login(None)
        for url in (
            "/my/tickets",
            "/my/tickets/page/2",
            "/my/tickets/new",
            "/my/tickets/sent/" + "0" * 32,
        ):
            with self.subTest(url):
                response = self._get(url)
                self.assertEqual(response.status_code, 303)
                self.assertIn("/web/login", response.headers["Location"])

    def test_a_visitor_learns_nothing_from_a_ticket_number(self):
        """A ticket that exists and one that does not look the same."""
        self._login(None)
        there = self._get(f"/my/tickets/{self.ticket.id}")
        not_there = self._get("/my/tickets/999999999")
        self.assertTrue(self._is_hidden(there))
        self.assertEqual(there.status_code, not_there.status_code)
        self.assertEqual(there.headers["Location"], not_there.headers["Location"])

    def test_other_users_learn_nothing_from_a_ticket_number(self):
        for user in (self.colleague, self.stranger, self.foreigner):
            self._login(user)
            for ticket_id in (self.ticket.id, 999999999, 0, 2**31, 10**30):
                with self.subTest(user.name, ticket_id=ticket_id):
                    self.assertTrue(
                        self._is_hidden(self._get(f"/my/tickets/{ticket_id}"))
                    )

    def test_who_opens_the_page(self):
        for user in (self.portal, self.agent, self.auditor, self.admin):
            with self.subTest(user.name):
                self._login(user)
                self._page(f"/my/tickets/{self.ticket.id}")

    def test_right_and_wrong_tokens(self):
        url = f"/my/tickets/{self.ticket.id}?access_token="
        other = self._create_ticket()
        for user in (None, self.stranger):
            self._login(user)
            self.assertIn(
                "Confidential", self._get(url + self.ticket.access_token).text
            )
            for token in ("", "x", other._portal_ensure_token(), "é"):
                with self.subTest(token=token):
                    self.assertTrue(self._is_hidden(self._get(url + token)))

    def test_a_ticket_without_token_is_opened_by_none(self):
        self.ticket.access_token = False
        self.env.flush_all()
        self._login(None)
        for token in ("", "False", "None"):
            url = f"/my/tickets/{self.ticket.id}?access_token={token}"
            self.assertTrue(self._is_hidden(self._get(url)))

    def test_the_link_alone_offers_no_buttons_and_no_relatives(self):
        child = self._in_state(
            "resolved", parent_id=self.ticket.id, partner_id=self.portal.partner_id.id
        )
        self.ticket.resolve("solved", "Done.")
        self.env.flush_all()
        self._login(None)
        url = f"/my/tickets/{self.ticket.id}?access_token={self.ticket.access_token}"
        tree = self._page(url)
        self.assertFalse(tree.xpath("//form[contains(@action, '/my/tickets/')]"))
        self.assertNotIn(child.number, html.tostring(tree).decode())

    def test_verbs_need_the_requester(self):
        """Nobody else confirms, reopens or cancels here: not even with the link."""
        self.ticket.resolve("solved", "Done.")
        self.env.flush_all()
        token = self.ticket.access_token
        for user in (None, self.colleague, self.stranger, self.agent, self.auditor):
            self._login(user)
            for verb in ("confirm", "reopen", "cancel"):
                with self.subTest(user and user.name, verb=verb):
                    self._post(
                        f"/my/tickets/{self.ticket.id}/{verb}?access_token={token}",
                        {"reason": "Because.", "access_token": token},
                    )
                    self.env.invalidate_all()
                    self.assertEqual(self.ticket.state, "resolved")

    def test_a_link_cannot_put_words_on_the_page(self):
        """What a link says besides is not shown, and breaks nothing."""
        self._login(self.portal)
        names = ("problem", "reason", "notice", "by_token", "ticket", "error", "done")
        query = "&".join(f"{name}=EvilWords" for name in names)
        response = self._get(f"/my/tickets/{self.ticket.id}?{query}")
        self.assertEqual(response.status_code, 200)
        # The switch of languages repeats the address in its links.
        words = html.fromstring(response.text).xpath("//main")[0].text_content()
        self.assertIn(self.ticket.name, words)
        self.assertNotIn("EvilWords", words)

    def test_verbs_by_get_do_nothing(self):
        self.ticket.resolve("solved", "Done.")
        self._login(self.portal)
        with mute_logger("odoo.http"):
            response = self._get(f"/my/tickets/{self.ticket.id}/confirm")
        self.assertIn(response.status_code, (404, 405))
        self.assertEqual(self.ticket.state, "resolved")

    @mute_logger("odoo.http")
    def test_forms_of_other_sites_are_refused(self):
        """Without the session's token (CSRF) no form has an effect."""
        self.ticket.resolve("solved", "Done.")
        self._login(self.portal)
        count = self.Ticket.search_count([])
        response = self._post("/my/tickets/new", self._form(), csrf=False)
        self.assertEqual(response.status_code, 400)
        for verb in ("confirm", "reopen", "cancel"):
            url = f"/my/tickets/{self.ticket.id}/{verb}"
            response = self._post(url, {"reason": "x"}, csrf=False)
            self.assertEqual(response.status_code, 400)
        self.env.invalidate_all()
        self.assertEqual(self.ticket.state, "resolved")
        self.assertEqual(self.Ticket.search_count([]), count)

    def test_people_are_found_with_a_login_only(self):
        self._login(None)
        with self.assertRaises(JsonRpcException), mute_logger("odoo.http"):
            self.make_jsonrpc_request("/my/tickets/new/people", {"term": "carl"})


@tagged("post_install", "-at_install")
class TestPortalHostileForms(PortalCase):
    """What a client sends besides the form, or instead of it."""

    def setUp(self):
        super().setUp()
        self._login(self.portal)

    def test_fields_that_the_form_does_not_have_are_ignored(self):
        _response, ticket = self._send(
            state="closed",
            stage_id=str(self.env.ref("itsm_helpdesk.stage_closed").id),
            number="INC-1",
            user_id=str(self.agent.id),
            team_id=str(self.team3.id),
            partner_id=str(self.colleague.partner_id.id),
            requested_for_id=str(self.colleague.partner_id.id),
            priority="1",
            priority_override="1",
            priority_override_reason="me",
            is_major="1",
            opened_at="2001-01-01 00:00:00",
            create_uid=str(self.admin.id),
            access_token="known",
            channel_id="1",
            parent_id="1",
            company_id=str(self.branch.id),
        )
        self.assertEqual((ticket.state, ticket.team_id), ("new", self.team1))
        self.assertNotEqual(ticket.number, "INC-1")
        self.assertFalse(ticket.user_id | ticket.parent_id.user_id)
        self.assertEqual(ticket.partner_id, self.portal.partner_id)
        self.assertEqual(ticket.requested_for_id, self.portal.partner_id)
        self.assertFalse(ticket.priority_override or ticket.is_major)
        self.assertEqual(ticket.create_uid, self.portal)
        self.assertNotEqual(ticket.access_token, "known")
        self.assertEqual(ticket.company_id, self.company)
        self.assertGreater(ticket.opened_at.year, 2001)

    def test_desks_that_are_not_offered_are_refused(self):
        self.desk_other.portal_published = False
        archived = self._make_desk("gone-test", "Gone", active=False)
        for desk in self.desk_other | self.desk_branch | archived:
            with self.subTest(desk.name):
                response, ticket = self._send(desk_id=str(desk.id))
                self.assertFalse(ticket)
                self.assertIn("desk_id", response.text)

    def test_a_category_of_another_desk_is_refused(self):
        category = self.env["itsm.category"].create(
            {"name": "Heating", "desk_ids": self.desk_other.ids}
        )
        response, ticket = self._send(category_id=str(category.id))
        self.assertFalse(ticket)
        self.assertEqual(self._errors(response), {"category_id"})

    def test_a_person_of_another_company_is_refused(self):
        stranger = self.env["hr.employee"].create(
            {
                "name": "Far Away",
                "company_id": self.branch.id,
                "user_id": self.foreigner.id,
            }
        )
        self.env.flush_all()
        response, ticket = self._send(requested_for=str(stranger.id))
        self.assertFalse(ticket)
        self.assertEqual(self._errors(response), {"requested_for"})
        params = {"term": "far away"}
        self.assertFalse(self.make_jsonrpc_request("/my/tickets/new/people", params))

    def test_someone_who_left_is_refused(self):
        self.employee_colleague.active = False
        self.env.flush_all()
        response, ticket = self._send(requested_for=str(self.employee_colleague.id))
        self.assertFalse(ticket)
        self.assertEqual(self._errors(response), {"requested_for"})

    def test_markup_is_shown_as_text(self):
        script = "<script>alert(1)</script><img src=x onerror=alert(2)>"
        files = [
            ("attachments", (f"{script}.txt".replace("/", ""), b"x", "text/plain"))
        ]
        _response, ticket = self._send(
            files=files, name=f"Subject {script}", description=f"Body {script}"
        )
        self.assertTrue(ticket)
        for url in (
            f"/my/tickets/{ticket.id}",
            f"/my/tickets/{ticket.id}?done={script}",
            f"/my/tickets?search={script}",
            f"/my/tickets?filterby=all&scope={script}",
        ):
            with self.subTest(url):
                page = self._get(url).text
                self.assertNotIn("<script>alert", page)
                self.assertNotIn("<img src=x", page)
        response, _nothing = self._send(name=script, description="", type=script)
        self.assertNotIn("<script>alert", response.text)
        self.assertNotIn("<img src=x", response.text)

    def test_markup_in_a_description_that_came_otherwise_is_cleaned(self):
        ticket = self._create_ticket(
            partner_id=self.portal.partner_id.id,
            description="<p onclick='x()'>Hi<script>alert(1)</script></p>"
            "<a href='javascript:alert(2)'>a</a><iframe src='//evil'></iframe>",
        )
        page = self._get(f"/my/tickets/{ticket.id}").text
        for bad in ("alert(1)", "onclick=", "javascript:alert", "//evil"):
            self.assertNotIn(bad, page)


@tagged("post_install", "-at_install")
class TestPortalDepartment(PortalCase):
    """A requester sees the department's tickets where the desk says so."""

    def setUp(self):
        super().setUp()
        self.ticket = self._create_ticket(partner_id=self.requester.partner_id.id)

    def _sees(self, user):
        self._login(user)
        listed = self.ticket.number in self._get("/my/tickets?scope=both").text
        opened = self._get(f"/my/tickets/{self.ticket.id}").status_code == 200
        self.assertEqual(listed, opened, "list and page agree")
        return opened

    def test_each_scope(self):
        """The colleague has a login, Petra is staff by her work contact only."""
        expected = {
            "own": (False, False, False),
            "manager": (False, False, True),
            "department": (True, True, True),
        }
        for scope, sees in expected.items():
            self.desk.portal_scope = scope
            self.env.flush_all()
            with self.subTest(scope):
                people = (self.colleague, self.portal, self.head)
                self.assertEqual(tuple(map(self._sees, people)), sees)

    def test_other_departments_see_nothing(self):
        self.desk.portal_scope = "department"
        other = self.env["hr.department"].create({"name": "Surgery"})
        self.employee_colleague.department_id = other
        self.env.flush_all()
        self.assertFalse(self._sees(self.colleague))

    def test_colleagues_only_read(self):
        self.desk.portal_scope = "department"
        self.ticket.resolve("solved", "Done.")
        self._login(self.colleague)
        tree = self._page(f"/my/tickets/{self.ticket.id}")
        self.assertFalse(tree.xpath("//form[contains(@action, '/my/tickets/')]"))
        self._post(f"/my/tickets/{self.ticket.id}/confirm")
        self.env.invalidate_all()
        self.assertEqual(self.ticket.state, "resolved")

    def test_mine_and_department_are_told_apart(self):
        self.desk.portal_scope = "department"
        own = self._create_ticket(partner_id=self.colleague.partner_id.id)
        self._login(self.colleague)
        for scope, numbers in (
            ("mine", {own.number}),
            ("department", {self.ticket.number}),
            ("both", {own.number, self.ticket.number}),
        ):
            with self.subTest(scope):
                tree = self._page(f"/my/tickets?scope={scope}")
                found = tree.xpath("//li//*[contains(@class, 'o_itsm_number')]")
                self.assertEqual({n.text_content().strip() for n in found}, numbers)

    def test_the_choice_is_hidden_where_there_is_none(self):
        self._login(self.requester)
        tree = self._page("/my/tickets")
        self.assertFalse(tree.xpath("//a[contains(@href, 'scope=')]"))

    def test_agents_see_here_only_what_a_requester_would(self):
        own = self._create_ticket(partner_id=self.agent.partner_id.id)
        for user, mine in ((self.agent, own), (self.auditor, None), (self.admin, None)):
            with self.subTest(user.name):
                self._login(user)
                page = self._get("/my/tickets?filterby=all&scope=both").text
                self.assertNotIn(self.ticket.number, page)
                if mine:
                    self.assertIn(mine.number, page)
