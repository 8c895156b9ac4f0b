from ast import literal_eval

from odoo import models


class ItsmDesk(models.Model):
    """The desk's mail address: what arrives there becomes a ticket."""

    _inherit = "itsm.desk"

    def _alias_get_creation_values(self):
        values = super()._alias_get_creation_values()
        values["alias_model_id"] = self.env["ir.model"]._get_id("itsm.ticket")
        if self.id:
            defaults = literal_eval(self.alias_defaults or "{}")
            defaults["desk_id"] = self.id
            values["alias_defaults"] = str(defaults)
        return values
