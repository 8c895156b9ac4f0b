"""When windows are open: as a clock on the wall says, on any day in any zone."""

import itertools
from datetime import datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from itsm_change.tools import occurrences as occ
from schedule_strategies import DAYS, TICK, opened, rules, shown

HOUR = timedelta(hours=1)


@settings(max_examples=150, deadline=None)
@given(rules(), st.sampled_from(DAYS), st.integers(-300, 100), st.integers(1, 400))
def test_equals_a_look_at_the_clock_each_quarter(rule, day, begin, length):
    first = day + begin * TICK
    last = first + length * TICK
    assert occ.occurrences(rule, first, last) == opened(rule, first, last)


@given(rules(), st.sampled_from(DAYS))
def test_a_longer_look_finds_the_same(rule, day):
    """What is stored piece by piece is what would be found at once."""
    middle, last = day + 40 * HOUR, day + 400 * HOUR
    whole = occ.occurrences(rule, day, last)
    parts = {
        *occ.occurrences(rule, day, middle),
        *occ.occurrences(rule, middle, last),
    }
    assert sorted(parts) == whole


@given(rules(), st.sampled_from(DAYS))
def test_the_clock_shows_the_same_time_at_each_begin(rule, day):
    """Unless it jumps over that time."""
    for start, _end in occ.occurrences(rule, day, day + 60 * 24 * HOUR):
        wall = shown(start, rule.tz)
        if occ.moments(datetime.combine(wall, rule.start.time()), rule.tz)[0] == start:
            continue
        assert wall.time() == rule.start.time()


def weekly(hour, length, tz="Europe/Berlin"):
    """Return a window of Saturday nights."""
    start = datetime(2026, 1, 3, hour, 30)
    return occ.Rule(start, length, tz, occ.WEEKLY)


def test_local_time_stays_when_the_clock_changes():
    found = occ.occurrences(
        weekly(22, 2 * HOUR), datetime(2026, 3, 28), datetime(2026, 4, 6)
    )
    assert [start.hour for start, _end in found] == [21, 20]


@pytest.mark.parametrize(
    ("first", "hours"),
    [
        (datetime(2026, 3, 28), 5),  # from 23:30 to 05:30, an hour is left out
        (datetime(2026, 10, 24), 7),  # an hour comes twice
        (datetime(2026, 6, 6), 6),
    ],
)
def test_a_night_in_which_the_clock_changes(first, hours):
    found = occ.occurrences(weekly(23, 6 * HOUR), first, first + 30 * HOUR)
    assert [end - start for start, end in found] == [hours * HOUR]


def test_a_time_that_no_clock_shows():
    sunday = datetime(2026, 3, 29, 2, 30)
    rule = occ.Rule(sunday, 2 * HOUR, "Europe/Berlin")
    assert occ.occurrences(rule, sunday - 9 * HOUR, sunday + 9 * HOUR) == [
        (datetime(2026, 3, 29, 1), datetime(2026, 3, 29, 2, 30))
    ]
    inside = occ.Rule(sunday, HOUR / 4, "Europe/Berlin")
    assert occ.occurrences(inside, sunday - 9 * HOUR, sunday + 9 * HOUR) == []


def test_a_time_that_a_clock_shows_twice():
    """It opens at the first, and closes at the last."""
    start = datetime(2026, 10, 25, 2, 15)
    rule = occ.Rule(start, HOUR / 4, "Europe/Berlin")
    assert occ.occurrences(rule, start - 9 * HOUR, start + 9 * HOUR) == [
        (datetime(2026, 10, 25, 0, 15), datetime(2026, 10, 25, 1, 30))
    ]


def test_the_31st_and_the_last_day():
    start = datetime(2026, 1, 31, 8)
    year = datetime(2026, 1, 1), datetime(2027, 1, 1)
    rule = occ.Rule(start, HOUR, "UTC", occ.MONTHLY_DAY)
    assert len(occ.occurrences(rule, *year)) == 7
    last = occ.Rule(start, HOUR, "UTC", occ.MONTHLY_DAY, place=occ.LAST)
    assert [s.day for s, _e in occ.occurrences(last, *year)][:3] == [31, 28, 31]


def test_the_29th_of_february():
    rule = occ.Rule(datetime(2024, 2, 29, 8), HOUR, "UTC", occ.YEARLY)
    found = occ.occurrences(rule, datetime(2024, 1, 1), datetime(2033, 1, 1))
    assert [start.year for start, _end in found] == [2024, 2028, 2032]


intervals = st.lists(
    st.tuples(st.integers(0, 40), st.integers(1, 9)).map(
        lambda pair: (DAYS[0] + pair[0] * TICK, DAYS[0] + sum(pair) * TICK)
    ),
    max_size=6,
)


def ticks_of(found):
    """Return the quarters of an hour in some intervals."""
    return {
        start + n * TICK
        for start, end in found
        for n in range(int((end - start) / TICK))
    }


@given(intervals, intervals)
def test_intervals_are_sets_of_moments(some, wanted):
    merged = occ.merged(some)
    assert ticks_of(merged) == ticks_of(some)
    assert all(a[1] < b[0] for a, b in itertools.pairwise(merged))
    for each in wanted:
        mine = ticks_of([each])
        assert occ.covers(some, each) == (mine <= ticks_of(some))
        for other in some:
            assert occ.overlaps(each, other) == bool(mine & ticks_of([other]))
