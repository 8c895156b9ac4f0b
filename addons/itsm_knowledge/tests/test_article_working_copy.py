from odoo.tests import HttpCase, JsonRpcException, tagged
from odoo.tools import mute_logger

from .common import PIXEL, ArticleCase

SECRET = "Quatsch4711"
READERS_TITLE = "The printer prints blank pages"


@tagged("post_install", "-at_install")
class TestWorkingCopyOverRpc(ArticleCase, HttpCase):
    """A draft over a published article, asked for by an agent of another desk."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.article = cls._published(summary="What readers read")
        texts = ("name", "summary", "keywords", "symptom", "cause", "workaround")
        cls.article.with_user(cls.agent).write(
            {**dict.fromkeys(texts, SECRET), "body": f"<p>{SECRET}</p>"}
        )
        cls.article._index_refresh()
        cls.version = cls.article.version_id
        cls.article.with_user(cls.agent)._record_use("linked", cls._create_ticket())
        cls.article._record_use("viewed")
        cls.env.flush_all()

    def setUp(self):
        super().setUp()
        self.authenticate(self.stranger.login, self.stranger.login)

    def _call(self, model, method, *args, **kwargs):
        return self.make_jsonrpc_request(
            f"/web/dataset/call_kw/{model}/{method}",
            {"model": model, "method": method, "args": args, "kwargs": kwargs},
        )

    def _refused(self, model, method, *args, **kwargs):
        with (
            self.assertRaises(JsonRpcException),
            mute_logger("odoo.http", "odoo.addons.base.models.ir_rule"),
        ):
            self._call(model, method, *args, **kwargs)

    def test_the_article_is_not_read(self):
        ids = self.article.ids
        names = ["name", "body", "summary"]
        self._refused("itsm.article", "read", ids, names)
        self._refused("itsm.article", "web_read", ids, {"name": {}})
        self._refused("itsm.article", "export_data", ids, names)
        self._refused("itsm.article.comparison", "create", [{"version_id": 0}])
        comparison = self._call(
            "itsm.article.comparison", "create", [{"version_id": self.version.id}]
        )
        self._refused(
            "itsm.article.comparison", "read", comparison, ["differences"], load=None
        )

    def test_the_article_is_not_found_by_its_draft(self):
        for name in ("name", "body", "keywords"):
            with self.subTest(field=name):
                domain = [(name, "ilike", SECRET)]
                self.assertFalse(self._call("itsm.article", "search", domain))
                self.assertFalse(
                    self._call("itsm.article", "formatted_read_group", domain, ["kind"])
                )
        self.assertFalse(self._call("itsm.article", "name_search", SECRET))
        for path in ("article_id", "article_id.name"):
            with self.subTest(path=path):
                domain = [(path, "ilike", SECRET)]
                self.assertFalse(self._call("itsm.article.use", "search", domain))
                self.assertFalse(self._call("itsm.article.version", "search", domain))

    def test_the_published_version_is_read(self):
        names = {"name": {}, "summary": {}, "reading": {}, "article_id": {}}
        names["article_id"] = {"fields": {"display_name": {}}}
        spec = {**names, "is_published": {}, "category_id": {"fields": {}}}
        (read,) = self._call("itsm.article.version", "web_read", self.version.ids, spec)
        self.assertEqual(read["name"], READERS_TITLE)
        self.assertEqual(read["summary"], "What readers read")
        self.assertTrue(read["is_published"])
        self.assertIn("Press the red key", read["reading"])
        self.assertNotIn(SECRET, str(read))
        found = self._call(
            "itsm.article.version",
            "web_search_read",
            [("is_shown", "=", True), ("name", "ilike", "blank pages")],
            spec,
        )
        self.assertEqual([row["id"] for row in found["records"]], self.version.ids)
        self.assertNotIn(SECRET, str(found))

    def test_what_hangs_on_it_names_the_published_title(self):
        uses = self._call(
            "itsm.article.use",
            "web_search_read",
            [("kind", "=", "viewed"), ("article_id", "=", self.article.id)],
            {"article_id": {"fields": {"display_name": {}}}},
        )
        self.assertIn(READERS_TITLE, str(uses))
        self.assertNotIn(SECRET, str(uses))
        groups = self._call(
            "itsm.article.use", "formatted_read_group", [], ["article_id"], ["__count"]
        )
        self.assertIn(READERS_TITLE, str(groups))
        self.assertNotIn(SECRET, str(groups))

    def test_older_versions_are_not_read(self):
        self._publish(self.article)
        self.env.flush_all()
        self._refused("itsm.article.version", "read", self.version.ids, ["name"])
        newer = self.article.version_id
        self.assertTrue(self._call("itsm.article.version", "read", newer.ids, ["name"]))

    def test_files_of_the_published_version_only(self):
        picture, draft = self._picture(self.article), self._picture(self.article)
        self.article.with_user(self.agent).write(
            {"body": f'<img src="/web/image/{picture.id}">'}
        )
        self._publish(self.article)
        self.env.flush_all()
        version = self.article.version_id
        (read,) = self._call("itsm.article.version", "read", version.ids, ["reading"])
        url = f"/my/knowledge/{self.article.id}/file/{picture.id}"
        self.assertIn(url, read["reading"])
        self.assertEqual(self.url_open(url).content, PIXEL)
        with mute_logger("odoo.http", "odoo.addons.base.models.ir_rule"):
            answer = self.url_open(f"/web/content/{draft.id}", allow_redirects=False)
        self.assertNotEqual(answer.content, PIXEL)

    def test_it_is_used_for_a_ticket(self):
        ticket = self._create_ticket(desk_id=self.desk_other.id)
        self.env.flush_all()
        self._call("itsm.ticket", "link_article", ticket.ids, self.article.id)
        self._call("itsm.ticket", "insert_article", ticket.ids, self.article.id)
        self.env.invalidate_all()
        self.assertIn("Press the red key", ticket.resolution)
        self.assertNotIn(SECRET, ticket.resolution)
        self.assertEqual(
            set(ticket.article_use_ids.mapped("kind")), {"linked", "inserted"}
        )
        hidden = self._published(audience="agents")
        hidden.version_id.article_id.with_user(self.agent).expire()
        self.env.flush_all()
        self._refused("itsm.ticket", "link_article", ticket.ids, hidden.id)

    def test_colleagues_read_the_draft(self):
        self.authenticate(self.engineer.login, self.engineer.login)
        (read,) = self._call("itsm.article", "read", self.article.ids, ["name"])
        self.assertEqual(read["name"], SECRET)
        self.assertIn(SECRET, self.article.with_user(self.engineer).display_name)
