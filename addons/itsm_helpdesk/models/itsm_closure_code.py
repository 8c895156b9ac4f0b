from odoo import models


class ItsmClosureCode(models.Model):
    """Why a ticket was closed or cancelled: confirmed, no answer, duplicate …"""

    _name = "itsm.closure.code"
    _description = "Closure Code"
    _inherit = "itsm.coded"
