from odoo import models


class IrHttp(models.AbstractModel):
    _inherit = "ir.http"

    @classmethod
    def _get_translation_frontend_modules_name(cls):
        """Send this module's translations to the portal's scripts."""
        return [*super()._get_translation_frontend_modules_name(), "itsm_helpdesk"]
