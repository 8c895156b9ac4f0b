"""The subject of a request, made from a pattern and the answers."""

from __future__ import annotations

import re

_PLACE = re.compile(r"\{\s*([A-Za-z0-9_]+)\s*\}")
# What is left over around an answer that nobody gave.
_LOOSE_ENDS = re.compile(r"^[\s:,;/·—–-]+|[\s:,;/·—–-]+$")


def fill(pattern: str, words: dict[str, str]) -> str:
    """Return the pattern with each ``{key}`` replaced by its word.

    Keys without a word disappear. Words are text only: nothing in them is replaced
    again.

    >>> fill("{service}: {device} for {who}", {"service": "Loan", "device": "Laptop"})
    'Loan: Laptop for'
    >>> fill("{service}: {device}", {"service": "Loan"})
    'Loan'
    """
    filled = _PLACE.sub(lambda place: words.get(place[1]) or "", pattern)
    return _LOOSE_ENDS.sub("", " ".join(filled.split()))


def keys(pattern: str) -> set[str]:
    """Return the keys that a pattern asks for."""
    return set(_PLACE.findall(pattern))
