from odoo import fields, models

# Words of the ticket's desk, and those of all desks.
_OFFERED = "['|', ('desk_ids', '=', False), ('desk_ids', 'in', desk_id)]"


class ItsmTicketAction(models.TransientModel):
    """Agents choose from the words of the ticket's desk."""

    _inherit = "itsm.ticket.action"

    pending_reason_id = fields.Many2one(domain=_OFFERED)
    resolution_code_id = fields.Many2one(domain=_OFFERED)
