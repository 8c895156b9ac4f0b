"""The machine of changes and the gates that a fresh installation has."""

import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from itsm_change.tools import gates, states
from itsm_change.tools.gates import Facts, Gate

DATA = Path(__file__).resolve().parents[2] / "addons/itsm_change/data"
KINDS = st.sampled_from(states.TYPES)
RISKS = st.sampled_from([*gates.RISKS, None])
# The verbs of each state, as the issue words them.
VERBS = {
    "draft": {
        "standard": "schedule cancel",
        "normal": "submit cancel",
        "emergency": "submit start_now cancel",
    },
    "assess": {
        "standard": "send_back cancel",
        "normal": "accept send_back cancel",
        "emergency": "accept send_back start_now cancel",
    },
    "authorize": {
        "standard": "send_back cancel",
        "normal": "authorize send_back cancel",
        "emergency": "authorize send_back start_now cancel",
    },
    "scheduled": {
        "standard": "start send_back cancel",
        "normal": "start send_back reauthorize cancel",
        "emergency": "start send_back reauthorize cancel",
    },
    "implement": dict.fromkeys(states.TYPES, "finish"),
    "review": dict.fromkeys(states.TYPES, "close"),
    "closed": dict.fromkeys(states.TYPES, ""),
    "cancelled": dict.fromkeys(states.TYPES, ""),
}


def shipped_gates() -> tuple[Gate, ...]:
    """Return the gates of a fresh installation, read from their data file."""
    tree = ET.parse(DATA / "itsm_change_gate_data.xml")
    found = []
    for record in tree.iter("record"):
        values = {
            field.get("name"): field.get("eval") or field.text
            for field in record.iter("field")
        }
        defaults = {"standard": "False", "normal": "True", "emergency": "False"}
        found.append(
            Gate(
                key=values["key"],
                verb=values["verb"],
                types=frozenset(
                    kind
                    for kind, default in defaults.items()
                    if values.get(f"for_{kind}", default) == "True"
                ),
                min_risk=values.get("min_risk", "low"),
                outage_only=values.get("outage_only") == "True",
            )
        )
    return tuple(found)


GATES = shipped_gates()
KEYS = sorted({gate.key for gate in GATES})


def facts(kind="normal", risk="low", outage=False, holds=()) -> Facts:
    """Return facts, of which those named hold."""
    return Facts(kind, risk, outage, dict.fromkeys(holds, True))


@pytest.mark.parametrize("state", states.STATES)
@pytest.mark.parametrize("kind", states.TYPES)
def test_verbs_of_each_state(state, kind):
    """Each state of each type has these verbs and no others."""
    assert states.allowed_verbs(state, kind) == set(VERBS[state][kind].split())


@given(KINDS, st.sampled_from(states.STATES))
def test_the_next_verb_is_possible(kind, state):
    """What the form proposes can be done; what has ended has nothing to propose."""
    verb = gates.next_verb(state, kind)
    if state in states.ENDED_STATES:
        assert verb is None
    elif not (kind == "standard" and state in ("assess", "authorize")):
        assert states.is_allowed(verb, state, kind)
        assert states.TRANSITIONS[verb].target != "cancelled"


def test_gates_guard_verbs_that_there_are():
    """A gate of a verb that its type does not have would never be looked at."""
    assert len(GATES) > 25
    for gate in GATES:
        transition = states.TRANSITIONS[gate.verb]
        assert gate.types and gate.types <= transition.types, gate
        assert gate.min_risk in gates.RISKS


def test_what_a_fresh_installation_asks_for():
    """Higher risks ask for more; standard changes were approved as templates."""
    asked = {
        (kind, risk): {
            verb: set(gates.asked(facts(kind, risk), GATES, verb))
            for verb in states.TRANSITIONS
        }
        for kind in states.TYPES
        for risk in gates.RISKS
    }
    low, medium, high = (asked["normal", risk] for risk in gates.RISKS)
    assert low["start"] < medium["start"] < high["start"]
    assert {"evidence_restore", "tests"} <= high["start"] - medium["start"]
    assert "approval" in low["authorize"] and "approval" in low["start"]
    assert {"duties_accept", "plan_backout", "window"} <= low["accept"]
    standard = asked["standard", "low"]
    assert "template" in standard["schedule"]
    assert not any("approval" in keys for keys in standard.values())
    for kind, verb in (
        ("standard", "start"),
        ("normal", "start"),
        ("emergency", "start"),
        ("emergency", "start_now"),
    ):
        assert {"window", "freeze"} <= asked[kind, "low"][verb], (kind, verb)
    assert "late_approval" in asked["emergency", "low"]["close"]


