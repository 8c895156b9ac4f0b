from odoo.exceptions import AccessError, UserError

from .common import ArticleCase


class TestWritingFromTickets(ArticleCase):
    """An article begun from a resolved ticket."""

    def _solved(self, **vals):
        ticket = self._create_ticket(
            **{
                "name": "Ria Requester: label printer prints blank pages",
                "description": "<p>Hello Anna,</p><p>Ria and Dr. Hedda Head see only"
                " blank labels, error 0x80070005. Call ext. 4711 or"
                " ria@staff.example.com.</p><p>Best regards<br>Ria Requester</p>",
                **vals,
            }
        )
        ticket.with_user(self.agent).message_post(
            body="The nurse is always rude.", subtype_xmlid="mail.mt_note"
        )
        ticket.resolve("solved", "Anna cleaned the sensor with Carl Colleague.")
        return ticket.with_user(self.agent)

    def _begun(self, ticket):
        action = ticket.action_write_article()
        return self.Article.browse(action["res_id"])

    def test_problem_and_solution_are_taken(self):
        service = self.env["itsm.service"].create(
            {"name": "Label printing", "desk_id": self.desk.id}
        )
        article = self._begun(self._solved(service_id=service.id))
        self.assertEqual((article.kind, article.state), ("known_fault", "draft"))
        self.assertIn("0x80070005", article.symptom)
        self.assertIn("cleaned the sensor", article.workaround)
        self.assertIn("label printer prints blank pages", article.name)
        self.assertEqual(article.service_ids, service)
        self.assertEqual((article.desk_id, article.owner_id), (self.desk, self.agent))

    def test_persons_and_notes_are_not(self):
        article = self._begun(self._solved())
        texts = " ".join(
            filter(None, [article.name, article.symptom, article.workaround])
        )
        for hidden in (
            "Ria",
            "Requester",
            "Hedda",
            "Anna",
            "Carl",
            "Colleague",
            "4711",
            "staff.example.com",
            "rude",
        ):
            with self.subTest(hidden=hidden):
                self.assertNotIn(hidden, texts)
        self.assertNotIn("rude", str(article.message_ids.mapped("body")))

    def test_chinese_names(self):
        self.requester.name = "王小明"
        article = self._begun(
            self._solved(name="王小明的打印机", description="<p>王小明说打印机坏了</p>")
        )
        self.assertNotIn("王小明", article.name + article.symptom)
        self.assertIn("打印机", article.symptom)

    def test_kind_by_type(self):
        article = self._begun(self._solved(type="inquiry"))
        self.assertEqual(article.kind, "question")
        self.assertIn("cleaned the sensor", article.body)

    def test_a_second_click_opens_the_first_article(self):
        ticket = self._solved()
        self.assertEqual(self._begun(ticket), self._begun(ticket))

    def test_refused(self):
        ticket = self._create_ticket().with_user(self.agent)
        with self.assertRaises(UserError):
            ticket.action_write_article()
        with self.assertRaises(UserError):
            self._solved(type="complaint").action_write_article()
        with self.assertRaises(AccessError):
            self._solved().with_user(self.stranger).action_write_article()

    def test_the_ticket_is_hidden_from_readers_of_the_article(self):
        article = self._begun(self._solved())
        self.assertTrue(article.has_source_ticket)
        opened = article.with_user(self.agent).action_view_source_ticket()
        self.assertEqual(opened["res_model"], "itsm.ticket")
        self._publish(article)
        stranger = self._as(self.stranger)["itsm.article"].browse(article.id)
        with self.assertRaises(AccessError):
            stranger.read(["source_ticket_id"])
        with self.assertRaises(AccessError):
            stranger.action_view_source_ticket()
