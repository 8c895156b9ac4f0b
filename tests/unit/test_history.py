"""Snapshots of a record become events: laws that hold for any history at all."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from itsm_sla.tools import history, life
from itsm_sla.tools.history import Dates, Snapshot

START = datetime(2026, 3, 2, 8)
STEADY = settings(derandomize=True, deadline=None, max_examples=120)


def at(hours):
    """Return a moment so many hours after eight o'clock."""
    return START + timedelta(hours=hours)


def row(hours, phase="open", reason=None, **facts):
    """Return a snapshot; one that waits says why."""
    pause = {"reason": reason, "stops": True} if phase == history.PAUSED else {}
    return Snapshot(at(hours), phase, pause, **{"priority": "2", "team": 1} | facts)


def told(*rows, **dates):
    """Return the story of rows as ``[(hours, kind, data)]``, and its dates."""
    stated = Dates(**{name: at(hours) for name, hours in dates.items()})
    story = history.tell(rows, stated)
    steps = [
        ((moment - START).total_seconds() / 3600, kind, dict(data))
        for moment, kind, data in story.steps
    ]
    return steps, story


def kinds(*rows, **dates):
    """Return what happened as ``(hours, kind)``."""
    return [(hours, kind) for hours, kind, _data in told(*rows, **dates)[0]]


def fold(steps, known=()):
    """Return the situation that steps lead to."""
    events = [life.Event(*step, id=n) for n, step in enumerate(steps, start=1000)]
    return life.live(life.effective([*known, *events]))[-1][1]


# ----------------------------------------------------------------------
# By example
# ----------------------------------------------------------------------


def test_a_whole_life():
    steps, story = told(
        row(1, user=None),
        row(2, user=7),
        row(3, history.PAUSED, 5, user=7),
        row(5, user=7, priority="1"),
        row(6, history.RESOLVED, user=7, priority="1"),
        row(9, history.CLOSED, user=7, priority="1"),
        opened=0,
        responded=2.5,
        resolved=6,
        closed=9,
    )
    assert steps == [
        (0, life.OPENED, {"priority": "2", "team": 1, "user": None}),
        (2, life.ASSIGNED, {"user": 7}),
        (2.5, life.RESPONDED, {}),
        (3, life.PAUSED, {"reason": 5, "stops": True}),
        (5, life.PRIORITISED, {"priority": "1"}),
        (5, life.RESUMED, {}),
        (6, life.RESOLVED, {}),
        (9, life.CLOSED, {}),
    ]
    assert not story.moved


def test_several_changes_at_one_moment_come_in_a_sensible_order():
    found = kinds(
        row(0),
        row(1, history.RESOLVED),
        row(2, history.PAUSED, 1, team=2, priority="3", user=4),
    )
    assert found[2:] == [
        (2, life.REOPENED),
        (2, life.PRIORITISED),
        (2, life.HANDED),
        (2, life.ASSIGNED),
        (2, life.PAUSED),
    ]


def test_another_reason_is_another_pause():
    found = kinds(row(0), row(1, history.PAUSED, 1), row(2, history.PAUSED, 2))
    assert found[1:] == [(1, life.PAUSED), (2, life.PAUSED)]


def test_the_stated_solution_counts_not_when_it_was_saved():
    rows = row(0), row(1, history.RESOLVED), row(4, history.CLOSED)
    assert (3, life.RESOLVED) in kinds(*rows, resolved=3)
    assert (0.5, life.RESOLVED) in kinds(*rows, resolved=0.5)


def test_changes_saved_after_the_stated_solution_happened_before_it():
    rows = row(0), row(2, team=2), row(3, history.RESOLVED, team=2)
    assert kinds(*rows, resolved=1)[1:] == [(1, life.HANDED), (1, life.RESOLVED)]
    assert not told(*rows, resolved=1)[1].moved


def test_a_stated_solution_gives_way_to_a_later_reopening():
    rows = (
        row(0),
        row(1, history.RESOLVED),
        row(2),
        row(4, history.RESOLVED),
        row(5, history.CLOSED),
    )
    steps, story = told(*rows, resolved=1, closed=5)
    assert [step[:2] for step in steps[1:]] == [
        (1, life.RESOLVED),
        (2, life.REOPENED),
        (2, life.RESOLVED),
        (5, life.CLOSED),
    ]
    assert story.dates.resolved == at(2)
    assert story.moved == 1


def test_a_solution_without_date_happened_when_it_was_saved():
    _steps, story = told(row(0), row(2, history.RESOLVED), row(3, history.CLOSED))
    assert (story.dates.resolved, story.dates.closed) == (at(2), at(3))


def test_closed_at_once_but_with_a_solution_stated():
    found = kinds(row(0), row(5, history.CLOSED), resolved=3, closed=5)
    assert found[1:] == [(3, life.RESOLVED), (5, life.CLOSED)]


def test_dates_of_an_ended_record_that_was_reopened_say_nothing():
    rows = row(0), row(1, history.CLOSED), row(2)
    steps, story = told(*rows, resolved=1, closed=1)
    assert steps[-1][1] == life.REOPENED
    assert fold(story.steps).ended is None


def test_closed_then_cancelled_was_reopened_in_between():
    found = kinds(row(0), row(1, history.CLOSED), row(2, history.CANCELLED))
    assert found[1:] == [(1, life.CLOSED), (2, life.REOPENED), (2, life.CANCELLED)]


