"""Random windows and changes, and what a clock on the wall says of them.

Everything happens on quarters of an hour: all zones change their clocks on one.
"""

import calendar
from datetime import datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from hypothesis import strategies as st
from itsm_change.tools import occurrences as occ

TICK = timedelta(minutes=15)
# Europe and America change on different days, Lord Howe by half an hour, Kathmandu is
# a quarter off, Santiago changes at midnight, Shanghai not at all.
ZONES = (
    "UTC",
    "Europe/Berlin",
    "America/New_York",
    "Australia/Lord_Howe",
    "Asia/Kathmandu",
    "America/Santiago",
    "Asia/Shanghai",
)
# Around these days clocks change.
DAYS = [
    datetime(2026, 3, 7),
    datetime(2026, 3, 28),
    datetime(2026, 4, 4),
    datetime(2026, 9, 5),
    datetime(2026, 10, 3),
    datetime(2026, 10, 24),
    datetime(2026, 10, 31),
    datetime(2026, 6, 29),
]
KINDS = [occ.ONCE, *occ.FREQUENCIES]


@st.composite
def rules(draw, day=None):
    """Return a rule that begins not long before a day on which clocks change."""
    day = draw(st.sampled_from(DAYS)) if day is None else day
    # Mostly so that it opens on the day itself.
    start = day - timedelta(days=draw(st.sampled_from((0, 0, 7, 28, 1, -1, 13, 40))))
    start += draw(st.integers(0, 95)) * TICK
    kind = draw(st.sampled_from(KINDS))
    length = draw(st.integers(1, 200)) * TICK
    weekdays = draw(st.frozensets(st.integers(0, 6), max_size=3))
    place = 0
    if kind == occ.MONTHLY_DAY:
        place = draw(st.sampled_from([0, 1, 15, 28, 29, 31, occ.LAST]))
    elif kind == occ.MONTHLY_WEEKDAY:
        place = draw(st.sampled_from([0, 1, 2, 4, 5, occ.LAST]))
    until = draw(st.none() | st.integers(0, 60))
    return occ.Rule(
        start,
        length,
        draw(st.sampled_from(ZONES)),
        kind,
        draw(st.integers(1, 3)),
        weekdays,
        place,
        None if until is None else (start + timedelta(days=until)).date(),
    )


@lru_cache(2_000_000)
def shown(moment, tz):
    """Return what the clock shows; by another library than the code under test."""
    utc = moment.replace(tzinfo=ZoneInfo("UTC"))
    return utc.astimezone(ZoneInfo(tz)).replace(tzinfo=None)


def opens_on(rule, day):
    """Tell whether a window opens on a day, by the words of the rule."""
    first = rule.start.date()
    if rule.kind == occ.ONCE:
        return day == first
    if day < first or (rule.until and day > rule.until):
        return False
    weekdays = rule.weekdays or {first.weekday()}
    months = (day.year - first.year) * 12 + day.month - first.month
    last = calendar.monthrange(day.year, day.month)[1]
    if rule.kind == occ.WEEKLY:
        monday, first_monday = (d - timedelta(days=d.weekday()) for d in (day, first))
        weeks = (monday - first_monday).days // 7
        return weeks % rule.interval == 0 and day.weekday() in weekdays
    if rule.kind == occ.YEARLY:
        same = (day.month, day.day) == (first.month, first.day)
        return same and (day.year - first.year) % rule.interval == 0
    if months % rule.interval:
        return False
    if rule.kind == occ.MONTHLY_DAY:
        place = rule.place or first.day
        return day.day == (last if place == occ.LAST else place)
    if day.weekday() not in weekdays:
        return False
    if rule.place == occ.LAST:
        return day.day + 7 > last
    place = rule.place or (first.day - 1) // 7 + 1
    return (day.day - 1) // 7 + 1 == place


def hull(wall, end, tz):
    """Return when a clock is between two sights, by looking at it each quarter."""
    begins = wall - 2 * 96 * TICK
    ticks = [begins + n * TICK for n in range(int((end - wall) / TICK) + 4 * 96)]
    first = next(t for t in ticks if shown(t, tz) >= wall)
    last = next(t for t in reversed(ticks) if shown(t, tz) <= end)
    return first, last if shown(last, tz) == end else last + TICK


def opened(rule, first, last):
    """Return the reference of ``occurrences``."""
    found = []
    day = (first - rule.length - timedelta(days=3)).date()
    day = max(day, rule.start.date())
    while day <= (last + timedelta(days=3)).date():
        wall = datetime.combine(day, rule.start.time())
        if opens_on(rule, day):
            start, end = hull(wall, wall + rule.length, rule.tz)
            if start < end and start < last and first < end:
                found.append((start, end))
        day += timedelta(days=1)
    return found
