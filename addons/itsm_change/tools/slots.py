"""Times for a change, and which of them is best: pure functions.

A candidate costs points for each thing that speaks against it; what each cost is kept
as a reason, so that people read why one time is better than another. What is blocked
comes last whatever else is good about it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

Interval = tuple[datetime, datetime]

LOW, MEDIUM, HIGH = "low", "medium", "high"
# Keys of reasons.
BLOCKED, WARNED, INFORMED = "block", "warn", "inform"
AWAY, BUSY, OFFICE, LEAD = "away", "busy", "office", "lead"

BEST = 100
CONFLICT_POINTS = {WARNED: 25, INFORMED: 5}
AWAY_POINTS, OFFICE_POINTS, LEAD_POINTS, BUSY_POINTS, MOST_BUSY = 30, 40, 15, 10, 30
# The more there is at stake, the more an outage in office hours and haste weigh.
WEIGHT = {LOW: 0.5, MEDIUM: 1.0, HIGH: 1.5}
# So long before it begins people can get ready.
LEAD_TIME = {
    LOW: timedelta(hours=4),
    MEDIUM: timedelta(hours=24),
    HIGH: timedelta(hours=72),
}
STEPS = tuple(timedelta(minutes=m) for m in (15, 30, 60, 120, 180, 240, 360, 720))
DAY = timedelta(days=1)
QUARTER = timedelta(minutes=15)


@dataclass(frozen=True)
class Slot:
    """A time for a change, and what is known about it.

    :param conflicts: severities of what speaks against it
    :param away: how much of it the crew is not at work, 0 to 1; None: not known
    :param busy: other changes of the same team at that time
    :param office: how much of the outage falls into office hours, 0 to 1; None: no
        outage, or no hours known
    """

    start: datetime
    end: datetime
    conflicts: tuple[str, ...] = ()
    away: float | None = None
    busy: int = 0
    office: float | None = None


@dataclass(frozen=True)
class Ranked:
    """A slot with its score, 0 to 100, and what each reason took from it."""

    slot: Slot
    score: int
    costs: tuple[tuple[str, float], ...]

    @property
    def is_blocked(self) -> bool:
        """Tell whether something forbids this time."""
        return BLOCKED in self.slot.conflicts


def share(part: timedelta | float, whole: timedelta | float) -> float:
    """Return how much of a whole a part is, between 0 and 1."""
    return min(1.0, max(0.0, part / whole)) if whole else 0.0


# ----------------------------------------------------------------------
# Candidates
# ----------------------------------------------------------------------


def starts(
    span: Interval, length: timedelta, moments: Iterable[datetime] = (), most: int = 240
) -> list[datetime]:
    """Return moments at which something of some length could begin within a span.

    They lie on a grid as fine as ``most`` allows. Moments at which something opens or
    ends are tried too: a slot that begins there fits better than the grid does.

    :param moments: those that lie outside of the span, or are too late, are left out
    :param most: so many on the grid, and as many moments, at most
    """
    first, last = ceil(span[0]), span[1] - length
    if length <= timedelta(0) or first > last:
        return []
    room = last - first
    step = next((s for s in STEPS if room / s < most), None)
    if step is None:
        step = DAY * max(1, -(-room // (DAY * most)))
    grid = {first + n * step for n in range(room // step + 1)}
    extra = sorted({ceil(m) for m in moments} - grid)
    return sorted(grid | set([m for m in extra if first <= m <= last][:most]))


def ceil(moment: datetime) -> datetime:
    """Return the next quarter of an hour."""
    day = moment.replace(hour=0, minute=0, second=0, microsecond=0)
    return day + -(-(moment - day) // QUARTER) * QUARTER


# ----------------------------------------------------------------------
# Ranking
# ----------------------------------------------------------------------


def judge(slot: Slot, risk: str, now: datetime) -> Ranked:
    """Return a slot with what speaks against it in points."""
    weight = WEIGHT[risk]
    costs = [
        (key, float(points * slot.conflicts.count(key)))
        for key, points in CONFLICT_POINTS.items()
    ]
    costs += [
        (AWAY, AWAY_POINTS * (slot.away or 0.0)),
        (BUSY, float(min(MOST_BUSY, BUSY_POINTS * slot.busy))),
        (OFFICE, OFFICE_POINTS * weight * (slot.office or 0.0)),
        (LEAD, LEAD_POINTS * weight * haste(slot.start - now, LEAD_TIME[risk])),
    ]
    spent = sum(points for _key, points in costs)
    score = 0 if BLOCKED in slot.conflicts else max(0, round(BEST - spent))
    return Ranked(slot, score, tuple(each for each in costs if each[1]))


def haste(ahead: timedelta, wanted: timedelta) -> float:
    """Return how much of the time to get ready is missing, 0 to 1."""
    return 1.0 - share(ahead, wanted)


def rank(slots: Iterable[Slot], risk: str, now: datetime) -> list[Ranked]:
    """Return slots, the best first; of equals the earlier one."""
    judged = [judge(slot, risk, now) for slot in slots]
    return sorted(judged, key=_order)


def _order(ranked: Ranked):
    spent = sum(points for _key, points in ranked.costs)
    blocks = ranked.slot.conflicts.count(BLOCKED)
    return blocks, spent, ranked.slot.start, ranked.slot.end


def choose(ranked: Iterable[Ranked], count: int) -> list[Ranked]:
    """Return the best that do not overlap: others of the same evening say nothing new.

    What is blocked is only shown where nothing else is left.

    :param ranked: the best first
    """
    chosen: list[Ranked] = []
    for each in ranked:
        if len(chosen) == count:
            break
        if each.is_blocked and chosen and not chosen[0].is_blocked:
            break
        if all(_apart(each.slot, other.slot) for other in chosen):
            chosen.append(each)
    return chosen


def _apart(one: Slot, other: Slot) -> bool:
    return one.end <= other.start or other.end <= one.start
