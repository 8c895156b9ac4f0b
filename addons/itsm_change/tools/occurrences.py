"""When a window is open: once, or again and again in the local time of a place.

A window says what a clock on the wall shows: "Saturdays from 22:00 to 04:00". It is
open from the first moment at which the clock shows its begin until the last at which
it shows its end. So where the clock is set back, an hour that comes twice counts twice;
where it is set forward, a begin or an end that no clock shows is the moment of the
jump, and a window that lies within the jump does not open.

Moments are naive UTC datetimes, as Odoo stores them. Zones are pytz', as everywhere in
Odoo: it knows all the names that a person can choose.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import pytz
from dateutil import rrule

ONCE, WEEKLY, MONTHLY_DAY, MONTHLY_WEEKDAY, YEARLY = (
    "once",
    "weekly",
    "monthly_day",
    "monthly_weekday",
    "yearly",
)
FREQUENCIES = {
    WEEKLY: rrule.WEEKLY,
    MONTHLY_DAY: rrule.MONTHLY,
    MONTHLY_WEEKDAY: rrule.MONTHLY,
    YEARLY: rrule.YEARLY,
}
LAST = -1
Interval = tuple[datetime, datetime]

_DAY = timedelta(days=1)
_SECOND = timedelta(seconds=1)


@dataclass(frozen=True)
class Rule:
    """When a window opens.

    :param start: what the clock shows when it opens for the first time
    :param length: what the clock shows at its end, less what it shows at its begin
    :param tz: name of the zone of that clock
    :param kind: one of the words above
    :param interval: every so many weeks, months or years
    :param weekdays: days of the week, 0 for Monday; empty: that of ``start``
    :param place: which of these days of the month (1 to 5, or LAST), or which day of
        the month; where a month has no such day, none. 0: that of ``start``
    :param until: the last day on which it may open
    """

    start: datetime
    length: timedelta
    tz: str = "UTC"
    kind: str = ONCE
    interval: int = 1
    weekdays: frozenset[int] = frozenset()
    place: int = 0
    until: date | None = None


def local(moment: datetime, tz: str) -> datetime:
    """Return what a clock shows at a moment."""
    return pytz.utc.localize(moment).astimezone(pytz.timezone(tz)).replace(tzinfo=None)


def moments(wall: datetime, tz: str) -> Interval:
    """Return the first and the last moment at which a clock shows ``wall``.

    Where none does, both are the moment at which the clock jumps over it.
    """
    # No zone changes its clocks twice in two days.
    before, after = (_offset(wall + step, tz) for step in (-_DAY, _DAY))
    shown = sorted({m for m in (wall - before, wall - after) if local(m, tz) == wall})
    if shown:
        return shown[0], shown[-1]
    jump = _jump(wall - after, wall - before, tz)
    return jump, jump


def _offset(moment: datetime, tz: str) -> timedelta:
    return local(moment, tz) - moment


def _jump(early: datetime, late: datetime, tz: str) -> datetime:
    """Return the first moment after ``early`` with the offset that ``late`` has."""
    offset = _offset(late, tz)
    while late - early > _SECOND:
        middle = early + timedelta(seconds=(late - early).total_seconds() // 2)
        if _offset(middle, tz) == offset:
            late = middle
        else:
            early = middle
    return late


def occurrences(rule: Rule, first: datetime, last: datetime) -> list[Interval]:
    """Return when a window is open between two moments, in order, not cut at them."""
    found = []
    for wall in _begins(rule, first, last):
        start = moments(wall, rule.tz)[0]
        end = moments(wall + rule.length, rule.tz)[1]
        if start < end and start < last and first < end:
            found.append((start, end))
    return found


def _begins(rule: Rule, first: datetime, last: datetime) -> Iterator[datetime]:
    """Yield what the clock shows when the window opens; some days more than asked."""
    if rule.kind == ONCE:
        yield rule.start
        return
    until = last + 2 * _DAY
    if rule.until:
        until = min(until, datetime.combine(rule.until, datetime.max.time()))
    yield from _series(rule).between(
        max(rule.start, first - rule.length - 2 * _DAY), until, inc=True
    )


def _series(rule: Rule) -> rrule.rrule:
    """Return the local begins of a recurring window as a series of the standard."""
    facts: dict = {}
    if rule.kind == WEEKLY:
        facts["byweekday"] = sorted(rule.weekdays) or [rule.start.weekday()]
    elif rule.kind == MONTHLY_DAY:
        facts["bymonthday"] = rule.place or rule.start.day
    elif rule.kind == MONTHLY_WEEKDAY:
        place = rule.place or (rule.start.day - 1) // 7 + 1
        days = sorted(rule.weekdays) or [rule.start.weekday()]
        facts["byweekday"] = [rrule.weekdays[day](place) for day in days]
    # Microseconds would be lost by the series; a window has none.
    return rrule.rrule(
        FREQUENCIES[rule.kind],
        dtstart=rule.start.replace(microsecond=0),
        interval=max(1, rule.interval),
        **facts,
    )


def merged(intervals: Iterable[Interval]) -> list[Interval]:
    """Return the same time as few intervals, in order; those that touch are one."""
    result: list[Interval] = []
    for start, end in sorted(intervals):
        if result and start <= result[-1][1]:
            result[-1] = result[-1][0], max(end, result[-1][1])
        else:
            result.append((start, end))
    return result


def overlaps(one: Interval, other: Interval) -> bool:
    """Tell whether two intervals have a moment in common; touching is none."""
    return one[0] < other[1] and other[0] < one[1]


def covers(intervals: Iterable[Interval], wanted: Interval) -> bool:
    """Tell whether all of an interval lies in others, which may touch each other."""
    return any(
        start <= wanted[0] and wanted[1] <= end for start, end in merged(intervals)
    )
