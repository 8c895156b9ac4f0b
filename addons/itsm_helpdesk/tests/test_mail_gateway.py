import base64
from datetime import timedelta
from email.message import EmailMessage
from unittest.mock import patch

from odoo import fields
from odoo.tests import freeze_time

from ..models.itsm_ticket_mail_routing import ItsmTicket as Routing
from ..tools import mail_guard
from .common import ItsmCase

DESK = "it-test@desk.example.com"
PHONE_PHOTO = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAA"
    "AABJRU5ErkJggg=="
)
OUT_OF_OFFICE = {"Auto-Submitted": "auto-replied"}


class MailCase(ItsmCase):
    """Feeds real mails, as a mail server hands them over, to the gateway."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.sent = 0

    def _raw(self, text="The printer is out of paper.", **headers):
        """Return the text of a mail from the requester to the IT desk.

        Header names are given with underscores; None leaves a header out.
        """
        type(self).sent += 1
        mail = EmailMessage()
        values = {
            "From": "Ria Requester <requester@staff.example.com>",
            "To": DESK,
            "Subject": "No paper",
            "Message-Id": f"<{self.sent}.{id(self)}@staff.example.com>",
            **{name.replace("_", "-"): value for name, value in headers.items()},
        }
        for name, value in values.items():
            if value is not None:
                mail[name] = value
        mail.set_content(text)
        return mail

    def _receive(self, mail=None, **headers):
        """Let the gateway take a mail; return the ticket it reached, or none."""
        mail = mail or self._raw(**headers)
        raw = mail if isinstance(mail, bytes) else mail.as_bytes()
        self._flush_tracking()
        thread_id = self.env["mail.thread"].message_process(None, raw)
        self._flush_tracking()
        return self.Ticket.browse(thread_id or ())

    def _question(self, ticket, user=None, text="Which printer?"):
        """Return what an agent asked in the conversation."""
        return ticket.with_user(user or self.agent).message_post(
            body=text, message_type="comment", subtype_xmlid="mail.mt_comment"
        )

    def _reply(self, message, **headers):
        return self._receive(**{"In_Reply_To": message.message_id, **headers})

    def _count(self):
        return self.Ticket.with_context(active_test=False).search_count([])


class TestNewByMail(MailCase):
    """A mail to a desk's address makes a ticket there."""

    def test_ticket_of_staff(self):
        ticket = self._receive()
        self.assertEqual(ticket.name, "No paper")
        self.assertEqual(ticket.desk_id, self.desk)
        self.assertEqual(ticket.team_id, self.team1)
        self.assertEqual(ticket.partner_id, self.requester.partner_id)
        self.assertEqual(ticket.department_id, self.department)
        self.assertEqual(ticket.channel_id.code, "mail")
        self.assertIn("out of paper", ticket.description)
        self.assertTrue(ticket.number.startswith("INC"))

    def test_each_desk_has_its_address(self):
        ticket = self._receive(To="facility-test@desk.example.com")
        self.assertEqual(ticket.desk_id, self.desk_other)
        ticket = self._receive(To="branch-test@desk.example.com")
        self.assertEqual(ticket.company_id, self.branch)

    def test_unknown_sender_becomes_a_contact(self):
        ticket = self._receive(From="Zoe New <zoe@elsewhere.example.org>")
        self.assertEqual(ticket.partner_id.name, "Zoe New")
        self.assertEqual(ticket.partner_id.email, "zoe@elsewhere.example.org")
        again = self._receive(From="ZOE@elsewhere.example.org")
        self.assertEqual(again.partner_id, ticket.partner_id)

    def test_first_mail_is_the_requesters_public_word(self):
        mail = self._raw()
        mail.add_attachment(PHONE_PHOTO, "image", "png", filename="printer.png")
        ticket = self._receive(mail)
        message = ticket.message_ids.filtered(lambda m: m.message_type == "email")
        self.assertEqual(message.author_id, self.requester.partner_id)
        self.assertTrue(ticket._is_public_word(message))
        file = message.attachment_ids
        self.assertEqual(file.name, "printer.png")
        self.assertEqual(file.raw, PHONE_PHOTO)
        mine = self._as(self.requester)["ir.attachment"].browse(file.id)
        self.assertEqual(mine.raw, PHONE_PHOTO, "requesters read their own files")

    def test_gb18030(self):
        raw = (
            "From: =?gb18030?B?{name}?= <requester@staff.example.com>\r\n"
            f"To: {DESK}\r\n"
            "Subject: =?gb18030?B?{subject}?=\r\n"
            "Message-Id: <gb18030@staff.example.com>\r\n"
            "MIME-Version: 1.0\r\n"
            'Content-Type: text/plain; charset="gb18030"\r\n'
            "Content-Transfer-Encoding: 8bit\r\n\r\n"
        )
        subject, body = "打印机坏了，㐂", "三楼放射科的打印机不工作。"
        raw = raw.format(
            name=base64.b64encode("李梅".encode("gb18030")).decode(),
            subject=base64.b64encode(subject.encode("gb18030")).decode(),
        ).encode() + body.encode("gb18030")
        ticket = self._receive(raw)
        self.assertEqual(ticket.name, subject)
        self.assertIn(body, ticket.description)

    def test_copies_are_kept(self):
        ticket = self._receive(Cc="Carl <colleague@staff.example.com>, x@example.org")
        self.assertIn("colleague@staff.example.com", ticket.email_cc)
        self.assertIn("x@example.org", ticket.email_cc)

    def test_without_a_subject(self):
        self.assertTrue(self._receive(Subject=None).name)

    def test_same_mail_twice(self):
        mail = self._raw()
        self.assertTrue(self._receive(mail))
        before = self._count()
        self.assertFalse(self._receive(mail))
        self.assertEqual(self._count(), before)

    def test_scripts_in_the_body_are_dropped(self):
        mail = self._raw()
        mail.set_content(
            "<p>Hi<script>alert(1)</script><img src=x onerror=alert(2)></p>",
            subtype="html",
        )
        ticket = self._receive(mail)
        self.assertNotIn("script", ticket.description)
        self.assertNotIn("onerror", ticket.description)

    def test_requester_is_told_the_number(self):
        ticket = self._receive()
        mails = self.env["mail.mail"].search([("res_id", "=", ticket.id)])
        mails = mails.filtered(lambda mail: mail.model == "itsm.ticket")
        confirmation = mails.filtered(
            lambda mail: (
                self.requester.partner_id in mail.recipient_ids
                or "requester@" in (mail.email_to or "")
            )
        )
        self.assertEqual(len(confirmation), 1)
        self.assertIn(ticket.number, confirmation.subject)
        headers = confirmation.headers
        self.assertIn(mail_guard.OWN_TICKET_HEADER, headers)
        self.assertIn("auto-generated", headers)


