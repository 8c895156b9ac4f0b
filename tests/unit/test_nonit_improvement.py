"""What to improve with a service: rules on figures."""

import doctest

import pytest
from hypothesis import given
from hypothesis import strategies as st
from itsm_nonit.tools import improvement
from itsm_nonit.tools.improvement import Figures, Rule

BAD = Figures(
    tickets=10,
    measured=8,
    breached=4,
    wrong_desk=10,
    ended=5,
    reopened=2,
    rated=4,
    rating=2.5,
    answered=6,
    answer_hours=30.0,
    repeated=20,
    days_offered=400,
)
MEASURES = {
    improvement.BREACH: (50.0, 8),
    improvement.WRONG_DESK: (50.0, 20),
    improvement.REOPEN: (40.0, 5),
    improvement.RATING: (2.5, 4),
    improvement.WAIT: (30.0, 6),
    improvement.DUPLICATES: (200.0, 10),
    improvement.UNUSED: (10.0, 10),
}


def test_documented_examples():
    assert doctest.testmod(improvement).failed == 0


@pytest.mark.parametrize("kind", improvement.KINDS)
def test_measures(kind):
    assert improvement.measure(kind, BAD) == MEASURES[kind]


def test_unknown_kind():
    with pytest.raises(ValueError, match="moon"):
        improvement.measure("moon", BAD)


@pytest.mark.parametrize(
    ("kind", "limit", "found"),
    [
        (improvement.BREACH, 49, True),
        (improvement.BREACH, 50, False),
        (improvement.RATING, 2.6, True),
        (improvement.RATING, 2.5, False),
        (improvement.WAIT, 29, True),
        (improvement.WAIT, 30, False),
    ],
)
def test_limits_are_allowed_just_so(kind, limit, found):
    assert bool(improvement.find(BAD, [Rule(kind, limit)])) is found


def test_too_few_cases_say_nothing():
    assert improvement.find(BAD, [Rule(improvement.RATING, 5, minimum=4)])
    assert not improvement.find(BAD, [Rule(improvement.RATING, 5, minimum=5)])


def test_unused_needs_time_in_the_catalogue():
    rule = Rule(improvement.UNUSED, limit=0, minimum=180)
    assert improvement.find(Figures(days_offered=180), [rule])
    assert not improvement.find(Figures(days_offered=179), [rule])
    assert not improvement.find(Figures(tickets=1, days_offered=400), [rule])


@given(st.floats(0, 100), st.integers(0, 10))
def test_nothing_is_found_where_nothing_happened(limit, minimum):
    kinds = set(improvement.KINDS) - {improvement.UNUSED}
    rules = [Rule(kind, limit, minimum) for kind in kinds]
    assert improvement.find(Figures(days_offered=999), rules) == []


@given(
    st.integers(0, 50),
    st.integers(0, 50),
    st.floats(0, 100),
    st.integers(0, 10),
)
def test_a_finding_is_beyond_its_limit(whole, part, limit, minimum):
    part = min(part, whole)
    figures = Figures(measured=whole, breached=part)
    for found in improvement.find(figures, [Rule(improvement.BREACH, limit, minimum)]):
        assert limit < found.value <= 100
        assert found.cases >= max(minimum, 1)
