"""Laws that hold for the clocks of any record's life, whatever happened in it."""

from dataclasses import replace
from datetime import timedelta

from clock_strategies import (
    HOUR,
    OFFICE,
    add,
    anything,
    at,
    budgets,
    ending,
    gaps,
    handing,
    later,
    lives,
    outcome,
    pausing,
    priorities,
    prioritising,
    promises,
    reading,
    running_time,
    spells_of,
    supplying,
)
from hypothesis import given
from hypothesis import strategies as st
from itsm_sla.tools import clock, life, terms
from itsm_sla.tools.terms import OLA, RESOLUTION, RESPONSE, SLA, UC

SECOND = timedelta(seconds=1)
metrics = st.sampled_from(terms.METRICS)


def situation_at(events, moment):
    """Return the situation that all events up to a moment led to."""
    situation = life.Situation()
    for event in life.effective(events):
        if event.at <= moment:
            situation = life.after(situation, event)
    return situation


def redundant(situation, number):
    """Return steps that change nothing for the customer in a situation."""
    if situation.pause and not situation.ended:
        stand = {"reason": situation.pause}
        twice = [(life.RESUMED, {}), (life.PAUSED, stand)]
        other = [(life.PAUSED, {"reason": 9})]
    else:
        twice = [(life.PAUSED, {"reason": 9}), (life.RESUMED, {})]
        other = [(life.RESUMED, {})]
    choices = (
        [(life.ASSIGNED, {"user": 8})],
        [(life.HANDED, {"team": 8})],
        [(life.SUPPLIED, {"supplier": 8})],
        [(life.PRIORITISED, {"priority": situation.priority})],
        twice,
        other,
    )
    return choices[number % len(choices)]


def with_time_left(promise, events):
    """Return the promise with all the time added that the record used so far."""
    used = running_time(events, later(events))
    return replace(
        promise,
        targets={
            key: replace(target, amount=target.amount + used)
            for key, target in promise.targets.items()
        },
    )


@given(
    events=lives(anything),
    promise=promises(),
    metric=metrics,
    extras=st.lists(st.tuples(gaps, st.integers(0, 5)), min_size=1, max_size=4),
    wait=gaps,
)
def test_redundant_events_change_nothing(events, promise, metric, extras, wait):
    now = later(events, wait)
    more = events
    for gap, number in extras:
        moment = min(events[0].at + timedelta(seconds=gap), now)
        for kind, data in redundant(situation_at(more, moment), number):
            more = add(more, moment, kind, data)
    shown = reading(more, promise, now, metric)
    plain = reading(events, promise, now, metric)
    assert outcome(shown) == outcome(plain)
    assert shown.relaxed == plain.relaxed


@given(
    events=lives(pausing, prioritising, handing, ending), promise=promises(), wait=gaps
)
def test_elapsed_is_the_running_working_time(events, promise, wait):
    now = later(events, wait)
    assert reading(events, promise, now).elapsed == running_time(events, now)


@given(
    events=lives(pausing, prioritising, max_size=14),
    promise=promises(),
    ends=st.booleans(),
    wait=gaps,
)
def test_reprioritising_never_loses_a_pause(events, promise, ends, wait):
    now = later(events, wait)
    if ends:
        events = add(events, now, life.RESOLVED)
    final = situation_at(events, now).priority
    calm = [e for e in events if e.kind != life.PRIORITISED]
    calm[0] = replace(calm[0], data={**calm[0].data, "priority": final})
    assert outcome(reading(events, promise, now)) == outcome(
        reading(calm, promise, now)
    )


@given(
    events=lives(pausing, prioritising, handing),
    promise=promises(on_reopen="restart"),
    worked=gaps,
    rested=gaps,
    steps=st.lists(st.tuples(gaps, anything), max_size=4),
)
def test_restart_leaves_the_first_spell_alone(events, promise, worked, rested, steps):
    before = add(events, later(events, worked), life.RESOLVED)
    again = later(before, rested)
    after = add(before, again, life.REOPENED)
    for gap, (kind, data) in steps:
        after = add(after, later(after, gap + 1), kind, data)
    now = later(after, HOUR)
    assert reading(after, promise, now, spell=0) == reading(before, promise, again)
    assert spells_of(after, promise)[1].started_at == again
    fresh = reading(after, promise, again, spell=1)
    if not steps:
        assert (fresh.elapsed, fresh.state) == (0, clock.RUNNING)


@given(events=lives(anything, max_size=12), wait=gaps)
def test_restarted_spells_together_are_the_continued_clock(events, wait):
    again = terms.Terms(
        SLA, {(RESOLUTION, ""): terms.Target("working", HOUR)}, "restart"
    )
    on = replace(again, on_reopen="continue")
    now = later(events, wait)
    parts = [
        reading(events, again, now, spell=index)
        for index in range(len(spells_of(events, again)))
    ]
    assert sum(p.elapsed for p in parts) == reading(events, on, now).elapsed


