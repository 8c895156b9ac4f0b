"""Which gates a change of a type and risk has to pass before a verb is used.

Pure data and functions. A gate is a rule: *before this verb, for these types, from
this risk on, this fact has to hold*. The facts are gathered by the record; the rules
are rows that a change manager edits. There is one machine of states for all types.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from . import states

RISKS = ("low", "medium", "high")
# The verb that leads on, for each state; a standard change skips to the dates.
_NEXT = {
    states.DRAFT: "submit",
    states.ASSESS: "accept",
    states.AUTHORIZE: "authorize",
    states.SCHEDULED: "start",
    states.IMPLEMENT: "finish",
    states.REVIEW: "close",
}


@dataclass(frozen=True)
class Gate:
    """One rule.

    :param key: name of the fact that has to hold
    :param verb: verb that it guards
    :param types: types of change that it is for
    :param min_risk: risk from which on it is asked for
    :param outage_only: whether it is for changes with an outage only
    """

    key: str
    verb: str
    types: frozenset[str] = frozenset(states.TYPES)
    min_risk: str = RISKS[0]
    outage_only: bool = False


@dataclass(frozen=True)
class Facts:
    """What is known of a change.

    :param risk: a risk that nobody has assessed counts as the highest
    :param holds: for each key whether the fact holds; what is not there does not
    :param idle: keys of facts that say nothing about such a change
    """

    type: str
    risk: str | None
    has_outage: bool
    holds: Mapping[str, bool]
    idle: frozenset[str] = frozenset()


def next_verb(state: str, change_type: str) -> str | None:
    """Return the verb that leads a change on, None where it has ended."""
    if state == states.DRAFT and change_type == states.STANDARD:
        return "schedule"
    return _NEXT.get(state)


def applies(gate: Gate, facts: Facts) -> bool:
    """Tell whether a gate is for such a change."""
    risk = facts.risk if facts.risk in RISKS else RISKS[-1]
    return (
        gate.key not in facts.idle
        and facts.type in gate.types
        and RISKS.index(risk) >= RISKS.index(gate.min_risk)
        and (facts.has_outage or not gate.outage_only)
    )


def asked(facts: Facts, rules: Iterable[Gate], verb: str) -> tuple[str, ...]:
    """Return the keys that have to hold before a verb, each once, in order."""
    return tuple(
        dict.fromkeys(
            gate.key for gate in rules if gate.verb == verb and applies(gate, facts)
        )
    )


def missing(facts: Facts, rules: Iterable[Gate], verb: str) -> tuple[str, ...]:
    """Return the keys that do not hold yet, though the verb asks for them."""
    return tuple(
        key for key in asked(facts, rules, verb) if not facts.holds.get(key, False)
    )
