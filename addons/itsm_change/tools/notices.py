"""When people who are affected by a change are told of it, and what.

Pure data and functions. What is due follows from the state and the dates of a change
and from what was told already, so a job that runs twice, or late, tells nothing twice
and leaves nothing out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from . import states

PLANNED = "planned"
STARTED = "started"
ENDED = "ended"
MOVED = "moved"
CANCELLED = "cancelled"
PHASES = (PLANNED, STARTED, ENDED, MOVED, CANCELLED)
# After these nothing more is told.
LAST_PHASES = (ENDED, CANCELLED)
# Nobody wants a mail because work is a few minutes off.
TOLERANCE = timedelta(minutes=15)


@dataclass(frozen=True)
class Told:
    """What was told once.

    :param start: when the work begins, as it was told; None where it was left open
    """

    phase: str
    start: datetime | None = None
    end: datetime | None = None


def is_moved(
    told: Told, start: datetime | None, end: datetime | None, has_begun: bool = False
) -> bool:
    """Tell whether dates are no longer those that were told."""
    if told.end is None or end is None:
        return told.end is not end
    if abs(told.end - end) > TOLERANCE:
        return True
    if has_begun:
        return False
    if told.start is None or start is None:
        return told.start is not start
    return abs(told.start - start) > TOLERANCE


def due(
    state: str,
    start: datetime | None,
    end: datetime | None,
    told: Sequence[Told],
    now: datetime,
    ahead: timedelta,
) -> str | None:
    """Return what people have to be told now, or None.

    :param told: what they were told, oldest first
    :param ahead: how long before its start planned work is told of
    """
    last = told[-1] if told else None
    if last and last.phase in LAST_PHASES:
        return None
    if state == states.SCHEDULED:
        if last:
            return MOVED if is_moved(last, start, end) else None
        return PLANNED if start and start - ahead <= now else None
    if state == states.IMPLEMENT:
        if all(one.phase != STARTED for one in told):
            return STARTED
        return MOVED if is_moved(last, start, end, has_begun=True) else None
    if not last:
        return None
    if state == states.CANCELLED:
        return CANCELLED
    if state in (states.REVIEW, states.CLOSED):
        return ENDED
    # Given back: the promised moment comes, and nothing will happen.
    return MOVED if last.start and last.start <= now else None
