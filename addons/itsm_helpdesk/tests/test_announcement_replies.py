from odoo.tests import tagged

from .announcement_common import AnnouncementCase
from .mail_common import OUT_OF_OFFICE, MailCase


@tagged("post_install", "-at_install")
class TestAnnouncementReplies(AnnouncementCase, MailCase):
    """Answers are feedback on the announcement: seen by the desk, never tickets."""

    def setUp(self):
        super().setUp()
        self.news = self._sent()
        self.mail = self._mails(self.news, self.portal.partner_id)
        self.before = self._count()

    def _answer(self, text="Why is it slow?", **headers):
        self._flush_tracking()
        mail = self._raw(
            text,
            From="Petra Portal <portal@staff.example.com>",
            Subject="Re: Mail is slow",
            **{"In_Reply_To": self.mail.message_id, **headers},
        )
        self.env["mail.thread"].message_process(None, mail.as_bytes())
        self.env.invalidate_all()

    def test_wherever_it_is_sent_to(self):
        for number, address in enumerate(
            (
                "catchall@desk.example.com",
                "it-test@desk.example.com",
                "facility-test@desk.example.com",
            ),
            1,
        ):
            with self.subTest(address=address):
                self._answer(To=address)
                self.assertEqual(self.news.reply_count, number)
        self.assertEqual(self._count(), self.before, "no tickets")

    def test_by_references_alone(self):
        self._answer(In_Reply_To=None, References=f"<x@y> {self.mail.message_id}")
        self.assertEqual(self.news.reply_count, 1)
        self.assertEqual(self._count(), self.before)

    def test_machines_say_nothing(self):
        for headers in (OUT_OF_OFFICE, {"X_Autoreply": "yes"}):
            self._answer(**{k.replace("-", "_"): v for k, v in headers.items()})
        self.assertEqual(self.news.reply_count, 0)
        self.assertEqual(self._count(), self.before)

    def test_other_mails_make_tickets_as_before(self):
        self._receive()
        self.assertEqual(self._count(), self.before + 1)

    def test_for_the_desk_only(self):
        self._answer("My boss said something bad.")
        message = self.env["mail.message"].search(self.news._reply_domain())
        self.assertEqual(message.author_id, self.portal.partner_id)
        for user, seen in (
            (self.agent, True),
            (self.manager, True),
            (self.portal, False),
            (self.requester, False),
            (self.stranger, False),
        ):
            found = self._as(user)["mail.message"].search([("id", "=", message.id)])
            with self.subTest(user=user.name):
                # Odoo shows portal users no internal message at all.
                self.assertEqual(bool(found), seen)

    def test_whoever_sent_it_hears(self):
        self._answer()
        message = self.env["mail.message"].search(self.news._reply_domain())
        self.assertIn(self.manager.partner_id, message.notified_partner_ids)
        self.assertNotIn(self.outsider, message.notified_partner_ids)

    def test_on_the_page(self):
        mine = self._as(self.portal)["itsm.announcement"].browse(self.news.id)
        mine._portal_act("reply", self.portal.partner_id, "<b>Why?</b>")
        self.env.invalidate_all()
        message = self.env["mail.message"].search(self.news._reply_domain())
        self.assertIn("&lt;b&gt;", message.body)
        row = self.news.receipt_ids.filtered(
            lambda each: each.partner_id == self.portal.partner_id
        )
        self.assertTrue(row.read_at)
