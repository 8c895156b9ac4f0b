"""Laws of manager chains and of delegates."""

import itertools
from datetime import date

from hypothesis import given
from hypothesis import strategies as st
from itsm_approval.tools import chain, delegation
from itsm_approval.tools.delegation import Mandate, delegates, represented

PEOPLE = st.integers(0, 7)
ABOVE = st.dictionaries(PEOPLE, st.none() | PEOPLE)
SCOPES = st.none() | st.frozensets(st.integers(1, 3), min_size=1)
MANDATES = st.lists(
    st.builds(Mandate, PEOPLE, PEOPLE, SCOPES).filter(lambda m: m.absent != m.delegate),
    max_size=14,
)


@given(PEOPLE, ABOVE)
def test_every_chain_ends(start, above):
    """Nobody twice, and never who it starts from."""
    way = list(chain.upwards(start, above))
    assert len(way) == len(set(way))
    assert start not in way


@given(PEOPLE, ABOVE)
def test_each_is_the_manager_of_the_one_before(start, above):
    way = [start, *chain.upwards(start, above)]
    for here, there in itertools.pairwise(way):
        assert above[here] == there
    assert above.get(way[-1]) is None or above[way[-1]] in way


def test_no_start():
    assert list(chain.upwards(None, {None: 1})) == []


@given(
    st.lists(PEOPLE), st.sets(PEOPLE), st.integers(1, 4), st.none() | st.integers(0, 4)
)
def test_pick(candidates, unfit, need, levels):
    """Only who fits, in order, without repetition; upwards only for want of people."""
    found = chain.pick(candidates, lambda one: one not in unfit, need, levels)
    fitting = [one for one in chain.unique(candidates) if one not in unfit]
    assert found == fitting[: len(found)]
    if levels is None:
        assert found == fitting
    else:
        near = [one for one in chain.unique(candidates)[:levels] if one not in unfit]
        assert len(found) == max(len(near), min(need, len(fitting)))


# ----------------------------------------------------------------------
# Delegates
# ----------------------------------------------------------------------


def reachable(start, mandates, policy):
    """Return who is reached for one policy, the plain way."""
    found, waiting = set(), [start]
    while waiting:
        here = waiting.pop()
        for mandate in mandates:
            new = mandate.delegate not in found | {start}
            holds = delegation.covers(mandate.policies, policy)
            if mandate.absent == here and holds and new:
                found.add(mandate.delegate)
                waiting.append(mandate.delegate)
    return found


@given(PEOPLE, MANDATES, st.integers(1, 4))
def test_delegates_are_who_can_be_reached(absent, mandates, policy):
    found = delegates(absent, mandates)
    assert {
        person for person, scope in found.items() if delegation.covers(scope, policy)
    } == reachable(absent, mandates, policy)


@given(MANDATES, st.integers(1, 4))
def test_both_ways_agree(mandates, policy):
    """B may act for A exactly when A's delegates have B."""
    for one in range(8):
        for other in range(8):
            down = delegates(one, mandates)
            up = represented(other, mandates)
            assert (other in down and delegation.covers(down[other], policy)) == (
                one in up and delegation.covers(up[one], policy)
            )


@given(PEOPLE, MANDATES)
def test_nobody_is_their_own_delegate(person, mandates):
    assert person not in delegates(person, mandates)
    assert person not in represented(person, mandates)


@given(PEOPLE, MANDATES, st.frozensets(PEOPLE))
def test_barred_people_hand_nothing_on(absent, mandates, barred):
    """No way to a delegate leads through somebody who must not decide."""
    usable = delegation.without(mandates, barred)
    found = delegates(absent, usable)
    assert barred.isdisjoint(found)
    assert absent not in barred or not found
    kept = [m for m in mandates if barred.isdisjoint({m.absent, m.delegate})]
    assert found == delegates(absent, kept)


@given(st.dates(), st.dates(), st.dates())
def test_first_and_last_day_count(start, end, day):
    assert delegation.in_force(start, end, day) == (
        min(start, day) == start and max(end, day) == end
    )


def test_one_day():
    day = date(2026, 3, 2)
    assert delegation.in_force(day, day, day)
