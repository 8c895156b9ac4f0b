from odoo import fields, models


class ItsmTicketCi(models.Model):
    """An item that a ticket is about, or that an impact analysis found for it."""

    _name = "itsm.ticket.ci"
    _description = "Item of a Ticket"
    _order = "ticket_id, role, distance, id"

    ticket_id = fields.Many2one(
        "itsm.ticket", required=True, ondelete="cascade", index=True
    )
    ci_id = fields.Many2one("itsm.ci", required=True, ondelete="restrict", index=True)
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
    excluded = fields.Boolean(help="Not affected, whatever an analysis finds.")
    state = fields.Selection(
        [("degraded", "Degraded"), ("down", "Down")], readonly=True
    )
    distance = fields.Integer(readonly=True)
    why = fields.Char(readonly=True)

    _once = models.UniqueIndex(
        "(ticket_id, ci_id)", "This item is on the ticket already."
    )
