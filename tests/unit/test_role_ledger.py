"""The two promises of the ledger of roles, and its plain cases."""

import random

import pytest
from itsm_helpdesk.tools import role_ledger
from itsm_helpdesk.tools.role_ledger import Right, settle

SEAT = Right(1, "group", 7)
AGENT, ENGINEER = 10, 20


@pytest.mark.parametrize(
    ("live", "has", "state", "give"),
    [
        (None, False, "given", True),
        (None, True, "had", False),
        ("given", True, None, False),
        ("given", False, "withdrawn", False),
        ("had", False, "withdrawn", False),
        ("withdrawn", True, None, False),
        ("asked", False, None, False),
        ("asked", True, "had", False),
        ("refused", False, None, False),
        ("blocked", False, "given", True),
        ("blocked", True, "had", False),
    ],
)
def test_wanted(live, has, state, give):
    row = (SEAT, AGENT)
    plan = settle({row}, {row: live} if live else {}, {SEAT} if has else set())
    assert plan.states.get(row) == state
    assert plan.give == ([SEAT] if give else [])
    assert plan.take == []


@pytest.mark.parametrize(
    ("live", "has", "state", "take"),
    [
        ("given", True, "taken", True),
        ("given", False, "ended", False),
        ("had", True, "ended", False),
        ("withdrawn", True, "ended", False),
        ("asked", False, "ended", False),
        ("blocked", False, "ended", False),
        ("refused", True, "ended", False),
    ],
)
def test_not_wanted_any_more(live, has, state, take):
    row = (SEAT, AGENT)
    plan = settle(set(), {row: live}, {SEAT} if has else set())
    assert plan.states == {row: state}
    assert plan.take == ([SEAT] if take else [])


def test_another_role_gives_it_too():
    first, second = (SEAT, AGENT), (SEAT, ENGINEER)
    plan = settle({second}, {first: "given", second: "given"}, {SEAT})
    assert plan.take == []
    assert plan.states == {first: "ended"}


def test_another_role_takes_over():
    first, second = (SEAT, AGENT), (SEAT, ENGINEER)
    plan = settle({second}, {first: "given"}, {SEAT})
    assert (plan.give, plan.take) == ([], [])
    assert plan.states == {first: "ended", second: "given"}


def test_a_role_that_must_be_confirmed_does_not_take_over():
    first, second = (SEAT, AGENT), (SEAT, ENGINEER)
    plan = settle({second}, {first: "given"}, {SEAT}, ask={second})
    assert plan.take == [SEAT]
    assert plan.states == {first: "taken", second: "asked"}


def test_asked_before_not_possible():
    row = (SEAT, AGENT)
    assert settle({row}, {}, set(), {row}, {SEAT}).states == {row: "asked"}
    assert settle({row}, {}, set(), set(), {SEAT}).states == {row: "blocked"}


@pytest.mark.parametrize("seed", range(300))
def test_promises(seed):
    """Whatever happens in which order, roles touch only what they gave."""
    rand = random.Random(seed)
    rights = [Right(user, "group", group) for user in (1, 2) for group in (7, 8)]
    roles = (10, 20, 30)
    has = {right for right in rights if rand.random() < 0.3}
    by_hand = set(has)
    live = {}
    for _step in range(12):
        withdrawn = set()
        for right in rights:
            if rand.random() < 0.2:
                if right in has:
                    has.discard(right)
                    by_hand.discard(right)
                    withdrawn.add(right)
                else:
                    has.add(right)
                    by_hand.add(right)
        wanted = {(r, role) for r in rights for role in roles if rand.random() < 0.3}
        ask = {row for row in wanted if rand.random() < 0.2}
        blocked = {right for right in rights if rand.random() < 0.1}
        plan = settle(wanted, live, has, ask, blocked)
        assert not by_hand.intersection(plan.take)
        assert has.issuperset(plan.take)
        assert not has.intersection(plan.give)
        for right in plan.give:
            rows = [row for row in wanted if row[0] == right and row not in ask]
            assert any(
                live.get(row, role_ledger.BLOCKED) == role_ledger.BLOCKED
                for row in rows
            )
            assert right not in blocked
        has = (has - set(plan.take)) | set(plan.give)
        ended = {role_ledger.ENDED, role_ledger.TAKEN}
        live.update(plan.states)
        live = {row: state for row, state in live.items() if state not in ended}
        assert set(live) == wanted
        # What was settled is settled.
        again = settle(wanted, live, has, ask, blocked)
        assert (again.give, again.take, again.states) == ([], [], {})
        # Nobody is left with a right that no role wants and no hand gave.
        for right in has - by_hand:
            assert any(
                live[row] in role_ledger.HOLDING for row in wanted if row[0] == right
            )
