import io
import uuid

from lxml import html

from odoo.tests import tagged

from .portal_request_common import PortalRequestCase
from .request_common import question, when

PROGRAM = b"MZ\x90\x00" + b"\0" * 60


@tagged("post_install", "-at_install")
class TestPortalRequest(PortalRequestCase):
    """Asking for a service: the form, sending, keeping, correcting."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.service = cls._service(
            "Laptop zebra",
            [
                question("device", required=True),
                question("loan", "boolean"),
                question("until", "date", shown_if=when("loan", "equals", True)),
                question("photo", "file"),
            ],
            subject_pattern="{service}: {device}",
        )
        cls.url = f"/my/services/{cls.service.id}/request"

    def setUp(self):
        super().setUp()
        self._login(self.portal)

    def _value(self, tree, key):
        return tree.xpath(f"//*[@name='q_{key}']")[0].get("value") or ""

    def _drafts(self, user=None):
        self.env.invalidate_all()
        user = user or self.portal
        return self.env["itsm.request.draft"].search([("user_id", "=", user.id)])

    # ------------------------------------------------------------------
    # Sending
    # ------------------------------------------------------------------

    def test_a_request_is_sent_and_confirmed(self):
        self.service.confirmation = "We call you."
        self.service.action_publish()
        response, ticket = self._request(
            self.service, q_device="X1", portal_key=uuid.uuid4().hex
        )
        self.assertEqual(response.status_code, 303)
        self.assertEqual(ticket.name, "Laptop zebra: X1")
        self.assertEqual(ticket.partner_id, self.portal.partner_id)
        self.assertEqual(ticket.create_uid, self.portal)
        self.assertTrue(
            response.headers["Location"].endswith(
                f"/my/tickets/{ticket.id}?done=requested"
            )
        )
        tree = self._page(f"/my/tickets/{ticket.id}?done=requested")
        notice = self._text(tree.xpath("//*[@role='status']")[0])
        self.assertIn(ticket.number, notice)
        self.assertIn("We call you.", notice)

    def test_employees_with_a_login_ask_too(self):
        self._login(self.requester)
        _response, ticket = self._request(self.service, q_device="X1")
        self.assertEqual(ticket.partner_id, self.requester.partner_id)

    def test_wrong_answers_are_named_and_kept(self):
        response, ticket = self._request(
            self.service, q_device="", q_loan="on", q_until="never"
        )
        self.assertFalse(ticket)
        self.assertEqual(self._errors_at(response), {"q_device", "q_until"})
        tree = html.fromstring(response.text)
        ids = set(tree.xpath("//@id"))
        self.assertLessEqual({"q_device", "q_until"}, ids, "links lead somewhere")
        self.assertTrue(tree.xpath("//input[@name='q_loan'][@checked]"))

    def _errors_at(self, response):
        self.assertEqual(response.status_code, 200)
        links = html.fromstring(response.text).xpath("//*[@id='itsm_errors']//a/@href")
        return {link.removeprefix("#") for link in links}

    def test_without_a_token_nothing_is_sent(self):
        response, ticket = self._request(self.service, csrf=False, q_device="X1")
        self.assertEqual(response.status_code, 400)
        self.assertFalse(ticket)

    def test_the_same_form_makes_one_ticket(self):
        form = {"q_device": "X1", "portal_key": uuid.uuid4().hex}
        _first, ticket = self._request(self.service, **form)
        response, more = self._request(self.service, **form)
        self.assertFalse(more)
        self.assertIn(form["portal_key"], response.headers["Location"])
        lead = self._get(response.headers["Location"])
        self.assertIn(f"/my/tickets/{ticket.id}?", lead.headers["Location"])

    def test_hidden_and_foreign_answers_have_no_effect(self):
        _response, ticket = self._request(
            self.service,
            q_device="X1",
            q_until="2030-01-01",
            q_secret="x",
            state="closed",
            desk_id=str(self.desk_other.id),
            partner_id=str(self.requester.partner_id.id),
            name="Mine",
        )
        self.assertEqual(ticket._answers_raw(), {"device": "X1", "loan": False})
        self.assertEqual((ticket.state, ticket.desk_id), ("new", self.desk))
        self.assertEqual(ticket.partner_id, self.portal.partner_id)
        self.assertEqual(ticket.name, "Laptop zebra: X1")

    def test_html_in_answers_is_text(self):
        _response, ticket = self._request(self.service, q_device="<i>x</i><script>")
        tree = self._page(f"/my/tickets/{ticket.id}")
        answers = tree.xpath("//*[contains(@class,'o_itsm_answers')]")[0]
        self.assertIn("<i>x</i>", self._text(answers))
        self.assertFalse(answers.xpath(".//script|.//i[not(@class)]"))

    # ------------------------------------------------------------------
    # For somebody else
    # ------------------------------------------------------------------

    def test_for_a_colleague(self):
        self.assertTrue(self._page(self.url).xpath("//*[@id='itsm_requested_for']"))
        _response, ticket = self._request(
            self.service,
            q_device="X1",
            requested_for=str(self.employee_colleague.id),
        )
        self.assertEqual(ticket.requested_for_id, self.colleague.partner_id)

    def test_a_wrong_person_is_named_with_the_rest(self):
        for person in ({"requested_for": "0"}, {"requested_for_name": "Somebody"}):
            response, ticket = self._request(self.service, q_device="", **person)
            self.assertFalse(ticket)
            self.assertEqual(
                self._errors_at(response), {"itsm_requested_for", "q_device"}
            )

    def test_some_services_are_for_oneself(self):
        self.service.for_others = False
        self.assertFalse(self._page(self.url).xpath("//*[@id='itsm_requested_for']"))
        _response, ticket = self._request(
            self.service,
            q_device="X1",
            requested_for=str(self.employee_colleague.id),
        )
        self.assertEqual(ticket.requested_for_id, self.portal.partner_id)

    # ------------------------------------------------------------------
    # Files
    # ------------------------------------------------------------------

    def _with_file(self, name, content, kind="image/png"):
        files = [("q_photo", (name, io.BytesIO(content), kind))]
        return self._request(self.service, files, q_device="X1")

    def test_files_are_kept_and_shown(self):
        _response, ticket = self._with_file("note.txt", b"hello", "text/plain")
        tree = self._page(f"/my/tickets/{ticket.id}")
        links = tree.xpath("//*[contains(@class,'o_itsm_answers')]//a/@href")
        self.assertEqual(len(links), 1)
        self.assertEqual(self._get(links[0]).content, b"hello")

    def test_programs_empty_and_disguised_files_are_refused(self):
        for name, content in (
            ("a.exe", b"x"),
            ("photo.png", PROGRAM),
            ("gpj.exe\u202e.png", PROGRAM),
            ("empty.txt", b""),
        ):
            with self.subTest(name):
                response, ticket = self._with_file(name, content)
                self.assertFalse(ticket)
                self.assertEqual(self._errors_at(response), {"q_photo"})

    def test_files_of_no_question_are_left_out(self):
        files = [("q_device", ("a.txt", io.BytesIO(b"x"), "text/plain"))]
        _response, ticket = self._request(self.service, files, q_device="X1")
        self.assertFalse(ticket._portal_files(by_token=False))

    # ------------------------------------------------------------------
    # As last time, drafts
    # ------------------------------------------------------------------

    def test_as_last_time(self):
        mine = self._submit(self.service, device="mine", loan="on", until="2030-01-01")
        tree = self._page(f"{self.url}?like={mine.id}")
        self.assertEqual(self._value(tree, "device"), "mine")
        self.assertEqual(self._value(tree, "until"), "2030-01-01")
        self.assertIn(mine.number, self._text(tree))

    def test_foreign_requests_are_not_taken_over(self):
        theirs = self._submit(self.service, self.requester, device="theirs")
        other = self._submit(self._service("Other", [question("device")]), device="o")
        for like in (theirs.id, other.id, 2**31 - 2, "x", "-1", "9" * 30):
            with self.subTest(like=like):
                tree = self._page(f"{self.url}?like={like}")
                self.assertEqual(self._value(tree, "device"), "")
                self.assertNotIn(theirs.number, self._text(tree))

    def test_a_draft_is_kept_resumed_and_thrown_away(self):
        draft = f"/my/services/{self.service.id}/draft"
        files = [("q_photo", ("a.txt", io.BytesIO(b"x"), "text/plain"))]
        person = str(self.employee_colleague.id)
        data = {"q_device": "half", "q_other": "x", "requested_for": person}
        self._post(draft, data, files)
        self.assertEqual(self._drafts().values["device"], "half")
        self.assertEqual(set(self._drafts().values), {"device"})
        tree = self._page(self.url)
        self.assertEqual(self._value(tree, "device"), "half")
        chosen = tree.xpath("//input[@name='requested_for']/@value")
        self.assertEqual(chosen, [person])
        self.assertTrue(tree.xpath("//input[@name='discard']"))
        response = self._post(draft, {"q_device": "more", "quiet": "1"})
        self.assertEqual(response.json(), {"saved": True})
        self.assertEqual(self._drafts().values["device"], "more")
        self._post(draft, {"discard": "1"})
        self.assertFalse(self._drafts())
        self.assertEqual(self._value(self._page(self.url), "device"), "")

    def test_drafts_are_their_owners(self):
        self._post(f"/my/services/{self.service.id}/draft", {"q_device": "mine"})
        self._login(self.requester)
        self.assertEqual(self._value(self._page(self.url), "device"), "")
        self._post(f"/my/services/{self.service.id}/draft", {"discard": "1"})
        self.assertTrue(self._drafts())

    def test_a_draft_goes_when_it_is_sent(self):
        self._post(f"/my/services/{self.service.id}/draft", {"q_device": "mine"})
        self.assertTrue(self._drafts())
        self._request(self.service, q_device="X1")
        self.assertFalse(self._drafts())

    def test_what_is_saved_after_it_was_sent_is_no_draft(self):
        key = uuid.uuid4().hex
        self._request(self.service, q_device="X1", portal_key=key)
        draft = f"/my/services/{self.service.id}/draft"
        data = {"q_device": "X1", "quiet": "1", "portal_key": key}
        self.assertEqual(self._post(draft, data).json(), {"saved": True})
        self.assertFalse(self._drafts())

    def test_strange_drafts(self):
        draft = f"/my/services/{self.service.id}/draft"
        self._post(draft, {"q_device": "a\x00b" + "x" * 90_000})
        value = self._drafts().values["device"]
        self.assertTrue(value.startswith("ab"))
        self.assertLess(len(value), 30_000)
        self.assertEqual(self._post(draft, {}, csrf=False).status_code, 400)

    # ------------------------------------------------------------------
    # Test mode
    # ------------------------------------------------------------------

    def test_managers_try_the_working_copy(self):
        self.service.write({"question_ids": [question("extra", required=True)]})
        self.env.flush_all()
        self._login(self.manager)
        tree = self._page(f"{self.url}?test=1")
        self.assertTrue(tree.xpath("//*[@name='q_extra']"))
        self.assertFalse(self._page(self.url).xpath("//*[@name='q_extra']"))
        response, ticket = self._request(
            self.service, test=True, q_device="X1", q_extra="new"
        )
        self.assertEqual(response.status_code, 200)
        self.assertFalse(ticket)
        preview = html.fromstring(response.text).get_element_by_id("itsm_preview_box")
        self.assertIn("Laptop zebra: X1", self._text(preview))

    def test_who_tries_a_draft_comes_back_to_the_back_office(self):
        draft = self._service("Draft", [question("a")], publish=False)
        self.env.flush_all()
        self._login(self.manager)
        links = self._page(f"/my/services/{draft.id}/request?test=1").xpath("//a/@href")
        self.assertIn(f"/odoo/itsm-services/{draft.id}", links)
        self.assertNotIn(f"/my/services/{draft.id}", links)

    def test_others_do_not(self):
        for user in (self.portal, self.requester, self.agent, self.stranger):
            with self.subTest(user.name):
                self._login(user)
                response = self._get(f"{self.url}?test=1")
                self.assertIn("gone", response.headers["Location"])
                response, ticket = self._request(self.service, test=True, q_device="X1")
                self.assertIn("gone", response.headers["Location"])
                self.assertFalse(ticket)

    # ------------------------------------------------------------------
    # A form that came back
    # ------------------------------------------------------------------

    def _given_back(self):
        ticket = self._submit(self.service, device="X1")
        ticket.with_user(self.agent).reopen_form("Which <b>one</b>?")
        self.env.flush_all()
        return ticket

    def test_a_form_is_corrected(self):
        ticket = self._given_back()
        url = f"/my/tickets/{ticket.id}/form"
        self.assertIn(url, self._page(f"/my/tickets/{ticket.id}").xpath("//a/@href"))
        tree = self._page(url)
        self.assertIn("Which <b>one</b>?", self._text(tree))
        self.assertEqual(self._value(tree, "device"), "X1")
        response = self._post(url, {"q_device": ""})
        self.assertEqual(self._errors_at(response), {"q_device"})
        response = self._post(url, {"q_device": "X2"})
        self.env.invalidate_all()
        self.assertIn("done=corrected", response.headers["Location"])
        self.assertEqual(ticket._answers_raw()["device"], "X2")
        self.assertFalse(ticket.form_reopened_at)
        response = self._post(url, {"q_device": "X3"})
        self.assertTrue(response.headers["Location"].endswith(str(ticket.id)))
        self.env.invalidate_all()
        self.assertEqual(ticket._answers_raw()["device"], "X2")

    def test_foreign_forms_and_forms_that_are_not_open(self):
        ticket = self._given_back()
        url = f"/my/tickets/{ticket.id}/form"
        self.assertEqual(self._post(url, {}, csrf=False).status_code, 400)
        self.desk.portal_scope = "department"
        for user in (self.colleague, self.stranger, self.agent):
            with self.subTest(user.name):
                self._login(user)
                self.assertTrue(self._is_hidden(self._get(url)))
                self.assertTrue(self._is_hidden(self._post(url, {"q_device": "Y"})))
        self._login(self.portal)
        closed = self._submit(self.service, device="X1")
        response = self._get(f"/my/tickets/{closed.id}/form")
        self.assertTrue(response.headers["Location"].endswith(str(closed.id)))
        self.env.invalidate_all()
        self.assertEqual(ticket._answers_raw()["device"], "X1")
