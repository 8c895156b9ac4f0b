from datetime import timedelta

from odoo import api, models


class ItsmDemo(models.AbstractModel):
    """Lets the people of the demo tickets say what they thought."""

    _inherit = "itsm.demo"

    @api.model
    def _rate(self, ticket_id, hours, grade, comment="", reasons=(), way="mail"):
        """Rate a finished ticket as whoever asked for it, some hours ago.

        :param reasons: external ids of reasons, without the addon
        """
        ticket = self.env["itsm.ticket"].browse(ticket_id)
        if ticket.rating_ids:
            return  # Loaded again: it was rated before.
        moment, closed_at = self._moment(hours), ticket.closed_at
        chosen = [self.env.ref(f"itsm_helpdesk.{reason}").id for reason in reasons]
        newest = self._newest_mail()
        # What was closed long ago is not rated any more; the demo was there in time.
        ticket._write_system({"closed_at": closed_at and self._moment(0)})
        rating = ticket._rate(
            ticket.partner_id,
            {"grade": grade, "comment": comment, "reasons": map(str, chosen)},
            way,
        )
        ticket._write_system({"closed_at": closed_at})
        rating.rated_on = moment
        self._date_messages(rating.message_id, moment)
        followup = self.env["itsm.rating.followup"].search(
            [("rating_id", "=", rating.id)]
        )
        followup._write_system(
            {"rated_at": moment, "deadline": followup._deadline(ticket.desk_id, moment)}
        )
        self._drop_mails_after(newest)

    @api.model
    def _follow_up(self, ticket_id, hours, heard, made_good, answer):
        """Let the team leader answer who was not content, some hours ago."""
        followup = self.env["itsm.rating.followup"].search(
            [("ticket_id", "=", ticket_id), ("state", "=", "open")]
        )
        if not followup:
            return
        newest = self._newest_mail()
        mine = followup.with_user(followup.user_id)
        mine.write({"heard": heard, "made_good": made_good, "answer": answer})
        mine.outcome = "content"
        mine.action_listen()
        mine.action_make_good()
        mine.action_answer()
        moment = self._moment(hours)
        followup._write_system(
            {
                "heard_at": moment - timedelta(hours=2),
                "made_good_at": moment - timedelta(hours=1),
                "answered_at": moment,
            }
        )
        self._date_messages(followup.message_ids, moment)
        self._drop_mails_after(newest)

    @api.model
    def _leave_in_peace(self):
        """Ask nobody of the demo by mail: they do not exist."""
        due = self.env["itsm.ticket"].search([("rating_due_at", "!=", False)])
        due._write_system({"rating_due_at": False})
