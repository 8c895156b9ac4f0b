from odoo import models

from .itsm_question import _HOLD, _KNOWN


class ItsmService(models.Model):
    """A copy of a service is a draft with all that the service is made of."""

    _inherit = "itsm.service"

    def copy_data(self, default=None):
        vals_list = super().copy_data(default)
        for service, vals in zip(self, vals_list, strict=True):
            if "name" not in (default or {}):
                vals["name"] = self.env._("%(name)s (copy)", name=service.name)
        return vals_list

    def copy(self, default=None):
        copies = super().copy(default)
        for service, copied in zip(self, copies, strict=True):
            service._copy_parts(copied)
        return copies

    def _copy_parts(self, copied):
        """Give a copy its own questions, plan and parts."""
        owner = {"service_id": copied.id}
        # An administrator chose the models of the questions that are copied.
        held = self.with_context(itsm_form=_HOLD, itsm_models=_KNOWN)
        held.question_ids.copy(owner)
        tasks = self.plan_task_ids
        tasks._copy_network(tasks.copy(owner))
        self.order_ids.copy(owner)
