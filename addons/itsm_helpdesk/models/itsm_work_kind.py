from odoo import fields, models


class ItsmWorkKind(models.Model):
    """What somebody's time was spent on: tickets, meetings, rounds, training …"""

    _name = "itsm.work.kind"
    _description = "Kind of Work"
    _inherit = ["itsm.coded"]

    color = fields.Integer()
    is_ticket = fields.Boolean(
        "For Tickets",
        help="Offered first where time is logged on a ticket. All other kinds count as"
        " work that was not a ticket.",
    )
