"""Decide whether a source may overwrite what another one said. Pure Python.

A source of a lower rank is believed more. What it said holds against worse sources
for its days of freshness; a manual edit is nothing but a statement of a source too,
so it is an override that ends by itself.

>>> from datetime import datetime
>>> count = Held(Standing(1, rank=10, freshness_days=365), datetime(2026, 3, 1))
>>> scan = Standing(2, rank=60, freshness_days=30)
>>> decide(scan, count, datetime(2026, 3, 2)).reason
'held'
>>> decide(scan, count, datetime(2027, 3, 2)).reason
'expired'
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

_FAR = datetime(9999, 12, 31)


@dataclass(frozen=True)
class Standing:
    """How far a source is believed about one attribute of one class."""

    source_id: int
    rank: int
    freshness_days: int
    never: bool = False


@dataclass(frozen=True)
class Held:
    """Who said the present value, and when."""

    standing: Standing
    since: datetime

    @property
    def until(self) -> datetime:
        """The moment up to which the statement stands against worse sources."""
        days = max(0, self.standing.freshness_days)
        try:
            return self.since + timedelta(days=days)
        except OverflowError:
            return _FAR


@dataclass(frozen=True)
class Decision:
    """Whether a source may write, and why.

    ``reason``: ``never`` (a rule forbids it), ``free`` (nobody said the present
    value), ``own``, ``better`` or ``equal`` (rank), ``expired``, or ``held``, where
    ``held`` says by whom.
    """

    may: bool
    reason: str
    held: Held | None = None


def decide(speaker: Standing, held: Held | None, now: datetime) -> Decision:
    """Whether ``speaker`` may replace a value that is ``held`` by another source."""
    if speaker.never:
        return Decision(False, "never")
    if held is None:
        return Decision(True, "free")
    if held.standing.source_id == speaker.source_id:
        return Decision(True, "own", held)
    if held.standing.rank > speaker.rank:
        return Decision(True, "better", held)
    if held.standing.rank == speaker.rank:
        return Decision(True, "equal", held)
    if now >= held.until:
        return Decision(True, "expired", held)
    return Decision(False, "held", held)


@dataclass(frozen=True)
class Rule:
    """A rule that gives a source another standing for a class, a key, or both.

    ``class_id`` 0 is any class, ``key`` "" any attribute; None keeps the source's.
    """

    source_id: int
    class_id: int = 0
    key: str = ""
    never: bool = False
    rank: int | None = None
    freshness_days: int | None = None


class Standings:
    """Answers how far each source is believed, by the most particular rule.

    A rule of the attribute goes before one of all attributes; among these the one of
    the nearest class on the path from the item's class up.
    """

    def __init__(
        self, sources: Iterable[Standing], exceptions: Iterable[Rule] = ()
    ) -> None:
        self._sources = {source.source_id: source for source in sources}
        self._exceptions: Mapping[tuple[int, int, str], Rule] = {
            (rule.source_id, rule.class_id, rule.key): rule for rule in exceptions
        }
        self._known: dict[tuple[int, Sequence[int], str], Standing | None] = {}

    def of(self, source_id: int, path: tuple[int, ...], key: str) -> Standing | None:
        """Standing of a source for a key of items of a class.

        :param path: ids of the class and of those above it, the class first
        """
        place = (source_id, path, key)
        if place not in self._known:
            self._known[place] = self._find(source_id, path, key)
        return self._known[place]

    def _find(self, source_id: int, path: tuple[int, ...], key: str) -> Standing | None:
        source = self._sources.get(source_id)
        if source is None:
            return None
        for name in (key, ""):
            for class_id in (*path, 0):
                rule = self._exceptions.get((source_id, class_id, name))
                if rule:
                    return _applied(source, rule)
        return source


def _applied(source: Standing, rule: Rule) -> Standing:
    changes: dict[str, int] = {}
    if rule.rank is not None:
        changes["rank"] = rule.rank
    if rule.freshness_days is not None:
        changes["freshness_days"] = rule.freshness_days
    return replace(source, never=rule.never, **changes)
