"""The bar of a promise shows what the clock says, whatever happened in its life."""

from hypothesis import given
from hypothesis import strategies as st
from itsm_helpdesk.tools.promise_bar import LATE, LEFT, PAUSED, USED, draw

HOUR = 3600
stretches = st.lists(
    st.tuples(
        st.sampled_from(["running", "paused", "stopped"]),
        st.integers(min_value=0, max_value=50 * HOUR),
    ),
    max_size=12,
)
budgets = st.integers(min_value=60, max_value=100 * HOUR)


def test_a_promise_that_begins():
    bar = draw([], 4 * HOUR)
    assert bar.pieces == ((LEFT, 100.0),)
    assert bar.mark == 100


def test_used_then_paused():
    bar = draw([("running", HOUR), ("paused", 2 * HOUR)], 2 * HOUR)
    assert bar.pieces == ((USED, 25.0), (PAUSED, 50.0), (LEFT, 25.0))
    assert bar.mark == 100


def test_late_with_a_pause_before_and_after():
    bar = draw(
        [
            ("running", HOUR),
            ("paused", HOUR),
            ("running", 2 * HOUR),
            ("paused", HOUR),
        ],
        2 * HOUR,
    )
    assert bar.pieces == (
        (USED, 20.0),
        (PAUSED, 20.0),
        (USED, 20.0),
        (LATE, 20.0),
        (PAUSED, 20.0),
    )
    assert bar.mark == 60


@given(stretches, budgets)
def test_pieces_fill_the_bar(life, budget):
    bar = draw(life, budget)
    assert abs(sum(share for _kind, share in bar.pieces) - 100) < 1
    assert all(share >= 0 for _kind, share in bar.pieces)
    assert 0 <= bar.mark <= 100


@given(stretches, budgets)
def test_times_add_up(life, budget):
    bar = draw(life, budget)
    running = sum(seconds for phase, seconds in life if phase == "running")
    assert bar.seconds[USED] + bar.seconds[LATE] == running
    assert bar.seconds[USED] + bar.seconds[LEFT] == budget
    assert bar.seconds[PAUSED] == sum(s for _phase, s in life) - running


@given(stretches, budgets)
def test_only_late_promises_end_within_the_bar(life, budget):
    bar = draw(life, budget)
    if not bar.seconds[LATE]:
        assert bar.mark == 100
