from odoo.exceptions import AccessError
from odoo.tests import tagged

from .find_common import FindCase


@tagged("post_install", "-at_install")
class TestKnownAnswers(FindCase):
    """The agent sees what is known about the ticket before them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.article = cls._article("Printer does not print", summary="Check the cable")
        cls.inside = cls._article("Printer room code", audience="agents")
        cls.service = cls.env["itsm.service"].create(
            {"name": "Printing", "desk_id": cls.desk.id}
        )
        cls.ticket = cls._create_ticket()

    def _answers(self, user, words=""):
        return self.ticket.with_user(user).known_answers(words)

    def _names(self, result):
        return [answer["name"] for answer in result["answers"]]

    def test_by_what_the_ticket_says(self):
        result = self._answers(self.agent)
        self.assertEqual(self._names(result)[0], "Printer does not print")
        self.assertIn("Printer room code", self._names(result))
        self.assertFalse(result["key"], "nobody searched")

    def test_by_words_of_the_agent(self):
        result = self._answers(self.agent, "room code")
        self.assertEqual(self._names(result), ["Printer room code"])
        Search = self.env["itsm.article.search"]
        search = Search.search([("key", "=", result["key"])])
        self.assertEqual((search.place, search.result_count), ("ticket", 1))
        self.assertEqual(search.desk_id, self.desk)
        self.ticket.with_user(self.agent).known_answer_opened(result["key"])
        self.assertTrue(search.is_opened)

    def test_what_was_used_is_marked(self):
        self.ticket.with_user(self.agent).link_article(self.article.id)
        used = {a["id"]: a["used"] for a in self._answers(self.agent)["answers"]}
        self.assertEqual(used[self.article.id], "linked")
        self.assertEqual(used[self.inside.id], "")

    def test_who_may_ask(self):
        self.assertTrue(self._answers(self.auditor)["answers"])
        self.assertFalse(self._answers(self.requester)["answers"])
        with self.assertRaises(AccessError):
            self._answers(self.stranger)
        with self.assertRaises(AccessError):
            self.ticket.with_user(self.stranger).known_answer_opened("x")

    def test_nonsense(self):
        for words in (None, 7, ["x"], "\0", "%" * 9999):
            with self.subTest(words=words):
                self.assertIn("answers", self._answers(self.agent, words))
        self.ticket.with_user(self.agent).known_answer_opened(None)

    def test_front_office(self):
        Service = self.env["itsm.service"].with_user(self.agent)
        answers = Service._known_answers("printer print", limit=1)
        self.assertEqual(
            [(a["number"], a["url"]) for a in answers],
            [(self.article.number, f"/my/knowledge/{self.article.id}")],
        )
        about = self._article("Toner", service_ids=self.service.ids)
        answers = self.service.with_user(self.agent)._known_answers("")
        self.assertEqual([a["number"] for a in answers], [about.number])
