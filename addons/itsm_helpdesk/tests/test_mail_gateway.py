import base64
from unittest.mock import patch

from ..models.itsm_ticket_mail_routing import ItsmTicket as Routing
from ..tools import mail_guard
from .mail_common import DESK, OUT_OF_OFFICE, MailCase

PHONE_PHOTO = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAA"
    "AABJRU5ErkJggg=="
)


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
        self._flush_tracking()  # the receipt is out, too
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
