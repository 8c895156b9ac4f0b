"""The plan of a request never begins too early, and never stands still by itself."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from itsm_helpdesk.tools import plan
from itsm_helpdesk.tools.plan import Step

NOW = datetime(2026, 3, 2, 10)


def _step(id_, *predecessors, **more):
    return Step(id_, predecessors=frozenset(predecessors), **more)


def _states(steps, **states):
    """Return the steps in other states, given as ``s1="done"``."""
    changed = {int(name[1:]): state for name, state in states.items()}
    return [
        Step(**{**_fields(step), "state": changed.get(step.id, step.state)})
        for step in steps
    ]


def _fields(step):
    return {name: getattr(step, name) for name in Step.__dataclass_fields__}


@st.composite
def plans(draw):
    """Plans whose steps wait for earlier ones, and have later ones stand in.

    Rings can still arise: through what stands in for a predecessor.
    """
    count = draw(st.integers(1, 9))
    steps = []
    for id_ in range(count):
        earlier = st.sets(st.integers(0, id_ - 1)) if id_ else st.just(set())
        last = id_ + 1 == count
        later = st.just(set()) if last else st.sets(st.integers(id_ + 1, count - 1))
        steps.append(
            Step(
                id_,
                state=draw(st.sampled_from([plan.WAITING] * 5 + [plan.SKIPPED])),
                predecessors=frozenset(draw(earlier)),
                on_failure=draw(
                    st.sampled_from([plan.STOP, plan.CONTINUE, plan.BRANCH])
                ),
                branch=frozenset(draw(later)),
                required=draw(st.booleans()),
            )
        )
    return steps


@given(plans().filter(lambda steps: not plan.find_cycle(steps)), st.data())
def test_run_of_any_plan(steps, data):
    """Whatever its steps end like, a plan keeps the order and comes to an end."""
    steps = {step.id: step for step in steps}
    causes = {
        id_: [other for other in steps.values() if id_ in other.stand_ins]
        for id_ in steps
    }
    born_skipped = {id_ for id_, s in steps.items() if s.state == plan.SKIPPED}
    for _turn in range(3 * len(steps) + 2):
        before = dict(steps)
        decision = plan.decide(steps.values())
        if decision.stopped_by:
            assert not decision.start
            assert not decision.skip
            assert all(steps[i].on_failure == plan.STOP for i in decision.stopped_by)
        for id_ in decision.start + decision.skip:
            assert before[id_].state == plan.WAITING
        for id_ in decision.skip:
            _put(steps, id_, plan.SKIPPED)
            # Only what stands in falls away, and only when its case cannot come.
            assert causes[id_]
            assert all(steps[c.id].state != plan.FAILED for c in causes[id_])
        for id_ in decision.start:
            step = steps[id_]
            _put(steps, id_, plan.TODO)
            for other in step.predecessors:
                assert steps[other].state in plan.ENDED_STATES
                # What stands in for a failed one has ended too.
                if steps[other].state == plan.FAILED and id_ not in (
                    steps[other].stand_ins
                ):
                    for stand_in in steps[other].stand_ins:
                        assert steps[stand_in].state in plan.ENDED_STATES
            if causes[id_]:
                assert any(steps[c.id].state == plan.FAILED for c in causes[id_])
        started = [i for i, s in steps.items() if s.state in plan.STARTED_STATES]
        if not started:
            break
        ending = data.draw(st.sampled_from(started))
        end = data.draw(st.sampled_from([plan.DONE, plan.FAILED, plan.CANCELLED]))
        _put(steps, ending, end)
    else:
        pytest.fail("the plan does not come to an end")
    left = [s for s in steps.values() if s.state == plan.WAITING]
    stopped = plan.decide(steps.values()).stopped_by
    assert not left or stopped, "the plan stands still although nothing stopped it"
    for id_ in born_skipped:
        assert steps[id_].state == plan.SKIPPED
    if plan.is_finished(steps.values()):
        assert not stopped
        assert not [s for s in left if s.required]


def _put(steps, id_, state):
    steps[id_] = Step(**{**_fields(steps[id_]), "state": state})


@given(plans())
def test_ring_is_found_exactly_where_layers_fail(steps):
    ring = plan.find_cycle(steps)
    if ring:
        assert set(ring) <= {step.id for step in steps}
        with pytest.raises(ValueError, match="wait"):
            plan.levels(steps)
    else:
        layers = plan.levels(steps)
        assert sorted(id_ for layer in layers for id_ in layer) == sorted(
            step.id for step in steps
        )
        place = {id_: n for n, layer in enumerate(layers) for id_ in layer}
        for step in steps:
            for other in step.predecessors:
                assert place[other] < place[step.id]
            for other in step.stand_ins:
                assert place[other] > place[step.id]


@given(
    plans().filter(lambda steps: not plan.find_cycle(steps)),
    st.lists(st.integers(0, 40), min_size=9, max_size=9),
)
def test_forecast_follows_the_longest_way(steps, hours):
    times = plan.finish_times(
        steps, NOW, lambda id_, start: start + timedelta(hours=hours[id_])
    )
    waiting = {step.id for step in steps if step.state == plan.WAITING}
    causes = {id_ for step in steps for id_ in step.stand_ins}
    assert set(times) == waiting - causes
    for step in steps:
        if step.id not in times:
            continue
        begins = [times[other] for other in step.predecessors if other in times]
        assert times[step.id] == max([NOW, *begins]) + timedelta(hours=hours[step.id])


def test_chain_begins_one_by_one():
    steps = [_step(1), _step(2, 1), _step(3, 1, 2)]
    assert plan.decide(steps).start == (1,)
    assert plan.decide(_states(steps, s1="doing")).start == ()
    assert plan.decide(_states(steps, s1="done")).start == (2,)
    assert plan.decide(_states(steps, s1="done", s2="skipped")).start == (3,)


def test_what_was_given_up_counts_as_ended():
    steps = [_step(1), _step(2, 1)]
    assert plan.decide(_states(steps, s1="cancelled")).start == (2,)


def test_stop_holds_everything():
    steps = [_step(1), _step(2, 1), _step(3)]
    decision = plan.decide(_states(steps, s1="failed"))
    assert decision == plan.Decision(stopped_by=(1,))


def test_continue_goes_on_after_a_failure():
    steps = [_step(1, on_failure=plan.CONTINUE), _step(2, 1)]
    assert plan.decide(_states(steps, s1="failed")).start == (2,)


def test_stand_in_begins_after_the_failure_and_holds_the_successor():
    steps = [
        _step(1, on_failure=plan.BRANCH, branch=frozenset({2})),
        _step(2),
        _step(3, 1),
    ]
    assert plan.decide(steps).start == (1,)
    failed = _states(steps, s1="failed")
    assert plan.decide(failed).start == (2,)
    assert plan.decide(_states(failed, s2="doing")).start == ()
    assert plan.decide(_states(failed, s2="done")).start == (3,)


def test_stand_in_falls_away_without_a_failure():
    steps = [
        _step(1, on_failure=plan.BRANCH, branch=frozenset({2})),
        _step(2),
        _step(3, 1, 2),
    ]
    decision = plan.decide(_states(steps, s1="done"))
    assert (decision.start, decision.skip) == ((3,), (2,))


def test_branch_of_a_step_that_does_not_branch_is_ordinary():
    steps = [_step(1, branch=frozenset({2})), _step(2)]
    assert plan.decide(steps).start == (1, 2)


def test_ring_through_a_stand_in():
    steps = [
        _step(1, on_failure=plan.BRANCH, branch=frozenset({2})),
        _step(2, 3),
        _step(3, 1),
    ]
    assert sorted(plan.find_cycle(steps)) == [2, 3]


def test_ring_of_one():
    assert plan.find_cycle([_step(1, 1)]) == [1]


def test_deep_plan():
    steps = [_step(0), *(_step(i, i - 1) for i in range(1, 5000))]
    assert plan.find_cycle(steps) == []


@pytest.mark.parametrize(
    ("states", "finished"),
    [
        (("done", "todo"), True),
        (("doing", "done"), False),
        (("waiting", "done"), False),
        (("skipped", "done"), True),
        (("skipped", "todo"), False),
        (("skipped", "cancelled"), False),
        (("cancelled", "skipped"), False),
    ],
)
def test_finished(states, finished):
    required, optional = states
    steps = [_step(1, state=required), _step(2, state=optional, required=False)]
    assert plan.is_finished(steps) is finished


def test_plan_that_stopped_is_not_finished():
    assert not plan.is_finished([_step(1, state=plan.FAILED)])
    assert plan.is_finished([_step(1, state=plan.FAILED, on_failure=plan.CONTINUE)])


def test_blockers_name_what_is_open():
    steps = [_step(1), _step(2), _step(3, 1, 2)]
    assert plan.blockers(_states(steps, s1="done", s2="doing")) == {3: [2]}


def test_forecast_counts_on_started_steps_until_they_are_due():
    steps = [
        _step(1, state=plan.DOING, due=NOW + timedelta(hours=5)),
        _step(2, 1),
    ]
    times = plan.finish_times(steps, NOW, lambda _id, at: at + timedelta(hours=1))
    assert times == {2: NOW + timedelta(hours=6)}


def test_forecast_of_a_late_step_begins_now():
    steps = [_step(1, state=plan.DOING, due=NOW - timedelta(hours=5)), _step(2, 1)]
    times = plan.finish_times(steps, NOW, lambda _id, at: at + timedelta(hours=1))
    assert times == {2: NOW + timedelta(hours=1)}


def test_stopped_plan_promises_nothing():
    steps = [_step(1, state=plan.FAILED), _step(2, 1)]
    assert plan.finish_times(steps, NOW, lambda _id, at: at) == {}
