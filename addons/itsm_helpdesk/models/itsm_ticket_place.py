from odoo import fields, models


class ItsmTicket(models.Model):
    """Where the work of a ticket is to be done."""

    _inherit = "itsm.ticket"

    location_id = fields.Many2one(
        "itsm.location",
        index="btree_not_null",
        tracking=True,
        check_company=True,
        help="Where the fault is, or where somebody has to go.",
    )
