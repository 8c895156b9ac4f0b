import json

from odoo.exceptions import AccessError
from odoo.tests import HttpCase, tagged

from .common import ItsmCase


class NotesCase(ItsmCase):
    """A ticket with public messages and notes, each with a file."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.ticket = cls._create_ticket(requested_for_id=cls.portal.partner_id.id)
        cls.public = cls._post("Which printer?", "public.txt")
        cls.note = cls._post("They always forget paper", "secret.txt", "mail.mt_note")
        cls.mention = cls._post(
            "Ask @Ria",
            "named.txt",
            "mail.mt_note",
            partner_ids=cls.colleague.partner_id,
        )
        cls.log = cls.ticket._message_log(body="Logged by the system")
        cls.loose = (
            cls.env["ir.attachment"]
            .with_user(cls.agent)
            .create(
                {
                    "name": "loose.txt",
                    "raw": b"loose",
                    "res_model": "itsm.ticket",
                    "res_id": cls.ticket.id,
                }
            )
        )
        cls.env.flush_all()

    @classmethod
    def _post(cls, body, filename, subtype="mail.mt_comment", partner_ids=()):
        return cls.ticket.with_user(cls.agent).message_post(
            body=body,
            message_type="comment",
            subtype_xmlid=subtype,
            partner_ids=[partner.id for partner in partner_ids],
            attachments=[(filename, body.encode())],
        )

    def _hidden(self):
        return self.note | self.mention | self.log

    def _file_of(self, message):
        return message.sudo().attachment_ids


class TestNotesHidden(NotesCase):
    """Who is only the requester reads no notes and none of their files."""

    def test_search(self):
        domain = [("model", "=", "itsm.ticket"), ("res_id", "=", self.ticket.id)]
        for user in (self.requester, self.portal):
            found = self._as(user)["mail.message"].search(domain)
            with self.subTest(user=user.name):
                self.assertIn(self.public.id, found.ids)
                self.assertFalse(set(found.ids) & set(self._hidden().ids))
                count = self._as(user)["mail.message"].search_count(domain)
                self.assertEqual(count, len(found))

    def test_search_by_content_is_no_oracle(self):
        domain = [("body", "ilike", "forget paper")]
        self.assertFalse(self._as(self.requester)["mail.message"].search(domain))
        self.assertTrue(self._as(self.agent)["mail.message"].search(domain))

    def test_tickets_are_not_found_by_their_notes(self):
        domain = [("message_ids.body", "ilike", "forget paper")]
        self.assertFalse(self._as(self.requester)["itsm.ticket"].search(domain))
        self.assertTrue(self._as(self.agent)["itsm.ticket"].search(domain))

    def test_read(self):
        for message in self._hidden():
            with self.subTest(body=message.body), self.assertRaises(AccessError):
                self._as(self.requester)["mail.message"].browse(message.id).read(
                    ["body"]
                )
        public = self._as(self.requester)["mail.message"].browse(self.public.id)
        self.assertIn("Which printer", public.read(["body"])[0]["body"])

    def test_through_the_ticket(self):
        ticket = self._as(self.requester)["itsm.ticket"].browse(self.ticket.id)
        ids = ticket.read(["message_ids"])[0]["message_ids"]
        self.assertIn(self.public.id, ids)
        self.assertFalse(set(ids) & set(self._hidden().ids))

    def test_files(self):
        env = self._as(self.requester)
        for file in self._file_of(self.note) | self._file_of(self.mention) | self.loose:
            hidden = env["ir.attachment"].browse(file.id)
            with self.subTest(file=file.name):
                with self.assertRaises(AccessError):
                    hidden.read(["raw"])
                self.assertFalse(hidden.has_access("read"))
                self.assertFalse(env["ir.attachment"].search([("id", "=", file.id)]))
        public = env["ir.attachment"].browse(self._file_of(self.public).id)
        self.assertEqual(public.raw, b"Which printer?")

    def test_public_file_of_a_note_too(self):
        """A file that was also sent publicly is no secret any more."""
        file = self._file_of(self.note)
        self._post("Here it is", "other.txt").sudo().attachment_ids |= file
        mine = self._as(self.requester)["ir.attachment"].browse(file.id)
        self.assertEqual(mine.raw, b"They always forget paper")

    def test_own_uploads(self):
        env = self._as(self.requester)
        message = (
            env["itsm.ticket"]
            .browse(self.ticket.id)
            .message_post(
                body="This one",
                message_type="comment",
                subtype_xmlid="mail.mt_comment",
                attachments=[("mine.txt", b"mine")],
            )
        )
        self.assertEqual(message.attachment_ids.raw, b"mine")

    def test_named_in_a_note(self):
        """Who is mentioned reads that note, and its files, and no other."""
        self.desk.portal_scope = "department"
        env = self._as(self.colleague)
        self.assertIn("Ask", env["mail.message"].browse(self.mention.id).body)
        file = env["ir.attachment"].browse(self._file_of(self.mention).id)
        self.assertEqual(file.raw, b"Ask @Ria")
        with self.assertRaises(AccessError):
            env["mail.message"].browse(self.note.id).read(["body"])

    def test_agents_managers_and_auditors_read_all(self):
        for user in (self.agent2, self.leader, self.manager, self.auditor, self.admin):
            env = self._as(user)
            with self.subTest(user=user.name):
                for message in self._hidden():
                    self.assertTrue(env["mail.message"].browse(message.id).body)
                self.assertTrue(env["ir.attachment"].browse(self.loose.id).raw)

    def test_agent_of_another_desk_who_asks_for_something(self):
        """An agent is a requester like any other at the desks of others."""
        self.ticket.partner_id = self.stranger.partner_id
        env = self._as(self.stranger)
        self.assertTrue(env["mail.message"].browse(self.public.id).body)
        with self.assertRaises(AccessError):
            env["mail.message"].browse(self.note.id).read(["body"])

    def test_notes_of_other_models_stay_as_they_were(self):
        partner = self.env["res.partner"].create({"name": "Supplier"})
        note = partner.message_post(body="Slow", subtype_xmlid="mail.mt_note")
        found = self._as(self.requester)["mail.message"].search([("id", "=", note.id)])
        self.assertEqual(found.ids, note.ids)
        file = self._file(res_model="res.partner", res_id=partner.id)
        self.assertTrue(self._as(self.requester)["ir.attachment"].browse(file.id).raw)

    def test_activities(self):
        """What agents plan is as internal as their notes."""
        activity = self.ticket.with_user(self.agent).activity_schedule(
            "mail.mail_activity_data_todo", summary="Call the supplier about Ria"
        )
        env = self._as(self.requester)
        self.assertFalse(env["mail.activity"].search([("id", "=", activity.id)]))
        with self.assertRaises(AccessError):
            env["mail.activity"].browse(activity.id).read(["summary"])
        self.assertTrue(
            self._as(self.agent2)["mail.activity"].browse(activity.id).summary
        )

    def test_unlinking_is_checked_too(self):
        file = self._as(self.requester)["ir.attachment"].browse(
            self._file_of(self.note).id
        )
        with self.assertRaises(AccessError):
            file.unlink()


@tagged("post_install", "-at_install")
class TestNotesHiddenOverHttp(NotesCase, HttpCase):
    """The same through the web client's routes."""

    def _messages(self, user):
        self.authenticate(user.login, user.login.ljust(8, "x"))
        answer = self.url_open(
            "/mail/thread/messages",
            data=json.dumps(
                {
                    "params": {
                        "thread_model": "itsm.ticket",
                        "thread_id": self.ticket.id,
                    }
                }
            ),
            headers={"Content-Type": "application/json"},
        )
        return answer.text

    def test_thread(self):
        for user in (self.requester, self.portal):
            text = self._messages(user)
            with self.subTest(user=user.name):
                self.assertIn("Which printer?", text)
                for word in ("forget paper", "Ask @Ria", "Logged by", "secret.txt"):
                    self.assertNotIn(word, text)
        text = self._messages(self.agent2)
        self.assertIn("forget paper", text)
        self.assertIn("secret.txt", text)

    def test_download(self):
        paths = {
            "note": f"/web/content/{self._file_of(self.note).id}",
            "loose": f"/web/content/{self.loose.id}",
        }
        for user in (self.requester, self.portal):
            self.authenticate(user.login, user.login.ljust(8, "x"))
            for name, path in paths.items():
                with self.subTest(user=user.name, file=name):
                    self.assertEqual(self.url_open(path).status_code, 404)
        # Portal users get public files by a token, as everywhere in Odoo.
        public = f"/web/content/{self._file_of(self.public).id}"
        self.authenticate(self.requester.login, self.requester.login.ljust(8, "x"))
        self.assertEqual(self.url_open(public).content, b"Which printer?")
        self.authenticate(self.agent2.login, self.agent2.login.ljust(8, "x"))
        self.assertEqual(self.url_open(paths["loose"]).content, b"loose")
