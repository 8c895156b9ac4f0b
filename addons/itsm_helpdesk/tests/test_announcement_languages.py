from odoo.exceptions import AccessError
from odoo.tests import tagged

from .announcement_common import AnnouncementCase

ZH = {"lang": "zh_CN"}


@tagged("post_install", "-at_install")
class TestAnnouncementLanguages(AnnouncementCase):
    """Words in several languages: none is wiped out, none is behind unnoticed."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_lang("zh_CN")
        cls.outsider.lang = "zh_CN"
        cls.template = cls.env["itsm.announcement.template"].create(
            {
                "name": "Outage",
                "kind": "disturbance",
                "subject": "Down",
                "body": "<p>We know of it.</p><p>Wait.</p>",
                "clear_body": "<p>It works.</p>",
            }
        )
        cls.template.with_context(**ZH).write(
            {
                "subject": "中断",
                "body": "<p>我们已知晓。</p>",
                "clear_body": "<p>已恢复。</p>",
            }
        )

    def _both(self, record, name):
        """Return a text in English and in Chinese."""
        return tuple(
            str(record.with_context(lang=lang)[name]) for lang in ("en_US", "zh_CN")
        )

    def _of_template(self, **vals):
        return self._news(
            template_id=self.template.id, name="Down", body=self.template.body, **vals
        )

    def _wizard(self, news, kind, user=None):
        user = user or self.manager
        wizards = self._as(user)["itsm.announcement.send"].with_context(lang="en_US")
        return wizards.create(
            {"announcement_id": news.id, "kind": kind, "body": "<p>At ten.</p>"}
        )

    def test_each_language_has_a_body_of_its_own(self):
        news = self._of_template()
        english = "<p>We know of it.</p><p>Wait.</p>"
        self.assertEqual(self._both(news, "body"), (english, "<p>我们已知晓。</p>"))
        self.assertFalse(news.behind_langs)
        news.with_context(**ZH).body = "<p>一</p><p>二</p><p>三</p>"
        self.assertEqual(self._both(news, "body")[0], english)

    def test_the_other_language_is_behind(self):
        news = self._of_template().with_context(lang="en_US")
        news.body = "<p>Two hours more.</p>"
        self.assertEqual(news.behind_langs, ["zh_CN"])
        self.assertTrue(news.behind_names)
        news.with_context(**ZH).body = "<p>还需两小时。</p>"
        self.assertFalse(news.behind_langs)
        news.with_context(**ZH).name = "仍中断"
        self.assertEqual(news.behind_langs, ["en_US"])
        news.with_user(self.manager).action_words_are_right()
        self.assertFalse(news.behind_langs)
        self.assertEqual(news.action_translate()["res_id"], news.id)

    def test_the_dialog_of_translations_counts_as_well(self):
        news = self._of_template()
        news.update_field_translations("name", {"en_US": "Down again"})
        self.assertEqual(news.behind_langs, ["zh_CN"])
        news.update_field_translations("name", {"en_US": "Up", "zh_CN": "恢复"})
        self.assertFalse(news.behind_langs)
        news.update_field_translations(
            "body", {"en_US": "<p>x</p><script>y()</script>"}
        )
        self.assertNotIn("script", self._both(news, "body")[0])

    def test_a_first_translation_leaves_nothing_behind(self):
        news = self._news(name="Down").with_context(**ZH)
        news.name = "中断"
        self.assertFalse(news.behind_langs)
        self.assertEqual(self._both(news, "name"), ("Down", "中断"))

    def test_english_follows_what_was_written_in_chinese(self):
        news = self.News.with_context(**ZH).create(
            {"name": "中断", "body": "<p>一</p>"}
        )
        news.body = "<p>二</p>"
        self.assertEqual(self._both(news, "body"), ("<p>二</p>", "<p>二</p>"))
        self.assertFalse(news.behind_langs)
        news.with_context(lang="en_US").body = "<p>Two</p>"
        news.body = "<p>三</p>"
        self.assertEqual(self._both(news, "body"), ("<p>Two</p>", "<p>三</p>"))
        self.assertEqual(news.behind_langs, ["en_US"])

    def test_what_is_behind_is_a_fact(self):
        news = self._of_template().with_user(self.manager)
        for vals in ({"behind_langs": False}, {"source_lang": "zh_CN"}):
            with self.subTest(vals=vals), self.assertRaises(AccessError):
                news.write(vals)

    def test_whoever_sends_sees_who_reads_what(self):
        news = self._of_template()
        [row] = self._wizard(news, "first").words_ids
        self.assertEqual((row.lang, row.people_count), ("zh_CN", 1))
        self.assertEqual(row.state, "written")
        self.assertIn("我们已知晓", row.preview)
        news.with_context(lang="en_US").name = "Down again"
        wizard = self._wizard(news, "first")
        self.assertEqual(wizard.words_ids.state, "behind")
        self.assertTrue(wizard.has_gaps)
        wizard = self._wizard(self._news(name="Plain"), "first")
        self.assertEqual(wizard.words_ids.state, "missing")

    def test_an_update_in_two_languages(self):
        news = self._of_template()
        news.publish()
        self._run()
        wizard = self._wizard(news, "update")
        wizard.words_ids.words = "十点。"
        wizard.action_send()
        update = news.update_ids.filtered(lambda row: row.kind == "update")
        english, chinese = self._both(update, "body")
        self.assertIn("At ten", english)
        self.assertIn("十点", chinese)
        self.assertNotIn("At ten", chinese)
        self._run()
        own = self._mails(news, self.outsider)
        self.assertIn("十点", "".join(own.mapped("body_html")))

    def test_ready_words_of_the_all_clear_in_each_language(self):
        for news in (self._of_template(), self._news(name="Plain")):
            news.publish()
            self._run()
            wizard = self._wizard(news, "all_clear")
            wizard.body = news.with_context(lang="en_US")._clear_body()
            wizard.action_send()
            clear = news.update_ids.filtered(lambda row: row.kind == "all_clear")
            english, chinese = self._both(clear, "body")
            with self.subTest(news=news.name):
                self.assertNotEqual(english, chinese)

    def test_leaders_are_told_to_choose_their_desk(self):
        News = self._as(self.leader)["itsm.announcement"]
        self.assertEqual(News.create({"name": "Ours"}).desk_ids, self.desk)
        with self.assertRaises(AccessError) as caught:
            News.create({"name": "Theirs", "desk_ids": False})
        self.assertIn("Theirs", str(caught.exception))
        self.assertFalse(self._as(self.manager)["itsm.announcement"]._default_desks())

    def test_it_is_named_as_it_is_read(self):
        service = self.env["itsm.service"].create(
            {"name": "Mail", "desk_id": self.desk.id}
        )
        news = self._news(name="{{service}} is down")
        self.assertEqual(news.display_name, "{{service}} is down")
        news.service_ids = service
        self.assertEqual(news.display_name, "Mail is down")
