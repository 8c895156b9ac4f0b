"""Periods of reports: whole, next to each other, and as long as they are said to be."""

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from itsm_helpdesk.tools import period

days = st.dates(date(1990, 1, 1), date(2150, 1, 1))
kinds = st.sampled_from([period.MONTH, period.QUARTER, period.YEAR])


@pytest.mark.parametrize(
    ("kind", "first", "end"),
    [
        ("month", date(2026, 10, 1), date(2026, 10, 31)),
        ("quarter", date(2026, 7, 1), date(2026, 9, 30)),
        ("year", date(2025, 1, 1), date(2025, 12, 31)),
    ],
)
def test_last(kind, first, end):
    assert period.last(kind, date(2026, 11, 21)) == (first, end)


@given(kinds, days)
def test_a_period_holds_its_day(kind, day):
    first, end = period.holding(kind, day)
    assert first <= day <= end
    assert period.holding(kind, end) == (first, end)


@given(kinds, days)
def test_the_last_one_is_over_and_next_to_this(kind, day):
    _first, end = period.last(kind, day)
    assert end + timedelta(days=1) == period.holding(kind, day)[0]


@given(kinds, days)
def test_whole_periods_are_compared_with_whole_ones(kind, day):
    first, end = period.holding(kind, day)
    assert period.before(first, end) == period.last(kind, day)


@given(days, st.integers(0, 400))
def test_what_is_before_ends_the_day_before(start, length):
    end = start + timedelta(days=length)
    first, last = period.before(start, end)
    assert last == start - timedelta(days=1)
    assert first <= last


def test_own_days_are_compared_with_as_many():
    before = period.before(date(2026, 11, 9), date(2026, 11, 15))
    assert before == (date(2026, 11, 2), date(2026, 11, 8))


@given(days, st.integers(1, 30))
def test_months_follow_each_other(end, number):
    months = period.months_until(end, number)
    assert len(months) == number
    assert months[-1] == end.replace(day=1)
    for one, other in pairwise(months):
        assert period.month_after(one) == other
