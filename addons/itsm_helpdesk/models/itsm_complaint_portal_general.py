from odoo import api, models
from odoo.fields import Domain

from .itsm_ticket_portal_form import PortalFormError

_MAX_TICKETS = 5


class ItsmTicket(models.Model):
    """“I want to complain” without a ticket at hand.

    Whoever complains is led to the ticket that it is about, if there is one: from that
    follows who must not see the complaint. Otherwise they may name the person.
    """

    _inherit = "itsm.ticket"

    @api.model
    def _portal_to_complain_about(self):
        """Return the user's last tickets, of which one may be what it is about."""
        partner = self.env.user.partner_id
        # sudo: the user's own tickets; numbers and subjects only.
        tickets = self.sudo().search(
            Domain("partner_id", "=", partner.id) & Domain("type", "!=", "complaint"),
            order="id desc",
            limit=_MAX_TICKETS,
        )
        return [
            {
                "number": ticket.number,
                "name": ticket.name,
                "url": f"{ticket.access_url}/complain",
            }
            for ticket in tickets
            if ticket.sudo(False)._portal_may_complain()
        ]

    @api.model
    def _portal_complain_generally(self, values, key):
        """Open a complaint that is about no ticket.

        :param values: what the form sent: ``desk_id``, ``text``, and the person
        :param key: the form's mark; sent twice it makes one ticket
        :raise PortalFormError: with what is wrong, by field
        """
        errors = {}
        desk = self._portal_read_desk(values, errors)
        person = self._portal_read_person(values, errors)
        text = self._portal_read_complaint(values, errors)
        if "requested_for" in errors or person.user_id == self.env.user:
            errors["requested_for"] = self.env._(
                "About whom: choose somebody else from the list, or leave it empty."
            )
        if errors:
            raise PortalFormError(errors)
        about = {
            "name": self.env._("Complaint"),
            "desk_id": desk.id,
            "complaint_about_user_id": person.user_id.id,
        }
        return self._portal_open_new_complaint(about, text, key)
