from datetime import timedelta

from odoo import fields
from odoo.tests import freeze_time

from .mail_common import OUT_OF_OFFICE, MailCase


class TestReplies(MailCase):
    """Replies find their ticket and move it."""

    def test_by_reference_with_another_subject(self):
        ticket = self._create_ticket()
        question = self._question(ticket)
        for header in ("In_Reply_To", "References"):
            with self.subTest(header=header):
                before = self._count()
                reached = self._receive(
                    **{header: question.message_id}, Subject="Something else"
                )
                self.assertEqual(reached, ticket)
                self.assertEqual(self._count(), before)

    def test_to_the_confirmation(self):
        ticket = self._receive()
        sent = ticket.message_ids.filtered(lambda m: m.message_type == "auto_comment")
        self.assertEqual(self._reply(sent, To="catchall@desk.example.com"), ticket)

    def test_by_the_number_in_the_subject(self):
        ticket = self._create_ticket()
        subject = f"Re: [{ticket.number}] Printer does not print"
        self.assertEqual(self._receive(Subject=subject), ticket)
        self.assertEqual(self._receive(Subject=subject.lower()), ticket)

    def test_number_in_the_subject_of_a_stranger(self):
        """A number is no secret, so it opens no door."""
        ticket = self._create_ticket()
        reached = self._receive(
            Subject=f"Re: [{ticket.number}]", From="eve@elsewhere.example.org"
        )
        self.assertTrue(reached)
        self.assertNotEqual(reached, ticket)

    def test_subject_full_of_numbers(self):
        subject = " ".join(f"INC{n:07}" for n in range(10**6, 10**6 + 300))
        self.assertTrue(self._receive(Subject=subject))

    def test_resumes_what_waits_for_the_requester(self):
        ticket = self._in_state("pending")
        self._reply(self._question(ticket))
        self.assertEqual(ticket.state, "in_progress")

    def test_does_not_resume_what_waits_for_others(self):
        ticket = self._create_ticket()
        ticket.set_pending("supplier")
        self._reply(self._question(ticket))
        self.assertEqual(ticket.state, "pending")

    def test_of_somebody_else_does_not_resume(self):
        ticket = self._in_state("pending")
        self._reply(self._question(ticket), From="colleague@staff.example.com")
        self.assertEqual(ticket.state, "pending")

    def test_reopens_what_was_resolved(self):
        ticket = self._in_state("resolved")
        self._reply(self._question(ticket))
        self.assertEqual(ticket.state, "in_progress")
        self.assertEqual(ticket.reopen_count, 1)

    def test_does_not_reopen_where_the_desk_does_not_want_it(self):
        self.desk.reopen_on_reply = False
        ticket = self._in_state("resolved")
        reached = self._reply(self._question(ticket))
        self.assertEqual(reached, ticket)
        self.assertEqual(ticket.state, "resolved")

    def test_to_two_desks_is_kept_once(self):
        """A mail to two desks makes two tickets, but an answer is one message."""
        ticket = self._create_ticket()
        self._receive(
            To="it-test@desk.example.com, facility-test@desk.example.com",
            Subject=f"[{ticket.number}] More paper",
            text="Both of you, please.",
        )
        told = ticket.message_ids.filtered(lambda m: "Both of you" in m.body)
        self.assertEqual(len(told), 1)

    def test_out_of_office_of_an_agent_is_no_first_response(self):
        ticket = self._create_ticket()
        question = self._question(ticket, user=self.requester)
        self._reply(question, From="agent@staff.example.com", **OUT_OF_OFFICE)
        self.assertFalse(ticket.first_response_at)

    def test_automatic_reply_is_kept_and_moves_nothing(self):
        for state in ("pending", "resolved", "closed"):
            ticket = self._in_state(state)
            reached = self._reply(
                self._question(ticket), **OUT_OF_OFFICE, text=f"Away from {state}."
            )
            with self.subTest(state=state):
                self.assertEqual(reached, ticket)
                self.assertEqual(ticket.state, state)
                self.assertIn(f"Away from {state}.", ticket.message_ids[0].body)

    def test_closed_within_the_days(self):
        ticket = self._in_state("closed")
        question = self._question(ticket)
        with freeze_time(fields.Datetime.now() + timedelta(days=13)):
            self.assertEqual(self._reply(question), ticket)
        self.assertEqual(ticket.state, "in_progress")

    def _later(self, **timing):
        return freeze_time(fields.Datetime.now() + timedelta(**timing))

    def test_closed_after_the_days(self):
        for by in ("reference", "subject"):
            ticket = self._in_state("closed", desk_id=self.desk_other.id)
            question = self._question(ticket, self.stranger)
            subject = f"Re: [{ticket.number}] Printer"
            with self._later(days=14, hours=1):
                new = (
                    self._reply(question, Subject=subject)
                    if by == "reference"
                    else self._receive(Subject=subject)
                )
            with self.subTest(by=by):
                self.assertNotEqual(new, ticket)
                self.assertEqual(new.related_ids, ticket)
                self.assertEqual(ticket.related_ids, new)
                # It goes to the desk of the old one, whatever the address.
                self.assertEqual(new.desk_id, self.desk_other)
                self.assertEqual(new.partner_id, self.requester.partner_id)
                self.assertEqual(ticket.state, "closed")
                self.assertNotIn("out of paper", str(ticket.message_ids.mapped("body")))

    def test_cancelled_after_the_days(self):
        """Nobody looks into a ticket that was given up long ago."""
        ticket = self._in_state("cancelled")
        question = self._question(ticket)
        self.assertEqual(self._reply(question), ticket)
        self.assertEqual(ticket.state, "cancelled")
        with self._later(days=14, hours=1):
            new = self._reply(question)
        self.assertNotEqual(new, ticket)
        self.assertEqual(new.related_ids, ticket)

    def test_automatic_reply_to_a_long_closed_one(self):
        ticket = self._in_state("closed")
        question = self._question(ticket)
        before = self._count()
        with self._later(days=20):
            self.assertFalse(self._reply(question, **OUT_OF_OFFICE))
        self.assertEqual(self._count(), before)

    def test_merged_ticket_passes_replies_on(self):
        target, duplicate = self._create_ticket(), self._create_ticket()
        question = self._question(duplicate)
        duplicate.merge_into(target)
        self.assertEqual(self._reply(question), target)
        subject = f"Re: [{duplicate.number}]"
        self.assertEqual(self._receive(Subject=subject), target)

    def test_twice_merged(self):
        tickets = [self._create_ticket() for _n in range(3)]
        question = self._question(tickets[0])
        tickets[0].merge_into(tickets[1])
        tickets[1].merge_into(tickets[2])
        self.assertEqual(self._reply(question), tickets[2])

    def test_answer_of_an_agent_by_mail_is_the_first_response(self):
        ticket = self._receive()
        message = ticket.message_ids.filtered(lambda m: m.message_type == "email")
        self._reply(message, From=self.agent.email)
        self.assertTrue(ticket.first_response_at)

    def test_reply_to_a_note_stays_a_note(self):
        ticket = self._create_ticket()
        note = ticket.with_user(self.agent).message_post(
            body="What do you think?",
            partner_ids=self.engineer.partner_id.ids,
            subtype_xmlid="mail.mt_note",
        )
        self._reply(note, From=self.engineer.email, text="Not our network.")
        answer = ticket.message_ids[0]
        self.assertIn("Not our network", answer.body)
        self.assertFalse(ticket._is_public_word(answer))
