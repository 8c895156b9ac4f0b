"""Match incoming names to records known beforehand, without any query."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from .values import normalize


@dataclass(frozen=True)
class Entry:
    """A known record: its ``id``, ``name`` and other ``keys``.

    Keys are whatever else identifies it: code, e-mail address, login, alias.
    """

    id: int
    name: str
    keys: tuple[str, ...] = ()


@dataclass(frozen=True)
class Match:
    """What a name matched: ``exact`` has one id, ``ambiguous`` several sorted
    ones, ``missing`` none."""

    kind: str
    ids: tuple[int, ...] = ()

    @property
    def id(self) -> int | None:
        """The one id of an exact match, else None."""
        return self.ids[0] if self.kind == "exact" else None


MISSING = Match("missing")


class Directory:
    """Known records of one kind, found by name or key.

    Compared are normalised texts (NFKC, case, spaces), so "ＩＴ  Desk" is
    "it desk". A name that fits one record by name and another by key is
    ambiguous: nothing is preferred silently.

    >>> people = Directory([Entry(7, "Li Na", ("lina@example.org",))])
    >>> people.resolve(["LI NA", "Bob"])["LI NA"].id
    7
    """

    def __init__(self, entries: Iterable[Entry] = ()) -> None:
        self._ids: dict[str, set[int]] = {}
        for entry in entries:
            self.add(entry)

    def add(self, entry: Entry) -> None:
        """Make a record findable, for example one just created."""
        for key in (entry.name, *entry.keys):
            text = normalize(key)
            if text:
                self._ids.setdefault(text, set()).add(entry.id)

    def match(self, name: str) -> Match:
        """What one name stands for."""
        ids = tuple(sorted(self._ids.get(normalize(name), ())))
        if not ids:
            return MISSING
        return Match("exact" if len(ids) == 1 else "ambiguous", ids)

    def resolve(self, names: Iterable[str]) -> dict[str, Match]:
        """Match of each distinct name, in the order they came first."""
        return {name: self.match(name) for name in dict.fromkeys(names)}


def distinct_names(names: Iterable[str | None]) -> list[str]:
    """First spelling of each name, those equal when normalised taken once.

    Says how many records "create the missing ones" would create.
    """
    first: dict[str, str] = {}
    for name in names:
        text = normalize(name)
        if text:
            first.setdefault(text, str(name))
    return list(first.values())
