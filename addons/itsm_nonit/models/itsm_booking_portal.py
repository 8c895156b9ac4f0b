from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from .itsm_booking import OPEN_STATES, WAITING_STATES

_TONES = {
    "held": "warning",
    "confirmed": "success",
    "out": "primary",
    "missed": "danger",
    "refused": "danger",
}


class ItsmBooking(models.Model):
    """Their own bookings, as staff see them and give them up."""

    _inherit = "itsm.booking"

    @api.model
    def _portal_mine_domain(self):
        """Return the domain of what is booked for the user, or by them."""
        partner_id = self.env.user.partner_id.id
        return (
            Domain("partner_id", "=", partner_id)
            | Domain("ticket_id.partner_id", "=", partner_id)
            | Domain("ticket_id.requested_for_id", "=", partner_id)
        )

    @api.model
    def _portal_mine(self):
        """Return the user's bookings to come and what they have out, the next first."""
        # sudo: bookings have no rights for requesters; these are their own.
        return self.sudo().search(
            self._portal_mine_domain()
            & Domain("state", "in", OPEN_STATES)
            & (Domain("end", ">", fields.Datetime.now()) | Domain("state", "=", "out")),
            order="start, id",
            limit=20,
        )

    @api.model
    def _portal_find(self, booking_id):
        """Return the user's own booking, or none: alike when foreign and unknown."""
        # sudo: see _portal_mine
        return self.sudo().search(
            self._portal_mine_domain() & Domain("id", "=", booking_id)
        )

    def _portal_rows(self):
        """Return what the portal shows of bookings."""
        states = dict(self._fields["state"]._description_selection(self.env))
        return [
            {
                "name": booking.bookable_id.name,
                "when": booking.bookable_id._span_text(booking.start, booking.end),
                "place": booking.bookable_id.location_id.complete_name or "",
                "state": states[booking.state],
                "tone": _TONES.get(booking.state, "secondary"),
                "late": booking.is_overdue,
                "ticket_url": booking.ticket_id.access_url,
                "ticket_number": booking.ticket_id.number or "",
                "cancel_url": booking.state in WAITING_STATES
                and f"/my/desk/bookings/{booking.id}/cancel",
            }
            for booking in self
        ]

    def _portal_cancel(self):
        """Give up the user's own booking, and its request where that was all of it.

        The caller has found it by :meth:`_portal_find`.
        """
        self.ensure_one()
        self._begin("cancel")
        reason = self.env._("The booking is not needed any more.")
        ticket = self.ticket_id.with_user(self.env.uid).sudo(False)
        try:
            with self.env.cr.savepoint():
                if ticket.can_cancel and self.is_from_form:
                    ticket.cancel(reason)
        except UserError:
            # Work has begun; the desk ends it and learns why.
            self.env.invalidate_all()
        if self.state in WAITING_STATES:
            self._free("cancelled")
            self._note(reason)
