from odoo import models


class ResourceCalendar(models.Model):
    """Working hours of desks carry the promises of their tickets."""

    _inherit = "resource.calendar"

    def _itsm_is_used(self):
        Desk = self.env["itsm.desk"].with_context(active_test=False)
        return super()._itsm_is_used() or bool(
            Desk.search_count([("resource_calendar_id", "=", self.id)], limit=1)
        )
