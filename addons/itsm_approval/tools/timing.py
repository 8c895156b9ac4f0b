"""When an open step is looked at next, and what a pause does to its moments."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

Moment = datetime | None


def next_at(*moments: Moment) -> Moment:
    """Return the earliest of the moments that there are."""
    return min((moment for moment in moments if moment), default=None)


def resumed(
    moment: Moment,
    paused_at: datetime,
    now: datetime,
    between: Callable[[datetime, datetime], float],
    add: Callable[[datetime, float], datetime],
) -> Moment:
    """Return a moment that stood still since ``paused_at``.

    What was left of the time then is left again from now on. A moment that had come
    already when the pause began stays.

    :param between: hours between two moments
    :param add: the moment some hours after another
    """
    if not moment or moment <= paused_at:
        return moment
    return add(now, between(paused_at, moment))
