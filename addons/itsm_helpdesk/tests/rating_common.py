import datetime
from unittest.mock import patch

from freezegun import freeze_time

from odoo import fields

from odoo.addons.base.models.ir_cron import IrCron


class RatingMixin:
    """Finished tickets, the keys of mails and codes, and what was rated with them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.Key = cls.env["itsm.rating.invitation"]
        cls.Followup = cls.env["itsm.rating.followup"]
        cls.desk.write(
            {"rating_delay_hours": 0, "rating_pause_days": 14, "rating_reminders": 1}
        )
        cls.person = cls.portal.partner_id

    def setUp(self):
        super().setUp()
        # Jobs commit after each batch, which a test must not.
        self.startPatcher(
            patch.object(IrCron, "_commit_progress", lambda *_args, **_kwargs: True)
        )

    @classmethod
    def _finished(cls, state="resolved", **vals):
        """Return a finished ticket of the portal user, done by the agent."""
        vals = {
            "partner_id": cls.portal.partner_id.id,
            "team_id": cls.team1.id,
            "user_id": cls.agent.id,
            **vals,
        }
        if state in ("new", "in_progress"):
            worker = vals.pop("user_id")
            ticket = cls._in_state(state, **vals)
            if state == "in_progress":
                ticket.user_id = worker
            return ticket
        return cls._in_state(state, **vals)

    def _key(self, ticket, way="mail", days=30, **vals):
        """Return an invitation for the person of a ticket, and its key."""
        invitations, tokens = self.Key._issue(
            [
                {
                    "ticket_id": ticket.id,
                    "partner_id": ticket.requested_for_id.id or ticket.partner_id.id,
                    "way": way,
                    "expires_at": fields.Datetime.now() + datetime.timedelta(days=days),
                    **vals,
                }
            ]
        )
        self.env.flush_all()
        return invitations, tokens[invitations.id]

    def _ratings_of(self, ticket):
        ticket.invalidate_recordset()
        return ticket.rating_ids.filtered("consumed")

    def _form(self, grade="4", comment="", reasons=()):
        return {
            "grade": grade,
            "comment": comment,
            "reasons": [str(r) for r in reasons],
        }

    def _ask(self, *tickets, at=None):
        """Run the job that asks, for these tickets only."""
        self.env.flush_all()
        with freeze_time(at or fields.Datetime.now()):
            for ticket in sorted(tickets, key=lambda each: each.id):
                ticket.invalidate_recordset()
            self.Ticket.union(*tickets)._ask_ratings()
        self.env.flush_all()

    def _mails_to(self, partner):
        return self.env["mail.mail"].search(
            [
                ("model", "=", "itsm.rating.invitation"),
                ("recipient_ids", "in", partner.ids),
            ]
        )