@given(KINDS, RISKS, st.booleans(), st.sets(st.sampled_from(KEYS)))
def test_missing_is_what_is_asked_and_does_not_hold(kind, risk, outage, holds):
    """Against a plain reading of the rows, also with more risk and more facts."""
    known = Facts(kind, risk, outage, dict.fromkeys(holds, True))
    level = {"low": 0, "medium": 1, "high": 2, None: 2}
    for verb in states.TRANSITIONS:
        plain = {
            gate.key
            for gate in GATES
            if gate.verb == verb
            and kind in gate.types
            and level[risk] >= level[gate.min_risk]
            and (outage or not gate.outage_only)
        }
        assert set(gates.asked(known, GATES, verb)) == plain
        missing = gates.missing(known, GATES, verb)
        assert set(missing) == plain - holds
        assert len(missing) == len(set(missing))


@given(KINDS, st.booleans(), st.sets(st.sampled_from(KEYS)))
def test_more_risk_never_asks_for_less(kind, outage, holds):
    """And an unknown risk asks for as much as the highest."""
    for verb in states.TRANSITIONS:
        found = [
            set(gates.missing(facts(kind, risk, outage, holds), GATES, verb))
            for risk in (*gates.RISKS, None)
        ]
        assert found[0] <= found[1] <= found[2] == found[3]


class Life(RuleBasedStateMachine):
    """A change whose facts come and go, and people who try everything."""

    @initialize(kind=KINDS)
    def begin(self, kind):
        """Make a draft."""
        self.kind, self.risk, self.outage = kind, None, False
        self.state, self.holds, self.way = states.DRAFT, set(), []

    @rule(risk=RISKS, outage=st.booleans())
    def assess(self, risk, outage):
        """Find another risk."""
        self.risk, self.outage = risk, outage

    @rule(keys=st.sets(st.sampled_from(KEYS)))
    def become(self, keys):
        """Let other facts hold."""
        self.holds = keys

    @rule()
    def fulfil(self):
        """Let all facts hold."""
        self.holds = set(KEYS)

    @rule(verb=st.sampled_from(sorted(states.TRANSITIONS)))
    def use(self, verb):
        """Use a verb as the addon does: state and type first, then the gates."""
        known = facts(self.kind, self.risk, self.outage, self.holds)
        if not states.is_allowed(verb, self.state, self.kind):
            return
        if gates.missing(known, GATES, verb):
            return
        self.way.append((self.state, verb, frozenset(self.holds)))
        self.state = states.TRANSITIONS[verb].target

    def _last(self, *verbs):
        """Return what held when one of the verbs was used last."""
        held = [holds for _state, verb, holds in self.way if verb in verbs]
        return held[-1] if held else None

    @invariant()
    def nothing_begins_that_must_not(self):
        """Whatever happened, work that goes on began with what it needs."""
        if getattr(self, "state", None) not in ("implement", "review", "closed"):
            return
        held = self._last("start", "start_now")
        assert held is not None and {"window", "freeze"} <= held
        if self.kind == "normal":
            assert {"approval", "duties_approve"} <= held
            assert {"plan_backout", "assessment"} <= self._last("accept")
        if self.kind == "standard":
            assert {"template", "implementer"} <= self._last("schedule")

    @invariant()
    def nothing_is_scheduled_without_a_decision(self):
        """Approved, or made from an approved template."""
        if getattr(self, "state", None) != "scheduled":
            return
        key = "template" if self.kind == "standard" else "approval"
        assert key in self._last("authorize", "schedule")

    @invariant()
    def nothing_closes_without_a_review_by_others(self):
        """And emergencies that began undecided are decided on by then."""
        if getattr(self, "state", None) != "closed" or self.kind == "standard":
            return
        assert {"review", "duties_review"} <= self._last("close")
        if self.kind == "emergency":
            assert "late_approval" in self._last("close")

    @invariant()
    def what_has_ended_stays(self):
        """Closed and cancelled changes have no way back."""
        ends = [
            i
            for i, (state, *_rest) in enumerate(getattr(self, "way", ()))
            if state in states.ENDED_STATES
        ]
        assert not ends


TestLife = Life.TestCase
TestLife.settings = settings(max_examples=300, stateful_step_count=40, deadline=None)
