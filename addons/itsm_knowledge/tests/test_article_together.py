from psycopg2.errors import SerializationFailure

from odoo import SUPERUSER_ID, api
from odoo.exceptions import UserError
from odoo.tests import TransactionCase
from odoo.tools import mute_logger

RED, GREEN = (f"<p>Press the {key} key.</p>" for key in ("red", "green"))


class TestArticleTogether(TransactionCase):
    """Several people are at an article at the same moment, each in a transaction.

    The articles are committed, so that others see them, and removed at the end. Who
    comes second is sent back by the database; Odoo repeats their request, which then
    sees what the first one did.
    """

    def setUp(self):
        super().setUp()
        self.article_ids = []
        self.addCleanup(self._remove_articles)
        self.article = self._submitted("The printer prints blank pages", RED)

    def _submitted(self, name, body):
        """Return the id of a committed article that waits for its reviewer."""
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            article = env["itsm.article"].create({"name": name, "body": body})
            article.submit_for_review()
            self.article_ids.append(article.id)
            return article.id

    def _remove_articles(self):
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            for log, name in (
                ("mail.message", "model"),
                ("mail.followers", "res_model"),
            ):
                env[log].search(
                    [(name, "=", "itsm.article"), ("res_id", "in", self.article_ids)]
                ).unlink()
            env.flush_all()
            # Published versions stay, as far as the ORM is concerned.
            cr.execute(
                "DELETE FROM itsm_article WHERE id = ANY(%s)", [self.article_ids]
            )
            env["itsm.article.term"]._cron_count()

    def _person(self, article_id=None):
        """Return the article as somebody has it before them now."""
        cr = self.registry.cursor()
        self.addCleanup(cr.close)
        env = api.Environment(cr, SUPERUSER_ID, {})
        article = env["itsm.article"].browse(article_id or self.article)
        self.assertEqual(article.state, "review")
        return article

    def _done(self, article):
        article.env.cr.commit()

    @mute_logger("odoo.sql_db")
    def _turned_away(self, article, action):
        """The database ends the transaction of who comes second."""
        with self.assertRaises(SerializationFailure):
            action(article)
            article.env.flush_all()
        article.env.cr.rollback()

    def _versions(self):
        """Return the number, note and text of each version, as all others see them."""
        with self.registry.cursor() as cr:
            article = api.Environment(cr, SUPERUSER_ID, {})["itsm.article"].browse(
                self.article
            )
            return article.state, [
                (version.number, version.note, version._text()["body"])
                for version in article.version_ids.sorted("number")
            ]

    def test_two_publish(self):
        first, second = self._person(), self._person()
        first.publish("The first")
        self._done(first)
        self._turned_away(second, lambda article: article.publish("The second"))
        with self.assertRaises(UserError):
            second.publish("The second")
        self.assertEqual(
            self._versions(), ("published", [(1, "The first", RED)]), "one version"
        )

    def test_published_while_another_writes(self):
        writer, reviewer = self._person(), self._person()
        reviewer.publish("Checked")
        self._done(reviewer)
        self._turned_away(writer, lambda article: article.write({"body": GREEN}))
        writer.body = GREEN
        self._done(writer)
        self.assertEqual(
            self._versions(),
            ("draft", [(1, "Checked", RED)]),
            "what was checked is published, what was not is a draft",
        )
        writer.submit_for_review()
        writer.publish("Mended")
        self._done(writer)
        self.assertEqual(
            self._versions(),
            ("published", [(1, "Checked", RED), (2, "Mended", GREEN)]),
        )

    def test_written_while_another_publishes(self):
        writer, reviewer = self._person(), self._person()
        writer.body = GREEN
        self._done(writer)
        self._turned_away(reviewer, lambda article: article.publish())
        with self.assertRaises(UserError):
            reviewer.publish()
        self.assertEqual(self._versions(), ("draft", []), "nobody checked that text")

    def test_translated_while_another_publishes(self):
        writer, reviewer = self._person(), self._person()
        writer.update_field_translations("name", {"en_US": "Blank pages"})
        self._done(writer)
        self._turned_away(reviewer, lambda article: article.publish())
        with self.assertRaises(UserError):
            reviewer.publish()
        self.assertEqual(self._versions(), ("draft", []))

    def test_another_audience_while_another_publishes(self):
        """What is no column of the article counts as well."""
        team = self.env.ref("itsm_helpdesk.team_it_line1")
        writer, reviewer = self._person(), self._person()
        writer.team_ids = team.ids
        self._done(writer)
        self._turned_away(reviewer, lambda article: article.publish())
        with self.assertRaises(UserError):
            reviewer.publish()
        self.assertEqual(self._versions(), ("draft", []))

    def test_sent_back_while_another_publishes(self):
        one, other = self._person(), self._person()
        one.send_back("Which key?")
        self._done(one)
        self._turned_away(other, lambda article: article.publish())
        with self.assertRaises(UserError):
            other.publish()
        self.assertEqual(self._versions(), ("draft", []))

    def test_published_while_another_sends_back(self):
        one, other = self._person(), self._person()
        one.publish()
        self._done(one)
        self._turned_away(other, lambda article: article.send_back("Which key?"))
        with self.assertRaises(UserError):
            other.send_back("Which key?")
        self.assertEqual(self._versions(), ("published", [(1, False, RED)]))

    def test_two_articles_with_the_same_new_words(self):
        """They meet only in the list of words: both are published."""
        new = "<p>Zwqxjk vbnmty.</p>"
        article_ids = [self._submitted(f"Zwqxjk {n}", new) for n in range(2)]
        first, second = (self._person(article_id) for article_id in article_ids)
        first.publish()
        self._done(first)
        self._turned_away(second, lambda article: article.publish())
        second.publish()
        self._done(second)
        self.assertEqual(second.state, "published")
