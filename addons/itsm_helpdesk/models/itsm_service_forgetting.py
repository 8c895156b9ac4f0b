from odoo import api, models

from .itsm_service_row import _FREEZING

# Passed in the context by own code, which RPC cannot forge.
_FORGETTING = object()


class ItsmService(models.Model):
    """Services that were tried and never used, and that shall leave nothing."""

    _inherit = "itsm.service"

    def _forget(self):
        """Delete services with all their versions, as if they had never been.

        The callers made sure that nobody asked for one of them. What others keep of
        them, such as requests, holds them in the database.
        """
        # sudo: versions have no rights of their own; the caller checked who asks.
        services = self.sudo().with_context(
            itsm_forgetting=_FORGETTING, itsm_freezing=_FREEZING
        )
        services.write({"state": "draft", "version_id": False})
        # The services of these may order each other.
        services.env["itsm.service.order"].search(
            [("service_id", "in", services.ids)]
        ).unlink()
        services.unlink()

    @api.model
    def _is_forgetting(self):
        """Tell whether services are deleted that nobody used."""
        return self.env.context.get("itsm_forgetting") is _FORGETTING
