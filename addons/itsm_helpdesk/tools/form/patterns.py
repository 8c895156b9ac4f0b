"""Patterns of text answers, which can never keep the server busy.

Administrators write the patterns, anybody with a login writes the text, and Python's
``re`` can need hours for a few characters. It cannot be stopped, and a library that
can would be one more dependency. So a pattern is judged before it is used: ``_ways``
is an upper bound of the ways in which it can match a text of ``MAX_TEXT`` characters,
that is, of how often the engine can come back to try another. Beyond ``_MAX_WAYS`` the
pattern is refused, and so is what the bound does not know (look-around,
back-references). A repeated group with a variable inside, like ``(a+)+``, is always
beyond; three open repeats one after the other are not.

Patterns match the whole text. ``\\d`` and ``\\w`` mean ASCII, as in browsers.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

from .problems import Problem

try:
    from re import _parser as parser
except ImportError:  # Python 3.10
    import sre_parse as parser

MAX_TEXT = 200
MAX_PATTERN = 200
_MAX_WAYS = 10**7
_BEYOND = _MAX_WAYS + 1
_SINGLE = frozenset(("LITERAL", "NOT_LITERAL", "ANY", "IN", "AT"))
_REPEATS = frozenset(("MAX_REPEAT", "MIN_REPEAT"))


@lru_cache(maxsize=512)
def check(pattern: str) -> Problem | None:
    """Return why a pattern cannot be used, None if it can."""
    if len(pattern) > MAX_PATTERN:
        return Problem("pattern_long", {"maximum": MAX_PATTERN})
    try:
        tree = parser.parse(pattern, re.ASCII)
        re.compile(pattern, re.ASCII)
    except (re.error, OverflowError, RecursionError, ValueError) as error:
        return Problem("pattern_broken", {"detail": str(error)})
    if _ways(tree) > _MAX_WAYS:
        return Problem("pattern_complex")
    return None


def fits(pattern: str, text: str) -> bool:
    """Tell whether a whole text matches; False if either must not be tried."""
    if len(text) > MAX_TEXT or check(pattern):
        return False
    return bool(re.fullmatch(pattern, text, re.ASCII))


def _ways(sequence: Any) -> int:
    """Return an upper bound of the ways in which a parsed sequence can match."""
    ways = 1
    for op, argument in sequence:
        ways = min(ways * _ways_of(str(op), argument), _BEYOND)
    return ways


def _ways_of(op: str, argument: Any) -> int:
    if op in _SINGLE:
        return 1
    if op == "SUBPATTERN":
        return _ways(argument[-1])
    if op == "BRANCH":
        return sum(map(_ways, argument[1]))
    if op in _REPEATS:
        least, most, inner = argument
        most = min(int(most), MAX_TEXT)
        lengths = max(most - int(least) + 1, 1)
        return min(lengths * _ways(inner) ** most, _BEYOND)
    return _BEYOND
