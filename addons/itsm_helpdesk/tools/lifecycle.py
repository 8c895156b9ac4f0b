"""The life cycle of a ticket as a table: which verb leads from which state to which.

Pure data and functions, so that the rules can be read in one place, tested
without a database and quoted in error messages. State names are ITIL 4's
(incident management, service request management).
"""

from __future__ import annotations

from dataclasses import dataclass

STATES = (
    "new",
    "approval",
    "in_progress",
    "pending",
    "resolved",
    "closed",
    "cancelled",
)
OPEN_STATES = ("new", "approval", "in_progress", "pending")
ENDED_STATES = ("closed", "cancelled")
DONE_STATES = ("resolved", *ENDED_STATES)

AGENT = "agent"
REQUESTER = "requester"
# Nobody's button: what follows from a decision that was taken elsewhere.
SYSTEM = "system"


@dataclass(frozen=True)
class Transition:
    """One verb of the life cycle.

    :param verb: name of the verb, as the ticket's method is called
    :param sources: states from which the verb is allowed
    :param target: state that the verb leads to
    :param actors: roles that may use it: ``agent``, ``requester``, or ``system``
    """

    verb: str
    sources: frozenset[str]
    target: str
    actors: frozenset[str] = frozenset({AGENT})


def _transition(
    verb: str, sources: tuple[str, ...], target: str, *actors: str
) -> tuple[str, Transition]:
    return verb, Transition(
        verb, frozenset(sources), target, frozenset(actors or (AGENT,))
    )


TRANSITIONS: dict[str, Transition] = dict(
    (
        _transition("start", ("new", "pending"), "in_progress"),
        _transition("set_pending", ("new", "in_progress", "pending"), "pending"),
        _transition("resume", ("pending",), "in_progress"),
        _transition("ask_approval", ("new", "in_progress", "pending"), "approval"),
        _transition("approve", ("approval",), "in_progress", SYSTEM),
        _transition("refuse", ("approval",), "cancelled", SYSTEM),
        _transition("resolve", ("new", "in_progress", "pending"), "resolved"),
        _transition("close", ("resolved",), "closed", AGENT, REQUESTER),
        _transition(
            "reopen",
            ("resolved", "closed", "cancelled"),
            "in_progress",
            AGENT,
            REQUESTER,
        ),
        _transition("cancel", OPEN_STATES, "cancelled", AGENT, REQUESTER),
    )
)

# What a person who drags a card to a stage means, by the state of that stage.
VERB_FOR_TARGET = {
    "in_progress": {
        "new": "start",
        "pending": "resume",
        "resolved": "reopen",
        "closed": "reopen",
        "cancelled": "reopen",
    },
    "pending": dict.fromkeys(("new", "in_progress"), "set_pending"),
    "resolved": dict.fromkeys(("new", "in_progress", "pending"), "resolve"),
    "closed": {"resolved": "close"},
    "cancelled": dict.fromkeys(OPEN_STATES, "cancel"),
}


def is_allowed(verb: str, state: str) -> bool:
    """Tell whether ``verb`` may be used on a ticket in ``state``."""
    return state in TRANSITIONS[verb].sources


def verb_between(source: str, target: str) -> str | None:
    """Return the verb that leads from one state to another, or None."""
    return VERB_FOR_TARGET.get(target, {}).get(source)


def allowed_verbs(state: str, actor: str) -> frozenset[str]:
    """Return the verbs that ``actor`` may use on a ticket in ``state``."""
    return frozenset(
        verb
        for verb, transition in TRANSITIONS.items()
        if state in transition.sources and actor in transition.actors
    )
