from odoo import fields, models


class StockPicking(models.Model):
    _inherit = "stock.picking"

    # Copied: back orders and returns are about the same ticket.
    itsm_ticket_id = fields.Many2one(
        "itsm.ticket", "Ticket", index="btree_not_null", copy=True, readonly=True
    )

    def _action_done(self):
        """Who looks after the ticket reads on it what was given out."""
        result = super()._action_done()
        # sudo: who works in the warehouse has no rights on tickets.
        for picking in self.filtered(lambda each: each.state == "done").sudo():
            if picking.itsm_ticket_id:
                picking.itsm_ticket_id._goods_tell_delivery(picking)
        return result
