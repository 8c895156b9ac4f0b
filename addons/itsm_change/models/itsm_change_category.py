from odoo import models


class ItsmChangeCategory(models.Model):
    """A field of technology that changes are made in; boards have members for it."""

    _name = "itsm.change.category"
    _description = "Change Category"
    _inherit = ["itsm.coded"]
