import datetime

from odoo import fields
from odoo.fields import Command
from odoo.tests import tagged

from .portal_request_common import PortalRequestCase
from .request_common import question
from .test_portal import counted_queries


@tagged("post_install", "-at_install")
class TestPortalHome(PortalRequestCase):
    """The home of the staff: search, news, what waits, what is under way."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.laptop = cls._service("Laptop zebra", [question("device")])
        cls.badge = cls._service("Badge zebra")
        cls.partner = cls.portal.partner_id

    def setUp(self):
        super().setUp()
        self._login(self.portal)

    def _waits(self):
        """Return what waits for the user: (kind, link)."""
        waits = self._page("/my/desk").xpath("//a[contains(@class,'o_itsm_wait ')]")
        return {
            (a.get("class").rsplit("o_itsm_wait_", 1)[1], a.get("href")) for a in waits
        }

    def _tiles(self, heading):
        """Return the names of the services under a heading, in order."""
        tree = self._page("/my/desk")
        section = f"//section[@aria-labelledby='itsm_{heading}']"
        return [
            " ".join(node.text_content().split())
            for node in tree.xpath(f"{section}//*[contains(@class,'o_itsm_tile_text')]")
        ]

    def test_everybody_has_it_and_my_leads_there(self):
        for user in (self.portal, self.requester, self.agent, self.head):
            with self.subTest(user.name):
                self._login(user)
                self.assertIn("/my/desk", self._page("/my").xpath("//a/@href"))
                tree = self._page("/my/desk")
                self.assertTrue(tree.xpath("//input[@role='combobox']"))
                self.assertIn("/my/tickets/new", tree.xpath("//a/@href"))

    def test_visitors_sign_in_first(self):
        self._login(None)
        for url in ("/my/desk", "/my/services", f"/my/services/{self.laptop.id}"):
            self.assertIn("/web/login", self._get(url).headers["Location"])

    def test_what_waits_for_me(self):
        self.assertFalse(self._waits())
        asks = self._create_ticket(partner_id=self.partner.id)
        asks.set_pending("requester")
        solved = self._in_state("resolved", partner_id=self.partner.id)
        self._in_state("resolved")  # another's
        back = self._submit(self.laptop, device="X")
        back.with_user(self.agent).reopen_form("Which one?")
        self.env["itsm.request.draft"].create(
            {"user_id": self.portal.id, "service_id": self.badge.id, "values": {}}
        )
        self.env["itsm.request.draft"].create(
            {"user_id": self.requester.id, "service_id": self.laptop.id, "values": {}}
        )
        self.env.flush_all()
        self.assertEqual(
            self._waits(),
            {
                ("answer", f"/my/tickets/{asks.id}"),
                ("confirm", f"/my/tickets/{solved.id}"),
                ("form", f"/my/tickets/{back.id}/form"),
                ("draft", f"/my/services/{self.badge.id}/request"),
            },
        )

    def test_approvals_and_questions_wait(self):
        policy = self._approval_policy(self.head)
        service = self._service("Car", approval_policy_id=policy.id)
        ticket = self._submit(service)
        self._login(self.head)
        self.assertEqual(self._waits(), {("approval", "/my/approvals")})
        approval = ticket.approval_id
        approval.with_user(self.head).ask("What for?")
        self.env.flush_all()
        self._login(self.portal)
        self.assertEqual(self._waits(), {("question", f"/my/approvals/{approval.id}")})

    def test_favourites_and_often_used(self):
        rare = self._service("Rare zebra")
        hidden = self._hidden_service()
        for service, user, times in (
            (self.badge, self.requester, 3),
            (self.laptop, self.portal, 1),
            (hidden, self.requester, 4),
            (rare, self.stranger, 5),
        ):
            for _index in range(times):
                self._create_ticket(
                    service_id=service.id, partner_id=user.partner_id.id
                )
        self.env["itsm.service.favourite"].create(
            [
                {"user_id": self.portal.id, "service_id": rare.id},
                {"user_id": self.requester.id, "service_id": self.laptop.id},
            ]
        )
        self.env.flush_all()
        self.assertEqual(self._tiles("favourites"), [rare.name])
        # Own ones first, then the department's; not those of other departments.
        self.assertEqual(self._tiles("often"), [self.laptop.name, self.badge.name])

    def test_what_nobody_chose_is_not_often(self):
        """A part comes with the request for something else."""
        parent = self._create_ticket(
            service_id=self.laptop.id, partner_id=self.partner.id
        )
        part = self._create_ticket(service_id=self.badge.id, partner_id=self.partner.id)
        part._write_system({"parent_id": parent.id, "is_part": True})
        self.env.flush_all()
        self.assertEqual(self._tiles("often"), [self.laptop.name])

    def test_what_was_asked_long_ago_is_not_often(self):
        ticket = self._create_ticket(
            service_id=self.laptop.id, partner_id=self.partner.id
        )
        past = fields.Datetime.now() - datetime.timedelta(days=800)
        ticket._write_system({"opened_at": past})
        self.env.flush_all()
        self.assertFalse(self._tiles("often"))

    def test_news_that_is_in_force(self):
        now, day = fields.Datetime.now(), datetime.timedelta(days=1)
        self.desk_other.portal_published = False
        vals = {"date_from": now - day, "body": "<p>Sorry<script>x()</script></p>"}
        self.env["itsm.announcement"].create(
            [
                {**vals, "name": "News <b>one</b>", "kind": "info"},
                {**vals, "name": "News two", "kind": "disturbance"},
                {**vals, "name": "News over", "date_to": now - day / 2},
                {**vals, "name": "News to come", "date_from": now + day},
                {
                    **vals,
                    "name": "News of others",
                    "desk_ids": [Command.set(self.desk_other.ids)],
                },
            ]
        )._show()
        self.env.flush_all()
        tree = self._page("/my/desk")
        news = tree.xpath("//article[contains(@class,'o_itsm_news')]")
        found = [self._text(each.xpath(".//h2")[0]) for each in news]
        titles = [title for title in found if "News" in title]
        self.assertEqual(len(titles), 2)
        self.assertIn("News two", titles[0])
        self.assertIn("News <b>one</b>", titles[1])
        self.assertFalse(tree.xpath("//article//script"))

    def test_my_open_tickets_only(self):
        mine = [self._create_ticket(partner_id=self.partner.id) for _n in range(7)]
        self._in_state("closed", partner_id=self.partner.id)
        self._create_ticket()
        tree = self._page("/my/desk")
        cards = tree.xpath("//a[contains(@class,'o_itsm_ticket_card')]/@href")
        self.assertEqual(len(cards), 5)
        self.assertLessEqual(set(cards), {f"/my/tickets/{t.id}" for t in mine})
        self.assertIn("7", self._text(tree.xpath("//a[@href='/my/tickets']")[-1]))

    # ------------------------------------------------------------------
    # Suggestions
    # ------------------------------------------------------------------

    def _suggest(self, term):
        groups = self.make_jsonrpc_request("/my/services/suggest", {"term": term})
        return {g["key"]: [item["url"] for item in g["items"]] for g in groups}

    def test_suggestions_while_typing(self):
        hidden = self._hidden_service(keywords="zebra")
        mine = self._create_ticket(partner_id=self.partner.id, name="My zebra")
        other = self._create_ticket(name="Foreign zebra")
        self.env.flush_all()
        found = self._suggest("zebra")
        self.assertEqual(
            set(found["services"]),
            {f"/my/services/{s.id}" for s in (self.laptop, self.badge)},
        )
        self.assertNotIn(f"/my/services/{hidden.id}", found["services"])
        self.assertEqual(found["tickets"], [f"/my/tickets/{mine.id}"])
        self.assertFalse(self._suggest(other.number))
        self.assertEqual(set(self._suggest(mine.number)), {"tickets"})

    def test_suggestions_for_little_or_strange_terms(self):
        for term in ("", " ", "z", None, 5, ["zebra"], {"a": 1}, "%", "\\"):
            with self.subTest(term=term):
                self.assertEqual(self._suggest(term), {})

    def test_one_chinese_character_is_a_word(self):
        self.laptop.keywords = "电脑"
        self.laptop.action_publish()
        self.env.flush_all()
        self.assertIn("services", self._suggest("电"))

    def test_in_a_browser_by_keyboard(self):
        """From the search to a request: the scripts of the pages."""
        self.badge.action_retire()
        self.start_tour("/my/desk", "itsm_portal_catalogue", login=self.portal.login)
        ticket = self.Ticket.search([("service_id", "=", self.laptop.id)])
        self.assertEqual(ticket._answers_raw(), {"device": "X1"})
        favourites = self.laptop.with_user(self.portal)._portal_favourites()
        self.assertEqual(favourites, self.laptop)

    # ------------------------------------------------------------------
    # Cost
    # ------------------------------------------------------------------

    def test_queries_do_not_grow(self):
        """Two services and tickets or many cost the same."""
        category = self.env["itsm.service.category"].create({"name": "Things"})
        counts = []
        for total in (6, 20):
            for index in range(total):
                service = self.Service.create(
                    {
                        "name": f"Thing {total} {index}",
                        "desk_id": (self.desk, self.desk_other)[index % 2].id,
                        "category_id": category.id,
                        "state": "published",
                    }
                )
                self.env["itsm.service.favourite"].create(
                    {"user_id": self.portal.id, "service_id": service.id}
                )
                ticket = self._create_ticket(
                    partner_id=self.partner.id, service_id=service.id
                )
                if index % 2:
                    ticket.set_pending("requester")
            self._flush_tracking()
            self._get("/my/desk")  # fills the caches of templates
            self.env.invalidate_all()
            with counted_queries(self.env) as count:
                self.assertEqual(self._get("/my/desk").status_code, 200)
            counts.append(count[0])
        self.assertEqual(counts[0], counts[1])
        self.assertGreater(counts[0], 5, "the counter counts nothing")
