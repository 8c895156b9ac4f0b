"""When a thing is free, and what speaks against booking it: plain arithmetic.

A thing has one or several pieces alike. A booking takes some of them from its start to
its end; before and after it, the same pieces are kept for getting ready and for
cleaning up. All times are UTC without a zone.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

Spell = tuple[datetime, datetime]

_STEP = timedelta(minutes=30)
_EPOCH = datetime(1970, 1, 1)

# What speaks against a booking; the caller has the sentences.
ORDER = "order"
PAST = "past"
LEAD = "lead"
LONGEST = "longest"
CLOSED = "closed"
TOO_MANY = "too_many"
TAKEN = "taken"


@dataclass(frozen=True)
class Use:
    """A spell in which pieces are taken, with the time before and after."""

    start: datetime
    end: datetime
    quantity: int = 1


@dataclass(frozen=True)
class Terms:
    """On which terms a thing is booked; minutes, 0 for no limit."""

    quantity: int = 1
    before: int = 0
    after: int = 0
    lead: int = 0
    longest: int = 0

    def blocked(self, start: datetime, end: datetime) -> Spell:
        """Return from when until when a booking keeps its pieces."""
        return (
            start - timedelta(minutes=self.before),
            end + timedelta(minutes=self.after),
        )


def peak(uses: Iterable[Use], start: datetime, end: datetime) -> int:
    """Return the most pieces that are taken at one moment between two."""
    changes = []
    for use in uses:
        if use.start < end and use.end > start:
            changes.append((use.start, use.quantity))
            changes.append((use.end, -use.quantity))
    most = taken = 0
    # What ends at a moment makes room for what begins at it: ends sort first.
    for _moment, quantity in sorted(changes):
        taken += quantity
        most = max(most, taken)
    return most


def gaps(
    uses: Sequence[Use], start: datetime, end: datetime, terms: Terms, wanted: int = 1
) -> list[Spell]:
    """Return the spells between two moments in which a booking may lie.

    Of what others took; hours are another matter.
    """
    if not 0 < wanted <= terms.quantity:
        return []
    low, high = terms.blocked(start, end)
    moments = {low, high}
    for use in uses:
        moments.update(each for each in (use.start, use.end) if low < each < high)
    spells: list[Spell] = []
    ordered = sorted(moments)
    for first, last in itertools.pairwise(ordered):
        if peak(uses, first, last) + wanted > terms.quantity:
            continue
        if spells and spells[-1][1] == first:
            spells[-1] = (spells[-1][0], last)
        else:
            spells.append((first, last))
    before, after = timedelta(minutes=terms.before), timedelta(minutes=terms.after)
    shrunk = [(first + before, last - after) for first, last in spells]
    return [spell for spell in shrunk if spell[0] < spell[1]]


def common(one: Iterable[Spell], other: Sequence[Spell]) -> list[Spell]:
    """Return what lies in both of two lists of spells."""
    both = [
        (max(start, first), min(end, last))
        for start, end in one
        for first, last in other
    ]
    return sorted(spell for spell in both if spell[0] < spell[1])


def starts(
    opened: Sequence[Spell], free: Sequence[Spell], earliest: datetime
) -> list[datetime]:
    """Return the full and half hours at which a booking may begin."""
    return [
        moment
        for start, end in common(opened, free)
        for moment in _steps(max(start, earliest), end)
        if moment + _STEP <= end
    ]


def ends(
    start: datetime,
    opened: Sequence[Spell],
    free: Sequence[Spell],
    terms: Terms,
) -> list[datetime]:
    """Return the full and half hours at which a booking from ``start`` may end."""
    around = next((spell for spell in free if spell[0] <= start < spell[1]), None)
    if not around:
        return []
    last = around[1]
    if terms.longest:
        last = min(last, start + timedelta(minutes=terms.longest))
    return [
        moment
        for first, end in opened
        for moment in _steps(max(first, start), min(end, last), with_end=True)
        if moment > max(first, start)
    ]


def refusal(
    start: datetime,
    end: datetime,
    wanted: int,
    opened: Sequence[Spell],
    uses: Sequence[Use],
    terms: Terms,
    now: datetime,
) -> str | None:
    """Return what speaks against a booking, None for nothing.

    :param opened: the open spells, at least from before ``start`` to after ``end``
    :param uses: what is taken around that time
    """
    if end <= start:
        return ORDER
    # The half hour that has just begun can still be taken.
    if start < now - _STEP:
        return PAST
    if terms.lead and start < now + timedelta(minutes=terms.lead):
        return LEAD
    if terms.longest and end - start > timedelta(minutes=terms.longest):
        return LONGEST
    if not 0 < wanted <= terms.quantity:
        return TOO_MANY
    begins = any(first <= start < last for first, last in opened)
    stops = any(first < end <= last for first, last in opened)
    # Between, the doors may be shut: a car stays out over night.
    if not (begins and stops):
        return CLOSED
    if peak(uses, *terms.blocked(start, end)) + wanted > terms.quantity:
        return TAKEN
    return None


def overbooked(uses: Sequence[Use], quantity: int) -> Use | None:
    """Return the first use during which more is taken than there is."""
    return next(
        (use for use in uses if peak(uses, use.start, use.end) > quantity), None
    )


def shares(spells: Iterable[Spell], start: datetime, end: datetime) -> list[tuple]:
    """Return spells as percent of a window: ``(left, width)`` for a bar."""
    whole = (end - start).total_seconds()
    return [
        (
            round(100 * (first - start).total_seconds() / whole, 2),
            round(100 * (last - first).total_seconds() / whole, 2),
        )
        for first, last in common(spells, [(start, end)])
    ]


def _steps(start: datetime, end: datetime, with_end: bool = False) -> Iterator:
    """Yield the full and half hours of a spell."""
    moment = start + (_EPOCH - start) % _STEP
    while moment < end or with_end and moment == end:
        yield moment
        moment += _STEP
