from odoo import api, fields, models
from odoo.tools import plaintext2html

from odoo.addons.itsm_helpdesk.models.itsm_ticket_portal_form import MAX_DESCRIPTION

from .itsm_service_scan import Scan


class ItsmTicket(models.Model):
    """Tickets that somebody reported by scanning a label."""

    _inherit = "itsm.ticket"

    bookable_id = fields.Many2one(
        "itsm.bookable",
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
        groups="itsm_helpdesk.group_itsm_agent,itsm_helpdesk.group_itsm_auditor",
        help="The room, vehicle or piece of equipment that it is about.",
    )

    @api.model
    def _request_origin(self, service, requested_for):
        """What a label says: the way it came, the place and the thing."""
        origin = super()._request_origin(service, requested_for)
        scan = self.env.context.get("itsm_scan")
        if not isinstance(scan, Scan):
            return origin
        # sudo: channels are not for requesters.
        channel = self.env.ref("itsm_nonit.channel_qr", raise_if_not_found=False)
        if channel:
            origin["channel_id"] = channel.sudo().id
        if scan.place_id:
            origin["location_id"] = scan.place_id
        if scan.thing_id:
            origin["bookable_id"] = scan.thing_id
        if scan.words.strip():
            words = scan.words.strip()[:MAX_DESCRIPTION]
            origin["description"] = plaintext2html(words)
        return origin

    def _scan_keep(self, photos):
        """Keep photos for which the form has no question at the ticket.

        :param photos: list of ``(name, stream)``, judged before
        """
        self.ensure_one()
        # sudo: requesters may not write on tickets; it is what they just sent.
        Attachment = self.env["ir.attachment"].sudo()
        for name, stream in photos:
            # One after the other, so that only one is in memory at a time.
            Attachment.create(
                {
                    "name": name,
                    "raw": stream.read(),
                    "res_model": self._name,
                    "res_id": self.id,
                }
            )
