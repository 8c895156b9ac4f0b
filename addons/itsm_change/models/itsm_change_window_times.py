from datetime import timedelta

from babel.dates import format_skeleton, get_day_names

from odoo import api, fields, models
from odoo.tools import format_date, format_datetime, format_list
from odoo.tools.misc import get_lang

from ..tools import occurrences
from .itsm_change_window import WEEKDAYS

# So far ahead occurrences are kept, and at most, where somebody plans for later.
HORIZON = timedelta(days=400)
FARTHEST = timedelta(days=3660)
# Of a window that began long ago, so much of its past is kept.
PAST = timedelta(days=366)
# So many of the next occurrences a form shows.
UPCOMING = 5


class ItsmChangeWindow(models.Model):
    """When a window is open: its rule in words, and its occurrences as rows."""

    _inherit = "itsm.change.window"

    occurrence_ids = fields.One2many(
        "itsm.change.window.occurrence", "window_id", "Occurrences", readonly=True
    )
    upcoming_ids = fields.Many2many(
        "itsm.change.window.occurrence", compute="_compute_upcoming", string="Next"
    )
    next_start = fields.Datetime("Next Begin", compute="_compute_upcoming")
    next_end = fields.Datetime(compute="_compute_upcoming")
    is_open = fields.Boolean("Now", compute="_compute_upcoming", search="_search_open")
    times_text = fields.Char("When", compute="_compute_times_text")
    occurrences_until = fields.Datetime(
        readonly=True, copy=False, export_string_translation=False
    )

    @api.model
    def _system_fields(self):
        return super()._system_fields() | {"occurrences_until"}

    @api.model
    def _time_fields(self):
        """Return the fields that say when a window is open."""
        return {
            "active",
            "end",
            "interval",
            "on_last_day",
            "place",
            "recurrence",
            "start",
            "tz",
            "until",
            *WEEKDAYS,
        }

    def _rule(self):
        """Return the rule of the window as the pure function takes it."""
        self.ensure_one()
        start = occurrences.local(self.start, self.tz)
        place = 0
        if self.recurrence == occurrences.MONTHLY_WEEKDAY:
            place = int(self.place)
        elif self.recurrence == occurrences.MONTHLY_DAY and self.on_last_day:
            place = occurrences.LAST
        return occurrences.Rule(
            start,
            occurrences.local(self.end, self.tz) - start,
            self.tz,
            self.recurrence,
            self.interval,
            frozenset(n for n, day in enumerate(WEEKDAYS) if self[day]),
            place,
            self.until or None,
        )

    # ------------------------------------------------------------------
    # Rows
    # ------------------------------------------------------------------

    def _sync_occurrences(self, until=None):
        """Make the rows of these windows what their rules say.

        What has passed stays: changes were measured by it.

        :param until: how far ahead; as far as they are kept, at least
        """
        now = fields.Datetime.now()
        until = min(max(until or now, now + HORIZON), now + FARTHEST)
        Occurrence = self.env["itsm.change.window.occurrence"]
        # sudo: rows that follow from the window; who may write it was checked.
        kept = Occurrence.sudo().search([("window_id", "in", self.ids)])
        rows = {(row.window_id.id, row.start, row.end): row for row in kept}
        wanted = {
            (window.id, *interval)
            for window in self
            for interval in window._intervals(now, until, rows)
        }
        gone = Occurrence.sudo().browse(
            row.id for key, row in rows.items() if key not in wanted and row.end > now
        )
        gone.unlink()
        Occurrence.sudo().create(
            [
                {"window_id": window, "start": start, "end": end}
                for window, start, end in sorted(wanted - rows.keys())
            ]
        )
        self._write_system({"occurrences_until": until})

    def _intervals(self, now, until, rows):
        """Return when the window is open; of its past only what is not kept yet."""
        if not self.active:
            return []
        is_new = not any(key[0] == self.id for key in rows)
        first = now
        if is_new:
            first = self.start if self.recurrence == "once" else now - PAST
        if self.recurrence == "once":
            until = max(until, self.end)
        return occurrences.occurrences(self._rule(), first, until)

    @api.model
    def _ensure_horizon(self, until):
        """See that occurrences are kept as far ahead as somebody plans."""
        now = fields.Datetime.now()
        until = min(until, now + FARTHEST)
        # sudo: rows that follow from the windows, whoever plans that far.
        late = self.sudo().search(
            [("recurrence", "!=", "once"), ("occurrences_until", "<", until)]
        )
        if late:
            late._sync_occurrences(until + timedelta(days=31))

    @api.model
    def _cron_extend(self):
        """Keep the occurrences of the time ahead."""
        soon = fields.Datetime.now() + HORIZON - timedelta(days=7)
        self.search(
            [("recurrence", "!=", "once"), ("occurrences_until", "<", soon)]
        )._sync_occurrences()

    def _compute_upcoming(self):
        now = fields.Datetime.now()
        rows = self.env["itsm.change.window.occurrence"].search(
            [("window_id", "in", self.ids), ("end", ">", now)], order="start, id"
        )
        of_window = rows.grouped("window_id")
        for window in self:
            mine = of_window.get(window._origin, rows.browse())[:UPCOMING]
            window.upcoming_ids = mine
            window.next_start = mine[:1].start
            window.next_end = mine[:1].end
            window.is_open = bool(mine) and mine[0].start <= now

    def _search_open(self, operator, value):
        if operator != "in":
            return NotImplemented
        now = fields.Datetime.now()
        open_ = [("occurrence_ids", "any", [("start", "<=", now), ("end", ">", now)])]
        if True in value and False in value:
            return []
        return open_ if True in value else ["!", *open_]

    # ------------------------------------------------------------------
    # Words
    # ------------------------------------------------------------------

    @api.depends(lambda self: self._time_fields())
    @api.depends_context("lang", "tz")
    def _compute_times_text(self):
        for window in self:
            complete = window.start and window.end and window.tz
            window.times_text = window._times_words() if complete else False

    def _times_words(self):
        """Return when the window is open, in a sentence."""
        start, end = (
            occurrences.local(moment, self.tz) for moment in (self.start, self.end)
        )
        if self.recurrence == occurrences.ONCE:
            return self.env._(
                "Once, from %(start)s to %(end)s (%(zone)s).",
                start=format_datetime(self.env, self.start, self.tz, "short"),
                end=format_datetime(self.env, self.end, self.tz, "short"),
                zone=self.tz,
            )
        facts = {
            "days": self._days_words(start),
            "from": start.strftime("%H:%M"),
            "to": end.strftime("%H:%M"),
            "zone": self.tz,
            "since": format_date(self.env, start.date()),
            "until": format_date(self.env, self.until) if self.until else "",
            "later": (end.date() - start.date()).days,
        }
        if facts["later"] == 0:
            hours = self.env._("%(days)s from %(from)s to %(to)s (%(zone)s)", **facts)
        elif facts["later"] == 1:
            hours = self.env._(
                "%(days)s from %(from)s to %(to)s of the next day (%(zone)s)", **facts
            )
        else:
            hours = self.env._(
                "%(days)s from %(from)s to %(to)s, %(later)s days later (%(zone)s)",
                **facts,
            )
        facts["hours"] = hours
        if self.until:
            return self.env._("%(hours)s, since %(since)s until %(until)s.", **facts)
        return self.env._("%(hours)s, since %(since)s.", **facts)

    def _days_words(self, start):
        """Return on which days the window opens."""
        locale = get_lang(self.env).code
        names = get_day_names("wide", locale=locale)
        chosen = [n for n, day in enumerate(WEEKDAYS) if self[day]]
        days = format_list(self.env, (names[n] for n in chosen or [start.weekday()]))
        facts = {"every": self.interval, "days": days, "day": start.day}
        if self.recurrence == occurrences.WEEKLY:
            if len(chosen) == 7 and self.interval == 1:
                return self.env._("Every day")
            if self.interval == 1:
                return self.env._("Every week on %(days)s", **facts)
            return self.env._("Every %(every)s weeks on %(days)s", **facts)
        if self.recurrence == occurrences.YEARLY:
            facts["day"] = format_skeleton("MMMMd", start, locale=locale)
            if self.interval == 1:
                return self.env._("Every year on %(day)s", **facts)
            return self.env._("Every %(every)s years on %(day)s", **facts)
        if self.recurrence == occurrences.MONTHLY_WEEKDAY:
            places = dict(self._fields["place"]._description_selection(self.env))
            facts["place"] = places[self.place].lower()
            if self.interval == 1:
                return self.env._("Every month on the %(place)s %(days)s", **facts)
            return self.env._(
                "Every %(every)s months on the %(place)s %(days)s", **facts
            )
        if self.on_last_day:
            if self.interval == 1:
                return self.env._("Every month on its last day")
            return self.env._("Every %(every)s months on the last day", **facts)
        if self.interval == 1:
            return self.env._("Every month on day %(day)s", **facts)
        return self.env._("Every %(every)s months on day %(day)s", **facts)
