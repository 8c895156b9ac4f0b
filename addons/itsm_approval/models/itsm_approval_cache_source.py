from odoo import api, models


class ItsmApprovalCacheSource(models.AbstractModel):
    """Records that the cached policies are made of; a change empties the cache."""

    _name = "itsm.approval.cache.source"
    _description = "Source of Cached Approval Policies"

    @api.model_create_multi
    def create(self, vals_list):
        records = super().create(vals_list)
        self.env.registry.clear_cache()
        return records

    def write(self, vals):
        result = super().write(vals)
        self.env.registry.clear_cache()
        return result

    def unlink(self):
        result = super().unlink()
        self.env.registry.clear_cache()
        return result
