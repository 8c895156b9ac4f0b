from odoo import api, fields, models
from odoo.fields import Domain

from ..tools import states
from .itsm_ci import READERS


class ItsmTicket(models.Model):
    """The changes that a ticket asks for, or waits for."""

    _inherit = "itsm.ticket"

    change_ids = fields.Many2many(
        "itsm.change",
        "itsm_change_ticket_rel",
        "ticket_id",
        "change_id",
        "Changes",
        copy=False,
        groups=READERS,
    )
    change_count = fields.Integer(
        "Number of Changes", compute="_compute_change_count", groups=READERS
    )
    open_change_count = fields.Integer(
        "Open Changes", compute="_compute_change_count", groups=READERS
    )

    @api.depends("change_ids.state")
    def _compute_change_count(self):
        for ticket in self:
            changes = ticket.change_ids
            still_open = changes.filtered(
                lambda change: change.state in states.OPEN_STATES
            )
            ticket.change_count = len(changes)
            ticket.open_change_count = len(still_open)

    def action_view_changes(self):
        """Open the changes of these tickets, the planned ones first."""
        domain = Domain("ticket_ids", "in", self.ids)
        return self.env["itsm.change"]._list_action(list(domain))

    def action_make_change(self):
        """Open a new change that the ticket asks for."""
        self.ensure_one()
        self.check_access("read")
        vals = {
            "name": self.name,
            "origin": "ticket",
            "ticket_ids": [fields.Command.link(self.id)],
            "requester_id": self.partner_id.id,
            "impact": self._change_level(self.impact),
            "urgency": self._change_level(self.urgency),
        }
        # sudo: whoever reads the ticket need not work on it to see its items.
        items = self.sudo().ci_ids.with_env(self.env)._filtered_access("read")
        action = self.env["itsm.change"]._new_action(vals, items)
        if self.company_id:
            action["context"]["default_company_id"] = self.company_id.id
        return action

    @api.model
    def _change_level(self, level):
        """Return an impact or urgency of a ticket as changes have it."""
        known = dict(self.env["itsm.change"]._fields["impact"].selection)
        return level if level in known else "3"
