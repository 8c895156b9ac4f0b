from odoo.exceptions import AccessError
from odoo.tests import tagged

from .find_common import FindCase

KEY = "0123456789abcdef" * 2


@tagged("post_install", "-at_install")
class TestGaps(FindCase):
    """What is looked for and not found says what to write."""

    def _search(self, text, count=0, place="knowledge", **kw):
        Search = self.env["itsm.article.search"]
        return Search.with_user(self.portal)._note(text, place, count, **kw)

    def _gaps(self, user=None):
        self.env.flush_all()
        Gap = self.env["itsm.article.gap"].with_user(user or self.agent)
        return Gap.search([])

    def test_counted_by_words(self):
        self._search("Coffee machine")
        self._search("coffee machines!")
        self._search("the coffee machine", count=3)
        self._search("tea")
        coffee, tea = self._gaps()
        self.assertEqual(coffee.search_count, 3)
        self.assertEqual(coffee.nothing_count, 2)
        self.assertEqual(coffee.unopened_count, 1)
        self.assertEqual(tea.search_count, 1)

    def test_opened_is_no_gap(self):
        search = self._search("coffee", count=2, key=KEY)
        self.env["itsm.article.search"]._note_opened(KEY, "knowledge")
        self.assertTrue(search.sudo().is_opened)
        self.assertFalse(self._gaps())

    def test_nothing_typed_is_no_search(self):
        for text in ("", "  ", "?!"):
            self.assertFalse(self._search(text))

    def test_while_typing_one_search(self):
        for text in ("c", "cof", "coffee"):
            self._search(text, place="new_ticket", key=KEY)
        self.assertEqual(self._gaps().text, "coffee")
        self.assertEqual(self._gaps().search_count, 1)

    def test_no_person_is_kept(self):
        search = self._search("coffee", key=KEY).sudo()
        self.assertFalse({"create_uid", "write_uid", "user_id"} & set(search._fields))
        search.searched_on = "2026-01-01"
        self.env["itsm.article.search"]._gc_searches()
        self.assertFalse(search.key)

    def test_desks_apart(self):
        """What was typed into a desk's form is that desk's."""
        self._search("secret of the house", place="new_ticket", desk=self.desk_other)
        self._search("for all")
        self.assertEqual(self._gaps().mapped("text"), ["for all"])
        self.assertEqual(len(self._gaps(self.stranger)), 2)
        self.assertEqual(len(self._gaps(self.auditor)), 2)
        hidden = self.env["itsm.article.search"].with_user(self.agent)
        self.assertEqual(hidden.search([]).mapped("text"), ["for all"])

    def test_complaints_are_forgotten(self):
        self._search("rude agent", place="new_ticket", key=KEY, desk=self.desk)
        self._create_ticket(portal_key=KEY, type="complaint")
        self.assertFalse(self._gaps())

    def test_write_article(self):
        self._search("coffee machine")
        gap = self._gaps()
        action = gap.action_write_article()
        article = self.Article.browse(action["res_id"])
        self.assertEqual(article.name, "Coffee machine")
        self.assertEqual(article.state, "draft")
        self.assertFalse(self._gaps(), "somebody writes about it")
        self._search("coffee machine")
        self.assertEqual(self._gaps().search_count, 1, "still not found")

    def test_dismiss(self):
        self._search("coffee")
        self._search("tea")
        self._gaps().action_dismiss()
        self.assertFalse(self._gaps())

    def test_rights(self):
        self._search("coffee")
        gap = self._gaps()
        for name in ("action_write_article", "action_dismiss"):
            with self.subTest(name), self.assertRaises(AccessError):
                getattr(gap.with_user(self.auditor), name)()
        for user in (self.portal, self.requester):
            for model in ("itsm.article.gap", "itsm.article.search"):
                with self.assertRaises(AccessError):
                    self.env[model].with_user(user).search([])
        with self.assertRaises(AccessError):
            self.env["itsm.article.search"].with_user(self.manager).create(
                {"text": "x", "words": "x", "place": "knowledge"}
            )


@tagged("post_install", "-at_install")
class TestDeflection(FindCase):
    """A ticket that was not opened is counted, once."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.article = cls._article("Printer jams")

    def _deflected(self):
        return self.env["itsm.article.use"].search_count(
            [("article_id", "=", self.article.id), ("kind", "=", "deflected")]
        )

    def test_once_for_each_form(self):
        Use = self.env["itsm.article.use"].with_user(self.portal)
        for _twice in range(2):
            Use._note_deflected(self.article.with_user(self.portal).sudo(), KEY)
        self.assertEqual(self._deflected(), 1)
        self.assertEqual(self.article.use_count, 1)

    def test_taken_back_when_the_form_is_sent(self):
        self.env["itsm.article.use"]._note_deflected(self.article, KEY)
        self._create_ticket(portal_key="f" * 32)
        self.assertEqual(self._deflected(), 1, "another form")
        self._create_ticket(portal_key=KEY)
        self.assertEqual(self._deflected(), 0)
        self.assertEqual(self.article.use_count, 0)

    def test_forms_are_forgotten(self):
        self.env["itsm.article.use"]._note_deflected(self.article, KEY)
        use = self.article.use_ids
        use.used_at = "2026-01-01 00:00:00"
        self.env.flush_all()
        self.env["itsm.article.use"]._gc_form_keys()
        self.assertFalse(use.form_key)
        self.assertEqual(self._deflected(), 1)
