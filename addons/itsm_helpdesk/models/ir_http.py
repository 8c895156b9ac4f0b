from odoo import models


class IrHttp(models.AbstractModel):
    _inherit = "ir.http"

    @classmethod
    def _get_translation_frontend_modules_name(cls):
        """Send the translations of this desk's addons to the portal's scripts."""
        ours = (name for name in cls.pool._init_modules if name.startswith("itsm_"))
        return [*super()._get_translation_frontend_modules_name(), *sorted(ours)]
