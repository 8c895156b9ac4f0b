"""The bar that shows a requester how much of the promised time is used."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

USED, PAUSED, LATE, LEFT = "used", "paused", "late", "left"
RUNNING = "running"


@dataclass(frozen=True)
class Bar:
    """A bar from the moment of the promise to its end, or to now if that is later.

    :param pieces: what it consists of, in order: kind and share in percent
    :param mark: where the promised time ends, in percent
    :param seconds: how long each kind lasts, together
    """

    pieces: tuple[tuple[str, float], ...]
    mark: float
    seconds: dict[str, int]


def draw(stretches: Iterable[tuple[str, int]], budget: int) -> Bar:
    """Return the bar of a promise.

    :param stretches: the life of the clock: phase and seconds on its hours
    :param budget: promised seconds
    """
    left = budget
    found: list[tuple[str, int]] = []
    for phase, seconds in stretches:
        if phase != RUNNING:
            found.append((PAUSED, seconds))
            continue
        used = min(seconds, left)
        left -= used
        found += [(USED, used), (LATE, seconds - used)]
    found.append((LEFT, left))
    total = sum(seconds for _kind, seconds in found)
    sums = dict.fromkeys((USED, PAUSED, LATE, LEFT), 0)
    for kind, seconds in found:
        sums[kind] += seconds
    return Bar(_shares(found, total), _end_of_promise(found, total), sums)


def _shares(found: list[tuple[str, int]], total: int) -> tuple[tuple[str, float], ...]:
    """Return the pieces in percent; neighbours of one kind are one piece."""
    merged: list[tuple[str, int]] = []
    for kind, seconds in found:
        if not seconds:
            continue
        if merged and merged[-1][0] == kind:
            merged[-1] = (kind, merged[-1][1] + seconds)
        else:
            merged.append((kind, seconds))
    return tuple((kind, round(100 * seconds / total, 2)) for kind, seconds in merged)


def _end_of_promise(found: list[tuple[str, int]], total: int) -> float:
    """Return where the promise ends: where lateness begins, else at the end."""
    before = 0
    for kind, seconds in found:
        if kind == LATE and seconds:
            return round(100 * before / total, 2)
        before += seconds
    return 100.0
