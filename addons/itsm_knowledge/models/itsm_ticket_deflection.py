from odoo import api, models


class ItsmTicket(models.Model):
    """What was read beside a form, once the form is sent after all."""

    _inherit = "itsm.ticket"

    @api.model_create_multi
    def create(self, vals_list):
        tickets = super().create(vals_list)
        for ticket, vals in zip(tickets, vals_list, strict=True):
            key = vals.get("portal_key")
            if not key:
                continue
            # No ticket was saved.
            self.env["itsm.article.use"]._withdraw_deflected(key)
            if ticket.type == "complaint":
                # Of whom somebody complains, nobody reads among searches.
                self.env["itsm.article.search"]._forget(key)
        return tickets
