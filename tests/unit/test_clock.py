"""What a clock shows, by example. Working days are Monday to Friday, 8 hours each."""

import pytest
from clock_strategies import HOUR, OFFICE, add, at, hours, reading, record, spells_of
from itsm_sla.tools import clock, life, terms
from itsm_sla.tools.terms import ELAPSED, END_OF_DAY, OLA, RESOLUTION, RESPONSE, SLA, UC
from itsm_sla.tools.worktime import WorkingHours, timeline_of

OPEN = ("mon 9:00", life.OPENED)
PAUSE = {"reason": 3}
# The hours of the tests, as the real timeline wants them.
ROWS = tuple(
    (week, day, first * 60, last * 60)
    for week in (0, 1)
    for day in range(5)
    for first, last in OFFICE.HOURS
)


def one(measure, amount, warning=75):
    """Return terms of one target for all priorities."""
    target = terms.Target(measure, amount, warning)
    return terms.Terms(SLA, {(RESOLUTION, ""): target})


def clock_read(spell, promise, timeline, now="fri 9:00"):
    """Return what a resolution clock shows on a timeline of its own."""
    return clock.read(spell, promise, RESOLUTION, timeline, at(now))


# -- running, pausing, stopping ----------------------------------------------


def test_running():
    shown = reading(record(OPEN), hours(4), "mon 11:00")
    assert (shown.state, shown.elapsed, shown.remaining) == (
        "running",
        2 * HOUR,
        2 * HOUR,
    )
    assert (shown.deadline, shown.warning_at) == (at("mon 14:00"), at("mon 12:00"))


def test_it_is_late_from_the_deadline_on():
    events = record(OPEN)
    assert reading(events, hours(4), "mon 13:59:59").state == "running"
    late = reading(events, hours(4), "mon 14:00")
    assert (late.state, late.breached, late.stopped_at) == ("breached", True, None)
    assert reading(events, hours(4), "tue 10:00").remaining == -5 * HOUR


def test_a_pause_moves_the_deadline():
    events = record(
        OPEN, ("mon 10:00", life.PAUSED, PAUSE), ("tue 10:00", life.RESUMED)
    )
    assert reading(events, hours(4), "tue 11:00").deadline == at("tue 14:00")


def test_paused_with_time_left_there_is_no_deadline():
    events = record(OPEN, ("mon 10:00", life.PAUSED, PAUSE))
    shown = reading(events, hours(4), "2 mon 10:00")
    assert (shown.state, shown.deadline, shown.elapsed) == ("paused", None, HOUR)
    assert shown.warning_at is None


def test_paused_when_it_was_late_already_it_stays_late():
    events = record(OPEN, ("mon 15:00", life.PAUSED, PAUSE))
    shown = reading(events, hours(4), "2 mon 10:00")
    assert (shown.state, shown.deadline) == ("breached", at("mon 14:00"))


def test_pauses_that_the_terms_ignore():
    events = record(OPEN, ("mon 10:00", life.PAUSED, PAUSE))
    shown = reading(events, hours(4, pauses=False), "mon 11:00")
    assert (shown.state, shown.deadline) == ("running", at("mon 14:00"))


@pytest.mark.parametrize(
    "solved, state",
    [("mon 13:59", "met"), ("mon 14:00", "met"), ("mon 14:00:01", "breached")],
)
def test_what_stops_on_the_deadline_is_in_time(solved, state):
    shown = reading(record(OPEN, (solved, life.RESOLVED)), hours(4), "fri 9:00")
    assert (shown.state, shown.stopped_at) == (state, at(solved))


def test_stopped_in_the_evening_after_a_deadline_at_six_it_is_late():
    shown = reading(record(OPEN, ("mon 20:00", life.RESOLVED)), hours(8), "tue 9:00")
    assert (shown.state, shown.remaining) == ("breached", 0)
    assert shown.deadline == at("mon 18:00")


def test_closing_what_is_resolved_does_not_stop_it_again():
    events = record(OPEN, ("mon 10:00", life.RESOLVED), ("fri 10:00", life.CLOSED))
    assert reading(events, hours(4), "fri 11:00").stopped_at == at("mon 10:00")


