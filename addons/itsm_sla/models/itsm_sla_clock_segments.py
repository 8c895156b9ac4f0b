from odoo import api, models

from ..tools import clock as pure
from ..tools import terms


class ItsmSlaClock(models.Model):
    """The stretches of finished clocks, kept for reports."""

    _inherit = "itsm.sla.clock"

    def _keep_segments(self, readings):
        """Replace the stored stretches of clocks by those of their readings.

        :param readings: ``{clock: reading}``
        """
        self._forget_segments()
        Segment = self.env["itsm.sla.segment"].sudo()  # the engine's own rows
        values = [
            values
            for clock, reading in readings.items()
            if self._wants_segments(clock)
            for values in Segment._values_of(clock, reading)
        ]
        if values:
            Segment.create(values)

    def _forget_segments(self):
        """Delete the stored stretches of these clocks."""
        customers = self.filtered(lambda clock: clock.kind == terms.SLA)
        if customers:
            # sudo: the engine's own rows.
            self.env["itsm.sla.segment"].sudo().search(
                [("clock_id", "in", customers.ids)]
            ).unlink()

    @api.model
    def _wants_segments(self, clock):
        """Tell whether reports need the stretches of a clock.

        Those of the customer's resolution clock tell the whole life of a record;
        the others would count the same hours again.
        """
        return (
            clock.kind == terms.SLA
            and clock.metric == terms.RESOLUTION
            and clock.state in (pure.MET, pure.BREACHED)
            and not clock.is_unfinished
        )
