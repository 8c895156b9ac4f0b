"""The table of transitions holds together."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from itsm_helpdesk.tools import lifecycle
from itsm_helpdesk.tools.lifecycle import (
    AGENT,
    DONE_STATES,
    OPEN_STATES,
    REQUESTER,
    STATES,
    SYSTEM,
    TRANSITIONS,
    VERB_FOR_TARGET,
)

# The rules once more, as the issue words them: what may be done in which state.
AGENTS_VERBS = {
    "new": "start set_pending ask_approval resolve cancel",
    "approval": "cancel",
    "in_progress": "set_pending ask_approval resolve cancel",
    "pending": "start set_pending resume ask_approval resolve cancel",
    "resolved": "close reopen",
    "closed": "reopen",
    "cancelled": "reopen",
}
REQUESTERS_VERBS = {
    "new": "cancel",
    "approval": "cancel",
    "in_progress": "cancel",
    "pending": "cancel",
    "resolved": "close reopen",
    "closed": "reopen",
    "cancelled": "reopen",
}
# What follows from the votes; nobody's button.
SYSTEMS_VERBS = {"approval": "approve refuse"}
TARGETS = {
    "start": "in_progress",
    "set_pending": "pending",
    "resume": "in_progress",
    "ask_approval": "approval",
    "approve": "in_progress",
    "refuse": "cancelled",
    "resolve": "resolved",
    "close": "closed",
    "reopen": "in_progress",
    "cancel": "cancelled",
}

states = st.sampled_from(STATES)
verbs = st.sampled_from(sorted(TRANSITIONS))


def test_states_are_open_or_done():
    assert set(OPEN_STATES) | set(DONE_STATES) == set(STATES)
    assert not set(OPEN_STATES) & set(DONE_STATES)


@pytest.mark.parametrize("state", STATES)
def test_who_may_do_what(state):
    mine = lifecycle.allowed_verbs(state, REQUESTER)
    assert mine == set(REQUESTERS_VERBS[state].split())
    assert lifecycle.allowed_verbs(state, AGENT) == set(AGENTS_VERBS[state].split())
    systems = set(SYSTEMS_VERBS.get(state, "").split())
    assert lifecycle.allowed_verbs(state, SYSTEM) == systems


def test_where_verbs_lead():
    assert {verb: t.target for verb, t in TRANSITIONS.items()} == TARGETS


@pytest.mark.parametrize("verb", TRANSITIONS)
def test_verbs_lead_from_and_to_known_states(verb):
    transition = TRANSITIONS[verb]
    assert transition.verb == verb
    assert transition.sources
    assert transition.sources | {transition.target} <= set(STATES)
    if transition.actors != {SYSTEM}:
        assert transition.actors <= {AGENT, REQUESTER}
        assert AGENT in transition.actors, "an agent can do whatever a requester can"


@given(verb=verbs, state=states)
def test_allowed_is_what_the_table_says(verb, state):
    expected = state in TRANSITIONS[verb].sources
    assert lifecycle.is_allowed(verb, state) is expected
    for actor in (AGENT, REQUESTER, SYSTEM):
        is_offered = verb in lifecycle.allowed_verbs(state, actor)
        assert is_offered is (expected and actor in TRANSITIONS[verb].actors)


@given(state=states)
def test_requester_never_has_more_verbs_than_an_agent(state):
    mine = lifecycle.allowed_verbs(state, REQUESTER)
    assert mine <= lifecycle.allowed_verbs(state, AGENT)
    assert mine <= {"close", "reopen", "cancel"}


@given(source=states, target=states)
def test_a_drag_means_a_verb_that_leads_there(source, target):
    verb = lifecycle.verb_between(source, target)
    if verb:
        assert lifecycle.is_allowed(verb, source)
        assert TRANSITIONS[verb].target == target
    else:
        # Nobody can get there in one step, or has not moved at all. Asking for approval
        # is no drag: somebody must say whose.
        usable = lifecycle.allowed_verbs(source, AGENT) - {"ask_approval"}
        reached = {TRANSITIONS[name].target for name in usable}
        assert source == target or target not in reached


def test_every_drag_of_the_table_is_a_verb():
    for sources in VERB_FOR_TARGET.values():
        assert set(sources.values()) <= set(TRANSITIONS)


@given(moves=st.lists(verbs, max_size=30))
def test_no_sequence_of_verbs_leads_into_a_trap(moves):
    """From wherever a ticket gets, work on it can be taken up again or is open."""
    state = "new"
    for verb in moves:
        if lifecycle.is_allowed(verb, state):
            state = TRANSITIONS[verb].target
    assert lifecycle.allowed_verbs(state, AGENT)
    assert state in OPEN_STATES or "reopen" in lifecycle.allowed_verbs(state, AGENT)


def test_nothing_becomes_new_again():
    assert "new" not in {transition.target for transition in TRANSITIONS.values()}


def test_closing_goes_through_resolved():
    assert TRANSITIONS["close"].sources == {"resolved"}
