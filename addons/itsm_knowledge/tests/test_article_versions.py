from odoo.exceptions import UserError
from odoo.tests import Form

from .common import ArticleCase


class TestArticleVersions(ArticleCase):
    """Languages, comparison and restoring."""

    def _translate(self, article, lang="zh_CN", user=None, **vals):
        article.with_user(user or self.agent).with_context(lang=lang).write(vals)

    def _state(self, article, lang="zh_CN"):
        article.invalidate_recordset(["language_ids"])
        return article.language_ids.filtered(lambda row: row.lang == lang).state

    def test_a_version_holds_all_languages(self):
        article = self._article()
        self._translate(article, name="打印机打印白纸", body="<p>按红色键。</p>")
        self._publish(article)
        version = article.version_id
        self.assertEqual(set(version.texts), {"en_US", "zh_CN"})
        self.assertEqual(version._text("zh_CN")["name"], "打印机打印白纸")
        self.assertEqual(version._text("en_US")["name"], article.name)
        self.assertIn("红色", version._text("zh_CN")["body"])

    def test_readers_of_another_language(self):
        article = self._article()
        self._translate(article, name="打印机打印白纸")
        self._publish(article)
        version = article.version_id
        self.assertEqual(version._language("zh_TW"), "zh_CN")
        self.assertEqual(version._language("de_DE"), "en_US")
        self.assertEqual(version._language("en_GB"), "en_US")

    def test_written_in_chinese(self):
        article = (
            self.Article.with_user(self.agent)
            .with_context(lang="zh_CN")
            .create({"name": "打印机", "body": "<p>按红色键。</p>"})
        )
        self.assertEqual(article.source_lang, "zh_CN")
        self.assertEqual(self._state(article, "en_US"), "missing")
        self._translate(article, name="打印机打印白纸")
        self.assertEqual(self._state(article, "en_US"), "missing")
        self.assertEqual(article.with_context(lang="en_US").name, "打印机打印白纸")
        self._publish(article.with_env(self.env))
        self.assertEqual(set(article.version_id.texts), {"zh_CN"})

    def test_translations_fall_behind(self):
        article = self._article()
        self.assertEqual(self._state(article), "missing")
        self._translate(article, name="打印机打印白纸")
        self.assertEqual(self._state(article), "partial")
        self._translate(article, body="<p>按红色键。</p>")
        self.assertEqual(self._state(article), "complete")
        article.with_user(self.agent).body = "<p>Press the green key.</p>"
        row = article.language_ids.filtered(lambda row: row.lang == "zh_CN")
        self.assertEqual((row.state, row.lacking), ("behind", ["body"]))
        # Another text translated anew does not mend this one.
        self._translate(article, name="打印机只打印白纸")
        self.assertEqual(self._state(article), "behind")
        self._translate(article, body="<p>按绿色键。</p>")
        self.assertEqual(self._state(article), "complete")

    def test_a_translation_is_said_to_be_right(self):
        article = self._article()
        self._translate(article, name="打印机打印白纸", body="<p>按红色键。</p>")
        article.with_user(self.agent).body = "<p>Press the red key!</p>"
        row = article.language_ids.filtered(lambda row: row.lang == "zh_CN")
        self.assertEqual(row.state, "behind")
        row.with_user(self.agent).action_confirm()
        self.assertEqual(self._state(article), "complete")
        article.with_user(self.agent).body = "<p>Press the blue key!</p>"
        self.assertEqual(self._state(article), "behind")

    def test_the_translation_dialog_changes_the_draft(self):
        article = self._published()
        article.with_user(self.agent).update_field_translations(
            "name", {"zh_CN": "打印机打印白纸"}
        )
        self.assertEqual(article.state, "draft")
        self.assertEqual(self._state(article), "partial")
        self.assertNotIn("zh_CN", article.version_id.texts)

    def test_imported_texts_and_new_languages_are_noticed(self):
        article = self._article()
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE itsm_article SET name = name || %s WHERE id = %s",
            ['{"zh_CN": "打印机打印白纸"}', article.id],
        )
        self.env["res.lang"]._activate_lang("fr_FR")
        self._run_job("_cron_refresh_languages")
        self.assertEqual(self._state(article), "partial")
        self.assertEqual(self._state(article, "fr_FR"), "missing")

    def test_restore(self):
        article = self._article()
        self._translate(article, name="打印机打印白纸", body="<p>按红色键。</p>")
        self._publish(article)
        first = article.version_id
        self._translate(article, name="别的", body="<p>别的。</p>")
        article.with_user(self.agent).write(
            {
                "name": "Other",
                "body": "<p>Other</p>",
                "summary": "New",
                "kind": "policy",
            }
        )
        self._publish(article)
        article.with_user(self.agent2).restore(first.id)
        self.assertEqual(article._texts(), first.texts)
        self.assertEqual(article.kind, "howto")
        self.assertEqual(article.state, "draft")
        self.assertIn(self.agent2, article.editor_ids)
        self.assertEqual(article.version_id.number, 2, "readers see what they saw")

    def test_what_was_translated_later_is_gone_after_restoring(self):
        article = self._published()
        first = article.version_id
        self._translate(article, name="打印机打印白纸")
        article.with_user(self.agent).restore(first)
        self.assertEqual(article._texts(), first.texts)

    def test_discard_the_draft(self):
        article = self._published()
        article.with_user(self.agent).name = "Other"
        article.with_user(self.agent).action_discard_draft()
        self.assertEqual(article.name, "The printer prints blank pages")
        self.assertEqual(article.state, "published")
        self.assertFalse(article.editor_ids)

    def test_restore_refuses_versions_of_others(self):
        article, other = self._published(), self._published()
        for version in (other.version_id, other.version_id.id, 0, "1", True, None):
            with self.subTest(version=version), self.assertRaises(UserError):
                article.with_user(self.agent).restore(version)

    def test_restore_during_a_review_is_refused(self):
        article = self._published()
        article.with_user(self.agent).name = "Other"
        article.with_user(self.agent).submit_for_review()
        with self.assertRaises(UserError):
            article.with_user(self.agent).restore(article.version_id)

    def test_compare(self):
        article = self._published()
        first = article.version_id
        article.with_user(self.agent).write(
            {"body": "<p>Press the green key.</p>", "audience": "agents"}
        )
        Comparison = self._as(self.agent)["itsm.article.comparison"]
        form = Form(Comparison.with_context(default_version_id=first.id))
        shown = str(form.differences)
        self.assertRegex(shown, r"<del[^>]*>red</del>")
        self.assertRegex(shown, r"<ins[^>]*>green</ins>")
        self.assertIn("Agents", shown)
        self._publish(article)
        form = Form(Comparison.with_context(default_version_id=article.version_id.id))
        self.assertNotIn("<del", str(form.differences))
        # The older one stands on the left, whichever was chosen first.
        form.other_id = Comparison.env["itsm.article.version"].browse(first.id)
        self.assertRegex(str(form.differences), r"<del[^>]*>red</del>")

    def test_compare_in_a_language(self):
        article = self._article()
        self._translate(article, name="打印机打印白纸", body="<p>按红色键。</p>")
        self._publish(article)
        self._translate(article, body="<p>按绿色键。</p>")
        comparison = self._as(self.agent)["itsm.article.comparison"].create(
            {"version_id": article.version_id.id, "lang": "zh_CN"}
        )
        self.assertRegex(str(comparison.differences), r"<del[^>]*>红</del>")
        comparison.lang = "en_US"
        self.assertNotIn("<del", str(comparison.differences))
