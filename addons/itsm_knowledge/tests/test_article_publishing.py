from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import freeze_time

from .common import ArticleCase

REVIEW = "itsm_knowledge.mail_activity_type_review"


class TestArticlePublishing(ArticleCase):
    """Draft, review, published, expired."""

    def test_the_way_of_an_article(self):
        article = self._article()
        self.assertRegex(article.number, r"^KB\d{7}$")
        self.assertEqual((article.state, article.is_live), ("draft", False))
        self.assertNotIn(article, self._shown_to(self.portal))
        article.with_user(self.agent).submit_for_review(self.leader)
        self.assertEqual(article.state, "review")
        self.assertEqual(article.activity_ids.user_id, self.leader)
        self.assertNotIn(article, self._shown_to(self.portal))
        article.with_user(self.leader).publish("The first one")
        self.assertEqual((article.state, article.is_live), ("published", True))
        self.assertFalse(article.activity_ids)
        self.assertIn(article, self._shown_to(self.portal))
        version = article.version_id
        self.assertEqual(
            (version.number, version.author_id, version.reviewer_id, version.note),
            (1, self.agent, self.leader, "The first one"),
        )
        article.with_user(self.agent).expire("Replaced")
        self.assertEqual((article.state, article.is_live), ("expired", False))
        self.assertNotIn(article, self._shown_to(self.portal))

    def test_readers_keep_the_published_version(self):
        article = self._published()
        article.with_user(self.agent).write({"body": "<p>Press the green key.</p>"})
        self.assertEqual((article.state, article.is_live), ("draft", True))
        self.assertIn("red", article.version_id._text()["body"])
        self._publish(article)
        self.assertIn("green", article.version_id._text()["body"])
        self.assertEqual(sorted(article.version_ids.mapped("number")), [1, 2])

    def test_a_wider_audience_waits_for_the_review(self):
        article = self._published(audience="agents")
        article.with_user(self.agent).audience = "everyone"
        self.assertNotIn(article, self._shown_to(self.portal))
        self._publish(article)
        self.assertIn(article, self._shown_to(self.portal))

    def test_who_wrote_it_does_not_publish_it(self):
        article = self._article(author=self.leader)
        article.with_user(self.leader).submit_for_review()
        self.assertFalse(article.with_user(self.leader).can_review)
        with self.assertRaises(AccessError):
            article.with_user(self.leader).publish()
        article.with_user(self.manager).publish()
        self.assertTrue(article.is_live)

    def test_who_changed_a_word_does_not_publish_it(self):
        article = self._article()
        article.with_user(self.leader).summary = "Blank pages"
        article.with_user(self.agent).submit_for_review()
        with self.assertRaises(AccessError):
            article.with_user(self.leader).publish()

    def test_the_desk_may_allow_it(self):
        self.desk.article_self_review = True
        article = self._article(author=self.leader)
        article.with_user(self.leader).submit_for_review()
        article.with_user(self.leader).publish()
        self.assertTrue(article.is_live)

    def test_an_agent_publishes_only_as_the_reviewer(self):
        article = self._article()
        article.with_user(self.agent).submit_for_review()
        with self.assertRaises(AccessError):
            article.with_user(self.agent2).publish()
        article.reviewer_id = self.agent2
        article.with_user(self.agent2).publish()
        self.assertTrue(article.is_live)

    def test_a_change_during_the_review_voids_it(self):
        article = self._article()
        article.with_user(self.agent).submit_for_review(self.leader)
        article.with_user(self.agent).body = "<p>Something else</p>"
        self.assertEqual(article.state, "draft")
        self.assertFalse(article.activity_ids)
        with self.assertRaises(UserError):
            article.with_user(self.leader).publish()

    def test_what_is_not_reviewed_does_not_void_it(self):
        article = self._article()
        article.with_user(self.agent).submit_for_review()
        article.with_user(self.agent).owner_id = self.agent2
        self.assertEqual(article.state, "review")

    def test_send_back(self):
        article = self._article()
        article.with_user(self.agent).submit_for_review(self.leader)
        with self.assertRaises(UserError):
            article.with_user(self.leader).send_back(" ")
        article.with_user(self.leader).send_back("Which key?")
        self.assertEqual(article.state, "draft")
        told = article.message_ids.filtered(lambda m: "Which key?" in m.body)
        self.assertIn(self.agent.partner_id, told.partner_ids)

    def test_only_who_checks_sends_back(self):
        article = self._article()
        article.with_user(self.agent).submit_for_review(self.leader)
        with self.assertRaises(AccessError):
            article.with_user(self.agent2).send_back("I do not like it")

    def test_empty_articles_are_refused(self):
        for vals in (
            {"body": "<p><br></p>"},
            {"body": False},
            {"kind": "known_fault", "symptom": "Blank", "body": False},
            {"kind": "known_fault", "workaround": "Restart", "body": False},
        ):
            with self.subTest(**vals), self.assertRaises(UserError):
                self._article(**vals).with_user(self.agent).submit_for_review()

    def test_verbs_in_the_wrong_state(self):
        draft, live = self._article(), self._published()
        refused = (
            (draft, "publish", ()),
            (draft, "send_back", ("Why?",)),
            (draft, "expire", ()),
            (draft, "renew", ()),
            (live, "publish", ()),
            (live, "submit_for_review", ()),
        )
        for article, verb, arguments in refused:
            with (
                self.subTest(verb=verb, state=article.state),
                self.assertRaises(UserError),
            ):
                getattr(article.with_user(self.leader), verb)(*arguments)

    def test_strangers_use_no_verb(self):
        live = self._published()
        for verb, arguments in (
            ("expire", ()),
            ("renew", ()),
            ("restore", (live.version_id,)),
            ("write", ({"name": "Hacked"},)),
        ):
            with self.subTest(verb=verb), self.assertRaises(AccessError):
                getattr(live.with_user(self.stranger), verb)(*arguments)

    def test_facts_are_not_written(self):
        article = self._article()
        other = self._published()
        for vals in (
            {"state": "published"},
            {"is_live": True},
            {"version_id": other.version_id.id},
            {"editor_ids": [(5,)]},
            {"use_count": 99},
            {"number": "KB0000000"},
            {"source_ticket_id": self._create_ticket().id},
        ):
            with self.subTest(**vals), self.assertRaises(AccessError):
                article.with_user(self.admin).write(vals)

    def test_versions_are_not_written(self):
        version = self._published().version_id
        with self.assertRaises(UserError):
            version.write({"texts": {}})
        with self.assertRaises(UserError):
            version.with_user(self.admin).write({"texts": {}})
        with self.assertRaises(UserError):
            version.unlink()


