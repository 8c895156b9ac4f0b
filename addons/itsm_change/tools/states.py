"""The life cycle of a change as a table: which verb leads from which state to which.

Pure data and functions. The states are ITIL 4's (change enablement), as ServiceNow
names them. There is one machine for all types: a type has fewer gates, not another
machine. What has to be true before a verb is used stands in ``gates``.
"""

from __future__ import annotations

from dataclasses import dataclass

DRAFT = "draft"
ASSESS = "assess"
AUTHORIZE = "authorize"
SCHEDULED = "scheduled"
IMPLEMENT = "implement"
REVIEW = "review"
CLOSED = "closed"
CANCELLED = "cancelled"

STATES = (
    DRAFT,
    ASSESS,
    AUTHORIZE,
    SCHEDULED,
    IMPLEMENT,
    REVIEW,
    CLOSED,
    CANCELLED,
)
# Not begun yet, and not given up.
PLANNED_STATES = (DRAFT, ASSESS, AUTHORIZE, SCHEDULED)
OPEN_STATES = (*PLANNED_STATES, IMPLEMENT, REVIEW)
ENDED_STATES = (CLOSED, CANCELLED)
# Its dates are taken: others may collide with it.
BOOKED_STATES = (ASSESS, AUTHORIZE, SCHEDULED, IMPLEMENT)

STANDARD = "standard"
NORMAL = "normal"
EMERGENCY = "emergency"
TYPES = (STANDARD, NORMAL, EMERGENCY)

SUCCESSFUL = "successful"
WITH_ISSUES = "with_issues"
ROLLED_BACK = "rolled_back"
FAILED = "failed"
CLOSE_CODES = (SUCCESSFUL, WITH_ISSUES, ROLLED_BACK, FAILED)
# After these the items are as the change wanted them.
DONE_CODES = (SUCCESSFUL, WITH_ISSUES)


@dataclass(frozen=True)
class Transition:
    """One verb of the life cycle.

    :param verb: as the change's method is called
    :param sources: states from which the verb is allowed
    :param target: state that the verb leads to
    :param types: types of change that have the verb
    """

    verb: str
    sources: frozenset[str]
    target: str
    types: frozenset[str] = frozenset(TYPES)


def _transition(
    verb: str, sources: tuple[str, ...], target: str, *types: str
) -> tuple[str, Transition]:
    return verb, Transition(verb, frozenset(sources), target, frozenset(types or TYPES))


TRANSITIONS: dict[str, Transition] = dict(
    (
        # A standard change was assessed and approved once, as a template.
        _transition("submit", (DRAFT,), ASSESS, NORMAL, EMERGENCY),
        _transition("accept", (ASSESS,), AUTHORIZE, NORMAL, EMERGENCY),
        _transition("send_back", (ASSESS, AUTHORIZE, SCHEDULED), DRAFT),
        # Nobody's button: follows from the approval, or from there being none to ask.
        _transition("authorize", (AUTHORIZE,), SCHEDULED, NORMAL, EMERGENCY),
        _transition("reauthorize", (SCHEDULED,), AUTHORIZE, NORMAL, EMERGENCY),
        _transition("schedule", (DRAFT,), SCHEDULED, STANDARD),
        _transition("start", (SCHEDULED,), IMPLEMENT),
        # An emergency may begin before anybody has decided; that is made up for later.
        _transition("start_now", (DRAFT, ASSESS, AUTHORIZE), IMPLEMENT, EMERGENCY),
        _transition("finish", (IMPLEMENT,), REVIEW),
        _transition("close", (REVIEW,), CLOSED),
        _transition("cancel", PLANNED_STATES, CANCELLED),
    )
)


def is_allowed(verb: str, state: str, change_type: str) -> bool:
    """Tell whether ``verb`` may be used on a change of a type in ``state``."""
    transition = TRANSITIONS[verb]
    return state in transition.sources and change_type in transition.types


def allowed_verbs(state: str, change_type: str) -> frozenset[str]:
    """Return the verbs for a change of a type in ``state``."""
    return frozenset(
        verb for verb in TRANSITIONS if is_allowed(verb, state, change_type)
    )