def test_segments_say_why_and_who():
    events = record(
        OPEN,
        ("mon 10:00", life.ASSIGNED, {"user": 5}),
        ("mon 11:00", life.PAUSED, PAUSE),
        ("mon 14:00", life.RESUMED),
        ("mon 15:00", life.RESOLVED),
        ("mon 16:00", life.REOPENED),
    )
    shown = reading(events, hours(8), "mon 17:00")
    assert [(s.phase, s.cause, s.user, s.working) for s in shown.segments] == [
        ("running", None, None, HOUR),
        ("running", None, 5, HOUR),
        ("paused", 3, 5, 2 * HOUR),
        ("running", None, 5, HOUR),
        ("stopped", "resolved", 5, HOUR),
        ("running", None, 5, HOUR),
    ]


# -- priorities ---------------------------------------------------------------


def test_the_final_priority_counts_from_the_start():
    events = record(OPEN, ("mon 11:00", life.PRIORITISED, {"priority": "1"}))
    shown = reading(events, hours(4, 8), "mon 11:00")
    assert (shown.priority, shown.budget, shown.deadline) == (
        "1",
        4 * HOUR,
        at("mon 14:00"),
    )


def test_a_priority_without_target_cancels_until_it_has_one_again():
    events = record(OPEN, ("mon 11:00", life.PRIORITISED, {"priority": "4"}))
    gone = reading(events, hours(4, 8), "mon 12:00")
    assert (gone.state, gone.budget, gone.deadline) == ("cancelled", None, None)
    assert (gone.remaining, gone.warning_at, gone.breached) == (None, None, False)
    events = add(events, at("mon 14:00"), life.PRIORITISED, {"priority": "2"})
    back = reading(events, hours(4, 8), "mon 15:00")
    assert (back.state, back.elapsed) == ("running", 5 * HOUR)


@pytest.mark.parametrize(
    "lowered, relaxed",
    [("mon 13:00", False), ("mon 14:00", False), ("mon 14:00:01", True)],
)
def test_relaxed_when_the_stricter_promise_was_broken_before(lowered, relaxed):
    opening = ("mon 9:00", life.OPENED, {"priority": "1"})
    events = record(opening, (lowered, life.PRIORITISED, {"priority": "2"}))
    shown = reading(events, hours(4, 8), "mon 15:00")
    assert (shown.state, shown.relaxed) == ("running", relaxed)


def test_relaxed_in_the_evening_after_a_deadline_at_six():
    opening = ("mon 9:00", life.OPENED, {"priority": "1"})
    events = record(opening, ("mon 20:00", life.PRIORITISED, {"priority": "2"}))
    assert reading(events, hours(8, 16), "tue 9:00").relaxed


def test_relaxed_is_told_by_the_measure_of_the_earlier_promise():
    fast, slow = terms.Target(ELAPSED, 4 * HOUR), terms.Target("working", 8 * HOUR)
    promise = terms.Terms(SLA, {(RESOLUTION, "1"): fast, (RESOLUTION, "2"): slow})
    opening = ("mon 11:00", life.OPENED, {"priority": "1"})
    events = record(opening, ("mon 15:30", life.PRIORITISED, {"priority": "2"}))
    assert reading(events, promise, "mon 16:00").relaxed


def test_late_under_a_promise_that_allowed_no_less_is_not_relaxed():
    events = record(OPEN, ("tue 17:00", life.PRIORITISED, {"priority": "1"}))
    for promise in (hours(4, 8), hours(8, 8), hours(4)):
        shown = reading(events, promise, "wed 9:00")
        assert (shown.state, shown.relaxed) == ("breached", False)


# -- reopening ----------------------------------------------------------------

REOPENED = (OPEN, ("mon 11:00", life.RESOLVED), ("tue 9:00", life.REOPENED))


def test_reopened_it_continues():
    events = record(*REOPENED)
    assert len(spells_of(events, hours(4))) == 1
    shown = reading(events, hours(4), "tue 10:00")
    assert (shown.state, shown.elapsed) == ("running", 3 * HOUR)
    assert (shown.stopped_at, shown.deadline) == (None, at("tue 11:00"))


def test_reopened_it_restarts_if_the_terms_say_so():
    events, again = record(*REOPENED), hours(4, on_reopen="restart")
    first, second = (reading(events, again, "tue 10:00", spell=n) for n in (0, 1))
    assert (first.state, first.elapsed) == ("met", 2 * HOUR)
    assert (second.elapsed, second.deadline) == (HOUR, at("tue 14:00"))


def test_reopening_does_not_restart_the_response():
    again = hours(4, metric=RESPONSE, on_reopen="restart")
    events = record(*REOPENED)
    assert len(spells_of(events, again, RESPONSE)) == 1
    assert reading(events, again, "fri 9:00", RESPONSE).stopped_at == at("mon 11:00")


