from odoo import api, fields, models

HOUR = 3600
# Hours shown on screens, and the seconds they are made of.
HOURS = {
    "budget_hours": "budget",
    "elapsed_hours": "elapsed",
    "paused_hours": "paused",
    "remaining_hours": "remaining",
    "waived_hours": "waived",
}


class ItsmSlaClock(models.Model):
    """The clock as people read it: hours instead of seconds, the reason in words."""

    _inherit = "itsm.sla.clock"

    budget_hours = fields.Float("Promised", compute="_compute_hours")
    elapsed_hours = fields.Float("Used", compute="_compute_hours")
    paused_hours = fields.Float("Stood Still", compute="_compute_hours")
    remaining_hours = fields.Float(
        "Left", compute="_compute_hours", help="Negative when overdrawn."
    )
    waived_hours = fields.Float("Waived", compute="_compute_hours")
    explanation = fields.Text(
        compute="_compute_explanation", help="How the clock comes to what it shows."
    )

    @api.depends(*HOURS.values())
    def _compute_hours(self):
        for clock in self:
            for shown, seconds in HOURS.items():
                clock[shown] = clock[seconds] / HOUR

    @api.depends("state", "elapsed", "deadline", "waived")
    def _compute_explanation(self):
        explained = self._explained()
        for clock in self:
            words = explained.get(clock.id, {}).get("words", ())
            clock.explanation = "\n".join(words)
