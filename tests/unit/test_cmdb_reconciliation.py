"""Which source may overwrite which, and until when."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from itsm_cmdb.tools.reconciliation import Held, Rule, Standing, Standings, decide

NOW = datetime(2026, 3, 2, 10)
COUNT = Standing(1, 10, 365)
MANUAL = Standing(2, 20, 180)
LEDGER = Standing(3, 40, 365)
SCAN = Standing(4, 60, 30)
YESTERDAY = NOW - timedelta(days=1)


@pytest.mark.parametrize(
    ("speaker", "held", "may", "reason"),
    [
        (SCAN, None, True, "free"),
        (SCAN, Held(COUNT, YESTERDAY), False, "held"),
        (SCAN, Held(MANUAL, YESTERDAY), False, "held"),
        (SCAN, Held(MANUAL, NOW - timedelta(days=180)), True, "expired"),
        (SCAN, Held(SCAN, YESTERDAY), True, "own"),
        (COUNT, Held(SCAN, YESTERDAY), True, "better"),
        (LEDGER, Held(Standing(9, 40, 90), YESTERDAY), True, "equal"),
        (Standing(4, 60, 30, never=True), None, False, "never"),
        (SCAN, Held(Standing(1, 10, 0), NOW), True, "expired"),
    ],
)
def test_decisions(speaker, held, may, reason):
    decision = decide(speaker, held, NOW)
    assert (decision.may, decision.reason) == (may, reason)


def test_held_until():
    decision = decide(SCAN, Held(COUNT, YESTERDAY), NOW)
    assert decision.held.until == YESTERDAY + timedelta(days=365)


def test_endless_freshness():
    assert Held(Standing(1, 10, 10**7), NOW).until.year == 9999


standings = st.builds(
    Standing,
    st.integers(1, 5),
    st.integers(0, 100),
    st.integers(0, 1000),
    st.booleans(),
)
moments = st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1))


@given(standings, standings, moments, moments)
def test_a_better_source_is_never_held_up(speaker, holder, since, now):
    decision = decide(speaker, Held(holder, since), now)
    if not speaker.never and speaker.rank <= holder.rank:
        assert decision.may
    if not decision.may and not speaker.never:
        assert now < decision.held.until
        # What holds for no days holds not even at the moment at which it is said.
        at_once = decide(speaker, Held(holder, since), since)
        assert at_once.may == (holder.freshness_days == 0)


@given(standings, standings, moments, moments)
def test_time_only_opens(speaker, holder, since, now):
    """What a source may write now it may write later too."""
    if decide(speaker, Held(holder, since), now).may:
        assert decide(speaker, Held(holder, since), now + timedelta(days=400)).may


def test_the_most_particular_rule_counts():
    standings = Standings(
        [LEDGER],
        [
            Rule(3, 0, "", rank=90),
            Rule(3, 10, "", rank=80),
            Rule(3, 0, "serial_number", rank=5),
            Rule(3, 11, "serial_number", never=True),
            Rule(3, 10, "name", freshness_days=1),
        ],
    )
    assert standings.of(3, (12, 1), "name").rank == 90
    assert standings.of(3, (11, 10), "host_name").rank == 80
    assert standings.of(3, (12, 1), "serial_number").rank == 5
    assert standings.of(3, (11, 10), "serial_number").never
    name = standings.of(3, (11, 10), "name")
    assert (name.rank, name.freshness_days) == (40, 1)
    assert standings.of(99, (1,), "name") is None
