from odoo import api, fields, models


class ItsmChangeWindowOccurrence(models.Model):
    """One time at which a window is open; a row, so that calendars can ask for it."""

    _name = "itsm.change.window.occurrence"
    _description = "Occurrence of a Window"
    _order = "start, id"

    window_id = fields.Many2one(
        "itsm.change.window", required=True, ondelete="cascade", index=True
    )
    kind = fields.Selection(related="window_id.kind")
    company_id = fields.Many2one(related="window_id.company_id")
    start = fields.Datetime("Begin", required=True, index=True)
    end = fields.Datetime(required=True)

    # Conflicts ask which occurrences lie in the time of a change.
    _time_idx = models.Index('USING gist (tsrange(start, "end"))')
    _in_order = models.Constraint(
        'CHECK ("end" > start)', "An occurrence must end after it begins."
    )

    @api.depends("window_id", "start")
    def _compute_display_name(self):
        for occurrence in self:
            occurrence.display_name = occurrence.window_id.name