class TestMachines(MailCase):
    """Automatic replies, bounces and loops make no tickets."""

    def _assert_no_ticket(self, mail=None, **headers):
        before = self._count()
        self.assertFalse(self._receive(mail, **headers))
        self.assertEqual(self._count(), before)

    def test_no_ticket(self):
        for headers in (
            OUT_OF_OFFICE,
            {"Auto_Submitted": "auto-replied (vacation)"},
            {"Auto_Submitted": "auto-generated"},
            {"Auto_Submitted": "auto-notified; owner-email=x@example.org"},
            {"X_Autoreply": "yes"},
            {"X_Autorespond": "yes"},
            {"Precedence": "auto_reply"},
            {"Precedence": "bulk"},
            {"Precedence": "junk"},
            {"List_Id": "<news.example.org>"},
            {"Return_Path": "<>"},
            {"From": "MAILER-DAEMON@staff.example.com"},
            {"From": "Postmaster <postmaster@staff.example.com>"},
            {"X_Failed_Recipients": "x@example.org"},
        ):
            with self.subTest(headers=headers):
                self._assert_no_ticket(**headers)

    def test_people_make_tickets(self):
        """The guard does not catch what looks like a machine but is none."""
        for headers in (
            {"Auto_Submitted": "no"},
            {"Precedence": "first-class"},
            {"Return_Path": "<requester@staff.example.com>"},
            {"From": "Paul Postmaster <paul.postmaster@example.org>"},
        ):
            with self.subTest(headers=headers):
                self.assertTrue(self._receive(**headers))

    def test_monitoring_where_the_desk_wants_it(self):
        alarm = {"Auto_Submitted": "auto-generated", "From": "zabbix@ops.example.com"}
        self._assert_no_ticket(**alarm)
        self.desk.accept_generated_mail = True
        ticket = self._receive(**alarm, Subject="Disk full on db1")
        self.assertEqual(ticket.name, "Disk full on db1")
        # Automatic replies and bounces never make tickets.
        self._assert_no_ticket(**OUT_OF_OFFICE)
        self._assert_no_ticket(Return_Path="<>")
        # The other desk did not ask for it.
        self._assert_no_ticket(**alarm, To="facility-test@desk.example.com")

    def _dsn(self, reference="<x@desk.example.com>"):
        """Return a delivery status notification (RFC 3464)."""
        type(self).sent += 1
        lines = (
            "From: mail server <noreply@mx.example.org>",
            f"To: {DESK}",
            "Subject: Undeliverable",
            f"Message-Id: <dsn{self.sent}@mx.example.org>",
            f"In-Reply-To: {reference}",
            "MIME-Version: 1.0",
            'Content-Type: multipart/report; report-type=delivery-status; boundary="b"',
            "",
            "--b",
            "Content-Type: text/plain",
            "",
            "Your message could not be delivered.",
            "--b",
            "Content-Type: message/delivery-status",
            "",
            "Final-Recipient: rfc822; requester@staff.example.com",
            "Action: failed",
            "Status: 5.1.1",
            "",
            "--b--",
            "",
        )
        return "\r\n".join(lines).encode()

    def test_delivery_status(self):
        self._assert_no_ticket(self._dsn())

    def test_delivery_status_of_an_own_mail(self):
        ticket = self._in_state("pending")
        question = self._question(ticket)
        before = len(ticket.message_ids)
        self._receive(self._dsn(question.message_id))
        self.assertEqual(ticket.state, "pending")
        self.assertEqual(len(ticket.message_ids), before)

    def test_own_mail_that_comes_back(self):
        mark = f"INC0000001; {self.Ticket._database_mark()}"
        self._assert_no_ticket(X_Itsm_Ticket=mark)
        # The mail of another installation is a mail like any other.
        self.assertTrue(self._receive(X_Itsm_Ticket="INC0000001; elsewhere"))

    def test_mail_from_an_own_alias(self):
        self._assert_no_ticket(From="Facilities <facility-test@desk.example.com>")

    def test_loop(self):
        self.env["ir.config_parameter"].set_param("mail.gateway.loop.threshold", 3)
        sender = {"From": "robot@elsewhere.example.org"}
        for _n in range(3):
            self.assertTrue(self._receive(**sender))
        self._assert_no_ticket(**sender)
        self.assertTrue(self._receive(), "others are not hit by it")

    def test_tickets_by_phone_are_no_loop(self):
        self.env["ir.config_parameter"].set_param("mail.gateway.loop.threshold", 3)
        for _n in range(3):
            self._create_ticket()
        self.assertTrue(self._receive())

    def test_database_mark_is_not_guessable(self):
        uuid = self.env["ir.config_parameter"].get_param("database.uuid")
        self.assertEqual(self.Ticket._database_mark(), uuid)


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


class TestRoutingLeavesOthersAlone(MailCase):
    def test_mail_to_another_model(self):
        """Tickets have no say in mails to other records, machines included."""
        with patch.object(Routing, "_reroute_mail", side_effect=AssertionError):
            self.env["mail.alias"].create(
                {
                    "alias_name": "contacts-test",
                    "alias_domain_id": self.alias_domain.id,
                    "alias_model_id": self.env["ir.model"]._get_id("res.partner"),
                }
            )
            before = self.env["res.partner"].search_count([])
            self.env["mail.thread"].message_process(
                None, self._raw(To="contacts-test@desk.example.com").as_bytes()
            )
        self.assertEqual(self.env["res.partner"].search_count([]), before + 1)
