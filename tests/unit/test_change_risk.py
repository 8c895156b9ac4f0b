"""The risk of changes: what must hold for any weights, bands and values."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from itsm_change.tools import risk
from itsm_change.tools.risk import Factor

KEYS = sorted(risk.SIDE_OF)
POINTS = st.floats(0, risk.MOST, allow_nan=False)
VALUES = st.floats(0, 1000, allow_nan=False)


@st.composite
def factors(draw):
    """Draw factors whose bands are in order, as the back office asks for."""
    found = []
    for key in draw(st.lists(st.sampled_from(KEYS), unique=True)):
        starts = sorted(draw(st.sets(VALUES, max_size=4)))
        points = sorted(
            draw(st.lists(POINTS, min_size=len(starts), max_size=len(starts))),
            reverse=not risk.IS_RISING[key],
        )
        bands = tuple(zip(starts, points, strict=True))
        assert risk.is_in_order(key, bands)
        weight = draw(st.floats(0, 100, allow_nan=False))
        found.append(Factor(key, weight, bands, draw(POINTS)))
    return tuple(found)


@st.composite
def facts(draw):
    """Draw a value for each factor; some are not known."""
    return {key: draw(st.none() | VALUES) for key in KEYS}


THRESHOLDS = st.tuples(st.floats(0, 100), st.floats(0, 100)).map(sorted)


@given(factors(), facts(), THRESHOLDS)
def test_bounded(rules, values, thresholds):
    """No weights and no values lead out of the scale."""
    result = risk.assess(rules, values, *thresholds)
    assert 0 <= result.likelihood <= 10
    assert 0 <= result.consequence <= 10
    assert 0 <= result.score <= 100
    assert result.level in risk.LEVELS
    assert result.level == risk.level_of(result.score, *thresholds)


@given(factors(), facts(), THRESHOLDS, st.sampled_from(KEYS), VALUES, VALUES)
def test_monotone_in_each_factor(rules, values, thresholds, key, one, other):
    """What is riskier in one respect, and the same in all others, is no less risky."""
    less, more = sorted((one, other), reverse=not risk.IS_RISING[key])
    before = risk.assess(rules, {**values, key: less}, *thresholds)
    after = risk.assess(rules, {**values, key: more}, *thresholds)
    assert after.score >= before.score
    assert risk.LEVELS.index(after.level) >= risk.LEVELS.index(before.level)


@given(factors(), facts(), THRESHOLDS, st.randoms(use_true_random=False))
def test_order_does_not_matter(rules, values, thresholds, shuffler):
    """Neither the order of the factors nor that of their bands decides anything."""
    mixed = [
        Factor(
            f.key, f.weight, tuple(shuffler.sample(f.bands, len(f.bands))), f.unknown
        )
        for f in shuffler.sample(rules, len(rules))
    ]
    one = risk.assess(rules, values, *thresholds)
    two = risk.assess(mixed, values, *thresholds)
    assert (one.score, one.level) == (two.score, two.level)
    assert (one.likelihood, one.consequence) == (two.likelihood, two.consequence)
    assert set(one.lines) == set(two.lines)


@given(factors(), facts())
def test_lines_tell_all(rules, values):
    """The parts of the lines are what the sides are made of."""
    result = risk.assess(rules, values, 20, 40)
    assert {line.key for line in result.lines} == {rule.key for rule in rules}
    for side, mean in (
        (risk.LIKELIHOOD, result.likelihood),
        (risk.CONSEQUENCE, result.consequence),
    ):
        mine = [line for line in result.lines if risk.SIDE_OF[line.key] == side]
        if any(line.weight for line in mine):
            assert mean == pytest.approx(sum(line.share for line in mine), abs=1e-5)
        else:
            assert mean == risk.MOST, "what nobody weighs says nothing"


@given(facts())
def test_weight_zero_does_not_count(values):
    bands = ((0, 0), (10, 10))
    rules = [Factor("criticality", 3, bands), Factor("questionnaire", 2, bands)]
    silent = [*rules, Factor("people", 0, ((0, 10),))]
    assert (
        risk.assess(rules, values, 20, 40).score
        == risk.assess(silent, values, 20, 40).score
    )


def test_product():
    rules = [
        Factor("questionnaire", 3, ((0, 0), (50, 5))),
        Factor("lead_time", 1, ((0, 9), (7, 1))),
        Factor("criticality", 1, ((0, 0), (3, 8))),
    ]
    values = {"questionnaire": 60, "lead_time": 8, "criticality": 4}
    result = risk.assess(rules, values, 20, 40)
    assert result.likelihood == pytest.approx((3 * 5 + 1 * 1) / 4)
    assert result.consequence == 8
    assert result.score == 32
    assert result.level == "medium"


def test_bands():
    factor = Factor("people", 1, ((10, 4), (100, 8)), unknown=3)
    worth = {value: risk.points_of(factor, value) for value in (None, 0, 10, 99, 100)}
    assert worth == {None: 3, 0: 4, 10: 4, 99: 4, 100: 8}


def test_bands_have_a_direction():
    assert risk.is_in_order("people", [(0, 1), (5, 3)])
    assert not risk.is_in_order("people", [(0, 3), (5, 1)])
    assert risk.is_in_order("lead_time", [(5, 1), (0, 3)])
    assert not risk.is_in_order("lead_time", [(0, 1), (5, 3)])


def test_thresholds():
    assert [risk.level_of(score, 20, 40) for score in (0, 19.9, 20, 39.9, 40)] == [
        "low",
        "low",
        "medium",
        "medium",
        "high",
    ]
    assert risk.level_of(100, 101, 101) == "low", "101: never"


def test_failure_rate():
    assert risk.failure_rate(2, 2, 3) is None, "too few to tell"
    assert risk.failure_rate(0, 0, 0) is None
    assert risk.failure_rate(4, 1, 3) == 25


@given(st.lists(st.tuples(st.none() | st.floats(0, 10), st.just(10.0)), min_size=1))
def test_answers(answers):
    """What nobody answered counts as the worst answer."""
    share = risk.answers_share(answers)
    assert 0 <= share <= 100
    worst = [(10.0 if points is None else points, most) for points, most in answers]
    assert share == risk.answers_share(worst)
    random.shuffle(answers)
    assert share == risk.answers_share(answers)


def test_no_questions():
    assert risk.answers_share([]) is None
    assert risk.answers_share([(0, 0)]) is None
