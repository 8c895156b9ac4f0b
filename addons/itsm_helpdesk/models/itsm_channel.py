from odoo import models


class ItsmChannel(models.Model):
    """How a ticket reached the desk: portal, mail, phone, walk-in, monitoring."""

    _name = "itsm.channel"
    _description = "Ticket Channel"
    _inherit = "itsm.coded"
