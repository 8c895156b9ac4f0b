from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.tests import tagged

from .find_common import FindCase


@tagged("post_install", "-at_install")
class TestFind(FindCase):
    """Articles are found by the words that people use."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.printer = cls._article(
            "Printer jams",
            keywords="paper, tray",
            body="<p>Open the tray. Printers of the second floor jam most.</p>",
        )
        cls.vpn = cls._article(
            "VPN from home",
            summary="Work from home through the tunnel",
            body="<p>Error 0x80070005 means that the certificate has expired.</p>",
        )
        cls.password = cls._article("重置密码", lang="zh_CN", keywords="登录, 帐号")
        cls.seal = cls._article("申请公章", lang="zh_CN", body="<p>在合同上盖章。</p>")

    def test_words_and_their_forms(self):
        for words, article in [
            ("printer", self.printer),
            ("PRINTERS", self.printer),
            ("my printer is jamming", self.printer),
            ("tray", self.printer),
            ("vpn", self.vpn),
            ("Ｖ Ｐ Ｎ ＶＰＮ", self.vpn),
            ("0x80070005", self.vpn),
            ("密码", self.password),
            ("我的密码怎么重置", self.password),
            ("如何登录", self.password),
            ("盖章", self.seal),
            ("章", self.seal),
            (self.vpn.number, self.vpn),
        ]:
            with self.subTest(words=words):
                self.assertEqual(self._found(words)[:1], article)

    def test_language_of_the_reader_is_no_wall(self):
        self.assertEqual(self._found("vpn", lang="zh_CN"), self.vpn)
        self.assertEqual(self._found("密码", lang="en_US"), self.password)

    def test_translations_are_found(self):
        self.vpn.with_context(lang="zh_CN").name = "在家使用虚拟专网"
        self.assertFalse(self._found("专网"), "not published yet")
        self._publish(self.vpn)
        self.assertEqual(self._found("专网"), self.vpn)
        self.assertEqual(self._found("vpn"), self.vpn)

    def test_slips_in_typing(self):
        for words in ("pritner", "prnter", "certifcate"):
            with self.subTest(words=words):
                self.assertTrue(self._found(words))

    def test_slips_without_trigrams(self):
        with patch.object(self.env.registry, "has_trigram", new=False):
            self.assertEqual(self._found("pritner"), self.printer)
            self.assertEqual(self._found("printre"), self.printer)
            self.assertFalse(self._found("xylophone"))

    def test_while_typing(self):
        self.assertEqual(self._found("prin", typing=True), self.printer)
        self.assertEqual(self._found("vpn fr", typing=True), self.vpn)
        self.assertFalse(self._found("prin"), "a whole word that nobody wrote")

    def test_nonsense_finds_nothing(self):
        for words in ("", "   ", "?!", "xyzzy", "\0", "%", "' | '", "\\", "量子", None):
            with self.subTest(words=words):
                self.assertFalse(self._found(words))
                self.assertFalse(self._found(words, typing=True))

    def test_title_before_text(self):
        aside = self._article(
            "Order toner", body="<p>For a printer that jams, see elsewhere.</p>"
        )
        self.assertEqual(self._found("printer jams"), self.printer | aside)
        self.assertEqual(self._found("printer jams", limit=1), self.printer)

    def test_helpful_before_unhelpful(self):
        twin = self._article(
            "Printer jams",
            keywords="paper, tray",
            body="<p>Open the tray. Printers of the second floor jam most.</p>",
        )
        for user in (self.requester, self.colleague, self.head):
            twin.with_user(user)._give_feedback(helpful=True)
            self.printer.with_user(user)._give_feedback(helpful=False)
        self.assertEqual(self._found("printer jams"), twin | self.printer)

    def test_used_before_unused(self):
        other = self._article(
            "Printer jams",
            keywords="paper, tray",
            body="<p>Open the tray. Printers of the second floor jam most.</p>",
        )
        ticket = self._create_ticket()
        other._record_use("linked", ticket)
        self.assertEqual(self._found("printer jams"), other | self.printer)

    def test_service_before_others(self):
        service = self.env["itsm.service"].create(
            {"name": "Printing", "desk_id": self.desk.id}
        )
        other = self._article("Printer is slow", service_ids=service.ids)
        self.assertEqual(self._found("printer")[0], self.printer, "by its number")
        self.assertEqual(self._found("printer", service=service)[0], other)

    def test_narrowed(self):
        where = [("desk_id", "=", self.desk_other.id)]
        self.assertFalse(self._found("printer", where=where))

    def test_only_what_is_published(self):
        draft = self._article("Teleporter manual", published=False)
        self.assertFalse(self._found("teleporter"))
        draft.submit_for_review()
        self.assertFalse(self._found("teleporter"))
        self._publish_reviewed(draft)
        self.assertEqual(self._found("teleporter"), draft)
        draft.name = "Transmogrifier manual"
        self.assertEqual(self._found("teleporter"), draft, "readers see the version")
        self.assertFalse(self._found("transmogrifier"))
        draft.expire()
        self.assertFalse(self._found("teleporter"))

    def _publish_reviewed(self, article):
        article.publish()
        self._count_terms()

    def test_out_of_date(self):
        self.printer.expires_at = fields.Datetime.now() + timedelta(minutes=1)
        self.assertTrue(self._found("printer"))
        later = fields.Datetime.now() + timedelta(hours=1)
        with patch.object(fields.Datetime, "now", return_value=later):
            self.assertFalse(self._found("printer"), "before the job hides it")

    def test_archived(self):
        self.printer.active = False
        self.assertFalse(self._found("printer"))

    def test_vocabulary_follows(self):
        Term = self.env["itsm.article.term"]
        self.assertEqual(Term.search([("term", "=", "printer")]).article_count, 1)
        self.printer.expire()
        self._count_terms()
        self.assertFalse(Term.search([("term", "=", "printer")]))

    def test_number_of_queries(self):
        """A search asks the database a few times, however much it finds."""
        for number in range(5):
            self._article(f"Scanner {number} scans")
        Article = self._as(self.portal)["itsm.article"]
        Article._find("scanner 1 scans")._portal_cards()
        self.env.invalidate_all()
        few = self._queries(lambda: Article._find("vpn")._portal_cards())
        self.env.invalidate_all()
        many = self._queries(lambda: Article._find("scanner")._portal_cards())
        self.assertLessEqual(many, few + 2)

    def _queries(self, action):
        before = self.cr.sql_log_count
        action()
        return self.cr.sql_log_count - before


@tagged("post_install", "-at_install")
class TestFindAudience(FindCase):
    """Everybody finds what is for them, and nothing else."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        below = cls.env["hr.department"].create(
            {"name": "Ultrasound", "parent_id": cls.department.id}
        )
        elsewhere = cls.env["hr.department"].create({"name": "Kitchen"})
        cls.employee_colleague.department_id = below
        articles = {
            "everyone": {},
            "agents": {"audience": "agents"},
            "team": {"audience": "teams", "team_ids": cls.team2.ids},
            "department": {
                "audience": "departments",
                "department_ids": cls.department.ids,
            },
            "kitchen": {"audience": "departments", "department_ids": elsewhere.ids},
            "foreign": {"desk_id": cls.desk_branch.id},
        }
        cls.articles = {
            name: cls._article(f"Zeppelin for {name}", **vals)
            for name, vals in articles.items()
        }

    def test_each_audience(self):
        expected = {
            "portal": "everyone department",
            "requester": "everyone department",
            "colleague": "everyone department",
            "agent": "everyone agents",
            "engineer": "everyone agents team",
            "stranger": "everyone agents",
            "foreigner": "foreign",
        }
        for login, names in expected.items():
            found = self._found("zeppelin", getattr(self, login))
            with self.subTest(user=login):
                seen = {name for name, a in self.articles.items() if a in found}
                self.assertEqual(seen, set(names.split()) & set(self.articles))

    def test_audience_counts_as_published(self):
        """A draft for a wider audience shows nobody more than was reviewed."""
        hidden = self.articles["agents"]
        hidden.audience = "everyone"
        self.assertNotIn(hidden, self._found("zeppelin", self.portal))
        self._publish(hidden)
        self.assertIn(hidden, self._found("zeppelin", self.portal))
