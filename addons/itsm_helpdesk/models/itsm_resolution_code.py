from odoo import models


class ItsmResolutionCode(models.Model):
    """How a ticket was solved; asked for when it is resolved."""

    _name = "itsm.resolution.code"
    _description = "Resolution Code"
    _inherit = "itsm.coded"
