from odoo import api, models


class ItsmCacheSource(models.AbstractModel):
    """Records that cached methods are made of; a change empties the caches.

    ``_cached_fields`` names the fields that the caches hold; empty means all.
    """

    _name = "itsm.cache.source"
    _description = "Source of Cached Values"
    _cached_fields = frozenset()

    @api.model_create_multi
    def create(self, vals_list):
        records = super().create(vals_list)
        self.env.registry.clear_cache()
        return records

    def write(self, vals):
        result = super().write(vals)
        if not self._cached_fields or self._cached_fields.intersection(vals):
            self.env.registry.clear_cache()
        return result

    def unlink(self):
        result = super().unlink()
        self.env.registry.clear_cache()
        return result
