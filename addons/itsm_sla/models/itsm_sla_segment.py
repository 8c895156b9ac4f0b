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
    working_hours = fields.Float("Working Time", compute="_compute_working_hours")
    cause_name = fields.Char("Why", compute="_compute_names")
    team_name = fields.Char("Held by", compute="_compute_names")

    @api.depends("working")
    def _compute_working_hours(self):
        for segment in self:
            segment.working_hours = segment.working / 3600

    @api.depends("cause", "phase", "team_id")
    def _compute_names(self):
        """Say why it did not run, and who had the record."""
        Event = self.env["itsm.sla.event"]
        ends = dict(Event._fields["kind"]._description_selection(self.env))
        for segment in self:
            Model = self.env[segment.clock_id.res_model]
            cause = segment.cause or ""
            if segment.phase == "paused":
                key = int(cause) if cause.isdecimal() else cause
                segment.cause_name = Model._sla_cause_name(key)
            else:
                segment.cause_name = ends.get(cause, False)
            segment.team_name = Model._sla_party_name("ola", segment.team_id)

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
