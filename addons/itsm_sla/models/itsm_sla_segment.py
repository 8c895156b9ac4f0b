from odoo import api, fields, models

PHASES = [("running", "Running"), ("paused", "Paused"), ("stopped", "Stopped")]


class ItsmSlaSegment(models.Model):
    """A stretch of a finished clock: who held the record, running or paused, and why.

    A cache for reports, like the clock itself; the engine writes it.
    """

    _name = "itsm.sla.segment"
    _description = "Service Level Stretch"
    _order = "clock_id, start, id"

    clock_id = fields.Many2one(
        "itsm.sla.clock", required=True, index=True, ondelete="cascade", readonly=True
    )
    start = fields.Datetime(required=True, readonly=True)
    end = fields.Datetime(required=True, readonly=True)
    phase = fields.Selection(PHASES, required=True, readonly=True)
    cause = fields.Char(readonly=True, help="Key of the pause's reason or of the end.")
    team_id = fields.Integer(readonly=True)
    user_id = fields.Many2one("res.users", readonly=True, ondelete="set null")
    working = fields.Integer(
        "Working Time (s)", readonly=True, help="On the clock's hours, in seconds."
    )

    @api.model
    def _values_of(self, clock, reading):
        """Return the values of the stretches of a reading."""
        return [
            {
                "clock_id": clock.id,
                "start": segment.start,
                "end": segment.end,
                "phase": segment.phase,
                "cause": False if segment.cause is None else str(segment.cause),
                "team_id": segment.team or 0,
                "user_id": segment.user or False,
                "working": segment.working,
            }
            for segment in reading.segments
        ]