@given(events=lives(pausing, prioritising, handing), promise=promises(), wait=gaps)
def test_deadline_is_when_replay_first_says_breached(events, promise, wait):
    events = add(events, later(events), life.RESUMED)
    promise = with_time_left(promise, events)
    shown = reading(events, promise, later(events))
    assert shown.state == clock.RUNNING
    due = shown.deadline
    assert reading(events, promise, due - SECOND).state == clock.RUNNING
    assert reading(events, promise, due).state == clock.BREACHED
    for now in (later(events, wait), due - SECOND, due, due + timedelta(days=30)):
        assert reading(events, promise, now).deadline == due
    in_time = reading(add(events, due, life.RESOLVED), promise, due)
    assert (in_time.state, in_time.deadline) == (clock.MET, due)
    late = reading(add(events, due + SECOND, life.RESOLVED), promise, due)
    assert (late.state, late.deadline) == (clock.BREACHED, due)


@given(events=lives(pausing, prioritising), promise=promises(), wait=gaps)
def test_a_clock_that_stands_still_never_runs_out(events, promise, wait):
    promise = with_time_left(promise, events)
    events = add(events, later(events), life.PAUSED)
    shown = reading(events, promise, later(events))
    assert (shown.state, shown.deadline) == (clock.PAUSED, None)
    assert outcome(reading(events, promise, later(events, wait))) == outcome(shown)


@given(
    events=lives(anything),
    kind=st.sampled_from([SLA, OLA, UC]),
    metric=metrics,
    wait=gaps,
    data=st.data(),
)
def test_segments_add_up_without_a_gap(events, kind, metric, wait, data):
    promise = data.draw(promises(kind=kind))
    now = later(events, wait)
    for index, spell in enumerate(spells_of(events, promise, metric)):
        shown = reading(events, promise, now, metric, spell=index)
        until = shown.stopped_at or now
        borders = [spell.started_at, *(s.end for s in shown.segments)]
        assert [s.start for s in shown.segments] == borders[:-1]
        assert borders[-1] == until
        assert all(s.start < s.end for s in shown.segments)
        assert sum(s.working for s in shown.segments) == OFFICE.between(
            spell.started_at, until
        )
        ran = [s.working for s in shown.segments if s.phase == clock.RUNNING]
        assert shown.elapsed == sum(ran)


@given(events=lives(pausing, prioritising, handing, ending), wait=gaps)
def test_segments_say_how_the_record_stood(events, wait):
    promise = terms.Terms(SLA, {(RESOLUTION, ""): terms.Target("working", HOUR)})
    for segment in reading(events, promise, later(events, wait)).segments:
        held = situation_at(events, segment.start)
        assert (segment.priority, segment.team, segment.user, segment.supplier) == (
            held.priority,
            held.team,
            held.user,
            held.supplier,
        )
        assert segment.cause == (held.ended or held.pause)
        assert segment.working == OFFICE.between(segment.start, segment.end)


@given(events=lives(pausing, prioritising, handing), wait=gaps)
def test_turns_of_teams_add_up_to_the_customers_time(events, wait):
    now = later(events, wait)
    target = {(RESOLUTION, ""): terms.Target("working", HOUR)}
    ola, sla = terms.Terms(OLA, target), terms.Terms(SLA, target)
    turns = spells_of(events, ola)
    shown = [reading(events, ola, now, spell=index) for index in range(len(turns))]
    assert sum(one.elapsed for one in shown) == reading(events, sla, now).elapsed
    for turn, following, one in zip(turns, turns[1:], shown, strict=False):
        assert turn.party != following.party
        assert one.stopped_at == following.started_at
        assert one.state in (clock.MET, clock.BREACHED)
        assert {s.team for s in one.segments} == {turn.party}
    assert shown[-1].stopped_at is None


@given(events=lives(pausing, prioritising, supplying), wait=gaps)
def test_a_suppliers_time_is_all_the_working_time_of_the_hand_off(events, wait):
    promise = terms.Terms(UC, {(RESOLUTION, ""): terms.Target("working", HOUR)})
    now = later(events, wait)
    for index, spell in enumerate(spells_of(events, promise)):
        shown = reading(events, promise, now, spell=index)
        until = shown.stopped_at or now
        assert shown.elapsed == OFFICE.between(spell.started_at, until)
        assert {s.supplier for s in shown.segments} <= {spell.party}


