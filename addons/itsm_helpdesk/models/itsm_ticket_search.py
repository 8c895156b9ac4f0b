from odoo import api, fields, models
from odoo.fields import Domain

from ..tools import lifecycle


class ItsmTicket(models.Model):
    """Facts that depend on the moment, for the filters agents live in."""

    _inherit = "itsm.ticket"

    is_overdue = fields.Boolean(
        compute="_compute_is_overdue", search="_search_is_overdue"
    )
    is_waiting_for_requester = fields.Boolean(
        compute="_compute_is_waiting_for_requester",
        search="_search_is_waiting_for_requester",
    )

    @api.depends("due_at", "state")
    def _compute_is_overdue(self):
        now = fields.Datetime.now()
        for ticket in self:
            ticket.is_overdue = (
                ticket.state in lifecycle.OPEN_STATES
                and bool(ticket.due_at)
                and ticket.due_at < now
            )

    def _search_is_overdue(self, operator, value):
        if operator != "in":
            return NotImplemented
        return Domain("state", "in", self._open_states()) & Domain(
            "due_at", "<", fields.Datetime.now()
        )

    @api.depends("state", "pending_reason_id.waits_for")
    def _compute_is_waiting_for_requester(self):
        for ticket in self:
            ticket.is_waiting_for_requester = (
                ticket.state == "pending"
                and ticket.pending_reason_id.waits_for == "requester"
            )

    def _search_is_waiting_for_requester(self, operator, value):
        if operator != "in":
            return NotImplemented
        return Domain("state", "=", "pending") & Domain(
            "pending_reason_id.waits_for", "=", "requester"
        )
