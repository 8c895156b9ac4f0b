"""What people are told of a change, for all orders of states and dates."""

from __future__ import annotations

from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st
from itsm_change.tools import notices, releases, states
from itsm_change.tools.notices import Told, due

NOW = datetime(2026, 3, 2, 10)
HOUR = timedelta(hours=1)
AHEAD = 72 * HOUR

moments = st.integers(-200, 200).map(lambda hours: NOW + hours * HOUR)
steps = st.lists(
    st.tuples(st.sampled_from(states.STATES), moments, st.integers(1, 8)), max_size=12
)


@given(steps)
def test_nothing_is_told_twice(history):
    """Asked again with nothing new, nothing is due; some phases come once only."""
    told: list[Told] = []
    for state, start, length in history:
        end = start + length * HOUR
        phase = due(state, start, end, told, NOW, AHEAD)
        if phase is None:
            continue
        is_open = state in (states.SCHEDULED, states.IMPLEMENT)
        keeps = is_open or phase in notices.LAST_PHASES
        told.append(Told(phase, start if keeps else None, end if keeps else None))
        assert due(state, start, end, told, NOW, AHEAD) is None
    phases = [one.phase for one in told]
    for once in (notices.PLANNED, notices.STARTED, notices.ENDED, notices.CANCELLED):
        assert phases.count(once) <= 1
    assert not set(phases[:-1]) & set(notices.LAST_PHASES)
    assert not phases or phases[0] in (notices.PLANNED, notices.STARTED)


@given(steps)
def test_who_was_told_hears_of_the_end(history):
    """A change of which people were told never ends in silence."""
    told = [Told(notices.PLANNED, NOW, NOW + HOUR)]
    for state, start, length in history:
        phase = due(state, start, start + length * HOUR, told, NOW, AHEAD)
        if state in (states.REVIEW, states.CLOSED):
            assert phase == notices.ENDED
        if state == states.CANCELLED:
            assert phase == notices.CANCELLED


def test_not_too_early():
    start = NOW + AHEAD
    for late, expected in ((0, notices.PLANNED), (1, None)):
        moment = start + late * HOUR
        assert due("scheduled", moment, moment + HOUR, [], NOW, AHEAD) == expected


def test_a_later_end_while_it_is_worked():
    told = [Told(notices.STARTED, NOW, NOW + HOUR)]
    assert due("implement", NOW, NOW + 3 * HOUR, told, NOW, AHEAD) == notices.MOVED
    # Its start is past: that somebody corrects it is no news.
    assert due("implement", NOW - 9 * HOUR, NOW + HOUR, told, NOW, AHEAD) is None


closed = st.tuples(st.just("closed"), st.sampled_from(states.CLOSE_CODES))
running = st.tuples(
    st.sampled_from([one for one in states.STATES if one != "closed"]), st.none()
)


@given(st.lists(st.one_of(closed, running), max_size=6))
def test_outcome_of_a_release(changes):
    """Deployed only where every change that was made went well."""
    made = [one for one in changes if one[0] != "cancelled"]
    good = [code in states.DONE_CODES for _state, code in made]
    got = releases.outcome(changes)
    if not made or any(state != "closed" for state, _code in made):
        assert got == releases.WAITING
    else:
        expected = {(True,): releases.DONE, (False,): releases.UNDONE}
        assert got == expected.get(tuple(sorted(set(good))), releases.MIXED)
