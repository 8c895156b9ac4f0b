"""Round robin and least loaded are fair, whatever the team looks like."""

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st
from itsm_helpdesk.tools.assignment import (
    LEAST_LOADED,
    ROUND_ROBIN,
    distribute,
    rotate,
)

ids = st.integers(min_value=1, max_value=50)
teams = st.lists(ids, min_size=1, max_size=8, unique=True)
lasts = st.none() | ids
counts = st.integers(min_value=0, max_value=60)
loads = st.dictionaries(ids, st.integers(min_value=0, max_value=30))
methods = st.sampled_from((ROUND_ROBIN, LEAST_LOADED))


@given(team=teams, last=lasts)
def test_rotate_keeps_everybody_once(team, last):
    order = rotate(team, last)
    assert sorted(order) == sorted(team)
    if last in team:
        assert order[-1] == last


def test_rotate_goes_on_behind_somebody_who_left():
    assert rotate([1, 2, 5], last=3) == [5, 1, 2]
    assert rotate([1, 2, 5], last=None) == [1, 2, 5]


@given(method=methods, count=counts, team=teams, last=lasts, load=loads)
def test_every_ticket_gets_a_member(method, count, team, last, load):
    chosen = distribute(method, count, team, last, load)
    assert len(chosen) == count
    assert set(chosen) <= set(team)


@given(method=methods, count=counts, last=lasts, load=loads)
def test_nobody_at_work(method, count, last, load):
    assert distribute(method, count, [], last, load) == []


@given(count=counts, team=teams, last=lasts, load=loads)
def test_round_robin_is_fair(count, team, last, load):
    shares = Counter(distribute(ROUND_ROBIN, count, team, last, load))
    given_out = [shares[member] for member in team]
    assert max(given_out) - min(given_out) <= 1


@given(first=counts, second=counts, team=teams, last=lasts)
def test_round_robin_goes_on_where_it_stood(first, second, team, last):
    at_once = distribute(ROUND_ROBIN, first + second, team, last, {})
    one = distribute(ROUND_ROBIN, first, team, last, {})
    two = distribute(ROUND_ROBIN, second, team, one[-1] if one else last, {})
    assert one + two == at_once


@given(count=counts, team=teams, last=lasts, load=loads)
def test_least_loaded_never_adds_to_more_than_the_least(count, team, last, load):
    current = {member: load.get(member, 0) for member in team}
    for member in distribute(LEAST_LOADED, count, team, last, load):
        assert current[member] == min(current.values())
        current[member] += 1


@given(count=counts, team=teams, last=lasts)
def test_idle_team_shares_like_a_round(count, team, last):
    idle = distribute(LEAST_LOADED, count, team, last, {})
    assert idle == distribute(ROUND_ROBIN, count, team, last, {})


@given(count=counts, team=teams, last=lasts, load=loads)
def test_inputs_are_left_alone(count, team, last, load):
    before = (list(team), dict(load))
    distribute(LEAST_LOADED, count, team, last, load)
    assert (team, load) == before
