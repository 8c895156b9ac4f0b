from odoo.exceptions import AccessError, UserError
from odoo.tests import freeze_time

from ..tools import mail_guard
from .common import WORKDAY, ItsmCase


class TestConversation(ItsmCase):
    """Public messages and notes, and what they move."""

    def setUp(self):
        super().setUp()
        self.ticket = self._create_ticket()
        self._flush_tracking()

    def _say(self, user, ticket=None, **vals):
        values = {
            "body": "A word",
            "message_type": "comment",
            "subtype_xmlid": "mail.mt_comment",
            **vals,
        }
        message = (ticket or self.ticket).with_user(user).message_post(**values)
        self._flush_tracking()
        return message

    def _mails(self, message):
        return self.env["mail.mail"].search([("mail_message_id", "=", message.id)])

    def _recipients(self, message):
        return message.sudo().notified_partner_ids

    @freeze_time(WORKDAY)
    def test_first_response(self):
        self._say(self.agent, subtype_xmlid="mail.mt_note")
        self.assertFalse(self.ticket.first_response_at, "a note is no answer")
        self._say(self.requester)
        self.assertFalse(self.ticket.first_response_at, "their own word is no answer")
        first = self._say(self.agent)
        self.assertEqual(self.ticket.first_response_at, first.date)
        with freeze_time("2026-03-02 12:00:00"):
            self._say(self.agent2)
        self.assertEqual(self.ticket.first_response_at, first.date, "the first counts")

    def test_colleague_is_no_agent(self):
        """A colleague in the conversation does not stop the clock of the desk."""
        self.desk.portal_scope = "department"
        self._say(self.colleague)
        self.assertFalse(self.ticket.first_response_at)

    def test_automatic_mail_is_no_answer(self):
        ticket = self._create_ticket()
        self._flush_tracking()
        self.assertTrue(
            ticket.message_ids.filtered(lambda m: m.message_type == "auto_comment")
        )
        self.assertFalse(ticket.first_response_at)

    def test_requester_and_the_other_person_follow(self):
        ticket = self._create_ticket(requested_for_id=self.portal.partner_id.id)
        followers = ticket.message_partner_ids
        self.assertIn(self.requester.partner_id, followers)
        self.assertIn(self.portal.partner_id, followers)
        ticket.partner_id = self.colleague.partner_id
        self.assertIn(self.colleague.partner_id, ticket.message_partner_ids)

    def test_public_word_reaches_the_requester_and_a_note_does_not(self):
        self.assertIn(
            self.requester.partner_id, self._recipients(self._say(self.agent))
        )
        note = self._say(self.agent, subtype_xmlid="mail.mt_note")
        self.assertNotIn(self.requester.partner_id, self._recipients(note))

    def test_assignee_hears_the_requester(self):
        self.ticket.with_user(self.agent).action_take()
        word = self._say(self.requester)
        self.assertIn(self.agent.partner_id, self._recipients(word))

    def test_answer_resumes_and_reopens(self):
        reasons = {"requester": "in_progress", "supplier": "pending"}
        for reason, state in reasons.items():
            ticket = self._create_ticket()
            ticket.set_pending(reason)
            self._say(self.requester, ticket)
            self.assertEqual(ticket.state, state, reason)
        ticket = self._in_state("resolved")
        self._say(self.requester, ticket)
        self.assertEqual((ticket.state, ticket.reopen_count), ("in_progress", 1))

    def test_note_of_the_requester_moves_nothing(self):
        ticket = self._in_state("resolved")
        self._say(self.requester, ticket, subtype_xmlid="mail.mt_note")
        self.assertEqual(ticket.state, "resolved")

    def test_word_on_a_cancelled_ticket_moves_nothing(self):
        ticket = self._in_state("cancelled")
        self._say(self.requester, ticket)
        self.assertEqual(ticket.state, "cancelled")

    def test_requester_on_the_portal_speaks(self):
        ticket = self._create_ticket(partner_id=self.portal.partner_id.id)
        ticket.set_pending("requester")
        message = self._say(self.portal, ticket)
        self.assertEqual(message.author_id, self.portal.partner_id)
        self.assertEqual(ticket.state, "in_progress")
        with self.assertRaises(AccessError):
            self._say(self.portal, self.ticket)

    def test_mails_of_the_stages(self):
        ticket = self._create_ticket()
        self._flush_tracking()
        for move, states in (
            (lambda: ticket.start(), 1),
            (lambda: ticket.resolve("solved", "Toner <b>replaced</b>."), 2),
            (lambda: ticket.close(), 3),
        ):
            move()
            self._flush_tracking()
            sent = ticket.message_ids.filtered(
                lambda m: m.message_type == "auto_comment"
            )
            self.assertEqual(len(sent), states)
            self.assertTrue(
                all(self.requester.partner_id in self._recipients(m) for m in sent)
            )
        resolved = sent.sorted("id")[1]
        self.assertIn("Toner &lt;b&gt;replaced&lt;/b&gt;.", resolved.body)

    def test_agent_who_registers_for_another_desk_can_save(self):
        """The mail to the requester needs no right on the other desk's ticket."""
        env = self._as(self.agent)
        ticket = env["itsm.ticket"].create(
            self._ticket_vals(desk_id=self.desk_other.id)
        )
        env.flush_all()
        env.cr.flush()
        sent = ticket.sudo().message_ids
        self.assertTrue(sent.filtered(lambda m: m.message_type == "auto_comment"))

    def test_own_mails_are_marked(self):
        mails = self._mails(self._say(self.agent))
        self.assertTrue(mails)
        for mail in mails:
            self.assertIn(mail_guard.OWN_TICKET_HEADER, mail.headers)
            self.assertIn(self.ticket.number, mail.headers)
            self.assertNotIn("Auto-Submitted", mail.headers, "a person wrote it")
            self.assertIn(self.ticket.number, mail.subject)

    def test_refusal_leaves_no_word(self):
        ticket = self._in_state("closed")
        self._flush_tracking()
        before = ticket.message_ids
        with self.assertRaises(UserError):
            ticket.with_user(self.agent).cancel("No longer needed")
        self.assertEqual(ticket.message_ids, before)
