from odoo import api, fields, models
from odoo.fields import Command, Domain

from odoo.addons.itsm_helpdesk.models.itsm_ticket import WORKERS

from .itsm_ticket_ci import CHOSEN_ROLES

_CHOSEN = Domain("role", "in", CHOSEN_ROLES) & Domain("excluded", "=", False)
_TOUCHED = Domain("role", "=", "impacted") & Domain("excluded", "=", False)


class ItsmTicket(models.Model):
    """The items that a ticket is about, and those that its outage touches."""

    _inherit = "itsm.ticket"

    ci_link_ids = fields.One2many(
        "itsm.ticket.ci", "ticket_id", "Item Links", groups=WORKERS
    )
    chosen_link_ids = fields.One2many(
        "itsm.ticket.ci",
        "ticket_id",
        "Affected Items and Causes",
        domain=[("role", "in", CHOSEN_ROLES)],
        groups=WORKERS,
    )
    touched_link_ids = fields.One2many(
        "itsm.ticket.ci",
        "ticket_id",
        "Touched",
        domain=[("role", "=", "impacted")],
        groups=WORKERS,
    )
    ci_ids = fields.Many2many(
        "itsm.ci",
        string="Items",
        compute="_compute_ci_ids",
        inverse="_inverse_ci_ids",
        search="_search_ci_ids",
        groups=WORKERS,
        help="What the ticket is about: affected items, and causes.",
    )
    touched_ci_ids = fields.Many2many(
        "itsm.ci",
        string="Touched Items",
        compute="_compute_ci_ids",
        search="_search_touched_ci_ids",
        groups=WORKERS,
        help="What the outage touches beyond, by the last analysis or by choice.",
    )

    @api.depends("ci_link_ids.ci_id", "ci_link_ids.role", "ci_link_ids.excluded")
    def _compute_ci_ids(self):
        for ticket in self:
            links = ticket.ci_link_ids.filtered(lambda link: not link.excluded)
            chosen = links.filtered(lambda link: link.role in CHOSEN_ROLES)
            ticket.ci_ids = chosen.ci_id
            ticket.touched_ci_ids = (links - chosen).ci_id

    def _inverse_ci_ids(self):
        """Keep how an item stands to the ticket; new ones are affected."""
        for ticket in self:
            wanted, links = ticket.ci_ids._origin, ticket.ci_link_ids
            of_item = {link.ci_id: link for link in links}
            gone = links.filtered(
                lambda link, wanted=wanted: (
                    link.role in CHOSEN_ROLES
                    and not link.excluded
                    and link.ci_id not in wanted
                )
            )
            commands = [Command.delete(link.id) for link in gone]
            for item in wanted:
                link = of_item.get(item)
                if not link:
                    commands.append(Command.create({"ci_id": item.id}))
                elif link.role not in CHOSEN_ROLES or link.excluded:
                    commands.append(
                        Command.update(link.id, {"role": "affected", "excluded": False})
                    )
            if commands:
                ticket.ci_link_ids = commands

    def _search_ci_ids(self, operator, value):
        return self._search_items(_CHOSEN, operator, value)

    def _search_touched_ci_ids(self, operator, value):
        return self._search_items(_TOUCHED, operator, value)

    @api.model
    def _search_items(self, links, operator, value):
        if operator not in ("in", "any"):
            return NotImplemented
        if operator == "in" and False in value:
            none = Domain("ci_link_ids", "not any", links)
            rest = [each for each in value if each]
            return (
                none | Domain("ci_link_ids", "any", links & Domain("ci_id", "in", rest))
                if rest
                else none
            )
        return Domain("ci_link_ids", "any", links & Domain("ci_id", operator, value))

    def _move_content_to(self, target):
        """Duplicates give their items to the ticket that remains."""
        result = super()._move_content_to(target)
        # sudo: items that the agent may not see go along; the right to write on both
        # tickets was checked.
        links = self.sudo().ci_link_ids
        known = {link.ci_id: link for link in target.sudo().ci_link_ids}
        for link in links.filtered("ci_id"):
            other = known.get(link.ci_id)
            if not other:
                continue
            if _weight(link) > _weight(other):
                other._as_analysis().write(
                    {key: link[key] for key in ("role", "origin", "excluded", "state")}
                )
        twice = links.filtered(lambda link: link.ci_id in known)
        (links - twice)._as_analysis().write({"ticket_id": target.id})
        twice.unlink()
        return result


def _weight(link):
    """Return how much a link says: a cause more than an affected item, and so on."""
    chosen = link.origin == "manual"
    return chosen, ("impacted", "affected", "cause").index(link.role), link.excluded