@given(
    events=lives(pausing, prioritising, ending),
    promise=promises(),
    steps=st.lists(st.tuples(gaps, anything), min_size=1, max_size=5),
    wait=gaps,
)
def test_after_the_answer_the_response_is_settled(events, promise, steps, wait):
    # A cancelled record has no response to settle, so it is reopened first.
    answered = add(events, later(events), life.REOPENED)
    answered = add(answered, later(answered), life.RESPONDED)
    more = answered
    for gap, (kind, data) in steps:
        more = add(more, later(more, gap + 1), kind, data)
    now = later(more, wait)
    assert reading(more, promise, now, RESPONSE) == reading(
        answered, promise, now, RESPONSE
    )


@given(
    events=lives(anything, max_size=6),
    promise=promises(),
    wrong=st.dictionaries(
        st.integers(1, 6), st.lists(gaps, min_size=1, max_size=3), max_size=4
    ),
    stray=st.lists(st.tuples(gaps, anything), max_size=3),
    wait=gaps,
)
def test_a_corrected_life_is_as_if_it_had_been_right(
    events, promise, wrong, stray, wait
):
    now = later(events, wait)
    history, corrections = [], []
    number = 100
    for event in events:
        versions = [
            replace(event, at=events[0].at + timedelta(seconds=gap))
            for gap in wrong.get(event.id - 1, ())
        ]
        versions.append(event)
        history.append(versions[0])
        for version in versions[1:]:
            before = corrections[-1].id if corrections else None
            chained = version is not versions[1]
            number += 1
            corrections.append(
                replace(version, id=number, replaces=before if chained else event.id)
            )
    for gap, (kind, data) in stray:
        moment = events[0].at + timedelta(seconds=gap)
        corrections.append(life.Event(moment, kind, data, number + 1))
        corrections.append(
            life.Event(moment, life.VOIDED, {}, number + 2, replaces=number + 1)
        )
        number += 2
    assert reading(history + corrections, promise, now) == reading(events, promise, now)


@given(
    events=lives(anything),
    promise=promises(),
    metric=metrics,
    wait=gaps,
    random=st.randoms(use_true_random=False),
)
def test_the_order_in_which_events_are_given_is_no_matter(
    events, promise, metric, wait, random
):
    shuffled = list(events)
    random.shuffle(shuffled)
    now = later(events, wait)
    assert reading(shuffled, promise, now, metric) == reading(
        events, promise, now, metric
    )


@given(
    events=lives(anything),
    promise=promises(),
    amounts=st.lists(budgets | st.just(0), min_size=2, max_size=6),
    wait=gaps,
)
def test_moments_come_in_the_order_of_the_time_used(events, promise, amounts, wait):
    shown = reading(events, promise, later(events, wait))
    found = [shown.moment_of(amount) for amount in sorted(amounts)]
    reached = [moment for moment in found if moment]
    assert found[: len(reached)] == reached == sorted(reached)


@given(events=lives(pausing, prioritising), promise=promises(), amount=budgets)
def test_at_its_moment_an_amount_is_used_up(events, promise, amount):
    events = add(events, later(events), life.RESUMED)
    shown = reading(events, promise, later(events))
    amount += shown.elapsed
    moment = shown.moment_of(amount)
    assert reading(events, promise, moment).elapsed == amount
    assert reading(events, promise, moment - SECOND).elapsed == amount - 1


@given(
    kind=st.sampled_from([SLA, OLA, UC]),
    targets=st.dictionaries(
        st.tuples(metrics, priorities | st.just("")),
        st.builds(
            terms.Target,
            st.sampled_from([terms.WORKING, terms.ELAPSED, terms.END_OF_DAY]),
            budgets,
            st.integers(0, 100),
        ),
    ),
    on_reopen=st.sampled_from(["continue", "restart"]),
    pauses=st.booleans(),
)
def test_terms_survive_json(kind, targets, on_reopen, pauses):
    promise = terms.Terms(kind, targets, on_reopen, pauses)
    assert terms.Terms.from_json(promise.as_json()) == promise
    turned = terms.Terms(kind, dict(reversed(list(targets.items()))), on_reopen, pauses)
    assert turned.as_json() == promise.as_json()


@given(seconds=st.integers(0, 700 * 24 * HOUR))
def test_a_clock_due_in_two_years_tells_the_same_deadline_all_along(seconds):
    start = at("mon 9:00")
    days = 2 * 261
    far = terms.Terms(
        SLA, {(RESOLUTION, ""): terms.Target(terms.WORKING, days * 8 * HOUR)}
    )
    events = [life.Event(start, life.OPENED, {"priority": "2"}, 1)]
    shown = reading(events, far, start + timedelta(seconds=seconds))
    assert shown.deadline == OFFICE.add(start, days * 8 * HOUR)
    assert shown.deadline.year == 2028
    assert shown.state == clock.RUNNING
