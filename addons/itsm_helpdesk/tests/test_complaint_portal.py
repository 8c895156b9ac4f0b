import uuid

from lxml import html

from odoo.tests import tagged

from .portal_common import PortalCase


@tagged("post_install", "-at_install")
class TestComplaintPortal(PortalCase):
    """“I want to complain” on the page of one's own ticket."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.ticket = cls._create_ticket(
            partner_id=cls.portal.partner_id.id, user_id=cls.agent.id
        )
        cls.url = f"/my/tickets/{cls.ticket.id}/complain"

    def _complaints(self):
        self.env.invalidate_all()
        return self.Ticket.search([("complaint_ticket_id", "=", self.ticket.id)])

    def _fill(self, **values):
        return {
            "about": "person",
            "text": "She <b>shouted</b> at me",
            "portal_key": uuid.uuid4().hex,
            **values,
        }

    def test_from_the_ticket_to_the_complaint(self):
        self._login(self.portal)
        page = self._page(f"/my/tickets/{self.ticket.id}")
        self.assertTrue(page.xpath(f"//a[@href='{self.url}']"))
        form = self._page(self.url)
        self.assertNotIn(self.agent.name, html.tostring(form).decode())
        self.assertTrue(form.xpath("//textarea[@name='text']"))
        self.assertEqual(len(form.xpath("//input[@name='about']")), 3)
        response = self._post(self.url, self._fill())
        complaint = self._complaints()
        self.assertEqual(
            response.headers["Location"].split("?")[0].split("/my/")[-1],
            f"tickets/{complaint.id}",
        )
        self.assertEqual(complaint.type, "complaint")
        self.assertEqual(complaint.desk_id, self.desk)
        self.assertEqual(complaint.partner_id, self.portal.partner_id)
        self.assertEqual(complaint.complaint_about_user_id, self.agent)
        self.assertEqual(complaint.user_id, self.manager)
        self.assertIn("&lt;b&gt;", complaint.description)
        self.assertEqual(self._get(f"/my/tickets/{complaint.id}").status_code, 200)
        # The ticket itself tells nobody.
        self.assertNotIn("omplain", "".join(self.ticket.message_ids.mapped("body")))

    def test_about_the_team(self):
        self._login(self.portal)
        self._post(self.url, self._fill(about="team"))
        complaint = self._complaints()
        self.assertEqual(complaint.complaint_about_team_id, self.ticket.team_id)
        self.assertIn(self.leader, complaint.complaint_barred_ids)

    def test_about_something_else(self):
        self._login(self.portal)
        self._post(self.url, self._fill(about="other"))
        self.assertFalse(self._complaints().complaint_barred_ids)

    def test_sent_twice(self):
        self._login(self.portal)
        values = self._fill()
        self._post(self.url, values)
        self._post(self.url, values)
        self._post(self.url, self._fill())
        self.assertEqual(len(self._complaints()), 1)
        complaint = self._complaints()
        self.assertIn(complaint.access_url, self._get(self.url).headers["Location"])

    def test_wrong_values(self):
        self._login(self.portal)
        for values in (
            {"text": " \u200b"},
            {"text": "x" * 20_001},
            {"about": "boss"},
            {"about": ""},
        ):
            with self.subTest(values=list(values)):
                response = self._post(self.url, self._fill(**values))
                self.assertEqual(self._errors(response), set(values))
        self.assertFalse(self._complaints())

    def test_what_a_rule_refuses(self):
        self._login(self.portal)
        for url in (self.url, "/my/complain"):
            with self.subTest(url=url):
                form = self._fill(text="Shouted", desk_id=str(self.desk.id))
                self._check_refusal_is_shown(url, form, "Shouted")

    def test_more_than_the_form_asks_is_left_out(self):
        self._login(self.portal)
        self._post(
            self.url,
            self._fill(
                complaint_about_user_id=str(self.manager.id),
                desk_id=str(self.desk_other.id),
                partner_id="1",
                priority_override="1",
            ),
        )
        complaint = self._complaints()
        self.assertEqual(complaint.complaint_about_user_id, self.agent)
        self.assertEqual(complaint.desk_id, self.desk)

    def test_not_theirs_to_complain(self):
        """Others, visitors, agents who read it, and those with the link."""
        token = self.ticket._portal_ensure_token()
        for user in (self.requester, self.agent, self.manager, self.stranger):
            self._login(user)
            for url in (self.url, f"{self.url}?access_token={token}"):
                with self.subTest(user=user.name, url=url):
                    self.assertTrue(self._is_hidden(self._get(url)))
                    self.assertTrue(self._is_hidden(self._post(url, self._fill())))
        self._login(None)
        self.assertIn("/web/login", self._get(self.url).headers["Location"])
        self.assertFalse(self._complaints())

    def test_hostile_ids(self):
        self._login(self.portal)
        for id_ in (0, 2**31, 2**70, 999_999_999):
            response = self._get(f"/my/tickets/{id_}/complain")
            self.assertTrue(self._is_hidden(response), id_)

    def test_without_the_forms_mark(self):
        self._login(self.portal)
        response = self._post(self.url, self._fill(), csrf=False)
        self.assertEqual(response.status_code, 400)
        self.assertFalse(self._complaints())

    def test_complaint_about_a_complaint(self):
        self._login(self.portal)
        self._post(self.url, self._fill())
        complaint = self._complaints()
        self.assertTrue(
            self._is_hidden(self._get(f"/my/tickets/{complaint.id}/complain"))
        )

    def test_accused_on_the_portal(self):
        """Anna as a requester: list, page, file and thread stay closed."""
        self._login(self.portal)
        self._post(self.url, self._fill())
        complaint = self._complaints()
        file = self._file(res_model="itsm.ticket", res_id=complaint.id)
        self._login(self.agent)
        self.assertTrue(self._is_hidden(self._get(f"/my/tickets/{complaint.id}")))
        listed = self._get("/my/tickets?filterby=all&scope=both&search=Complaint").text
        self.assertNotIn(complaint.number, listed)
        self.assertNotEqual(self._get(f"/web/content/{file.id}").status_code, 200)
        answer = self.url_open(
            "/mail/thread/messages",
            json={"params": {"thread_model": "itsm.ticket", "thread_id": complaint.id}},
        ).json()
        self.assertNotIn("shouted", str(answer))
        for payload in (
            {
                "fetch_params": [
                    [
                        "mail.thread",
                        {
                            "thread_model": "itsm.ticket",
                            "thread_id": complaint.id,
                            "request_list": ["followers", "attachments", "activities"],
                        },
                    ]
                ]
            },
        ):
            answer = self.url_open("/mail/data", json={"params": payload}).json()
            self.assertNotIn(complaint.name, str(answer))
            self.assertNotIn(file.name, str(answer))
            self.assertNotIn(self.manager.name, str(answer))

    def test_without_a_ticket(self):
        self._login(self.portal)
        page = self._page(f"/my/tickets/new?desk={self.desk.id}")
        self.assertFalse(page.xpath("//input[@name='type'][@value='complaint']"))
        [key] = page.xpath("//input[@name='portal_key']/@value")
        [way] = page.xpath("//a[starts-with(@href, '/my/complain?')]/@href")
        self.assertEqual(way, f"/my/complain?desk={self.desk.id}&key={key}")
        form = self._page(way)
        self.assertEqual(form.xpath("//input[@name='portal_key']/@value"), [key])
        [about] = form.xpath(f"//a[starts-with(@href, '{self.url}')]/@href")
        form = self._page(about)
        self.assertEqual(form.xpath("//input[@name='portal_key']/@value"), [key])
        person = self.env["hr.employee"].create(
            {"name": "Mona Manager", "user_id": self.manager.id}
        )
        values = {
            "desk_id": self.desk.id,
            "requested_for": person.id,
            "text": "He never <b>answers</b>",
            "portal_key": key,
        }
        for _twice in range(2):
            self._post("/my/complain", values)
        self.env.invalidate_all()
        complaint = self.Ticket.search([("portal_key", "=", values["portal_key"])])
        self.assertEqual(len(complaint), 1)
        self.assertEqual((complaint.type, complaint.desk_id), ("complaint", self.desk))
        self.assertEqual(complaint.complaint_about_user_id, self.manager)
        self.assertNotEqual(complaint.user_id, self.manager)
        mine = complaint.with_env(self._as(self.manager))
        self.assertFalse(mine.has_access("read"))
        self.assertFalse(complaint.with_env(self._as(self.agent)).has_access("read"))

    def test_without_a_ticket_wrong_values(self):
        self._login(self.portal)
        before = self.Ticket.search_count([("type", "=", "complaint")])
        for wrong in (
            {"text": " "},
            {"desk_id": "x"},
            {"desk_id": self.desk_branch.id},
            {"requested_for": "-1"},
            {"requested_for": "", "requested_for_name": "Somebody"},
        ):
            values = {"desk_id": self.desk.id, "text": "Slow", **wrong}
            with self.subTest(wrong=wrong):
                response = self._post("/my/complain", values)
                self.assertIn(b"itsm_errors", response.content)
        # The form for everything else takes no complaints.
        self._post("/my/tickets/new", {"type": "complaint", "name": "x"})
        now = self.Ticket.search_count([("type", "=", "complaint")])
        self.assertEqual(now, before)
