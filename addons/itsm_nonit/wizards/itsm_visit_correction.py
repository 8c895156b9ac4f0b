from odoo import api, fields, models
from odoo.fields import Command


class ItsmVisitCorrection(models.TransientModel):
    """Asks when somebody really worked, and why that was recorded wrongly."""

    _name = "itsm.visit.correction"
    _description = "Correction of Times"

    visit_id = fields.Many2one("itsm.visit", required=True, ondelete="cascade")
    user_id = fields.Many2one(related="visit_id.user_id")
    signed_by = fields.Char(related="visit_id.signed_by")
    line_ids = fields.One2many(
        "itsm.visit.correction.line",
        "correction_id",
        "Times",
        compute="_compute_line_ids",
        store=True,
        readonly=False,
        precompute=True,
    )
    minutes_before = fields.Integer("Minutes on Record", related="visit_id.minutes")
    reason = fields.Char(required=True)

    @api.depends("visit_id")
    def _compute_line_ids(self):
        """Begin with what is on record."""
        for correction in self:
            correction.line_ids = [
                Command.clear(),
                *(
                    Command.create({"start": spell.start, "end": spell.end})
                    for spell in correction.visit_id.spell_ids
                ),
            ]

    def action_apply(self):
        """Put it right; the visit checks who asks and whether it can be."""
        self.ensure_one()
        spells = [(line.start, line.end) for line in self.line_ids]
        self.visit_id.correct_times(spells, self.reason)
        return {"type": "ir.actions.act_window_close"}


class ItsmVisitCorrectionLine(models.TransientModel):
    """A stretch of work as it really was."""

    _name = "itsm.visit.correction.line"
    _description = "Corrected Spell of Work"
    _order = "start, id"

    correction_id = fields.Many2one(
        "itsm.visit.correction", required=True, ondelete="cascade"
    )
    start = fields.Datetime(required=True)
    end = fields.Datetime(required=True)