# -- response -----------------------------------------------------------------


@pytest.mark.parametrize("kind", [life.RESPONDED, life.RESOLVED, life.CLOSED])
def test_the_first_answer_or_a_solution_settles_the_response(kind):
    steps = (OPEN, ("mon 10:00", kind), ("tue 9:00", life.RESPONDED))
    shown = reading(record(*steps), hours(2, metric=RESPONSE), "fri 9:00", RESPONSE)
    assert (shown.state, shown.stopped_at) == ("met", at("mon 10:00"))


def test_a_later_priority_is_no_matter_of_the_response():
    events = record(
        OPEN,
        ("mon 12:00", life.RESPONDED),
        ("tue 9:00", life.PRIORITISED, {"priority": "1"}),
    )
    promise = hours(1, 4, metric=RESPONSE)
    assert reading(events, promise, "fri 9:00", RESPONSE).state == "met"


def test_cancelled_before_the_answer():
    events = record(OPEN, ("mon 10:00", life.CANCELLED), ("mon 11:00", life.RESPONDED))
    promise = hours(2, metric=RESPONSE)
    assert reading(events, promise, "fri 9:00", RESPONSE).state == "cancelled"
    events = add(events, at("tue 9:00"), life.REOPENED)
    shown = reading(events, promise, "fri 9:00", RESPONSE)
    assert (shown.state, shown.elapsed) == ("met", HOUR)


def test_cancelled_after_the_answer_it_stays_met():
    events = record(OPEN, ("mon 10:00", life.RESPONDED), ("tue 9:00", life.CANCELLED))
    promise = hours(2, metric=RESPONSE)
    assert reading(events, promise, "fri 9:00", RESPONSE).state == "met"


# -- cancelled and detached ---------------------------------------------------


def test_cancelled_and_alive_again():
    events = record(OPEN, ("mon 10:00", life.CANCELLED))
    assert reading(events, hours(4), "fri 9:00").state == "cancelled"
    events = add(events, at("tue 9:00"), life.REOPENED)
    shown = reading(events, hours(4), "tue 10:00")
    assert (shown.state, shown.elapsed) == ("running", 2 * HOUR)


def test_cancelled_after_the_solution_it_is_cancelled():
    events = record(OPEN, ("mon 10:00", life.RESOLVED), ("mon 11:00", life.CANCELLED))
    assert reading(events, hours(4), "fri 9:00").state == "cancelled"


@pytest.mark.parametrize(
    "detached, state, stopped",
    [
        ("mon 10:00", "cancelled", "mon 10:00"),
        ("mon 11:00", "met", "mon 11:00"),
        ("mon 12:00", "met", "mon 11:00"),
    ],
)
def test_detached(detached, state, stopped):
    events = record(OPEN, ("mon 11:00", life.RESOLVED))
    shown = reading(events, hours(4), "fri 9:00", detached_at=at(detached))
    assert (shown.state, shown.stopped_at) == (state, at(stopped))


def test_detached_while_it_runs():
    shown = reading(record(OPEN), hours(4), "fri 9:00", detached_at=at("mon 10:00"))
    assert (shown.state, shown.elapsed, shown.deadline) == ("cancelled", HOUR, None)


# -- teams and suppliers ------------------------------------------------------

TURNS = (
    OPEN,
    ("mon 11:00", life.HANDED, {"team": 2}),
    ("mon 14:00", life.PAUSED, PAUSE),
    ("tue 9:00", life.RESUMED),
    ("tue 12:00", life.HANDED, {"team": 1}),
)


