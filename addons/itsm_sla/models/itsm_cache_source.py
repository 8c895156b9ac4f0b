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
        self._forget_cached(vals)
        return result

    def update_field_translations(self, field_name, translations, source_lang=""):
        """Translations are written past ``write``."""
        result = super().update_field_translations(
            field_name, translations, source_lang
        )
        self._forget_cached([field_name])
        return result

    def _forget_cached(self, names):
        """Empty the caches where they hold one of the fields."""
        if not self._cached_fields or self._cached_fields.intersection(names):
            self.env.registry.clear_cache()

    def unlink(self):
        result = super().unlink()
        self.env.registry.clear_cache()
        return result
