"""Points of a team for its targets."""

import doctest

import pytest
from hypothesis import given
from hypothesis import strategies as st
from itsm_nonit.tools import assessment

AMOUNT = st.floats(0, 1000)


def test_documented_examples():
    assert doctest.testmod(assessment).failed == 0


@pytest.mark.parametrize(
    ("criterion", "actual", "target", "points"),
    [
        ("rating", 4.0, 4.0, 10),
        ("rating", 5.0, 4.0, 10),
        ("rating", 0.0, 4.0, 0),
        ("answer_hours", 4.0, 4.0, 10),
        ("answer_hours", 16.0, 4.0, 2.5),
        ("reopen_share", 0.0, 0.0, 10),
        ("reopen_share", 5.0, 0.0, 0),
        ("response_met", 0.0, 0.0, 10),
        ("rating", None, 4.0, None),
    ],
)
def test_points(criterion, actual, target, points):
    assert assessment.points(criterion, actual, target, 10) == points


@given(st.sampled_from(["rating", "answer_hours"]), AMOUNT, AMOUNT, st.floats(0.1, 100))
def test_points_are_between_nothing_and_all(criterion, actual, target, weight):
    got = assessment.points(criterion, actual, target, weight)
    assert 0 <= got <= weight + 0.05
    if assessment.is_met(criterion, actual, target):
        assert got == weight


def test_score_of_nothing():
    assert assessment.score([]) is None
    assert assessment.score([(None, 10)]) is None


@given(st.lists(st.tuples(st.floats(0, 1), st.floats(1, 100)), min_size=1))
def test_score_is_a_percentage(shares):
    lines = [(share * weight, weight) for share, weight in shares]
    assert 0 <= assessment.score(lines) <= 100.1
