from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..tools import lifecycle


class ItsmTicket(models.Model):
    """Facts that depend on the moment or the reader: for filters and forms."""

    _inherit = "itsm.ticket"

    is_overdue = fields.Boolean(
        compute="_compute_is_overdue", search="_search_is_overdue"
    )
    is_waiting_for_requester = fields.Boolean(
        compute="_compute_is_waiting_for_requester",
        search="_search_is_waiting_for_requester",
    )
    is_frozen = fields.Boolean(
        compute="_compute_is_frozen", export_string_translation=False
    )

    @api.depends("due_at", "sla_deadline", "state")
    def _compute_is_overdue(self):
        now = fields.Datetime.now()
        for ticket in self:
            ticket.is_overdue = ticket.state in lifecycle.OPEN_STATES and any(
                moment and moment < now
                for moment in (ticket.due_at, ticket.sla_deadline)
            )

    def _search_is_overdue(self, operator, value):
        if operator != "in":
            return NotImplemented
        now = fields.Datetime.now()
        return Domain("state", "in", self._open_states()) & (
            Domain("due_at", "<", now) | Domain("sla_deadline", "<", now)
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

    @api.depends("state")
    @api.depends_context("uid", "su")
    def _compute_is_frozen(self):
        """Tell whether the user finds an ended ticket that must stay as it was."""
        may_correct = self.env.su or self.env.user.has_group(
            "itsm_helpdesk.group_itsm_manager"
        )
        for ticket in self:
            ended = ticket.state in lifecycle.ENDED_STATES
            ticket.is_frozen = ended and not may_correct

    @api.model
    def _works_for_desk_sql(self, ticket_id, user_id):
        """Return the SQL condition that somebody works for the desk of a ticket.

        The desk is looked up ticket by ticket. With ``EXISTS`` PostgreSQL would
        gather all tickets of the user's desks first, which may be millions.

        :param ticket_id: SQL of the ticket's id
        :param user_id: id, or its SQL
        """
        self.flush_model(["desk_id"])
        self.env["itsm.desk"].flush_model(["agent_ids"])
        return SQL(
            """
            ((
                (SELECT ticket.desk_id FROM itsm_ticket ticket WHERE ticket.id = %s)
                IN (
                    SELECT agent.desk_id
                      FROM itsm_desk_agent_rel agent
                     WHERE agent.user_id = %s
                )
            ) IS TRUE)
            """,
            ticket_id,
            user_id,
        )
