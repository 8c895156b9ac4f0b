from odoo import models


class ResPartner(models.Model):
    """Contacts who leave are replaced where they are to decide."""

    _inherit = "res.partner"

    def write(self, vals):
        result = super().write(vals)
        if "active" in vals and not vals["active"]:
            self.env["itsm.approval"]._on_leavers(self)
        return result
