from datetime import timedelta

from odoo import fields, models
from odoo.exceptions import UserError

MAX_COMMENT = 2000
GRADES = ("1", "2", "3", "4", "5")
# A rating may be changed this long after the ticket is closed.
CHANGE_DAYS = 7


class ItsmTicket(models.Model):
    """How the person who asked rates what they got: one to five stars and a word."""

    _inherit = "itsm.ticket"

    def _portal_rating(self):
        """Return the rating of the reader and whether it may be given or changed.

        None where the reader is not asked: the ticket is under way, or another's.
        """
        self.ensure_one()
        if not self.sudo()._is_requester(self.env.user.partner_id):
            return None
        given, may_rate = self._portal_given_rating(), self._portal_may_rate()
        if not given and not may_rate:
            return None
        return {
            "value": str(int(given.rating)) if given else "",
            "comment": given.feedback or "",
            "may_rate": may_rate,
            "labels": {
                "1": self.env._("Very bad"),
                "2": self.env._("Bad"),
                "3": self.env._("Passable"),
                "4": self.env._("Good"),
                "5": self.env._("Very good"),
            },
            "max_comment": MAX_COMMENT,
        }

    def _portal_given_rating(self):
        # sudo: ratings are not for requesters; this one is the user's own.
        return self.sudo().rating_ids.filtered(
            lambda rating: (
                rating.partner_id == self.env.user.partner_id and rating.consumed
            )
        )[:1]

    def _portal_may_rate(self):
        """The desk's work is done, and not so long ago that it changes old figures."""
        self.ensure_one()
        ticket = self.sudo()  # sudo: a state and a date of a ticket the user sees
        if not ticket._is_requester(self.env.user.partner_id):
            return False
        if ticket.state == "resolved":
            return True
        if ticket.state != "closed" or ticket.merged_into_id:
            return False
        end = (ticket.closed_at or fields.Datetime.now()) + timedelta(days=CHANGE_DAYS)
        return fields.Datetime.now() <= end

    def _portal_rate(self, grade, comment=""):
        """Keep the stars and the words of the requester.

        The caller has checked that the user may read the ticket.
        """
        self.ensure_one()
        if not self._portal_may_rate():
            raise UserError(
                self.env._(
                    "This cannot be rated any more, or not by you. The ticket as it "
                    "stands now is shown here."
                )
            )
        if grade not in GRADES:
            raise UserError(self.env._("Choose one to five stars."))
        comment = "".join(
            char for char in comment[:MAX_COMMENT] if char.isprintable() or char == "\n"
        ).strip()
        # sudo: requesters may rate by this way only; everything was checked above.
        ticket, partner = self.sudo(), self.env.user.partner_id
        rating = self._portal_given_rating()
        token = rating.access_token or ticket._rating_get_access_token(partner)
        ticket.rating_apply(
            int(grade), token=token, feedback=comment, subtype_xmlid="mail.mt_note"
        )
