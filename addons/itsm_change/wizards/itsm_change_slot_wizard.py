from datetime import timedelta

from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_duration, format_list

from ..tools import slots

FIRST_SEARCH = timedelta(days=7)
LONGEST_SEARCH = timedelta(days=92)
LONGEST = 14 * 24.0
SUGGESTED = 8


class ItsmChangeSlotWizard(models.TransientModel):
    """Asks how long a change takes and between when, and suggests times for it."""

    _name = "itsm.change.slot.wizard"
    _description = "Find a Slot"
    _inherit = ["itsm.change.wizard"]

    change_id = fields.Many2one(
        "itsm.change", required=True, readonly=True, ondelete="cascade"
    )
    risk = fields.Selection(related="change_id.risk")
    duration = fields.Float(
        "Takes",
        required=True,
        compute="_compute_duration",
        store=True,
        readonly=False,
        help="Hours and minutes, with the time to test it and to undo it.",
    )
    earliest = fields.Datetime(
        required=True, default=lambda self: fields.Datetime.now()
    )
    latest = fields.Datetime(
        required=True, default=lambda self: fields.Datetime.now() + FIRST_SEARCH
    )
    is_searched = fields.Boolean(readonly=True)
    line_ids = fields.One2many("itsm.change.slot.line", "wizard_id", "Suggestions")

    @api.depends("change_id")
    def _compute_duration(self):
        """Take the length that the change has, or its template."""
        for wizard in self:
            change = wizard.change_id
            hours = 2.0
            if change.planned_start and change.planned_end:
                length = change.planned_end - change.planned_start
                hours = length.total_seconds() / 3600
            elif change.template_id.duration:
                hours = change.template_id.duration / 60
            wizard.duration = hours

    def action_search(self):
        """Show the best times."""
        self.ensure_one()
        self.change_id.check_access("write")
        self._refuse_bad_question()
        length = timedelta(minutes=round(self.duration * 60))
        found = self.change_id._suggest_slots(
            length, self.earliest, self.latest, SUGGESTED
        )
        words = _SlotWords(self.change_id)
        self.line_ids.unlink()
        self.line_ids = self.env["itsm.change.slot.line"].create(
            [
                {
                    "wizard_id": self.id,
                    "sequence": number,
                    "start": ranked.slot.start,
                    "end": ranked.slot.end,
                    "score": ranked.score,
                    "is_blocked": ranked.is_blocked,
                    "reasons": words.reasons(ranked, problems, windows),
                }
                for number, (ranked, problems, windows) in enumerate(found)
            ]
        )
        self.is_searched = True
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Find a Slot"),
            "res_model": self._name,
            "res_id": self.id,
            "views": [(False, "form")],
            "target": "new",
        }

    def _refuse_bad_question(self):
        """Refuse what has no answer, or too long a one."""
        if not 0.25 <= self.duration <= LONGEST:
            raise UserError(
                self.env._("The change takes between 15 minutes and 14 days.")
            )
        if self.latest - self.earliest < timedelta(hours=self.duration):
            raise UserError(
                self.env._(
                    "Between the earliest and the latest moment there is not enough "
                    "time for %(duration)s hours.",
                    duration=format_duration(self.duration),
                )
            )
        if self.latest - self.earliest > LONGEST_SEARCH:
            raise UserError(
                self.env._(
                    "Search within %(days)s days at most.", days=LONGEST_SEARCH.days
                )
            )
        if self.latest <= fields.Datetime.now():
            raise UserError(self.env._("The latest moment has passed already."))


class ItsmChangeSlotLine(models.TransientModel):
    """A suggested time, and why it is better or worse than others."""

    _name = "itsm.change.slot.line"
    _description = "Suggested Slot"
    _order = "sequence, id"

    wizard_id = fields.Many2one(
        "itsm.change.slot.wizard", required=True, readonly=True, ondelete="cascade"
    )
    sequence = fields.Integer(readonly=True)
    start = fields.Datetime("Begins", readonly=True)
    end = fields.Datetime("Ends", readonly=True)
    score = fields.Integer(
        "Fits", readonly=True, aggregator=None, help="100: nothing speaks against it."
    )
    is_blocked = fields.Boolean("Not Possible", readonly=True)
    reasons = fields.Html("Why", readonly=True)

    def action_take(self):
        """Give the change this time."""
        self.ensure_one()
        self.wizard_id.change_id._take_slot(self.start, self.end)
        return {"type": "ir.actions.act_window_close"}


class _SlotWords:
    """Says what is good and what is bad about times for a change."""

    def __init__(self, change):
        # sudo: who makes the change, and whose hours count, is said to who plans it.
        self.change = change.sudo()
        self.env = change.env
        self.crew = self.change._crew_hours()[1]

    def reasons(self, ranked, problems, windows):
        """Return the reasons as a list, what is bad first."""
        slot = ranked.slot
        bad = [each["text"] for each in problems if each["severity"] != "inform"]
        neutral = [each["text"] for each in problems if each["severity"] == "inform"]
        good = [] if problems else [self.env._("No conflict with other changes.")]
        for side, text in (
            self._about_crew(slot),
            self._about_team(slot),
            self._about_office(slot),
            self._about_lead(ranked),
            self._about_windows(windows),
        ):
            (good if side else bad).append(text)
        rows = [
            *(("fa-times text-danger", text) for text in bad if text),
            *(("fa-info-circle text-info", text) for text in neutral),
            *(("fa-check text-success", text) for text in good if text),
        ]
        row = Markup('<li><i class="fa fa-fw %s" role="img"></i> %s</li>')
        lines = Markup("").join(row % each for each in rows)
        return Markup('<ul class="list-unstyled mb-0">%s</ul>') % lines

    def _hours(self, slot, part):
        hours = (slot.end - slot.start).total_seconds() / 3600 * part
        return format_duration(hours)

    def _about_crew(self, slot):
        if slot.away is None:
            return True, ""
        if not slot.away:
            return True, self.env._("%(crew)s is at work.", crew=self.crew)
        return False, self.env._(
            "%(crew)s is not at work for %(hours)s hours of it.",
            crew=self.crew,
            hours=self._hours(slot, slot.away),
        )

    def _about_team(self, slot):
        team = self.change.team_id.display_name
        if not team:
            return True, ""
        if not slot.busy:
            return True, self.env._("%(team)s makes no other change then.", team=team)
        return False, self.env._(
            "%(team)s makes other changes then: %(count)s.", team=team, count=slot.busy
        )

    def _about_office(self, slot):
        if slot.office is None:
            return True, ""
        if not slot.office:
            return True, self.env._("The outage lies outside of office hours.")
        return False, self.env._(
            "The outage falls into office hours by %(percent)s%%.",
            percent=max(1, round(slot.office * 100)),
        )

    def _about_lead(self, ranked):
        if not dict(ranked.costs).get(slots.LEAD):
            return True, ""
        return False, self.env._("It begins soon: there is little time to get ready.")

    def _about_windows(self, windows):
        if not windows:
            return True, ""
        names = self.env["itsm.change.window"].sudo().browse(windows).mapped("name")
        return True, self.env._(
            "It lies in the maintenance window: %(windows)s.",
            windows=format_list(self.env, names),
        )
