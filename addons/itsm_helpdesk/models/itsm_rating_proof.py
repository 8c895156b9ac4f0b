from datetime import timedelta

from odoo import fields, models

from .itsm_rating_invitation import RECEIPT
from .itsm_ticket_portal_rating import CHANGE_DAYS


class ItsmRatingInvitation(models.Model):
    """That it is the person who rates, and not who did the work.

    A printed code passes through the hands of those who are rated. Who is signed in and
    works at the desk is refused; whoever else uses it, the person is told by mail, and
    may put it right. A link that came to their own mailbox needs no such proof.
    """

    _inherit = "itsm.rating.invitation"

    def _is_for_others(self, user):
        """Tell whether somebody of the desk opens the key of another person."""
        self.ensure_one()
        if user._is_public() or user.partner_id == self.partner_id:
            return False
        # sudo: who works at the desk, for a page that tells nothing else.
        ticket = self.ticket_id.sudo()
        team = ticket.desk_id.agent_ids | ticket.desk_id.manager_ids
        return user in team | ticket.user_id | self.user_id

    def _rate(self, form):
        """Keep what was sent with this key; return the rating."""
        self.ensure_one()
        rating = self.ticket_id._rate(self.partner_id, form, self.way, self.user_id)
        if not self._came_by_mail():
            self._send_receipt(rating)
        return rating

    def _came_by_mail(self):
        """Tell whether the key was sent to the person, and to nobody else."""
        if self.way == "work_sheet":
            return False
        # Who scans a sticker and knows a telephone number gets a key at once.
        return self.shows_facts

    def _rated_stars(self):
        """Return the stars that were given, as a mail shows them."""
        stars = round(self.rating_id.rating)
        return "★" * stars + "☆" * (5 - stars) if stars else ""

    def _send_receipt(self, rating):
        """Mail the person what was rated in their name, with a key to change it."""
        person = self.partner_id
        if not person.email_normalized:
            return
        invitations, tokens = self._issue(
            [
                {
                    "ticket_id": self.ticket_id.id,
                    "partner_id": person.id,
                    "user_id": self.user_id.id,
                    "way": RECEIPT,
                    "rating_id": rating.id,
                    "expires_at": fields.Datetime.now() + timedelta(days=CHANGE_DAYS),
                }
            ]
        )
        invitations._mail(tokens, "itsm_helpdesk.mail_template_rating_receipt")
