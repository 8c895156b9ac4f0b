"""The timeline of working time against slow and simple counting."""

import json
from datetime import datetime, timedelta

import pytest
import pytz
from hypothesis import example, given, settings
from hypothesis import strategies as st
from itsm_sla.tools.worktime import ALWAYS, Timeline, WorkingHours, timeline_of

EPOCH = datetime(1970, 1, 1)
SECOND = timedelta(seconds=1)
MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)
# Moments near which something happens: (zone, UTC).
EVENTS = [
    ("Europe/Berlin", datetime(2026, 3, 29, 1)),
    ("Europe/Berlin", datetime(2026, 10, 25, 1)),
    ("America/New_York", datetime(2026, 3, 8, 7)),
    ("America/New_York", datetime(2026, 11, 1, 6)),
    ("Australia/Lord_Howe", datetime(2026, 4, 4, 15)),
    ("Australia/Lord_Howe", datetime(2026, 10, 3, 15, 30)),
    ("Asia/Shanghai", datetime(1986, 5, 3, 18)),
    ("Asia/Shanghai", datetime(1991, 9, 14, 17)),
    ("America/Havana", datetime(2026, 11, 1, 5)),  # repeats its midnight
    ("America/Sao_Paulo", datetime(2017, 10, 15, 3)),  # skips its midnight
    ("UTC", datetime(2026, 1, 1)),
    ("Asia/Shanghai", datetime(2025, 12, 31, 20)),
    ("America/New_York", datetime(2027, 1, 1, 2)),
]


def office(*spans, days=range(5), tz="UTC", leaves=()):
    """Return hours with the same spans of minutes on some days of each week."""
    rows = [(week, day, *span) for week in (0, 1) for day in days for span in spans]
    return WorkingHours(tz, rows, leaves)


def epoch(moment):
    return int((moment - EPOCH).total_seconds())


@st.composite
def situations(draw):
    """Draw hours, a start and an end, days apart, around an event of the zone."""
    tz, event = draw(st.sampled_from(EVENTS))
    minutes = st.one_of(
        st.integers(0, 24).map(lambda hour: 60 * hour), st.integers(0, 1440)
    )
    row = st.tuples(st.integers(0, 1), st.integers(0, 6), minutes, minutes)
    rows = draw(st.lists(row, min_size=1, max_size=20))
    away = st.integers(-5 * 86400, 5 * 86400)
    leaves = []
    for after in draw(st.lists(away, max_size=3)):
        first = epoch(event) + after
        leaves.append((first, first + draw(st.integers(0, 2 * 86400))))
    hours = WorkingHours(tz, [row for row in rows if row[2] < row[3]], leaves)
    start = event + draw(away) * SECOND
    return hours, start, start + draw(st.integers(0, 6 * 86400)) * SECOND


def intervals(hours, start, end):
    """Return the work on the local days around a window, as (local date, from, to).

    It is made minute by minute of each row, through the zone's own arithmetic.
    """
    tz = pytz.timezone(hours.tz)

    def utc(local):
        return tz.localize(local).astimezone(pytz.utc).replace(tzinfo=None)

    found = []
    day = datetime(start.year, start.month, start.day) - 2 * DAY
    while day <= end + 2 * DAY:
        week = (day.toordinal() - 1) // 7 % 2
        for of_week, weekday, first, last in hours.weekly:
            if (of_week, weekday) == (week, day.weekday()):
                begin = utc(day + first * MINUTE)
                finish = utc(day + last * MINUTE - SECOND) + SECOND
                if last < 1440:
                    finish = utc(day + last * MINUTE)
                found.append((day.date(), begin, finish))
        day += DAY
    return found


def seconds_of_work(hours, start, end):
    """Return the set of working seconds in a window, as (local date, epoch second)."""
    away = set()
    for first, last in hours.leaves:
        away.update(range(max(first, epoch(start)), min(last, epoch(end))))
    work = {}
    for day, first, last in intervals(hours, start, end):
        for second in range(
            max(epoch(first), epoch(start)), min(epoch(last), epoch(end))
        ):
            if second not in away:
                work[second] = day
    return work


