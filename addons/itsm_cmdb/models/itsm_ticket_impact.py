from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.itsm_helpdesk.models.itsm_ticket import WORKERS

from ..tools import impact
from .itsm_ticket_ci import CHOSEN_ROLES

# So many of the nearest items are kept on a ticket; all are counted.
KEPT = 1_000
_FIGURES = frozenset(
    {
        "impact_analysed_at",
        "impact_item_count",
        "impact_service_count",
        "impact_people_count",
    }
)


class ItsmTicket(models.Model):
    """What the outage of a ticket touches; found again as often as one likes."""

    _inherit = "itsm.ticket"

    impact_analysed_at = fields.Datetime(
        "Impact Analysed On", readonly=True, copy=False, groups=WORKERS
    )
    impact_item_count = fields.Integer(
        "Items Hit", readonly=True, copy=False, groups=WORKERS
    )
    impact_service_count = fields.Integer(
        "Services Hit", readonly=True, copy=False, groups=WORKERS
    )
    impact_people_count = fields.Integer(
        "People Hit", readonly=True, copy=False, groups=WORKERS
    )
    hidden_item_count = fields.Integer(
        "Items You May Not See",
        compute="_compute_hidden_item_count",
        compute_sudo=False,
        groups=WORKERS,
    )

    @api.depends("ci_link_ids")
    @api.depends_context("uid")
    def _compute_hidden_item_count(self):
        Link = self.env["itsm.ticket.ci"]
        domain = [("ticket_id", "in", self.ids)]
        # sudo: how many there are is told to whoever works on the ticket, not which.
        every = dict(Link.sudo()._read_group(domain, ["ticket_id"], ["__count"]))
        shown = dict(Link._read_group(domain, ["ticket_id"], ["__count"]))
        every = {ticket.id: count for ticket, count in every.items()}
        shown = {ticket.id: count for ticket, count in shown.items()}
        for ticket in self:
            ticket_id = ticket._origin.id
            ticket.hidden_item_count = every.get(ticket_id, 0) - shown.get(ticket_id, 0)

    @api.model
    def _system_fields(self):
        return super()._system_fields() | _FIGURES

    def action_analyse_impact(self):
        """Find what the affected items and causes of each ticket touch.

        What people added or excluded stays; what was found before and is no longer hit
        goes.
        """
        self.check_access("write")
        for ticket in self:
            # sudo: the answer does not depend on what the agent may see.
            ticket.sudo()._analyse_impact()
        return True

    def _analyse_impact(self):
        self.ensure_one()
        links = self.ci_link_ids
        excluded = links.filtered("excluded")
        sources = (links - excluded).filtered(lambda link: link.role in CHOSEN_ROLES)
        if not sources:
            raise UserError(
                self.env._(
                    "Say first what %(ticket)s is about: add an affected item or a "
                    "cause.",
                    ticket=self.display_name,
                )
            )
        states = {
            link.ci_id.id: impact.STATES.index(link.state or "down") for link in sources
        }
        analysis = sources.ci_id._impact_analysis(
            states=states, immune=frozenset(excluded.ci_id.ids)
        )
        hit = analysis.hit()
        self._keep_touched([ci_id for ci_id in hit if ci_id not in states], analysis)
        _departments, people = self.env["itsm.ci"]._impact_departments(hit)
        services = self.env["itsm.ci"]._impact_services(analysis.outcome, hit)
        self._write_system(
            {
                "impact_analysed_at": fields.Datetime.now(),
                "impact_item_count": len(hit),
                "impact_service_count": len(services),
                "impact_people_count": people,
            }
        )

    def _keep_touched(self, hit, analysis):
        """Let the ticket's found items be those that are hit, the nearest of them."""
        # Why an item is hit is read by all who work on the ticket.
        Ci = self.env["itsm.ci"].with_context(itsm_impact_readers=self.company_id.id)
        Link = self.env["itsm.ticket.ci"]._as_analysis()
        links = {link.ci_id.id: link._as_analysis() for link in self.ci_link_ids}
        kept = hit[:KEPT]
        facts = {node["id"]: node for node in Ci._impact_nodes(analysis, kept, {})}
        found = {
            ci_id: {
                "state": facts[ci_id]["state"],
                "distance": facts[ci_id]["distance"],
                "why": facts[ci_id]["why"],
            }
            for ci_id in kept
        }
        Link.create(
            [
                {
                    "ticket_id": self.id,
                    "ci_id": ci_id,
                    "role": "impacted",
                    "origin": "computed",
                    **vals,
                }
                for ci_id, vals in found.items()
                if ci_id not in links
            ]
        )
        gone = Link.browse()
        for ci_id, link in links.items():
            if link.role in CHOSEN_ROLES or link.excluded:
                continue
            if ci_id in found:
                link.write(
                    {
                        key: value
                        for key, value in found[ci_id].items()
                        if link[key] != value
                    }
                )
            elif link.origin == "computed":
                gone |= link
        gone.unlink()

    def action_impact_graph(self):
        """Draw what the items of the ticket hit, as its analysis counts it."""
        self.ensure_one()
        chosen = self.ci_link_ids.filtered(lambda link: link.role in CHOSEN_ROLES)
        degraded = chosen.filtered(lambda link: link.state == "degraded")
        return self.ci_ids._graph_action(
            self.env._("Impact of %s", self.number),
            degraded_ids=degraded.ci_id.ids,
            working_ids=self.ci_link_ids.filtered("excluded").ci_id.ids,
        )
