from odoo import api, fields, models
from odoo.fields import Domain


class ItsmSlaClock(models.Model):
    """The ticket of a clock, for record rules and filters."""

    _inherit = "itsm.sla.clock"

    ticket_id = fields.Many2one(
        "itsm.ticket",
        compute="_compute_ticket_id",
        search="_search_ticket_id",
        export_string_translation=False,
    )

    @api.depends("res_model", "res_id")
    def _compute_ticket_id(self):
        for clock in self:
            is_ticket = clock.res_model == "itsm.ticket"
            clock.ticket_id = clock.res_id if is_ticket else False

    def _search_ticket_id(self, operator, value):
        if operator in ("any", "any!"):
            Ticket = self.env["itsm.ticket"]
            value = Ticket._search(
                value, active_test=False, bypass_access=operator == "any!"
            )
            operator = "in"
        if operator != "in":
            return NotImplemented
        return Domain("res_model", "=", "itsm.ticket") & Domain("res_id", "in", value)
