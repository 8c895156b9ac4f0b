"""Slots: each candidate is possible, and a better one never comes after a worse."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from itsm_change.tools import slots

NOW = datetime(2026, 3, 2, 10)
MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
moments = st.integers(0, 60 * 24 * 40).map(lambda n: NOW + n * MINUTE)
shares = st.none() | st.sampled_from([0.0, 0.25, 0.5, 1.0])
severities = st.lists(st.sampled_from(["inform", "warn", "block"]), max_size=4)
risks = st.sampled_from(["low", "medium", "high"])


@st.composite
def some_slots(draw):
    """Return a slot with random facts."""
    start = draw(moments)
    return slots.Slot(
        start,
        start + draw(st.integers(1, 400)) * MINUTE,
        tuple(draw(severities)),
        draw(shares),
        draw(st.integers(0, 5)),
        draw(shares),
    )


many_slots = st.lists(some_slots(), max_size=30)


# ----------------------------------------------------------------------
# Candidates
# ----------------------------------------------------------------------


@given(
    moments,
    st.integers(-60, 60 * 24 * 120),
    st.integers(1, 60 * 24 * 3),
    st.lists(moments, max_size=20),
    st.integers(5, 200),
)
def test_starts_are_possible(earliest, width, length, turning, most):
    """Within the span, in order, once each, on quarters, and not too many."""
    span = earliest, earliest + width * MINUTE
    length = length * MINUTE
    found = slots.starts(span, length, turning, most)
    assert found == sorted(set(found))
    assert all(span[0] <= start and start + length <= span[1] for start in found)
    assert all(start.minute % 15 == 0 and not start.second for start in found)
    assert len(found) <= 2 * most
    if slots.ceil(span[0]) + length <= span[1]:
        assert found[0] == slots.ceil(span[0])
    else:
        assert not found


@given(moments, st.integers(1, 40), st.integers(1, 20), st.lists(moments, max_size=9))
def test_turning_points_are_tried(earliest, days, hours, turning):
    """What opens or ends within the span is a candidate, rounded up."""
    span = earliest, earliest + timedelta(days=days)
    length = hours * HOUR
    found = set(slots.starts(span, length, turning))
    for moment in map(slots.ceil, turning):
        possible = slots.ceil(span[0]) <= moment <= span[1] - length
        assert not possible or moment in found


@given(moments)
def test_next_quarter(moment):
    """Less than a quarter later, and on one."""
    found = slots.ceil(moment)
    assert moment <= found < moment + slots.QUARTER
    assert found.minute % 15 == 0


@pytest.mark.parametrize(
    ("days", "minutes"), [(1, 15), (4, 30), (7, 60), (30, 180), (92, 720)]
)
def test_grid_is_as_fine_as_it_may_be(days, minutes):
    """A day in quarters of an hour, a quarter of a year in half days."""
    found = slots.starts((NOW, NOW + timedelta(days=days)), HOUR)
    assert found[1] - found[0] == timedelta(minutes=minutes)


# ----------------------------------------------------------------------
# Ranking
# ----------------------------------------------------------------------


@given(many_slots, risks)
def test_ranking_loses_nothing(candidates, risk):
    """All are there, what is blocked last, and scores fall."""
    ranked = slots.rank(candidates, risk, NOW)
    assert sorted(map(repr, candidates)) == sorted(repr(r.slot) for r in ranked)
    blocked = [each.is_blocked for each in ranked]
    assert blocked == sorted(blocked)
    scores = [each.score for each in ranked]
    assert scores == sorted(scores, reverse=True)
    assert all(0 <= score <= 100 for score in scores)
    assert all(each.score == 0 for each in ranked if each.is_blocked)


def worse(slot, change):
    """Return a slot about which one thing is worse."""
    conflicts, away, busy, office = change
    return slots.Slot(
        slot.start,
        slot.end,
        (*slot.conflicts, *conflicts),
        min(1.0, (slot.away or 0.0) + away),
        slot.busy + busy,
        min(1.0, (slot.office or 0.0) + office),
    )


@given(
    some_slots(),
    st.tuples(severities, shares.map(lambda s: s or 0), st.integers(0, 2), st.just(0)),
    risks,
)
def test_worse_is_not_better(slot, change, risk):
    """Whatever is added against a time, it does not come before."""
    other = worse(slot, change)
    ranked = [each.slot for each in slots.rank([other, slot], risk, NOW)]
    assert (
        other == slot
        or ranked.index(slot) < ranked.index(other)
        or _equal(slot, other, risk)
    )


def _equal(one, other, risk):
    """Tell whether two cost the same, as when ten changes weigh no more than three."""
    costs = [slots.judge(each, risk, NOW).costs for each in (one, other)]
    blocks = [each.conflicts.count("block") for each in (one, other)]
    return costs[0] == costs[1] and blocks[0] == blocks[1]


@given(some_slots(), risks)
def test_costs_explain_the_score(slot, risk):
    """What is taken from 100 is said, and nothing else is."""
    ranked = slots.judge(slot, risk, NOW)
    spent = sum(points for _key, points in ranked.costs)
    assert all(points > 0 for _key, points in ranked.costs)
    if not ranked.is_blocked:
        assert ranked.score == max(0, round(100 - spent))


@given(st.sampled_from([0.25, 0.5, 1.0]), st.integers(0, 200))
def test_more_at_stake_weighs_more(office, hours):
    """An outage by day, and haste, cost more the higher the risk is."""
    start = NOW + hours * HOUR
    slot = slots.Slot(start, start + HOUR, office=office)
    scores = [slots.judge(slot, risk, NOW).score for risk in ("low", "medium", "high")]
    assert scores == sorted(scores, reverse=True)
    assert scores[0] > scores[2]


def test_nothing_against_it_is_best():
    """At work, alone, out of office hours, and not too soon."""
    start = NOW + timedelta(days=9)
    slot = slots.Slot(start, start + HOUR, (), 0.0, 0, 0.0)
    assert slots.judge(slot, "high", NOW) == slots.Ranked(slot, 100, ())


def test_of_equals_the_earlier():
    """Two that cost the same: why wait."""
    late, early = (slots.Slot(NOW + n * HOUR, NOW + (n + 1) * HOUR) for n in (300, 200))
    assert slots.rank([late, early], "low", NOW)[0].slot == early


# ----------------------------------------------------------------------
# Choosing
# ----------------------------------------------------------------------


@given(many_slots, risks, st.integers(0, 9))
def test_chosen_are_apart_and_the_best(candidates, risk, count):
    """None overlap; what is left out overlaps a better one, or comes too late."""
    ranked = slots.rank(candidates, risk, NOW)
    chosen = slots.choose(ranked, count)
    assert len(chosen) <= count
    places = [ranked.index(each) for each in chosen]
    assert places == sorted(set(places))
    for n, one in enumerate(chosen):
        for other in chosen[:n]:
            assert not (
                one.slot.start < other.slot.end and other.slot.start < one.slot.end
            )
    if any(not each.is_blocked for each in ranked):
        assert not any(each.is_blocked for each in chosen)
    if len(chosen) < count:
        for each in ranked:
            hides = [
                other
                for other in chosen
                if each.slot.start < other.slot.end and other.slot.start < each.slot.end
            ]
            assert hides or (each.is_blocked and not chosen[0].is_blocked)