def test_each_turn_of_a_team_has_a_clock():
    events, promise = record(*TURNS), hours(4, kind=OLA)
    shown = [reading(events, promise, "tue 14:00", spell=n) for n in range(3)]
    assert [spell.party for spell in spells_of(events, promise)] == [1, 2, 1]
    assert [s.elapsed // HOUR for s in shown] == [2, 5, 1]
    assert [s.state for s in shown] == ["met", "breached", "running"]
    assert shown[1].stopped_at == at("tue 12:00")


def test_nobodys_turn_has_no_clock():
    events = record(OPEN, ("mon 11:00", life.HANDED, {"team": None}))
    assert [s.party for s in spells_of(events, hours(4, kind=OLA))] == [1]


def test_a_turn_after_the_solution_begins_with_the_reopening():
    events = record(
        OPEN,
        ("mon 11:00", life.RESOLVED),
        ("mon 12:00", life.HANDED, {"team": 2}),
        ("tue 9:00", life.REOPENED),
    )
    first, second = spells_of(events, hours(4, kind=OLA))
    assert (first.handed_at, second.started_at) == (None, at("tue 9:00"))


def test_a_team_answers_by_taking_the_record():
    promise = hours(1, kind=OLA, metric=RESPONSE)
    events = record(
        OPEN,
        ("mon 9:30", life.RESPONDED),
        ("mon 10:00", life.ASSIGNED, {"user": 5}),
        ("mon 11:00", life.HANDED, {"team": 2}),
        ("mon 11:00", life.ASSIGNED, {"user": None}),
        ("mon 14:00", life.HANDED, {"team": 3}),
    )
    shown = [reading(events, promise, "tue 9:00", RESPONSE, spell=n) for n in (0, 1)]
    assert [(s.state, s.stopped_at) for s in shown] == [
        ("met", at("mon 10:00")),
        ("breached", at("mon 14:00")),
    ]


@pytest.mark.parametrize(
    "end", [(life.SUPPLIED, {"supplier": None}), (life.RESOLVED, {})]
)
def test_a_suppliers_clock_runs_through_pauses_until_it_is_back(end):
    events = record(
        OPEN,
        ("mon 10:00", life.SUPPLIED, {"supplier": 7}),
        ("mon 11:00", life.PAUSED, PAUSE),
        ("mon 14:00", *end),
    )
    promise = hours(4, kind=UC)
    shown = reading(events, promise, "fri 9:00")
    assert (shown.state, shown.elapsed) == ("met", 3 * HOUR)
    again = add(events, at("tue 9:00"), life.REOPENED)
    again = add(again, at("tue 9:00"), life.SUPPLIED, {"supplier": 8})
    assert [s.party for s in spells_of(again, promise)] == [7, 8]


# -- measures -----------------------------------------------------------------


def test_around_the_clock():
    events = record(("fri 17:00", life.OPENED), ("fri 18:00", life.PAUSED, PAUSE))
    events = add(events, at("fri 20:00"), life.RESUMED)
    shown = reading(events, one(ELAPSED, 24 * HOUR), "sat 9:00")
    assert (shown.deadline, shown.elapsed) == (at("sat 19:00"), 14 * HOUR)


@pytest.mark.parametrize(
    "days, deadline", [(0, "thu 18:00"), (1, "fri 18:00"), (2, "2 mon 18:00")]
)
def test_by_the_end_of_a_working_day(days, deadline):
    events = record(("thu 10:00", life.OPENED))
    shown = reading(events, one(END_OF_DAY, days), "thu 11:00")
    assert shown.deadline == at(deadline)


def test_a_pause_is_added_to_the_end_of_the_day():
    events = record(("thu 10:00", life.OPENED), ("thu 14:00", life.PAUSED, PAUSE))
    events = add(events, at("thu 16:00"), life.RESUMED)
    shown = reading(events, one(END_OF_DAY, 0), "thu 17:00")
    assert shown.deadline == at("fri 11:00")


def test_a_target_without_working_time_has_no_deadline():
    never = timeline_of(WorkingHours("UTC", ()))
    for measure in (terms.WORKING, END_OF_DAY):
        promise = one(measure, 4)
        (spell,) = spells_of(record(OPEN), promise)
        shown = clock_read(spell, promise, never)
        assert (shown.state, shown.deadline, shown.elapsed) == ("running", None, 0)


def test_no_time_at_all_is_used_up_at_once():
    for now in ("sat 9:00", "sat 10:00", "2 mon 10:00"):
        events = record(("sat 9:00", life.OPENED))
        promise = one(terms.WORKING, 8 * HOUR, warning=0)
        (spell,) = spells_of(events, promise)
        office = timeline_of(WorkingHours("UTC", ROWS))
        shown = clock_read(spell, promise, office, now)
        assert shown.warning_at == at("sat 9:00")


def test_the_real_timeline_tells_the_same():
    events = record(*TURNS)
    (spell,) = spells_of(events, hours(12))
    shown = clock_read(spell, hours(12), timeline_of(WorkingHours("UTC", ROWS)))
    assert shown == reading(events, hours(12), "fri 9:00")
    assert shown.deadline == OFFICE.add(at("tue 9:00"), 8 * HOUR)


def test_events_after_now_count_already():
    events = record(OPEN, ("mon 11:00", life.PAUSED, PAUSE))
    shown = reading(events, hours(4), "mon 10:00")
    assert (shown.state, shown.elapsed) == ("paused", 2 * HOUR)
