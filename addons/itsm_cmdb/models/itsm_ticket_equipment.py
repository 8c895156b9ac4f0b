from odoo import api, models

from odoo.addons.itsm_helpdesk.models.itsm_ticket_portal_form import PortalFormError


class ItsmTicket(models.Model):
    """A report of a fault that begins at an item: by its label, or “my equipment”."""

    _inherit = "itsm.ticket"

    @api.model
    def _portal_submit(self, values, files=(), key=None):
        """Link the ticket to the item whose token the form carries."""
        item = self._portal_equipment(values.get("ci"))
        if values.get("ci") and not item:
            raise PortalFormError(
                {
                    "ci": self.env._(
                        "Equipment: its label is not known any more. Send the form "
                        "again without it, and write down what the label says."
                    )
                }
            )
        ticket = super()._portal_submit(values, files, key)
        if item:
            # sudo: requesters may not link items but by a label they have at hand.
            self.env["itsm.ticket.ci"].sudo().create(
                {"ticket_id": ticket.id, "ci_id": item.id, "role": "affected"}
            )
        return ticket

    @api.model
    def _portal_equipment(self, token):
        """Return the item of a label for staff, with the system's rights, or none."""
        Item = self.env["itsm.ci"]
        if not token or not Item._portal_is_staff():
            return Item.browse()
        item = Item._by_token(token)
        # A ticket of one company says nothing of another one's things.
        return item if item._portal_is_of_company() else Item.browse()
