from odoo.exceptions import AccessError, UserError

from odoo.addons.mail.tests.common import MailCase

from .common import ArticleCase


class TestArticleUse(ArticleCase, MailCase):
    """Articles used for tickets."""

    def setUp(self):
        super().setUp()
        self.ticket = self._create_ticket().with_user(self.agent)

    def _uses(self, article, kind):
        return article.use_ids.filtered(lambda use: use.kind == kind)

    def test_link(self):
        article = self._published()
        self.ticket.link_article(article.id)
        self.ticket.link_article(article.id)
        use = self._uses(article, "linked")
        self.assertEqual((use.ticket_id.id, use.user_id), (self.ticket.id, self.agent))
        self.assertEqual(article.use_count, 1)
        self.assertTrue(article.last_used_at)

    def test_insert_into_the_solution(self):
        article = self._published()
        self.ticket.resolution = "Done."
        self.ticket.insert_article(article.id)
        self.assertTrue(
            self.ticket.resolution.startswith("Done.\n\nPress the red key.")
        )
        self.assertIn(f"/my/knowledge/{article.id}", self.ticket.resolution)
        self.assertEqual(len(self._uses(article, "inserted")), 1)
        self.assertEqual(article.use_count, 1)

    def test_the_published_text_is_inserted_in_the_requesters_language(self):
        article = self._article()
        article.with_user(self.agent).with_context(
            lang="zh_CN"
        ).body = "<p>按红色键。</p>"
        self._publish(article)
        article.with_user(self.agent).body = "<p>Nobody checked this.</p>"
        self.requester.partner_id.lang = "zh_CN"
        self.ticket.insert_article(article.id)
        self.assertIn("按红色键", self.ticket.resolution)
        self.assertNotIn("Nobody", self.ticket.resolution)

    def test_workaround_of_a_known_fault(self):
        article = self._published(
            kind="known_fault", symptom="Blank pages", workaround="Restart it."
        )
        self.ticket.insert_article(article.id)
        self.assertTrue(self.ticket.resolution.startswith("Restart it."))

    def test_a_reply_counts_when_it_is_sent(self):
        article = self._published()
        action = self.ticket.insert_article(article.id, "reply")
        self.assertIn("Press the red key.", action["context"]["default_body"])
        self.assertFalse(article.use_count)
        composer = (
            self.env["mail.compose.message"]
            .with_user(self.agent)
            .with_context(**action["context"])
            .create({})
        )
        with self.mock_mail_gateway():
            composer.action_send_mail()
        self.assertEqual(article.use_count, 1)
        message = self.ticket.message_ids[:1]
        self.assertIn("Press the red key.", message.body)
        self.assertIn(self.requester.partner_id, message.partner_ids)

    def test_what_is_not_for_the_requester_is_not_told(self):
        hidden = self._published(audience="agents")
        with self.assertRaises(UserError):
            self.ticket.insert_article(hidden.id)
        with self.assertRaises(UserError):
            self.ticket.insert_article(hidden.id, "reply")
        self.ticket.link_article(hidden.id)

    def test_articles_for_departments(self):
        above = self.env["hr.department"].create({"name": "Hospital"})
        self.department.parent_id = above
        other = self.env["hr.department"].create({"name": "Kitchen"})
        vals = {"audience": "departments"}
        theirs = self._published(department_ids=above.ids, **vals)
        others = self._published(department_ids=other.ids, **vals)
        self.ticket.insert_article(theirs.id)
        with self.assertRaises(UserError):
            self.ticket.insert_article(others.id)

    def test_what_cannot_be_used(self):
        draft = self._article()
        for article in (draft.id, 0, None, True, "1", 2**31 - 1):
            with self.subTest(article=article), self.assertRaises(UserError):
                self.ticket.link_article(article)
        secret = self._published(audience="teams", team_ids=self.team1.ids)
        ticket = self._create_ticket().with_user(self.engineer)
        with self.assertRaises(AccessError):
            ticket.link_article(secret.id)

    def test_who_may_not_write_on_the_ticket(self):
        article = self._published()
        for user in (self.requester, self.stranger, self.auditor):
            with self.subTest(user=user.name), self.assertRaises(AccessError):
                self.ticket.with_user(user).link_article(article.id)

    def test_viewed_counts_apart_and_without_a_name(self):
        article = self._published()
        article.with_user(self.portal).sudo()._record_use("viewed")
        self.assertEqual((article.use_count, article.view_count), (0, 1))
        self.assertFalse(article.use_ids.user_id)
        article._record_use("deflected")
        self.assertEqual(article.use_count, 1)


class TestArticleFeedback(ArticleCase):
    """What readers say."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.article = cls._published(owner_id=cls.agent2.id)

    def _say(self, user, *arguments):
        return self.article.with_user(user).sudo(False)._give_feedback(*arguments)

    def test_figures(self):
        self._say(self.portal, True)
        self._say(self.requester, False)
        self._say(self.requester, True)
        self.assertEqual(
            (self.article.helpful_count, self.article.unhelpful_count), (2, 0)
        )
        self.assertFalse(self.article.activity_ids)

    def test_a_comment_goes_to_the_owner_once(self):
        self._say(self.portal, False, "Which key?")
        self._say(self.requester, False, "I have no red key.")
        todo = self.article.activity_ids
        self.assertEqual((len(todo), todo.user_id), (1, self.agent2))
        self.assertEqual(self.article.open_comment_count, 2)
        self.assertIn(
            self.article, self.Article.search([("open_comment_count", ">", 0)])
        )

    def test_answer(self):
        first = self._say(self.portal, False, "Which key?")
        second = self._say(self.requester, False, "I have no red key.")
        first.with_user(self.agent2).handle("The one on the left.")
        self.assertEqual((first.handled_by_id, first.to_handle), (self.agent2, False))
        told = self.env["mail.message"].search(
            [("partner_ids", "in", self.portal.partner_id.ids)],
            order="id desc",
            limit=1,
        )
        self.assertIn("The one on the left.", told.body)
        self.assertTrue(self.article.activity_ids, "another comment still waits")
        second.with_user(self.agent2).action_handle()
        self.assertFalse(self.article.activity_ids)

    def test_who_answers(self):
        feedback = self._say(self.portal, False, "Which key?")
        for user in (self.stranger, self.auditor):
            with self.subTest(user=user.name), self.assertRaises(AccessError):
                feedback.with_user(user).handle("No.")

    def test_long_comments_are_cut(self):
        feedback = self._say(self.portal, False, "x" * 10_000)
        self.assertEqual(len(feedback.comment), 2000)

    def test_feedback_is_not_written(self):
        feedback = self._say(self.portal, True)
        with self.assertRaises(AccessError):
            feedback.with_user(self.admin).write({"helpful": False})
        with self.assertRaises(AccessError):
            self.env["itsm.article.feedback"].sudo().create(
                {"article_id": self.article.id, "helpful": True}
            )
