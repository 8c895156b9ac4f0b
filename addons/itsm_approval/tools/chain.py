"""Chains of managers: upwards, and out of every loop."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TypeVar

Key = TypeVar("Key")


def upwards(start: Key | None, above: Mapping[Key, Key | None]) -> Iterator[Key]:
    """Yield the keys above ``start``, nearest first.

    Ends at the top, and where the chain would come back to somebody already seen or
    to ``start`` itself: whoever manages themselves has no manager.
    """
    seen = {start}
    key = above.get(start) if start is not None else None
    while key is not None and key not in seen:
        yield key
        seen.add(key)
        key = above.get(key)


def unique(keys: Iterable[Key]) -> list[Key]:
    """Return the keys without repetition, in order."""
    return list(dict.fromkeys(keys))


def pick(
    candidates: Iterable[Key],
    fits: Callable[[Key], bool],
    need: int = 1,
    levels: int | None = None,
) -> list[Key]:
    """Return the candidates who decide.

    :param fits: tells whether somebody may decide
    :param need: how many there must be
    :param levels: for chains: how far up; where that does not give enough people who
        fit, the chain is followed on upwards. None: all candidates are wanted.
    """
    found: list[Key] = []
    for level, key in enumerate(unique(candidates)):
        if levels is not None and level >= levels and len(found) >= need:
            break
        if fits(key):
            found.append(key)
    return found