def test_times_that_run_backwards_are_moved_up_and_counted():
    steps, story = told(row(0), row(3, user=1), row(1, user=2), row(4, user=3))
    assert [hours for hours, _kind, _data in steps] == [0, 3, 3, 4]
    assert story.moved == 1
    assert told(row(0), row(1, user=1), opened=2)[1].steps[-1][0] == at(2)


def test_nothing_known_of_the_opening():
    assert history.tell([row(2)], Dates()).dates.opened == at(2)
    with pytest.raises(ValueError, match="opened"):
        history.tell([replace(row(2), at=None)], Dates())


def test_blank_state_priority_and_team_are_as_before():
    rows = row(0), row(1, history.PAUSED, 1), Snapshot(at(2)), row(3)
    assert kinds(*rows)[1:] == [(1, life.PAUSED), (3, life.RESUMED)]


# ----------------------------------------------------------------------
# Laws
# ----------------------------------------------------------------------

hours = st.integers(-5, 60)
phases = st.sampled_from(
    [
        "open",
        "open",
        history.PAUSED,
        history.RESOLVED,
        history.CLOSED,
        history.CANCELLED,
    ]
)
rows_drawn = st.lists(
    st.builds(
        row,
        hours,
        phases,
        st.integers(1, 2),
        priority=st.sampled_from("123"),
        team=st.integers(1, 3),
        user=st.none() | st.integers(1, 2),
    ),
    min_size=1,
    max_size=8,
)
dates_drawn = st.builds(
    Dates,
    *(st.none() | hours.map(at) for _name in ("opened", "responded", "resolved")),
    st.none() | hours.map(at),
)


def situation_of(snapshot):
    """Return how a record stands that looks like a snapshot."""
    ended = snapshot.phase if snapshot.phase in history._ENDED else None
    pause = snapshot.pause["reason"] if snapshot.phase == history.PAUSED else None
    return ended, pause, snapshot.priority, snapshot.team, snapshot.user


def seen(situation):
    return (
        situation.ended,
        situation.pause,
        situation.priority,
        situation.team,
        situation.user,
    )


@given(rows_drawn, dates_drawn)
@STEADY
def test_moments_never_run_backwards(rows, dates):
    moments = [moment for moment, _kind, _data in history.tell(rows, dates).steps]
    assert moments == sorted(moments)


@given(rows_drawn, dates_drawn)
@STEADY
def test_the_story_ends_where_the_last_row_stands(rows, dates):
    story = history.tell(rows, dates)
    assert seen(fold(story.steps)) == situation_of(rows[-1])
    assert story.steps[0][1] == life.OPENED
    assert [kind for _at, kind, _data in story.steps].count(life.OPENED) == 1


@given(rows_drawn, dates_drawn)
@STEADY
def test_dates_and_steps_agree(rows, dates):
    story = history.tell(rows, dates)
    last = {kind: moment for moment, kind, _data in story.steps}
    assert story.dates.opened == last[life.OPENED]
    if rows[-1].phase == history.RESOLVED:
        assert story.dates.resolved == last[life.RESOLVED]
    if rows[-1].phase in (history.CLOSED, history.CANCELLED):
        assert story.dates.closed == last[rows[-1].phase]


@given(rows_drawn, dates_drawn)
@STEADY
def test_what_was_made_to_agree_stays_as_it_is(rows, dates):
    story = history.tell(rows, dates)
    again = history.tell(rows, story.dates)
    assert again.dates == story.dates
    assert again.steps == story.steps


@given(rows_drawn, dates_drawn)
@STEADY
def test_one_step_after_the_other_changes_something(rows, dates):
    situation = life.Situation()
    for moment, kind, data in history.tell(rows, dates).steps:
        following = life.after(situation, life.Event(moment, kind, data))
        if kind not in (life.RESPONDED, life.OPENED):
            assert following != situation
        situation = following


@given(rows_drawn, dates_drawn)
@STEADY
def test_telling_the_same_again_adds_nothing(rows, dates):
    story = history.tell(rows, dates)
    known = [life.Event(*step, id=n) for n, step in enumerate(story.steps, start=1)]
    assert history.carry_on(known, story, rows[-1], at(100)) == []


@given(rows_drawn, dates_drawn, st.integers(1, 8))
@STEADY
def test_a_longer_export_carries_on_where_the_shorter_one_stopped(rows, dates, cut):
    rows = [replace(r, at=at(5 * n)) for n, r in enumerate(rows)]
    dates = replace(dates, opened=at(0), resolved=None, closed=None, responded=None)
    first = history.tell(rows[:cut], dates)
    whole = history.tell(rows, dates)
    known = [life.Event(*step, id=n) for n, step in enumerate(first.steps, start=1)]
    added = history.carry_on(known, whole, rows[-1], at(100))
    assert [*first.steps, *added] == list(whole.steps)


@given(rows_drawn, dates_drawn, rows_drawn)
@STEADY
def test_whatever_was_known_the_record_stands_as_it_looks(rows, dates, others):
    known = [
        life.Event(*step, id=n)
        for n, step in enumerate(history.tell(others, dates).steps, start=1)
    ]
    story = history.tell(rows, dates)
    added = history.carry_on(known, story, rows[-1], at(100))
    assert seen(fold(added, known)) == situation_of(rows[-1])
