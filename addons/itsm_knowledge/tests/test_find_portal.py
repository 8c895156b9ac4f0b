import uuid

from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.itsm_helpdesk.tests.portal_common import PortalCase

from .find_common import FindCase

PIXEL = (
    b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\1\0\0\0\1\x08\4\0\0\0\xb5\x1c\x0c\2\0\0\0\x0bIDAT"
    b"x\xdac\xfc\xff\x1f\0\3\3\2\0\xef\xbf\xa7\xdb\0\0\0\0IEND\xaeB`\x82"
)


@tagged("post_install", "-at_install")
class TestKnowledgePortal(FindCase, PortalCase):
    """Staff read and find articles on the portal; nobody reads what is not for them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.category = cls.env["itsm.article.category"].create({"name": "Printing"})
        cls.below = cls.env["itsm.article.category"].create(
            {"name": "Toner", "parent_id": cls.category.id}
        )
        cls.service = cls.env["itsm.service"].create(
            {"name": "New toner", "desk_id": cls.desk.id}
        )
        cls.service.action_publish()
        cls.article = cls._article(
            "Printer jams",
            summary="What to do with paper",
            category_id=cls.below.id,
            service_ids=cls.service.ids,
        )
        cls.hidden = {
            "agents": cls._article("Printer keys", audience="agents"),
            "team": cls._article(
                "Printer walls", audience="teams", team_ids=cls.team2.ids
            ),
            "foreign": cls._article("Printer branch", desk_id=cls.desk_branch.id),
            "draft": cls._article("Printer draft", published=False),
            "expired": cls._article("Printer gone"),
            "unpublished": cls._article("Printer kitchen", **cls._kitchen()),
        }
        cls.hidden["expired"].expire()
        cls.desk.portal_published = True

    @classmethod
    def _kitchen(cls):
        kitchen = cls.env["hr.department"].create({"name": "Kitchen"})
        return {"audience": "departments", "department_ids": kitchen.ids}

    def setUp(self):
        super().setUp()
        self._login(self.portal)

    def _rpc(self, path, **params):
        return self.make_jsonrpc_request(f"/my/knowledge{path}", params)

    def _where(self, place="new_ticket"):
        return {"place": place, "key": uuid.uuid4().hex, "desk_id": self.desk.id}

    # ------------------------------------------------------------------
    # Reading
    # ------------------------------------------------------------------

    def test_scripts_of_the_portal_get_their_translations(self):
        names = self.env["ir.http"]._get_translation_frontend_modules_name()
        self.assertLessEqual({"web", "itsm_helpdesk", "itsm_knowledge"}, set(names))

    def test_browse(self):
        page = self._page("/my/knowledge")
        names = page.xpath("//a[contains(@class,'o_itsm_article_row')]//span[1]/text()")
        self.assertIn("Printer jams", names)
        for name, article in self.hidden.items():
            self.assertNotIn(article.name, page.text_content(), name)
        page = self._page(f"/my/knowledge?category={self.category.id}")
        self.assertIn("Printer jams", page.text_content())
        self.assertIn("Toner", page.text_content())

    def test_search_page(self):
        page = self._page("/my/knowledge?search=printers")
        links = page.xpath("//a[contains(@class,'o_itsm_article_row')]/@href")
        self.assertEqual(len(links), 1, "only what is for the reader")
        self.assertEqual(self._get(links[0]).status_code, 200)
        search = self.env["itsm.article.search"].search([])
        self.assertEqual((search.text, search.result_count), ("printers", 1))
        self.assertTrue(search.is_opened)
        self.assertFalse(self.env["itsm.article.gap"].search([]))

    def test_nothing_found_is_a_gap(self):
        page = self._page("/my/knowledge?search=%3Cb%3Ecoffee%3C/b%3E")
        self.assertFalse(page.xpath("//b[text()='coffee']"), "what was typed is text")
        gap = self.env["itsm.article.gap"].search([])
        self.assertEqual(gap.nothing_count, 1)

    def test_page_says_what_was_published(self):
        self.article.name = "Printer burns"
        page = self._page(f"/my/knowledge/{self.article.id}")
        self.assertIn("Printer jams", page.text_content())
        self.assertNotIn("burns", page.text_content())
        self.assertTrue(page.xpath(f"//a[@href='/my/services/{self.service.id}']"))
        self.assertEqual(self.article.view_count, 1)

    def test_hidden_and_unknown_are_alike(self):
        """Every route answers for a hidden article as for one that is not there."""
        unknown = self._answers_for(self.article.id + 100_000)
        for name, article in self.hidden.items():
            with self.subTest(name):
                self.assertEqual(self._answers_for(article.id), unknown)
        for article_id in (0, 2**31, 10**20):
            response = self._get(f"/my/knowledge/{article_id}")
            self.assertIn("gone=1", response.headers["Location"])

    @mute_logger("odoo.http")
    def _answers_for(self, article_id):
        """Return how each route answers for an article."""
        where = self._where()
        return [
            self._get(f"/my/knowledge/{article_id}").headers.get("Location"),
            self._get(f"/my/knowledge/{article_id}/file/1").status_code,
            self._post(
                f"/my/knowledge/{article_id}/feedback", {"helpful": "1"}
            ).headers.get("Location"),
            self._post(f"/my/knowledge/{article_id}/needless").headers.get("Location"),
            self._rpc(f"/{article_id}/read", **where),
            self._rpc(f"/{article_id}/helped", **where),
        ]

    def test_nobody_without_a_login(self):
        self._login(None)
        for path in ("", f"/{self.article.id}", f"/{self.article.id}/file/1"):
            response = self._get(f"/my/knowledge{path}")
            self.assertIn("/web/login", response.headers["Location"], path)

    def test_strange_addresses(self):
        for path in (
            "?category=x",
            "?category=99999999999999999999",
            "?category=-1",
            "?search=%00",
            f"?search={'x' * 3000}",
            "?search=%27+OR+1%3D1",
            "/page/99999?search=printer",
            "/page/99999",
            f"/{self.article.id}?place=x&key=y&words=z&done=<b>",
            f"/{self.article.id}?place=home&key=%00&words=%00",
        ):
            with self.subTest(path=path):
                self.assertEqual(self._get(f"/my/knowledge{path}").status_code, 200)

    def test_text_is_no_markup(self):
        evil = self._article(
            "<script>alert(1)</script>",
            summary="<img src=x onerror=alert(1)>",
            body="<p>a<script>alert(1)</script><a href='javascript:alert(1)'>b</a>"
            "<img src='https://spy.example/x.gif'/></p>",
            symptom="<b>bold</b>",
        )
        for path in ("", "?search=alert", f"/{evil.id}"):
            response = self._get(f"/my/knowledge{path}")
            for text in ("<script>alert", "onerror=alert(1)>", "javascript:", "spy.ex"):
                self.assertNotIn(text, response.text.replace("&lt;", "~"), path)

    # ------------------------------------------------------------------
    # Files
    # ------------------------------------------------------------------

    def _with_files(self):
        picture, paper, loose = [
            self.env["ir.attachment"].create(
                {
                    "name": name,
                    "raw": content,
                    "res_model": "itsm.article",
                    "res_id": self.article.id,
                }
            )
            for name, content in [
                ("screen.png", PIXEL),
                ("paper.txt", b"text"),
                ("loose.txt", b"draft"),
            ]
        ]
        self.article.write(
            {
                "body": f'<p><img src="/web/image/{picture.id}"></p>',
                "attachment_ids": paper.ids,
            }
        )
        self._publish(self.article)
        self.env.flush_all()
        return picture, paper, loose

    @mute_logger("odoo.http")
    def test_files_of_the_published_version_only(self):
        picture, paper, loose = self._with_files()
        address = f"/my/knowledge/{self.article.id}/file"
        page = self._page(f"/my/knowledge/{self.article.id}")
        self.assertIn(f"{address}/{picture.id}", page.xpath("//img/@src"))
        shown = self._get(f"{address}/{picture.id}")
        self.assertEqual((shown.status_code, shown.content), (200, PIXEL))
        given = self._get(f"{address}/{paper.id}")
        self.assertIn("attachment", given.headers["Content-Disposition"])
        for file_id in (loose.id, 1, 0, 2**31, 10**20):
            response = self._get(f"{address}/{file_id}")
            self.assertEqual(response.status_code, 404, file_id)
        other = self._article("Other")
        elsewhere = f"/my/knowledge/{other.id}/file/{picture.id}"
        self.assertEqual(self._get(elsewhere).status_code, 404)

    @mute_logger("odoo.http")
    def test_files_go_with_the_article(self):
        picture, paper, _loose = self._with_files()
        self.article.expire()
        for file in (picture, paper):
            address = f"/my/knowledge/{self.article.id}/file/{file.id}"
            self.assertEqual(self._get(address).status_code, 404)
            # Nor past the article.
            self.assertNotEqual(self._get(f"/web/content/{file.id}").status_code, 200)

    # ------------------------------------------------------------------
    # Feedback
    # ------------------------------------------------------------------

    def test_feedback(self):
        address = f"/my/knowledge/{self.article.id}/feedback"
        self._post(address, {"helpful": "0"})
        self._post(address, {"helpful": "0", "comment": "Which <b>tray</b>?\0"})
        feedback = self.article.feedback_ids
        self.assertEqual(len(feedback), 1)
        self.assertFalse(feedback.helpful)
        self.assertTrue(feedback.to_handle)
        page = self._page(f"/my/knowledge/{self.article.id}?done=comment")
        self.assertFalse(page.xpath("//b[text()='tray']"))
        self._post(address, {"helpful": "yes please"})
        self.assertEqual(len(self.article.feedback_ids), 1)

    @mute_logger("odoo.http")
    def test_forms_need_their_token(self):
        for verb in ("feedback", "needless"):
            address = f"/my/knowledge/{self.article.id}/{verb}"
            response = self._post(address, {"helpful": "1"}, csrf=False)
            self.assertEqual(response.status_code, 400)

    # ------------------------------------------------------------------
    # Beside forms
    # ------------------------------------------------------------------

    def test_suggested_while_typing(self):
        where = self._where()
        rows = self._rpc("/suggest", words="the print", **where)
        self.assertEqual([row["id"] for row in rows], self.article.ids)
        self._rpc("/suggest", words="the printer jams", **where)
        search = self.env["itsm.article.search"].search([])
        self.assertEqual(search.text, "the printer jams", "one search for one form")
        self.assertEqual(search.desk_id, self.desk)
        shown = self._rpc(f"/{self.article.id}/read", **where)
        self.assertIn("Printer jams", shown["html"])
        self.env.invalidate_all()
        self.assertTrue(search.is_opened)

    def test_helped_and_no_ticket(self):
        where = self._where()
        before = self.Ticket.search_count([])
        url = self._rpc(f"/{self.article.id}/helped", **where)
        self.assertEqual(url, f"/my/knowledge/{self.article.id}?done=helped")
        self.assertIn("No ticket was opened", self._page(url).text_content())
        self._rpc(f"/{self.article.id}/helped", **self._where())
        self.env.invalidate_all()
        uses = self.article.use_ids.filtered(lambda use: use.kind == "deflected")
        self.assertEqual(len(uses), 1, "once a day for each reader")
        self.assertEqual(self.article.helpful_count, 1)
        self.assertEqual(self.Ticket.search_count([]), before)

    def test_sent_after_all(self):
        where = self._where()
        self._rpc(f"/{self.article.id}/helped", **where)
        _response, ticket = self._send(portal_key=where["key"])
        self.assertTrue(ticket)
        self.assertFalse(
            self.article.use_ids.filtered(lambda use: use.kind == "deflected")
        )

    def test_service_has_its_articles(self):
        where = {**self._where("service_form"), "service_id": self.service.id}
        rows = self._rpc("/suggest", words="", **where)
        self.assertEqual([row["id"] for row in rows], self.article.ids)
        page = self._page(f"/my/services/{self.service.id}/request")
        self.assertTrue(page.xpath("//div[contains(@class,'o_itsm_known')]"))

    def test_strange_values(self):
        for params in (
            {"words": ["x"], "place": "new_ticket", "key": "f" * 32},
            {"words": "printer", "place": "moon", "key": "f" * 32},
            {"words": "printer", "place": ["home"], "key": {"x": 1}},
            {"words": "printer", "place": "new_ticket", "key": "<script>"},
            {"words": "\0", "place": "new_ticket", "key": "f" * 32},
            {"words": "p" * 9999, **self._where(), "desk_id": "x"},
            {"words": "printer", **self._where(), "service_id": True},
            {"words": "printer", **self._where(), "service_id": 2**40, "desk_id": -1},
        ):
            with self.subTest(params=params):
                rows = self._rpc("/suggest", **params)
                known = [row["id"] for row in rows]
                self.assertIn(known, ([], self.article.ids))

    def test_foreign_desk_is_not_noted(self):
        where = {**self._where(), "desk_id": self.desk_branch.id}
        self._rpc("/suggest", words="printer", **where)
        self.assertFalse(self.env["itsm.article.search"].search([]).desk_id)

    def test_search_of_the_home(self):
        groups = self.make_jsonrpc_request("/my/services/suggest", {"term": "printer"})
        items = {group["key"]: group["items"] for group in groups}["knowledge"]
        self.assertEqual([item["label"] for item in items], ["Printer jams"])
        self.assertEqual(self._get(items[0]["url"]).status_code, 200)
        search = self.env["itsm.article.search"].search([])
        self.assertEqual((search.place, search.is_opened), ("home", True))

    def test_search_page_of_the_home(self):
        page = self._page("/my/services?search=printer")
        link = page.xpath("//a[contains(@href,'/my/knowledge/')]/@href")[0]
        search = self.env["itsm.article.search"].search([])
        self.assertEqual((search.place, search.is_opened), ("home", False))
        self._get(link)
        self.env.invalidate_all()
        self.assertTrue(search.is_opened)
