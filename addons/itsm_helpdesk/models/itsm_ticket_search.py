from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

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

    @api.model
    def _works_for_desk_sql(self, ticket_id, user_id):
        """Return the SQL condition that somebody works for the desk of a ticket.

        Looked up for one ticket at a time: a desk may have millions.

        :param ticket_id: SQL of the ticket's id
        :param user_id: id, or its SQL
        """
        self.flush_model(["desk_id"])
        self.env["itsm.desk"].flush_model(["agent_ids"])
        return SQL(
            """
            EXISTS (
                SELECT 1
                  FROM itsm_ticket ticket
                  JOIN itsm_desk_agent_rel agent ON agent.desk_id = ticket.desk_id
                 WHERE ticket.id = %s AND agent.user_id = %s
            )
            """,
            ticket_id,
            user_id,
        )
