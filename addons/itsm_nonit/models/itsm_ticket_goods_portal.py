from odoo import models


class ItsmTicket(models.Model):
    """What the requester sees of the goods: asked, granted, received."""

    _inherit = "itsm.ticket"

    def _portal_request(self, by_token):
        return {**super()._portal_request(by_token), "goods": self._portal_goods()}

    def _portal_goods(self):
        """Return the goods of a ticket as texts, for whoever may see the ticket."""
        self.ensure_one()
        number = self.env["itsm.goods.limit"]._number
        lines = self.sudo().goods_line_ids  # sudo: plain values of the user's ticket
        return [
            {
                "name": line.product_id.display_name,
                "unit": line.uom_id.name,
                "asked": number(line.quantity),
                "granted": number(line.quantity_granted),
                "issued": number(line.quantity_issued),
                "note": line.note or "",
            }
            for line in lines
        ]
