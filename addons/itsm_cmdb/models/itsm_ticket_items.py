from odoo import fields, models

from odoo.addons.itsm_helpdesk.models.itsm_ticket import WORKERS

from .itsm_ticket_ci import CHOSEN_ROLES


class ItsmTicket(models.Model):
    """The items that a ticket is about, and those that its outage touches."""

    _name = "itsm.ticket"
    _inherit = ["itsm.ticket", "itsm.ci.linked"]

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
        groups=WORKERS, help="What the ticket is about: affected items, and causes."
    )
    touched_ci_ids = fields.Many2many(
        groups=WORKERS,
        help="What the outage touches beyond, by the last analysis or by choice.",
    )

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
