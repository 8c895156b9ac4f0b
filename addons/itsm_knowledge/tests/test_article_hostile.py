from odoo.exceptions import AccessError, UserError

from .common import PIXEL, ArticleCase

HOSTILE = (
    "<p>Text<script>alert(1)</script>"
    '<img src="x" onerror="alert(1)"/>'
    '<a href="javascript:alert(1)">click</a>'
    '<iframe src="https://evil.example"></iframe>'
    '<form action="https://evil.example"><input name="password"/></form>'
    '<svg onload="alert(1)"></svg>'
    '<div style="position:fixed;top:0;left:0;width:100%">over all</div></p>'
)
FORBIDDEN = (
    "<script",
    "onerror",
    "javascript:",
    "<iframe",
    "<form",
    "<input",
    "onload",
    "position",
    "evil.example",
)


class TestHostileTexts(ArticleCase):
    """HTML of articles is hostile until cleaned, whichever way it comes."""

    def _assert_clean(self, html):
        for forbidden in FORBIDDEN:
            with self.subTest(forbidden=forbidden):
                self.assertNotIn(forbidden, str(html))
        self.assertIn("Text", str(html))

    def test_create_and_write(self):
        article = self._article(body=HOSTILE)
        self._assert_clean(article.body)
        article.with_user(self.agent).body = HOSTILE + " "
        self._assert_clean(article.body)

    def test_translation_dialog(self):
        article = self._article()
        article.with_user(self.agent).update_field_translations(
            "body", {"zh_CN": HOSTILE}
        )
        self._assert_clean(article.with_context(lang="zh_CN").body)

    def test_published_version(self):
        article = self._article()
        article.with_user(self.agent).update_field_translations(
            "body", {"zh_CN": HOSTILE, "en_US": HOSTILE}
        )
        self._publish(article)
        for lang in ("en_US", "zh_CN"):
            self._assert_clean(article.version_id._served_body(str, lang))

    def test_plain_texts_are_escaped(self):
        article = self._published(
            name="<script>alert(1)</script>",
            summary="<img src=x onerror=alert(1)>",
            kind="known_fault",
            symptom="<script>alert(2)</script>",
            workaround="<b>x</b>",
        )
        for html in (article.reading, article.version_id.reading):
            self.assertNotIn("<script", str(html))
            self.assertNotIn("<img", str(html))
            self.assertNotIn("<b>x", str(html))
        article.with_user(self.agent).symptom = "<script>alert(3)</script>"
        comparison = self.env["itsm.article.comparison"].create(
            {"version_id": article.version_id.id, "lang": "en_US"}
        )
        self.assertIn("&lt;script", str(comparison.differences))
        self.assertNotIn("<script", str(comparison.differences))


class TestPictures(ArticleCase):
    """Pictures are served to who may read the article, and no other file is."""

    def test_addresses_lose_their_tokens(self):
        article = self._article()
        picture = self._picture(article)
        article.with_user(self.agent).body = (
            f'<p><img src="/web/image/{picture.id}-abc/screen.png?access_token=secret"'
            ' srcset="https://spy.example/2x.png 2x"/></p>'
        )
        self.assertIn(f'src="/web/image/{picture.id}"', article.body)
        self.assertNotIn("secret", article.body)
        self.assertNotIn("spy", article.body)

    def test_pictures_of_other_servers_go(self):
        article = self._article(body='<p>a<img src="https://spy.example/1.gif"/>b</p>')
        self.assertNotIn("spy", article.body)
        self.assertIn("ab", article.body)

    def test_only_own_pictures_of_the_version_are_served(self):
        article = self._article()
        own, late = self._picture(article), self._picture(article)
        article.with_user(self.agent).body = f'<img src="/web/image/{own.id}"/>'
        self._publish(article)
        article.with_user(self.agent).body = f'<img src="/web/image/{late.id}"/>'
        version = article.version_id
        self.assertEqual(version.picture_ids, own)
        served = version._served_body("/my/picture/{}".format)
        self.assertEqual(served, f'<img src="/my/picture/{own.id}">')

    def test_a_version_serves_no_picture_that_is_not_its_own(self):
        version = self.env["itsm.article.version"].new(
            {
                "source_lang": "en_US",
                "texts": {"en_US": {"body": '<p>a<img src="/web/image/1"></p>'}},
            }
        )
        self.assertEqual(version._served_body(str), "<p>a</p>")

    def test_pictures_of_others_are_not_published(self):
        article, other = self._article(), self._article()
        text = self._file(
            "list.txt", res_model="itsm.article", res_id=article.id, raw=b"secret"
        )
        for file in (self._picture(other), text):
            article.with_user(
                self.agent
            ).body = f'<p>See <img src="/web/image/{file.id}"/></p>'
            with self.subTest(file=file.name), self.assertRaises(UserError):
                article.with_user(self.agent).submit_for_review()
            self.assertFalse(article._pictures_in([article.body]))

    def test_what_was_uploaded_before_saving_becomes_the_articles(self):
        fresh, foreign = (
            self.env["ir.attachment"]
            .with_user(user)
            .create({"name": "x.png", "raw": PIXEL, "res_model": "itsm.article"})
            for user in (self.agent, self.agent2)
        )
        article = self._article(
            body="".join(
                f'<img src="/web/image/{file.id}"/>' for file in (fresh, foreign)
            )
        )
        self.assertEqual(fresh.sudo().res_id, article.id)
        self.assertFalse(foreign.sudo().res_id)

    def test_files_of_an_article_are_hidden_with_it(self):
        article = self._published(audience="teams", team_ids=self.team1.ids)
        picture = self._picture(article)
        for user in (self.portal, self.requester, self.engineer, self.stranger):
            env = self._as(user)
            with self.subTest(user=user.name), self.assertRaises(AccessError):
                env["ir.attachment"].browse(picture.id).read(["raw"])
        self.assertTrue(
            self._as(self.agent)["ir.attachment"].browse(picture.id).read(["name"])
        )

    def test_files_of_others_are_not_given_to_readers(self):
        """Naming a file in an article does not make it the article's."""
        salaries = self._file(
            "salaries.txt", res_model="res.users", res_id=self.admin.id
        )
        article, other = self._article(), self._article()
        for file in (salaries, self._picture(other)):
            with self.subTest(file=file.name), self.assertRaises(UserError):
                article.with_user(self.agent).attachment_ids = [(4, file.id)]
        Attachment = self.env["ir.attachment"].with_user(self.agent)
        own = Attachment.create({"name": "steps.txt", "raw": b"1. Press"})
        article.with_user(self.agent).attachment_ids = [(4, own.id)]
        self.assertEqual((own.res_model, own.res_id), ("itsm.article", article.id))
        self._publish(article)
        self.assertEqual(article.version_id.attachment_ids.ids, own.ids)

    def test_published_files_stay(self):
        article = self._article()
        picture = self._picture(article)
        article.with_user(self.agent).body = f'<img src="/web/image/{picture.id}"/>'
        self._publish(article)
        with self.assertRaises(UserError):
            picture.with_user(self.agent).unlink()
        self._picture(article).with_user(self.agent).unlink()
