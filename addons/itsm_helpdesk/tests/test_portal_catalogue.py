from odoo.tests import tagged

from .portal_request_common import PortalRequestCase
from .request_common import question

UNKNOWN = 2**31 - 2


@tagged("post_install", "-at_install")
class TestPortalCatalogue(PortalRequestCase):
    """Browsing the services, and the page of one."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        Category = cls.env["itsm.service.category"]
        cls.devices = Category.create({"name": "Zebra devices", "icon": "fa-laptop"})
        cls.printers = Category.create(
            {"name": "Zebra printers", "parent_id": cls.devices.id}
        )
        cls.rooms = Category.create({"name": "Zebra rooms"})
        cls.laptop = cls._service(
            "Laptop zebra", [question("device")], category_id=cls.devices.id
        )
        cls.printer = cls._service("Printer zebra", category_id=cls.printers.id)
        cls.room = cls._service("Room zebra", category_id=cls.rooms.id)
        cls.draft = cls._service("Draft zebra", publish=False, category_id=cls.rooms.id)

    def setUp(self):
        super().setUp()
        self.hidden = self._hidden_service(category_id=self.rooms.id)
        self.env.flush_all()
        self._login(self.portal)

    def _cards(self, url):
        """Return the ids of the services on a page, in order."""
        links = self._page(url).xpath(
            "//a[contains(@class,'o_itsm_service_card')]/@href"
        )
        return [int(link.rsplit("/", 1)[1]) for link in links]

    def test_categories_with_those_below(self):
        expected = {
            self.devices: self.laptop | self.printer,
            self.printers: self.printer,
            self.rooms: self.room,
        }
        for category, services in expected.items():
            with self.subTest(category.name):
                cards = self._cards(f"/my/services?category={category.id}")
                self.assertEqual(set(cards), set(services.ids))

    def test_tree_counts_and_unfolds(self):
        def branches(url):
            nodes = self._page(url).xpath("//a[contains(@class,'o_itsm_branch')]")
            return {
                node.get("href"): node.xpath("string(.//small)").strip()
                for node in nodes
            }

        folded = branches("/my/services")
        below = f"/my/services?category={self.printers.id}"
        self.assertEqual(folded[f"/my/services?category={self.devices.id}"], "2")
        self.assertEqual(folded[f"/my/services?category={self.rooms.id}"], "1")
        self.assertNotIn(below, folded)
        unfolded = branches(f"/my/services?category={self.devices.id}")
        self.assertEqual(unfolded[below], "1")

    def test_search(self):
        found = self._cards("/my/services?search=zebra+printer")
        self.assertIn(self.printer.id, found)
        self.assertNotIn(self.hidden.id, self._cards("/my/services?search=hidden"))
        self.assertNotIn(self.draft.id, self._cards("/my/services?search=zebra"))
        narrowed = f"/my/services?search=zebra&category={self.rooms.id}"
        self.assertEqual(self._cards(narrowed), [self.room.id])

    def test_nothing_found_leads_to_people(self):
        tree = self._page("/my/services?search=qqqqqqq")
        empty = tree.xpath("//*[contains(@class,'o_itsm_empty')]//a/@href")
        self.assertEqual(empty, ["/my/tickets/new"])

    def test_old_or_invented_links(self):
        whole = self._cards("/my/services")
        for url in ("?category=x", f"?category={UNKNOWN}", "?search=%00", "?category="):
            with self.subTest(url):
                self.assertEqual(self._cards(f"/my/services{url}"), whole)
        self._page("/my/services/page/99")

    def test_pages(self):
        self.Service.create(
            [
                {
                    "name": f"Thing {index}",
                    "desk_id": self.desk.id,
                    "category_id": self.rooms.id,
                    "state": "published",
                }
                for index in range(30)
            ]
        )
        self.env.flush_all()
        first = self._cards(f"/my/services?category={self.rooms.id}")
        second = self._cards(f"/my/services/page/2?category={self.rooms.id}")
        self.assertEqual((len(first), len(second)), (24, 7))
        self.assertFalse(set(first) & set(second))

    def test_hidden_draft_and_unknown_are_alike(self):
        """Nobody finds out which services there are."""
        answers = set()
        for service_id in (self.hidden.id, self.draft.id, UNKNOWN, 0, 2**40):
            base = f"/my/services/{service_id}"
            for url in (base, f"{base}/request", f"{base}/request?test=1"):
                response = self._get(url)
                answers.add((response.status_code, response.headers.get("Location")))
            for url in (f"{base}/request", f"{base}/draft", f"{base}/favourite"):
                response = self._post(url, {"on": "1"})
                answers.add((response.status_code, response.headers.get("Location")))
        self.assertEqual(len(answers), 1, answers)
        self.assertTrue(next(iter(answers))[1].endswith("/my/services?gone=1"))
        mine = [("user_id", "=", self.portal.id)]
        self.assertFalse(self.env["itsm.request.draft"].search(mine))
        self.assertFalse(self.Ticket.search([("service_id", "=", self.hidden.id)]))

    def test_those_who_look_after_it_see_it_as_staff_would(self):
        for user in (self.agent, self.manager, self.admin, self.auditor):
            with self.subTest(user.name):
                self._login(user)
                self.assertNotIn(self.draft.id, self._cards("/my/services"))
                response = self._get(f"/my/services/{self.draft.id}")
                self.assertIn("gone", response.headers["Location"])

    def test_the_page_of_a_service(self):
        policy = self._approval_policy(self.head)
        policy.step_ids.line_ids.write(
            {"name": False, "approver_type": "department_manager"}
        )
        self.laptop.write(
            {
                "description": "A <b>computer</b>",
                "details": "<p>Quick<script>x()</script></p>",
                "included": "Bag <i>too</i>",
                "excluded": "Mouse",
                "cost": 850,
                "cost_note": "per year",
                "approval_policy_id": policy.id,
            }
        )
        self.laptop.action_publish()
        self.env.flush_all()
        tree = self._page(f"/my/services/{self.laptop.id}")
        text = self._text(tree)
        for words in (
            "A <b>computer</b>",
            "Bag <i>too</i>",
            "Mouse",
            "850",
            "per year",
        ):
            self.assertIn(words, text)
        approvers = self.laptop.with_user(self.portal)._portal_approvers()
        self.assertEqual(len(approvers), 1)
        self.assertIn(approvers[0], text)
        self.assertNotIn(self.head.name, text)
        details = tree.xpath("//*[contains(@class,'o_itsm_description')]")[0]
        self.assertFalse(details.xpath(".//script"))
        links = tree.xpath("//a/@href")
        self.assertIn(f"/my/services/{self.laptop.id}/request", links)

    def test_same_as_last_time_after_the_first_time(self):
        def offers():
            links = self._page(f"/my/services/{self.laptop.id}").xpath("//a/@href")
            return [link for link in links if "like=" in link]

        self._submit(self.laptop, self.requester, device="theirs")
        self.assertFalse(offers())
        ticket = self._submit(self.laptop, device="mine")
        url = f"/my/services/{self.laptop.id}/request?like={ticket.id}"
        self.assertEqual(offers(), [url])

    def test_the_star(self):
        Favourite = self.env["itsm.service.favourite"]
        url = f"/my/services/{self.laptop.id}/favourite"

        def marked():
            self.env.invalidate_all()
            return Favourite.search([("service_id", "=", self.laptop.id)]).user_id

        self.assertEqual(self._post(url, {"on": "1"}, csrf=False).status_code, 400)
        self.assertFalse(marked())
        for _twice in range(2):
            self._post(url, {"on": "1"})
            self.assertEqual(marked(), self.portal)
        tree = self._page(f"/my/services/{self.laptop.id}")
        self.assertTrue(tree.xpath("//button[@aria-pressed='true']"))
        self._post(url, {"on": "0"})
        self.assertFalse(marked())
