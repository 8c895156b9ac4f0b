from odoo import models


class ItsmTicket(models.Model):
    """The booking on the requester's page of the request."""

    _inherit = "itsm.ticket"

    def _portal_request(self, by_token):
        # sudo: plain values, for whoever may see the ticket.
        ticket = self.sudo()
        is_mine = not by_token and ticket._is_requester(self.env.user.partner_id)
        rows = ticket.booking_ids.sorted("start")._portal_rows()
        # The page has one button already where the whole request can be given up.
        gives_up = is_mine and not self.can_cancel
        for row in rows:
            row["cancel_url"] = gives_up and row["cancel_url"]
        return {**super()._portal_request(by_token), "bookings": rows}
