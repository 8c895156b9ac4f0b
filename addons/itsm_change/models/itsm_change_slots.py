from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..tools import occurrences, slots
from ..tools.conflicts import BLOCK
from .conflict_finder import BOOKED, TIME, ConflictFinder

_TEAM = f"""
    SELECT LEAST(COALESCE(other.actual_start, other.planned_start), other.planned_end),
           other.planned_end
      FROM itsm_change AS other
     WHERE other.team_id = %(team)s AND other.id != %(id)s
       AND {TIME.format("other")} && tsrange(%(first)s, %(last)s)
       AND {BOOKED.format("other")}
"""


class ItsmChange(models.Model):
    """Other times for a change: which there are, how good each is, and taking one."""

    _inherit = "itsm.change"

    def action_find_slot(self):
        """Ask for how long and between when, then show the best times."""
        self.ensure_one()
        self.check_access("write")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Find a Slot"),
            "res_model": "itsm.change.slot.wizard",
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_change_id": self.id},
        }

    def action_show_on_calendar(self):
        """Open the calendar on the day of the change."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "itsm_change.itsm_change_calendar_action"
        )
        day = self.actual_start or self.planned_start or fields.Datetime.now()
        action["context"] = {"initial_date": fields.Datetime.to_string(day)}
        return action

    def _move_to(self, start, end):
        """Give a change another window; its outage keeps its place within it.

        Whether it may be moved in its state, and by whom, is up to :meth:`write`.
        """
        self.ensure_one()
        if start >= end:
            raise UserError(
                self.env._(
                    "%(change)s must end after it begins.", change=self.display_name
                )
            )
        if self.actual_start:
            # What has begun stays begun: only its end is still open.
            start = self.planned_start
        vals = {"planned_start": start, "planned_end": end}
        if self.has_outage and self.outage_start and self.outage_end:
            outage = self._outage_in((start, end))
            vals |= {"outage_start": outage[0], "outage_end": outage[1]}
        self.write({name: value for name, value in vals.items() if self[name] != value})

    def _outage_in(self, window):
        """Return when the outage is if the change is made in a window."""
        if not (self.planned_start and self.outage_start and self.outage_end):
            return window
        first, last = (
            min(window[0] + (moment - self.planned_start), window[1])
            for moment in (self.outage_start, self.outage_end)
        )
        return (first, last) if first < last else window

    def _take_slot(self, start, end):
        """Take a time that was suggested, if nobody took it in the meantime."""
        self.ensure_one()
        self.check_access("write")
        self._schedule_lock()
        blocking = [
            each["text"]
            for each in self._slot_problems([(start, end)])[0]
            if each["severity"] == BLOCK
        ]
        if blocking:
            raise UserError(
                self.env._(
                    "%(change)s cannot have this time. %(reasons)s",
                    change=self.display_name,
                    reasons=" ".join(blocking),
                )
            )
        self._move_to(start, end)

    # ------------------------------------------------------------------
    # Finding
    # ------------------------------------------------------------------

    def _suggest_slots(self, length, earliest, latest, count=10):
        """Return the best times for a change, as ``(slots.Ranked, problems, hours)``.

        :param length: how long it takes, a timedelta
        :param count: at most so many, none overlapping
        :return: the best first; ``problems`` as ``_slot_problems`` has them, ``hours``
            the maintenance windows that a slot lies in
        """
        self.ensure_one()
        now = fields.Datetime.now()
        span = max(earliest, now), latest
        if span[0] >= latest:
            return []
        self.env["itsm.change.window"]._ensure_horizon(latest)
        # sudo: hours and changes that the user may not see count too.
        change = self.sudo()
        finder = ConflictFinder(change, {change.id: [span]})
        crew, office = change._crew_hours()[0], change._office_hours()
        begins = slots.starts(
            span, length, self._turning_points(finder, crew, length, span)
        )
        times = [(start, start + length) for start in begins]
        problems = dict(zip(times, self._slot_problems(times), strict=True))
        busy = change._team_times(span)
        candidates = [
            slots.Slot(
                *time,
                tuple(each["severity"] for each in problems[time]),
                _away(crew, time),
                sum(occurrences.overlaps(time, other) for other in busy),
                _within(office, change._outage_in(time)),
            )
            for time in times
        ]
        ranked = slots.rank(candidates, self.risk or slots.MEDIUM, now)
        return [
            (each, problems[each.slot.start, each.slot.end], _inside(finder, each.slot))
            for each in slots.choose(ranked, count)
        ]

    def _turning_points(self, finder, crew, length, span):
        """Return moments at which a slot fits: where something opens or has ended."""
        moments = []
        for window in finder.windows.get(self.id, ()):
            for start, end in window.times:
                moments += [end] if window.is_freeze else [start]
                moments += [start - length] if window.is_freeze else [end - length]
        for other in finder.pairs.get(self.id, ()):
            start, end = finder.booking(other).window
            moments += [end, start - length]
        if crew:
            for start, end in crew.intervals(*span):
                moments += [start, end]
        return moments

    def _team_times(self, span):
        """Return when the team makes other changes."""
        if not self.team_id:
            return []
        self.flush_model()
        return self.env.execute_query(
            SQL(_TEAM, team=self.team_id.id, id=self.id, first=span[0], last=span[1])
        )

    def _crew_hours(self):
        """Return the timeline of who makes the change, and their name.

        Those of the implementer, else of the desk of the team; None: not known.
        """
        self.ensure_one()
        user = self.implementer_id
        if user:
            resource = self.env["resource.resource"].search(
                [
                    ("user_id", "=", user.id),
                    ("company_id", "in", [self.company_id.id, False]),
                    ("resource_type", "=", "user"),
                ],
                limit=1,
            )
            calendar = resource.calendar_id
            if calendar and not calendar.flexible_hours:
                return calendar._itsm_timeline(self.company_id, resource), user.name
        calendar = self.team_id.desk_id.resource_calendar_id
        if calendar and not calendar.flexible_hours:
            return calendar._itsm_timeline(self.company_id), self.team_id.display_name
        return None, user.name or self.team_id.display_name

    def _office_hours(self):
        """Return the timeline of those whom an outage hits; None: does not matter."""
        calendar = self.company_id.resource_calendar_id
        if not self.has_outage or not calendar or calendar.flexible_hours:
            return None
        return calendar._itsm_timeline(self.company_id)


def _within(timeline, time):
    """Return how much of a time lies in the hours of a timeline."""
    if timeline is None:
        return None
    return slots.share(timeline.between(*time), (time[1] - time[0]).total_seconds())


def _away(timeline, time):
    """Return how much of a time lies outside the hours of a timeline."""
    part = _within(timeline, time)
    return None if part is None else 1.0 - part


def _inside(finder, slot):
    """Return ids of the maintenance windows of a change that a slot lies in."""
    (key,) = finder.ids
    booking = finder.booking(key)
    return [
        window.id
        for window in finder.windows.get(key, ())
        if not window.is_freeze
        and (window.items is None or window.concerned(booking))
        and occurrences.covers(window.times, (slot.start, slot.end))
    ]
