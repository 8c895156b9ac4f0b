from dataclasses import replace

from odoo import api, models

from ..tools.origin import Origin


class ItsmCiOriginMixin(models.AbstractModel):
    """Records whose saves say where they come from."""

    _name = "itsm.ci.origin.mixin"
    _description = "Says Where Its Changes Come From"

    def _under(self, source=None, origin=None, reason=None, at=None, batch=None):
        """Return the records in a context in which saves say where they come from.

        What is not given stays as the context has it already.

        :param source: code of the source that says so
        :param origin: record that the change is made under
        :param reason: why, as a person reads it
        :param at: since when it is so, if earlier than now
        :param batch: import that it belongs to
        """
        known = {
            "source": source,
            "reason": reason,
            "at": at,
            "res_model": origin._name if origin else None,
            "res_id": origin.id if origin else None,
            "batch_id": batch.id if batch else None,
        }
        given = {key: value for key, value in known.items() if value}
        return self.with_context(itsm_ci_origin=replace(self._origin_now(), **given))

    @api.model
    def _origin_now(self):
        """Return where saves come from now: from the person, unless code said else."""
        origin = self.env.context.get("itsm_ci_origin")
        return origin if isinstance(origin, Origin) else Origin()
