from odoo import api, fields, models

# What people say a ticket is about; the rest is found by analysis.
CHOSEN_ROLES = ("affected", "cause")


class ItsmTicketCi(models.Model):
    """An item that a ticket is about, or that an impact analysis found for it."""

    _name = "itsm.ticket.ci"
    _description = "Item of a Ticket"
    _inherit = ["itsm.ci.link", "itsm.complaint.part.mixin"]
    _order = "ticket_id, role, distance, id"

    _chosen_roles = CHOSEN_ROLES
    _found_role = "impacted"

    ticket_id = fields.Many2one(
        "itsm.ticket", required=True, ondelete="cascade", index=True
    )
    role = fields.Selection(
        [("affected", "Affected"), ("cause", "Cause"), ("impacted", "Impacted")],
        required=True,
        default="affected",
    )
    state = fields.Selection(
        help="What an analysis assumes of affected items and causes. Empty: down."
    )

    _once = models.UniqueIndex(
        "(ticket_id, ci_id)", "This item is on the ticket already."
    )

    @api.depends("ticket_id", "ci_id")
    def _compute_display_name(self):
        for link in self:
            link.display_name = (
                f"{link.ticket_id.display_name} – {link.ci_id.display_name}"
            )
