"""What happened to a record, as the situation it was in from moment to moment.

Pure functions on append-only events; no database, no Odoo. A record is anything
that is promised in time: a ticket, a task, a change. The vocabulary is ITIL 4's
(service level management, incident management).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

OPENED = "opened"
RESPONDED = "responded"
PAUSED = "paused"
RESUMED = "resumed"
PRIORITISED = "prioritised"
HANDED = "handed"
ASSIGNED = "assigned"
SUPPLIED = "supplied"
RESOLVED = "resolved"
REOPENED = "reopened"
CLOSED = "closed"
CANCELLED = "cancelled"
ATTACHED = "attached"
DETACHED = "detached"
VOIDED = "voided"

KINDS = (
    OPENED,
    RESPONDED,
    PAUSED,
    RESUMED,
    PRIORITISED,
    HANDED,
    ASSIGNED,
    SUPPLIED,
    RESOLVED,
    REOPENED,
    CLOSED,
    CANCELLED,
    ATTACHED,
    DETACHED,
    VOIDED,
)
# Events that tell of policies, not of the record.
ATTACHMENTS = (ATTACHED, DETACHED)
# Events that tell what a record is like, and which of the facts each one sets.
_FACTS = {
    OPENED: ("priority", "team", "user", "supplier"),
    PRIORITISED: ("priority",),
    HANDED: ("team",),
    ASSIGNED: ("user",),
    SUPPLIED: ("supplier",),
}
_NO_PAUSE = {"pause": None, "waits": None}


@dataclass(frozen=True)
class Event:
    """Something that matters to time.

    :param at: naive UTC moment
    :param kind: one of :data:`KINDS`
    :param data: facts of the kind: ``priority``, ``team``, ``user``, ``supplier``
        (ids; None for nobody), ``reason`` and ``stops`` of a pause (``stops`` tells
        whether clocks stand still), ``policy`` of an attachment
    :param id: order among events of the same moment
    :param replaces: id of the event that this one corrects
    """

    at: datetime
    kind: str
    data: Mapping[str, Any] = field(default_factory=dict)
    id: int = 0
    replaces: int | None = None


@dataclass(frozen=True)
class Situation:
    """How a record stands between two events.

    :param ended: None while it is open, else ``resolved``, ``closed``, ``cancelled``
    :param pause: cause for which the clocks stand still, None while they run
    :param waits: what the record waits for, whether clocks stand still or not
    :param responded: the requester has had an answer
    """

    priority: str | None = None
    team: int | None = None
    user: int | None = None
    supplier: int | None = None
    pause: Any = None
    waits: Any = None
    ended: str | None = None
    responded: bool = False

    def stands_like(self, other: Situation) -> bool:
        """Tell whether only pause and answer differ, if anything."""
        same = replace(
            self, pause=other.pause, waits=other.waits, responded=other.responded
        )
        return same == other


def effective(events: Iterable[Event]) -> list[Event]:
    """Return the events that count, in order: corrected ones are left out.

    A correction stands in for the event it replaces, at its place among events of
    the same moment. Of several corrections of one event the last counts, and one of
    kind ``voided`` only takes it out.
    """
    events = list(events)
    origin: dict[int, int] = {}
    latest: dict[int, int] = {}
    for event in sorted(events, key=lambda event: event.id):
        if event.replaces:
            origin[event.id] = origin.get(event.replaces, event.replaces)
            latest[origin[event.id]] = event.id

    def place(event: Event) -> int:
        return origin.get(event.id, event.id)

    counted = [
        event
        for event in events
        if event.kind != VOIDED and latest.get(place(event), event.id) == event.id
    ]
    return sorted(counted, key=lambda event: (event.at, place(event)))


def after(situation: Situation, event: Event) -> Situation:
    """Return the situation that an event leads to."""
    changes: dict[str, Any] = {
        name: event.data.get(name) or None
        for name in _FACTS.get(event.kind, ())
        if name in event.data
    }
    if event.kind == RESPONDED:
        changes["responded"] = True
    elif event.kind == PAUSED:
        cause = event.data.get("reason") or True
        stops = event.data.get("stops", True)
        changes |= {"waits": cause, "pause": cause if stops else None}
    elif event.kind == RESUMED:
        changes |= _NO_PAUSE
    elif event.kind in (RESOLVED, CLOSED):
        # A solution is an answer too, if there was none before.
        changes |= {"ended": event.kind, "responded": True, **_NO_PAUSE}
    elif event.kind == CANCELLED:
        changes |= {"ended": CANCELLED, **_NO_PAUSE}
    elif event.kind == REOPENED:
        changes |= {"ended": None, **_NO_PAUSE}
    return replace(situation, **changes) if changes else situation


def live(events: Iterable[Event]) -> list[tuple[datetime, Situation]]:
    """Return each situation with the moment from which it held.

    What happens within one second counts as done at once, so that no order of its
    events makes a turn or an answer that never was; only endings stay apart.

    :param events: effective events in order; what comes before the opening only
        adds facts
    :return: the first entry is the opening; empty when the record never opened
    """
    situation = Situation()
    life: list[tuple[datetime, Situation]] = []
    opened = False
    for event in events:
        following = after(situation, event)
        opening = event.kind == OPENED and not opened
        opened = opened or opening
        if opened and (opening or following != situation):
            _put(life, event.at, following)
        situation = following
    return life


def standing(events: Iterable[Event]) -> Situation:
    """Return the situation that effective events lead to."""
    situation = Situation()
    for event in events:
        situation = after(situation, event)
    return situation


def _put(
    life: list[tuple[datetime, Situation]], at: datetime, situation: Situation
) -> None:
    """Add a situation; it takes the place of one that held for no time."""
    if life and life[-1][0] == at and life[-1][1].ended == situation.ended:
        life.pop()
    if not life or life[-1][1] != situation:
        life.append((at, situation))
