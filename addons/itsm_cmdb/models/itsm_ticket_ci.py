from odoo import api, fields, models

# Passed in the context by the analysis. An identity cannot be sent through RPC, so
# nobody passes what they chose off as found.
_ANALYSIS = object()
# What people say a ticket is about; the rest is found by analysis.
CHOSEN_ROLES = ("affected", "cause")


class ItsmTicketCi(models.Model):
    """An item that a ticket is about, or that an impact analysis found for it.

    What a person says holds: an item that they added stays, and one that they excluded
    is not affected, whatever an analysis finds.
    """

    _name = "itsm.ticket.ci"
    _description = "Item of a Ticket"
    _order = "ticket_id, role, distance, id"

    ticket_id = fields.Many2one(
        "itsm.ticket", required=True, ondelete="cascade", index=True
    )
    ci_id = fields.Many2one(
        "itsm.ci", "Item", required=True, ondelete="restrict", index=True
    )
    role = fields.Selection(
        [("affected", "Affected"), ("cause", "Cause"), ("impacted", "Impacted")],
        required=True,
        default="affected",
    )
    origin = fields.Selection(
        [("manual", "Chosen"), ("computed", "Found by Analysis")],
        required=True,
        default="manual",
        readonly=True,
    )
    excluded = fields.Boolean(
        "Not Affected", help="Whatever an analysis finds; nor is what hangs on it only."
    )
    state = fields.Selection(
        [("degraded", "Degraded"), ("down", "Down")],
        help="What an analysis assumes of affected items and causes. Empty: down.",
    )
    distance = fields.Integer(readonly=True)
    why = fields.Char(readonly=True)

    _once = models.UniqueIndex(
        "(ticket_id, ci_id)", "This item is on the ticket already."
    )

    @api.depends("ticket_id", "ci_id")
    def _compute_display_name(self):
        for link in self:
            link.display_name = (
                f"{link.ticket_id.display_name} – {link.ci_id.display_name}"
            )

    @api.model
    def _is_analysis(self):
        return self.env.context.get("itsm_ticket_analysis") is _ANALYSIS

    def _as_analysis(self):
        """Return these links with the right to say what was found."""
        return self.with_context(itsm_ticket_analysis=_ANALYSIS)

    @api.model_create_multi
    def create(self, vals_list):
        if not self._is_analysis():
            vals_list = [self._chosen(vals) for vals in vals_list]
        return super().create(vals_list)

    def write(self, vals):
        if not self._is_analysis():
            vals = self._chosen(vals, "role" in vals)
        return super().write(vals)

    @api.model
    def _chosen(self, vals, is_choice=True):
        """Return values of what a person says, without what only an analysis finds."""
        found = {"origin", "distance", "why"}
        kept = {key: value for key, value in vals.items() if key not in found}
        return {**kept, "origin": "manual"} if is_choice else kept

    def action_open_item(self):
        """Open the item."""
        self.ensure_one()
        return self.ci_id.get_formview_action()
