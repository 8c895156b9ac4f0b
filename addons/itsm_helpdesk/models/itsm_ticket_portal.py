from odoo import models


class ItsmTicket(models.Model):
    """The ticket as its requester sees it on the portal."""

    _inherit = "itsm.ticket"

    def _compute_access_url(self):
        super()._compute_access_url()
        for ticket in self:
            ticket.access_url = f"/my/tickets/{ticket.id}"
