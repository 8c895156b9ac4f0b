"""Laws of votes: whatever people decide, in whatever order."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from itsm_approval.tools import quorum
from itsm_approval.tools.quorum import Voice, line_outcome, step_outcome

DECISIONS = st.sampled_from([quorum.APPROVE, quorum.REJECT, None])
RULES = st.sampled_from(quorum.RULES)


@st.composite
def voices(draw, min_size=0, decisions=DECISIONS):
    """Voices of a line; those cast have ranks in time of their own."""
    made = draw(st.lists(decisions, min_size=min_size, max_size=8))
    ranks = draw(st.permutations(range(len(made))))
    return [Voice(decision, rank) for decision, rank in zip(made, ranks, strict=True)]


@st.composite
def lines(draw):
    """A rule with its figures, and voices."""
    return (
        draw(RULES),
        draw(voices(min_size=1)),
        draw(st.integers(1, 10)),
        draw(st.floats(0.1, 100)),
    )


@given(RULES)
def test_nobody_decides_nothing(rule):
    """A line without voices stays open: it is neither granted nor refused."""
    assert line_outcome(rule, []) == quorum.OPEN


@given(lines())
def test_order_of_voices_does_not_matter(line):
    rule, cast, minimum, percent = line
    outcome = line_outcome(rule, cast, minimum, percent)
    assert line_outcome(rule, reversed(cast), minimum, percent) == outcome


@given(lines())
def test_everybody_agreeing_grants_what_can_be_granted(line):
    rule, cast, minimum, percent = line
    agreed = [Voice(quorum.APPROVE, voice.order) for voice in cast]
    reachable = rule != quorum.AT_LEAST or minimum <= len(cast)
    expected = quorum.GRANTED if reachable else quorum.REFUSED
    assert line_outcome(rule, agreed, minimum, percent) == expected


@given(lines())
def test_everybody_rejecting_refuses(line):
    rule, cast, minimum, percent = line
    rejected = [Voice(quorum.REJECT, voice.order) for voice in cast]
    assert line_outcome(rule, rejected, minimum, percent) == quorum.REFUSED


@given(lines())
def test_a_decision_is_final(line):
    """What is decided stays so, whatever the silent ones say later."""
    rule, cast, minimum, percent = line
    outcome = line_outcome(rule, cast, minimum, percent)
    if outcome == quorum.OPEN:
        return
    for later in (quorum.APPROVE, quorum.REJECT):
        completed = [
            voice if voice.decision else Voice(later, 100 + rank)
            for rank, voice in enumerate(cast)
        ]
        assert line_outcome(rule, completed, minimum, percent) == outcome


@given(lines())
def test_all_voices_cast_decide(line):
    """No line waits when nobody is left to wait for."""
    rule, cast, minimum, percent = line
    if all(voice.decision for voice in cast):
        assert line_outcome(rule, cast, minimum, percent) != quorum.OPEN


@given(voices(min_size=1), st.integers(1, 10))
def test_at_least_counts(cast, minimum):
    approvals = sum(voice.decision == quorum.APPROVE for voice in cast)
    granted = line_outcome(quorum.AT_LEAST, cast, minimum) == quorum.GRANTED
    assert granted == (approvals >= minimum)


@given(st.integers(1, 60), st.floats(0.1, 100))
def test_share_is_reached_and_not_overshot(count, percent):
    """So many reach the share as it is shown, one less does not."""
    wanted = quorum.needed(quorum.PERCENT, count, percent=percent)
    assert 1 <= wanted <= count
    if wanted > 1:
        assert round(100 * (wanted - 1) / count, 1) < percent


@pytest.mark.parametrize(
    ("count", "percent", "wanted"),
    [
        (3, 66.7, 2),
        (3, 66, 2),
        (3, 67, 3),
        (2, 50, 1),
        (4, 51, 3),
        (3, 100, 3),
        (1, 1, 1),
    ],
)
def test_shares_as_people_mean_them(count, percent, wanted):
    assert quorum.needed(quorum.PERCENT, count, percent=percent) == wanted


@given(voices(min_size=1))
def test_one_objection_is_a_veto(cast):
    objected = any(voice.decision == quorum.REJECT for voice in cast)
    assert (line_outcome(quorum.VETO, cast) == quorum.REFUSED) == objected


@given(voices(min_size=1))
def test_first_decision_counts(cast):
    made = [voice for voice in cast if voice.decision]
    outcome = line_outcome(quorum.ANY, cast)
    if not made:
        assert outcome == quorum.OPEN
    else:
        first = min(made, key=lambda voice: voice.order)
        assert (outcome == quorum.GRANTED) == (first.decision == quorum.APPROVE)


# ----------------------------------------------------------------------
# Steps
# ----------------------------------------------------------------------

OUTCOMES = st.sampled_from([quorum.OPEN, quorum.GRANTED, quorum.REFUSED])


@given(st.lists(st.tuples(RULES, OUTCOMES), min_size=1, max_size=5))
def test_step(found):
    outcome = step_outcome(found)
    states = [state for _rule, state in found]
    others = [state for rule, state in found if rule != quorum.VETO]
    if quorum.REFUSED in states:
        assert outcome == quorum.REFUSED
    elif others:
        assert (outcome == quorum.GRANTED) == (set(others) == {quorum.GRANTED})
    else:
        assert (outcome == quorum.GRANTED) == (set(states) == {quorum.GRANTED})


def test_silence():
    """A veto that nobody used agrees; others are rejected or left alone."""
    assert quorum.silence(quorum.VETO, action_rejects=False) == quorum.APPROVE
    assert quorum.silence(quorum.VETO, action_rejects=True) == quorum.APPROVE
    assert quorum.silence(quorum.ALL, action_rejects=True) == quorum.REJECT
    assert quorum.silence(quorum.ALL, action_rejects=False) is None


@pytest.mark.parametrize(
    ("rule", "minimum", "present", "need"),
    [("any", 3, 5, 1), ("all", 1, 0, 1), ("all", 1, 4, 4), ("at_least", 2, 5, 2)],
)
def test_people_needed(rule, minimum, present, need):
    assert quorum.people_needed(rule, minimum, present=present) == need
