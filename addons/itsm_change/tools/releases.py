"""The life of a release as a table: which verb leads from which state to which.

Pure data and functions, as ``states`` is for changes.
"""

from __future__ import annotations

from collections.abc import Iterable

from . import states as change_states

PLANNED = "planned"
BUILDING = "building"
TESTING = "testing"
READY = "ready"
DEPLOYED = "deployed"
ROLLED_BACK = "rolled_back"
CANCELLED = "cancelled"
STATES = (PLANNED, BUILDING, TESTING, READY, DEPLOYED, ROLLED_BACK, CANCELLED)
# What is in it may still be altered: it has not been tested.
OPEN_STATES = (PLANNED, BUILDING)
UNDEPLOYED_STATES = (PLANNED, BUILDING, TESTING, READY)

TRANSITIONS: dict[str, tuple[tuple[str, ...], str]] = {
    "start_building": ((PLANNED,), BUILDING),
    "hand_to_test": ((BUILDING,), TESTING),
    "reject": ((TESTING, READY), BUILDING),
    "sign_off": ((TESTING,), READY),
    "deploy": ((READY,), DEPLOYED),
    "roll_back": ((READY, DEPLOYED), ROLLED_BACK),
    "cancel": (UNDEPLOYED_STATES, CANCELLED),
}

WAITING = "waiting"
DONE = "done"
UNDONE = "undone"
MIXED = "mixed"


def outcome(changes: Iterable[tuple[str, str | None]]) -> str:
    """Return what the changes of a release have come to.

    :param changes: state and close code of each
    :return: ``waiting`` while one is open or none was made, ``done`` where all that
        were made went well, ``undone`` where none did, else ``mixed``
    """
    made = [
        (state, code) for state, code in changes if state != change_states.CANCELLED
    ]
    if not made or any(state != change_states.CLOSED for state, _code in made):
        return WAITING
    good = [code in change_states.DONE_CODES for _state, code in made]
    if all(good):
        return DONE
    return MIXED if any(good) else UNDONE
