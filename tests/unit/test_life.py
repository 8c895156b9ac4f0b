"""Events become situations: what counts, in which order, and what it means."""

from datetime import timedelta
from itertools import pairwise

import pytest
from clock_strategies import add, anything, at, lives, record
from hypothesis import given
from itsm_sla.tools import life
from itsm_sla.tools.life import Event, Situation


def situations(events):
    return life.live(life.effective(events))


def last(*steps):
    """Return the situation after an opening and further steps, an hour apart each."""
    opening = ("mon 9:00", life.OPENED)
    taken = [
        (at("mon 9:00") + timedelta(hours=number), kind, *data)
        for number, (kind, *data) in enumerate(steps, start=1)
    ]
    return situations(record(opening, *taken))[-1][1]


def test_nothing_happened():
    assert situations([]) == []
    assert situations(record(("mon 9:00", life.RESPONDED))) == []


def test_it_begins_with_the_opening():
    events = record(("mon 9:00", life.OPENED, {"user": 5}))
    assert situations(events) == [(at("mon 9:00"), Situation("2", team=1, user=5))]


def test_what_comes_before_the_opening_adds_facts_only():
    events = record(("mon 8:00", life.ASSIGNED, {"user": 5}), ("mon 9:00", life.OPENED))
    assert situations(events) == [(at("mon 9:00"), Situation("2", team=1, user=5))]


def test_what_changes_nothing_makes_no_new_situation():
    events = record(
        ("mon 9:00", life.OPENED),
        ("mon 10:00", life.PRIORITISED, {"priority": "2"}),
        ("mon 11:00", life.RESUMED),
    )
    assert len(situations(events)) == 1


@pytest.mark.parametrize("kind", [life.RESOLVED, life.CLOSED])
def test_a_solution_is_an_answer_and_ends_a_pause(kind):
    held = last((life.PAUSED, {"reason": 3}), (kind,))
    assert (held.ended, held.pause, held.responded) == (kind, None, True)


def test_a_cancellation_is_no_answer():
    held = last((life.PAUSED, {"reason": 3}), (life.CANCELLED,))
    assert (held.ended, held.pause, held.responded) == (life.CANCELLED, None, False)


def test_reopened_it_runs():
    held = last((life.RESOLVED,), (life.PAUSED, {"reason": 3}), (life.REOPENED,))
    assert (held.ended, held.pause, held.responded) == (None, None, True)


def test_a_pause_has_its_reason_or_none():
    assert last((life.PAUSED, {"reason": 3})).pause == 3
    assert last((life.PAUSED,)).pause is True
    assert last((life.PAUSED, {"reason": 3}), (life.RESUMED,)).pause is None


def test_a_pause_that_does_not_stop_clocks_ends_one_that_does():
    steps = (life.PAUSED, {"reason": 3}), (life.PAUSED, {"reason": 4, "stops": False})
    assert last(*steps).pause is None


def test_facts_go_when_nobody_holds_it():
    steps = (life.ASSIGNED, {"user": 5}), (life.ASSIGNED, {"user": False})
    assert last(*steps).user is None


def test_a_correction_moves_an_event():
    events = record(("mon 9:00", life.OPENED), ("mon 12:00", life.RESPONDED))
    events = add(events, at("mon 10:00"), life.RESPONDED, replaces=2)
    assert [moment for moment, _held in situations(events)] == [
        at("mon 9:00"),
        at("mon 10:00"),
    ]


def test_the_last_of_a_chain_of_corrections_counts():
    events = record(("mon 9:00", life.OPENED), ("mon 12:00", life.RESPONDED))
    events = add(events, at("mon 10:00"), life.RESPONDED, replaces=2)
    events = add(events, at("mon 12:00"), life.VOIDED, replaces=3)
    assert len(situations(events)) == 1
    events = add(events, at("mon 11:00"), life.RESPONDED, replaces=4)
    assert situations(events)[-1][0] == at("mon 11:00")


def test_of_two_corrections_of_the_same_event_the_newer_counts():
    events = record(("mon 9:00", life.OPENED), ("mon 12:00", life.RESOLVED))
    events = add(events, at("mon 10:00"), life.RESOLVED, replaces=2)
    events = add(events, at("mon 11:00"), life.RESOLVED, replaces=2)
    assert situations(events)[-1][0] == at("mon 11:00")
    assert len(life.effective(events)) == 2


def test_a_correction_keeps_its_place_within_the_second():
    events = record(("mon 9:00", life.OPENED), ("mon 9:00", life.RESOLVED))
    events = add(events, at("mon 9:00"), life.OPENED, {"priority": "1"}, replaces=1)
    assert [event.kind for event in life.effective(events)] == [
        life.OPENED,
        life.RESOLVED,
    ]


def test_a_record_whose_opening_is_voided_never_was():
    events = record(("mon 9:00", life.OPENED), ("mon 12:00", life.RESPONDED))
    assert situations(add(events, at("mon 9:00"), life.VOIDED, replaces=1)) == []


def test_what_happens_in_one_second_happens_at_once():
    events = record(
        ("mon 9:00", life.OPENED, {"user": 5}),
        ("mon 10:00", life.HANDED, {"team": 2}),
        ("mon 10:00", life.ASSIGNED, {"user": None}),
    )
    assert situations(events)[1:] == [(at("mon 10:00"), Situation("2", team=2))]


def test_there_and_back_within_one_second_is_nothing():
    events = record(
        ("mon 9:00", life.OPENED),
        ("mon 10:00", life.HANDED, {"team": 2}),
        ("mon 10:00", life.HANDED, {"team": 1}),
    )
    assert len(situations(events)) == 1


def test_opened_and_solved_in_one_second_it_was_open():
    events = record(("mon 9:00", life.OPENED), ("mon 9:00", life.RESOLVED))
    assert [held.ended for _moment, held in situations(events)] == [None, "resolved"]


def test_events_without_numbers_keep_the_order_of_their_moments():
    events = [
        Event(at("mon 10:00"), life.RESOLVED),
        Event(at("mon 9:00"), life.OPENED, {"priority": "1"}),
    ]
    assert [held.ended for _moment, held in situations(events)] == [None, "resolved"]


@given(events=lives(anything, max_size=12))
def test_situations_follow_each_other_and_differ(events):
    found = situations(events)
    assert found[0][0] == events[0].at
    for (before, first), (after, second) in pairwise(found):
        assert before < after or first.ended != second.ended
        assert first != second
