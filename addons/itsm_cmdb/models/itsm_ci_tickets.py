import operator as operators

from odoo import api, fields, models
from odoo.fields import Domain

from odoo.addons.itsm_helpdesk.models.itsm_ticket import WORKERS

from .itsm_ticket_ci import CHOSEN_ROLES

_COMPARE = {
    ">": operators.gt,
    ">=": operators.ge,
    "<": operators.lt,
    "<=": operators.le,
    "in": lambda count, values: count in values,
}


class ItsmCi(models.Model):
    """The open and past tickets of an item."""

    _inherit = "itsm.ci"

    ticket_count = fields.Integer(
        "Tickets", compute="_compute_ticket_count", groups=WORKERS
    )
    open_ticket_count = fields.Integer(
        "Open Tickets",
        compute="_compute_ticket_count",
        search="_search_open_ticket_count",
        groups=WORKERS,
    )

    @api.depends("ticket_link_ids.role", "ticket_link_ids.ticket_id.state")
    @api.depends_context("uid")
    def _compute_ticket_count(self):
        every = self._ticket_counts(Domain("ci_id", "in", self.ids))
        still_open = self._ticket_counts(
            Domain("ci_id", "in", self.ids) & self._open_links()
        )
        for item in self:
            item.ticket_count = every.get(item._origin.id, 0)
            item.open_ticket_count = still_open.get(item._origin.id, 0)

    def _search_open_ticket_count(self, operator, value):
        compare = _COMPARE.get(operator)
        if not compare:
            return NotImplemented
        counts = self._ticket_counts(self._open_links())
        # Most items have no open ticket: say which differ from those.
        fits_none = compare(0, value)
        different = [
            ci_id
            for ci_id, count in counts.items()
            if compare(count, value) != fits_none
        ]
        return Domain("id", "not in" if fits_none else "in", different)

    @api.model
    def _open_links(self):
        return Domain("ticket_id.state", "in", self.env["itsm.ticket"]._open_states())

    @api.model
    def _ticket_counts(self, domain):
        """Return ``{id of an item: number of tickets that are about it}``."""
        about = Domain("role", "in", CHOSEN_ROLES) & Domain("excluded", "=", False)
        return {
            item.id: count
            for item, count in self.env["itsm.ticket.ci"]._read_group(
                domain & about, ["ci_id"], ["__count"]
            )
        }

    def action_view_tickets(self):
        """Open the tickets about these items, the open ones first."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "itsm_helpdesk.itsm_ticket_action"
        )
        action["domain"] = [("ci_ids", "in", self.ids)]
        action["context"] = {
            "search_default_open": 1,
            "default_ci_ids": self.ids,
            "create": False,
        }
        return action

    def action_impact_graph(self):
        """Draw what fails with these items."""
        return self._graph_action(self.env._("Impact"))

    def action_dependency_graph(self):
        """Draw what these items stand on."""
        return self._graph_action(self.env._("Dependencies"), "dependencies")

    def _graph_action(self, name, direction="impact", **options):
        """Return the picture's action."""
        action = self.env["ir.actions.client"]._for_xml_id(
            "itsm_cmdb.itsm_impact_graph_action"
        )
        return action | {
            "name": name,
            "params": {
                "ci_ids": self.ids,
                "direction": direction,
                "options": {"direction": direction, **options},
            },
        }

    def action_analyse_impact(self):
        """Open an analysis of what fails with these items."""
        return self.env["itsm.ci.impact.analysis"]._open({"scope": "items"}, self)
