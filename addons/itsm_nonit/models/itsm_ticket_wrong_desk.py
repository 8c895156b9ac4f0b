from odoo import models

from .itsm_booking import WAITING_STATES


class ItsmTicket(models.Model):
    """What came to the wrong desk holds nothing there any more."""

    _inherit = "itsm.ticket"

    def _drop_wrong_work(self):
        result = super()._drop_wrong_work()
        self._bookings_in(*WAITING_STATES)._free("cancelled")
        return result