class TestArticleTime(ArticleCase):
    """Reviews and expiry."""

    def test_review_is_set_as_the_desk_says(self):
        self.desk.article_review_months = 3
        with freeze_time("2026-03-02 10:00:00"):
            article = self._published()
        self.assertEqual(article.review_date, fields.Date.to_date("2026-06-02"))

    def test_the_owner_is_asked_once(self):
        article = self._published(owner_id=self.agent2.id)
        article.review_date = fields.Date.today() - timedelta(days=1)
        self.assertTrue(article.is_stale)
        self._run_job("_cron_look_after")
        self._run_job("_cron_look_after")
        self.assertEqual(article.activity_ids.user_id, self.agent2)
        self.assertEqual(len(article.activity_ids), 1)
        article.with_user(self.agent2).renew()
        self.assertFalse(article.activity_ids)
        self.assertFalse(article.is_stale)
        self.assertIn(article, self.Article.search([("is_stale", "=", False)]))

    def test_what_expired_is_hidden_at_once(self):
        article = self._published()
        soon = fields.Datetime.now() + timedelta(hours=1)
        article.expires_at = soon
        self.assertIn(article, self._shown_to(self.portal))
        with freeze_time(soon + timedelta(minutes=1)):
            self.assertNotIn(article, self._shown_to(self.portal))
            self._run_job("_cron_look_after")
        self.assertEqual((article.state, article.is_live), ("expired", False))

    def test_what_expired_is_renewed_if_nothing_changed(self):
        article = self._published()
        article.with_user(self.agent).expire()
        article.with_user(self.agent).renew()
        self.assertEqual((article.state, article.is_live), ("published", True))
        article.with_user(self.agent).body = "<p>Changed</p>"
        article.with_user(self.agent).expire()
        with self.assertRaises(UserError):
            article.with_user(self.agent).renew()

    def test_what_was_changed_after_it_expired_is_a_draft(self):
        article = self._published()
        article.with_user(self.agent).expire()
        article.with_user(self.agent).body = "<p>Changed</p>"
        self.assertEqual(article.state, "draft")
        with self.assertRaises(UserError):
            article.with_user(self.agent).renew()

    def test_renew_into_the_past_is_refused(self):
        article = self._published().with_user(self.agent)
        with self.assertRaises(UserError):
            article.renew("2020-01-01")
        with self.assertRaises(UserError):
            article.renew(None, "2020-01-01 00:00:00")

    def test_never_used(self):
        with freeze_time("2026-03-02 10:00:00"):
            old = self._published()
        with freeze_time("2026-03-20 10:00:00"):
            used, fresh = self._published(), self._published()
        with freeze_time("2026-04-05 10:00:00"):
            found = self.Article.search([("is_never_used", "=", True)])
            self.assertIn(old, found)
            self.assertNotIn(fresh, found)
        used._record_use("linked", self._create_ticket())
        with freeze_time("2026-05-05 10:00:00"):
            found = self.Article.search([("is_never_used", "=", True)])
            self.assertIn(fresh, found)
            self.assertNotIn(used, found)