@settings(max_examples=60, deadline=None)
@given(situations())
def test_every_second_is_counted_once(situation):
    hours, start, end = situation
    work = seconds_of_work(hours, start, end)
    timeline = Timeline(hours)
    assert timeline.between(start, end) == len(work)
    assert timeline.is_working(start) == (epoch(start) in work) or start == end
    line = sorted(work)
    for nth in {1, len(line) // 2, len(line)} - {0}:
        if nth <= len(line):
            reached = EPOCH + (line[nth - 1] + 1) * SECOND
            assert timeline.add(start, nth) == reached
    if line:
        assert timeline.add(start, 0) == EPOCH + line[0] * SECOND


@settings(max_examples=60, deadline=None)
@given(situations(), st.integers(0, 4))
def test_the_end_of_the_nth_working_day(situation, days):
    hours, start, _end = situation
    until = start + 120 * DAY
    away = hours.leaves
    today = pytz.timezone(hours.tz).fromutc(start).date()
    ends = {}
    for day, first, last in intervals(hours, start - DAY, until):
        # Walk back out of leaves from the end of each row.
        begin, finish = epoch(first), epoch(last)
        for leave_from, leave_to in reversed(away):
            if leave_from < finish <= leave_to:
                finish = leave_from
        if begin < finish:
            ends[day] = max(finish, ends.get(day, 0))
    if days:
        later = [end for day, end in sorted(ends.items()) if day > today]
        expected = later[days - 1 : days]
    else:
        left = [
            end
            for day, end in sorted(ends.items())
            if day >= today and end > epoch(start)
        ]
        expected = left[:1]
    found = Timeline(hours).end_of_working_day(start, days)
    if expected:
        assert found == EPOCH + expected[0] * SECOND
    else:
        assert found is None or found > until - 4 * DAY


@settings(deadline=None)
@given(situations(), st.integers(1, 40 * 86400))
def test_adding_and_counting_are_inverse(situation, seconds):
    hours, start, _end = situation
    timeline = timeline_of(hours)
    end = timeline.add(start, seconds)
    if end is None:
        # A minute a fortnight may not be enough.
        horizon = start.replace(year=start.year + 100, day=1)
        assert timeline.between(start, horizon) < seconds
    else:
        assert timeline.between(start, end) == seconds
        # It is the first such moment.
        assert timeline.between(start, end - SECOND) == seconds - 1


@settings(deadline=None)
@given(
    situations(),
    st.integers(0, 800 * 86400),
    st.integers(0, 800 * 86400),
    st.integers(0, 500 * 3600),
)
def test_split_anywhere_and_in_order(situation, first, second, work):
    hours, start, _end = situation
    timeline = timeline_of(hours)
    middle = start + first * SECOND
    end = middle + second * SECOND
    parts = timeline.between(start, middle) + timeline.between(middle, end)
    assert timeline.between(start, end) == parts
    assert timeline.between(end, start) == 0 or start == end
    reached = timeline.add(start, work)
    for later in (timeline.add(start, work + first), timeline.add(middle, work)):
        assert later is None or reached <= later


@given(situations())
@example((office((0, 1440), days=range(7)), EPOCH, EPOCH))
def test_through_json_and_back(situation):
    hours = situation[0]
    again = WorkingHours.from_json(json.loads(json.dumps(hours.as_json())))
    assert again == hours
    assert again.fingerprint() == hours.fingerprint()
    assert timeline_of(again) is timeline_of(hours)


def test_equal_hours_are_equal_however_they_are_written():
    rows = [(0, 0, 60, 120), (0, 0, 0, 60), (1, 0, 0, 60)]
    one = WorkingHours("UTC", rows, [(30, 40), (10, 30), (90, 95)])
    other = WorkingHours("UTC", rows[::-1] + rows, [(90, 95), (10, 40), (20, 20)])
    assert one == other
    assert one.leaves == ((10, 40), (90, 95))
    assert one.fingerprint() == other.fingerprint()
    assert one.fingerprint() != WorkingHours("UTC", rows, [(10, 40)]).fingerprint()


@pytest.mark.parametrize(
    "row", [(2, 0, 0, 60), (0, 7, 0, 60), (0, 0, -1, 60), (0, 0, 0, 1441)]
)
def test_rows_that_no_week_has(row):
    with pytest.raises(ValueError, match="no such"):
        WorkingHours("UTC", [row])


def test_an_interval_ends_with_the_work_that_fills_it():
    timeline = Timeline(office((480, 720), (780, 1020)))
    monday = datetime(2026, 3, 2, 8)
    noon, afternoon = monday.replace(hour=12), monday.replace(hour=13)
    assert timeline.add(monday, 4 * 3600) == noon
    assert timeline.add(noon, 0) == afternoon
    assert timeline.add(monday, 4 * 3600 + 1) == afternoon + SECOND
    assert not timeline.is_working(noon)
    assert timeline.is_working(afternoon)


def test_friday_evening_to_monday():
    timeline = Timeline(office((480, 1020)))
    friday = datetime(2026, 3, 6, 17)
    assert timeline.add(friday, 0) == datetime(2026, 3, 9, 8)
    assert timeline.end_of_working_day(friday, 0) == datetime(2026, 3, 9, 17)
    assert timeline.end_of_working_day(friday, 1) == datetime(2026, 3, 9, 17)
    early = friday - SECOND
    assert timeline.end_of_working_day(early, 0) == friday


@pytest.mark.parametrize(
    ("tz", "minute", "expected"),
    [
        # 02:30 happens twice: the second time, in standard time, counts.
        ("Europe/Berlin", 150, datetime(2026, 10, 25, 1, 30)),
        ("America/New_York", 90, datetime(2026, 11, 1, 6, 30)),
        ("Australia/Lord_Howe", 105, datetime(2026, 4, 4, 15, 15)),
        # 02:30 does not happen: it is taken as standard time.
        ("Europe/Berlin", 150, datetime(2026, 3, 29, 1, 30)),
        ("America/New_York", 150, datetime(2026, 3, 8, 7, 30)),
    ],
)
def test_hours_that_happen_twice_or_never(tz, minute, expected):
    timeline = Timeline(office((minute, 300), days=[6], tz=tz))
    assert timeline.add(expected - DAY, 0) == expected


def test_new_year_is_no_border():
    timeline = Timeline(office((0, 1440), days=range(7), tz="Asia/Shanghai"))
    start, border = datetime(2025, 12, 31, 20), datetime(2026, 1, 1)
    assert timeline.add(start, 4 * 3600) == border
    assert timeline.add(border, 0) == border
    assert timeline.add(start, 4 * 3600 + 1) == border + SECOND
    assert timeline.is_working(border)
    assert timeline.is_working(border - SECOND)
    # It is the 1st in Shanghai; that day ends at 16:00 UTC.
    assert timeline.end_of_working_day(start, 0) == datetime(2026, 1, 1, 16)
    assert timeline.end_of_working_day(start, 1) == datetime(2026, 1, 2, 16)


def test_around_the_clock():
    start = datetime(2023, 5, 6, 7, 8, 9)
    assert ALWAYS.hours is None
    assert ALWAYS.add(start, 10**8) == start + 10**8 * SECOND
    assert ALWAYS.between(start, start + 1000 * DAY) == 1000 * 86400
    assert ALWAYS.end_of_working_day(start, 0) == datetime(2023, 5, 7)
    assert ALWAYS.end_of_working_day(start, 2) == datetime(2023, 5, 9)


def test_no_such_moment():
    start = datetime(2026, 3, 2, 8)
    never = Timeline(WorkingHours("UTC", ()))
    assert never.add(start, 0) is None
    assert never.add(start, 1) is None
    assert never.end_of_working_day(start, 0) is None
    assert never.between(start, start + DAY) == 0
    assert not never.is_working(start)
    assert ALWAYS.add(start, 102 * 366 * 86400) is None
    away = (0, epoch(datetime(2140, 1, 1)))
    closed = Timeline(office((480, 481), leaves=[away]))
    assert closed.add(start, 0) is None
    assert closed.add(start, 60) is None
    assert closed.end_of_working_day(start, 1) is None
    assert ALWAYS.add(datetime.max, 1) is None


@pytest.mark.parametrize("method", ["add", "end_of_working_day"])
def test_nothing_goes_backwards(method):
    with pytest.raises(ValueError, match="backwards|negative"):
        getattr(ALWAYS, method)(EPOCH, -1)


def test_parts_of_a_second_are_cut_off():
    start = datetime(2026, 3, 2, 8, 0, 0, 999999)
    assert ALWAYS.add(start, 1) == datetime(2026, 3, 2, 8, 0, 1)
    assert ALWAYS.between(start, start + SECOND) == 1
