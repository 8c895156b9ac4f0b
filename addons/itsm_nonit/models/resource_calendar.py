from odoo import models


class ResourceCalendar(models.Model):
    """Calendars by which things are booked need fixed hours."""

    _inherit = "resource.calendar"

    def _itsm_is_used(self):
        # sudo: hours count, whoever may see the thing.
        Bookable = self.env["itsm.bookable"].sudo().with_context(active_test=False)
        return super()._itsm_is_used() or bool(
            Bookable.search_count([("resource_calendar_id", "=", self.id)], limit=1)
        )
