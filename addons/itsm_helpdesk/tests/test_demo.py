from datetime import timedelta

from odoo import fields
from odoo.tests import tagged

from .common import ItsmCase


@tagged("post_install", "-at_install")
class TestDemoStory(ItsmCase):
    """The player of the demo stories; the stories themselves are data."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.story = [
            (40, "itsm_agent", "action_take"),
            (39, "itsm_agent", "says", "I am coming."),
            (38, "itsm_agent", "set_pending", "parts"),
            (20, "itsm_agent", "resolve", "hardware", "A new roller."),
            (10, "partner", "close"),
        ]

    def _play(self, ticket):
        self.env["itsm.demo"]._play(ticket.id, (50, "partner"), self.story)
        self.env.flush_all()
        ticket.invalidate_recordset()

    def _hours_ago(self, moment):
        return round((fields.Datetime.now() - moment) / timedelta(hours=1))

    def test_moments_and_state(self):
        ticket = self._create_ticket(partner_id=self.portal.partner_id.id)
        self._play(ticket)
        self.assertEqual(ticket.state, "closed")
        self.assertEqual(ticket.closure_code_id.code, "confirmed")
        self.assertEqual(
            [
                self._hours_ago(ticket[name])
                for name in (
                    "create_date",
                    "opened_at",
                    "first_response_at",
                    "resolved_at",
                    "closed_at",
                    "write_date",
                )
            ],
            [50, 50, 39, 20, 10, 10],
        )

    def test_conversation_is_dated_and_signed(self):
        ticket = self._create_ticket(partner_id=self.portal.partner_id.id)
        self._play(ticket)
        ages = {self._hours_ago(message.date) for message in ticket.message_ids}
        self.assertEqual(ages, {50, 40, 39, 38, 20, 10})
        words = ticket.message_ids.filtered(lambda m: "I am coming" in (m.body or ""))
        self.assertEqual(words.author_id, self.agent.partner_id)
        seconds = ticket.duration_tracking
        pending = self.env["itsm.stage"]._for_state(self.desk, "pending")
        self.assertEqual(round(seconds[str(pending.id)] / 3600), 18)

    def test_nobody_gets_mail(self):
        ticket = self._create_ticket(partner_id=self.portal.partner_id.id)
        self._play(ticket)
        mails = self.env["mail.mail"].search(
            [("model", "=", "itsm.ticket"), ("res_id", "=", ticket.id)]
        )
        self.assertFalse(mails)

    def test_loading_again_plays_nothing(self):
        ticket = self._create_ticket(partner_id=self.portal.partner_id.id)
        self._play(ticket)
        before = ticket.message_ids
        self._play(ticket)
        self.assertEqual(ticket.message_ids, before)
