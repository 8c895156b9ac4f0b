from email.message import EmailMessage

from .common import ItsmCase

DESK = "it-test@desk.example.com"
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
