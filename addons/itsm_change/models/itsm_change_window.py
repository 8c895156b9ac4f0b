from odoo import api, fields, models
from odoo.exceptions import ValidationError

from odoo.addons.base.models.res_partner import _tz_get

from ..tools import occurrences

WINDOW_KINDS = [("freeze", "Freeze"), ("maintenance", "Maintenance Window")]
RECURRENCES = [
    (occurrences.ONCE, "Once"),
    (occurrences.WEEKLY, "Weekly"),
    (occurrences.MONTHLY_DAY, "Monthly, by Date"),
    (occurrences.MONTHLY_WEEKDAY, "Monthly, by Weekday"),
    (occurrences.YEARLY, "Yearly"),
]
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
PLACES = [
    ("1", "First"),
    ("2", "Second"),
    ("3", "Third"),
    ("4", "Fourth"),
    ("-1", "Last"),
]


class ItsmChangeWindow(models.Model):
    """A time in which nothing may be changed, or in which alone something may.

    What it is for stands in ``itsm_change_window_scope``, when it is open in
    ``itsm_change_window_times``.
    """

    _name = "itsm.change.window"
    _description = "Freeze or Maintenance Window"
    _inherit = ["itsm.guarded.mixin", "mail.thread"]
    _order = "kind, start desc, id desc"
    _check_company_auto = True

    name = fields.Char(required=True, translate=True, tracking=True)
    kind = fields.Selection(
        WINDOW_KINDS,
        required=True,
        default="freeze",
        tracking=True,
        index=True,
        help="Freeze: nothing it is for may be changed while it holds. Maintenance "
        "window: what it is for may be changed only while it is open.",
    )
    active = fields.Boolean(default=True, tracking=True)
    company_id = fields.Many2one(
        "res.company",
        index="btree_not_null",
        default=lambda self: self.env.company,
        help="Empty: for all companies.",
    )
    reason = fields.Text(
        translate=True, help="Why: whoever is refused by it reads this."
    )

    exception_ids = fields.One2many(
        "itsm.change.exception", "window_id", "Exceptions", readonly=True
    )

    # When
    start = fields.Datetime("Begin", required=True, tracking=True)
    end = fields.Datetime(required=True, tracking=True)
    tz = fields.Selection(
        _tz_get,
        "Time Zone",
        required=True,
        default=lambda self: self.env.user.tz or "UTC",
        help="A window that recurs keeps to the local time of this zone.",
    )
    recurrence = fields.Selection(
        RECURRENCES, required=True, default=occurrences.ONCE, tracking=True
    )
    interval = fields.Integer(
        "Every", default=1, required=True, help="Every so many weeks, months or years."
    )
    mon = fields.Boolean()
    tue = fields.Boolean()
    wed = fields.Boolean()
    thu = fields.Boolean()
    fri = fields.Boolean()
    sat = fields.Boolean()
    sun = fields.Boolean()
    place = fields.Selection(PLACES, "Of the Month", default="1", required=True)
    on_last_day = fields.Boolean("On the Last Day of the Month")
    until = fields.Date("Ends On", tracking=True, help="The last day it may open on.")

    _in_order = models.Constraint(
        'CHECK ("end" > start)', "A window must close after it opens."
    )
    # A series from the year 1 on takes minutes, and clocks cannot go far beyond.
    _in_our_time = models.Constraint(
        "CHECK (start >= '2000-01-01' AND \"end\" < '2200-01-01')",
        "Choose dates between the years 2000 and 2200.",
    )
    _interval_positive = models.Constraint(
        'CHECK ("interval" BETWEEN 1 AND 99)',
        "A window recurs every 1 to 99 weeks, months or years.",
    )

    @api.constrains("start", "end", "recurrence")
    def _check_length(self):
        """A window that recurs is closed in between."""
        longest = {
            occurrences.WEEKLY: 7,
            occurrences.MONTHLY_DAY: 28,
            occurrences.MONTHLY_WEEKDAY: 28,
            occurrences.YEARLY: 365,
        }
        for window in self.filtered(lambda each: each.recurrence in longest):
            days = longest[window.recurrence] * window.interval
            if (window.end - window.start).total_seconds() > days * 86400:
                raise ValidationError(
                    self.env._(
                        "“%(window)s” is open for longer than %(days)s days, and would "
                        "open again before it has closed. Make it shorter, or let it "
                        "recur less often.",
                        window=window.name,
                        days=days,
                    )
                )

    @api.constrains("until", "start", "recurrence", "tz")
    def _check_until(self):
        for window in self.filtered(lambda each: each.recurrence != "once"):
            first = occurrences.local(window.start, window.tz).date()
            if window.until and window.until < first:
                raise ValidationError(
                    self.env._(
                        "“%(window)s” would end before it opens for the first time.",
                        window=window.name,
                    )
                )

    # ------------------------------------------------------------------
    # What follows from a window
    # ------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        windows = super().create(vals_list)
        windows._sync_occurrences()
        windows._look_at_changes()
        return windows

    def write(self, vals):
        if not (self._time_fields() | self._scope_fields()).intersection(vals):
            return super().write(vals)
        changes = self.env["itsm.change"]
        changes._mark_conflicts_of_windows(self)
        result = super().write(vals)
        if self._time_fields().intersection(vals):
            self._sync_occurrences()
        self._look_at_changes()
        return result

    def unlink(self):
        self.env["itsm.change"]._mark_conflicts_of_windows(self)
        result = super().unlink()
        self.env["itsm.change"]._refresh_stale()
        return result

    def _look_at_changes(self):
        """Look for the conflicts of changes that these windows may concern."""
        changes = self.env["itsm.change"]
        changes._mark_conflicts_of_windows(self)
        changes._refresh_stale()

    @api.ondelete(at_uninstall=False)
    def _unlink_except_used(self):
        """What changes were measured by is kept."""
        for window in self.with_context(active_test=False).filtered("exception_ids"):
            raise ValidationError(
                self.env._(
                    "Exceptions were asked for from “%(window)s”. Archive it instead.",
                    window=window.name,
                )
            )
