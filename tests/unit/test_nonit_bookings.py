"""When things are free, without a database; checked against plain counting."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from itsm_nonit.tools import bookings
from itsm_nonit.tools.bookings import Terms, Use

DAY = datetime(2026, 3, 2)


def at(hour, minute=0):
    return DAY + timedelta(hours=hour, minutes=minute)


OPENED = [(at(8), at(12)), (at(13), at(17))]
NOW = at(7)


@pytest.mark.parametrize(
    ("start", "end", "code"),
    [
        (at(9), at(11), None),
        (at(9), at(14), None),
        (at(8), at(17), None),
        (at(11), at(9), bookings.ORDER),
        (at(9), at(9), bookings.ORDER),
        (at(9) - timedelta(days=1), at(9), bookings.PAST),
        (at(12), at(14), bookings.CLOSED),
        (at(9), at(12, 30), bookings.CLOSED),
        (at(17), at(18), bookings.CLOSED),
    ],
)
def test_hours(start, end, code):
    """A booking begins and ends in the hours; what lies between does not matter."""
    found = bookings.refusal(start, end, 1, OPENED, [], Terms(), NOW)
    assert found == code


def test_limits():
    """How long, how far ahead, how many: each has its own answer."""
    terms = Terms(quantity=2, lead=180, longest=120)

    def ask(start, end, wanted=1, uses=()):
        return bookings.refusal(start, end, wanted, OPENED, list(uses), terms, NOW)

    assert ask(at(9), at(10)) == bookings.LEAD
    assert ask(at(10), at(12)) is None
    assert ask(at(13), at(16)) == bookings.LONGEST
    assert ask(at(13), at(14), 3) == bookings.TOO_MANY
    assert ask(at(13), at(14), 0) == bookings.TOO_MANY
    assert ask(at(13), at(14), 2) is None
    assert ask(at(13), at(14), 2, [Use(at(10), at(13, 30))]) == bookings.TAKEN
    assert ask(at(13), at(14), 1, [Use(at(10), at(13, 30))]) is None


def test_neighbours_and_buffers():
    """What ends makes room at once, but for the time around each booking."""
    taken = [Use(at(9), at(10))]
    free = Terms()
    assert not bookings.refusal(at(10), at(11), 1, OPENED, taken, free, NOW)
    late = Terms(after=15)
    blocked = [Use(*late.blocked(at(9), at(10)))]
    assert bookings.refusal(at(10), at(11), 1, OPENED, blocked, late, NOW) == "taken"
    assert not bookings.refusal(at(10, 15), at(11), 1, OPENED, blocked, late, NOW)
    # Its own time after would run into the next one.
    assert bookings.refusal(at(8), at(9), 1, OPENED, blocked, late, NOW) == "taken"
    assert bookings.gaps(blocked, at(8), at(12), late) == [
        (at(8), at(8, 45)),
        (at(10, 15), at(12)),
    ]


def test_starts_and_ends():
    """Full and half hours that lie in the hours and in what is free."""
    free = bookings.gaps([Use(at(9), at(10))], DAY, at(24), Terms())
    starts = bookings.starts(OPENED, free, at(8, 10))
    assert starts[:2] == [at(8, 30), at(10)]
    assert at(11, 30) in starts and at(12) not in starts and starts[-1] == at(16, 30)
    ends = bookings.ends(at(10), OPENED, free, Terms(longest=240))
    assert ends == [at(10, 30), at(11), at(11, 30), at(12), at(13, 30), at(14)]
    assert bookings.ends(at(9, 30), OPENED, free, Terms()) == []


def test_bar():
    """Spells as percent of a window, cut at both ends."""
    assert bookings.shares([(at(0), at(12)), (at(18), at(23))], at(6), at(22)) == [
        (0.0, 37.5),
        (75.0, 25.0),
    ]


half_hours = st.integers(0, 47)
uses_of = st.lists(
    st.builds(
        lambda start, length, count: Use(
            DAY + timedelta(minutes=30 * start),
            DAY + timedelta(minutes=30 * (start + length)),
            count,
        ),
        half_hours,
        st.integers(1, 12),
        st.integers(1, 3),
    ),
    max_size=8,
)


def _counted(uses, start, end):
    """Count what is taken, half hour by half hour."""
    most, moment = 0, start
    while moment < end:
        taken = sum(use.quantity for use in uses if use.start <= moment < use.end)
        most, moment = max(most, taken), moment + timedelta(minutes=30)
    return most


@given(uses_of, half_hours, st.integers(1, 10))
def test_peak_is_what_counting_gives(uses, first, length):
    start = DAY + timedelta(minutes=30 * first)
    end = start + timedelta(minutes=30 * length)
    assert bookings.peak(uses, start, end) == _counted(uses, start, end)


@given(
    uses_of,
    st.integers(1, 4),
    st.integers(1, 3),
    st.sampled_from([0, 30, 60]),
    st.sampled_from([0, 30, 60]),
    half_hours,
    st.integers(1, 10),
)
def test_a_gap_is_where_nothing_is_refused(
    uses, quantity, wanted, before, after, first, length
):
    """What is shown as free can be booked, and what can be booked is shown."""
    terms = Terms(quantity, before, after)
    start = DAY + timedelta(minutes=30 * first)
    end = start + timedelta(minutes=30 * length)
    low, high = DAY - timedelta(days=1), DAY + timedelta(days=3)
    free = bookings.gaps(uses, low, high, terms, wanted)
    shown = any(begin <= start and end <= last for begin, last in free)
    code = bookings.refusal(start, end, wanted, [(low, high)], uses, terms, low)
    assert shown == (code is None)


@given(uses_of, st.integers(1, 4))
def test_overbooked_names_a_use_that_is_too_much(uses, quantity):
    found = bookings.overbooked(uses, quantity)
    beyond = [use for use in uses if _counted(uses, use.start, use.end) > quantity]
    assert bool(found) == bool(beyond)
