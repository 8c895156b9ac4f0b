from odoo import models


class IrModuleModule(models.Model):
    """Articles that come with an addon come in its languages."""

    _inherit = "ir.module.module"

    def _load_module_terms(self, modules, langs, overwrite=False):
        result = super()._load_module_terms(modules, langs, overwrite=overwrite)
        self.env["itsm.article"]._take_shipped_translations(modules)
        return result
