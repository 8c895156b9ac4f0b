"""Find the item that a row of an outside file or scanner means. Pure Python.

Rules are tried in their order. Each names keys whose values, taken together, belong
to one item only. Values are compared in a normal form, and values that mean nothing
("N/A", "To be filled by O.E.M.") never identify.

>>> rule = Rule(1, "Serial number", ("serial_number",))
>>> identity_values(rule, {"serial_number": " ＡＢ 12 "}, Junk())
('ab12',)
>>> identify([(rule, [7])]).token
7
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product
from typing import Any

# Between the values of a rule of several keys; no normal value has a space.
JOINT = " | "
_MAX_CHARS = 200
# One item may have several network cards; more than these are not from one item.
_MAX_VALUES = 32
_LIST = re.compile(r"[,;|\s]+")
_MAC = re.compile(r"[0-9a-f]{12}")
_MAC_MARKS = re.compile(r"[:.\-]")
_BLANK_MACS = frozenset(("0" * 12, "f" * 12))
_MEANS_NOTHING = re.compile(r"[\W_0]*")


@dataclass(frozen=True)
class Rule:
    """One way to identify: the values of ``keys`` belong to one item only.

    ``checks``: keys that must not differ where both sides know them, such as the
    manufacturer beside a serial number.
    """

    id: int
    name: str
    keys: tuple[str, ...]
    checks: tuple[str, ...] = ()


@dataclass(frozen=True)
class Junk:
    """Normal values that identify nothing: of any key, and of single keys."""

    everywhere: frozenset[str] = frozenset()
    by_key: Mapping[str, frozenset[str]] = field(default_factory=dict)

    def covers(self, key: str, value: str) -> bool:
        """Whether a normal value means nothing under this key."""
        if _MEANS_NOTHING.fullmatch(value) or value in self.everywhere:
            return True
        return value in self.by_key.get(key, ())


@dataclass(frozen=True)
class Identified:
    """What a row was found to be.

    ``kind``: ``match`` (``token`` is the item), ``new``, ``ambiguous`` (the rule
    fits all ``candidates``) or ``conflict`` (rules point to different candidates).
    """

    kind: str
    token: int | None = None
    rule: Rule | None = None
    candidates: tuple[int, ...] = ()


NEW = Identified("new")


def is_mac_key(key: str) -> bool:
    """Whether the values of a key are hardware addresses."""
    return key.rpartition(".")[2] in ("mac", "mac_address", "mac_addresses")


def normal_text(value: Any) -> str:
    """A value as it is compared: NFKC, no case, no blanks or unseen characters.

    >>> normal_text("  Ｓｎ-0 1\\u200b ")
    'sn-01'
    """
    text = str(value)[: 4 * _MAX_CHARS]
    if not (text.isascii() and text.isprintable()):
        text = unicodedata.normalize("NFKC", text).casefold()
        text = "".join(
            char
            for char in unicodedata.normalize("NFKC", text)
            if unicodedata.category(char) not in ("Cf", "Cc") and not char.isspace()
        )
        # What stood beside a blank may be one letter with its accent now.
        text = unicodedata.normalize("NFKC", text)
    return "".join(text.lower().split())[:_MAX_CHARS]


def normal_values(key: str, value: Any) -> tuple[str, ...]:
    """The normal forms of a value; several only for hardware addresses.

    >>> normal_values("mac_address", "00-1B-21-3C-4D-5E; 001b.213c.4d5f")
    ('001b213c4d5e', '001b213c4d5f')
    """
    if value is None or value is False or value == "":
        return ()
    if not is_mac_key(key):
        text = normal_text(value)
        return (text,) if text else ()
    parts = value if isinstance(value, (list, tuple)) else _LIST.split(str(value))
    found = dict.fromkeys(_normal_mac(part) for part in parts[:_MAX_VALUES])
    found.pop("", None)
    return tuple(found)


def _normal_mac(text: Any) -> str:
    """Twelve hexadecimal digits, or nothing for what is no address of a card."""
    mac = _MAC_MARKS.sub("", normal_text(text))
    return mac if _MAC.fullmatch(mac) and mac not in _BLANK_MACS else ""


def identity_values(
    rule: Rule, values: Mapping[str, Any], junk: Junk
) -> tuple[str, ...]:
    """The values by which a rule knows an item; none where a key is missing."""
    parts = []
    for key in rule.keys:
        found = [
            text
            for text in normal_values(key, values.get(key))
            if key == "code" or not junk.covers(key, text)
        ]
        if not found:
            return ()
        parts.append(found)
    if len(parts) == 1:
        return tuple(parts[0])
    return tuple(JOINT.join(choice) for choice in product(*parts))[:_MAX_VALUES]


def check_values(rule: Rule, values: Mapping[str, Any]) -> tuple[str, ...]:
    """The values that must not differ, in the order of the rule's checks."""
    return tuple(
        normal_text(values[key]) if values.get(key) not in (None, False, "") else ""
        for key in rule.checks
    )


def agrees(one: Sequence[str], other: Sequence[str]) -> bool:
    """Whether checked values differ nowhere that both sides know them."""
    return all(a == b or not a or not b for a, b in zip(one, other, strict=True))


def identify(hits: Iterable[tuple[Rule, Sequence[int]]]) -> Identified:
    """Decide by the candidates that each rule, in order, found.

    The first rule that finds anything decides. A later rule that points elsewhere
    makes it a conflict: writing the row would join two items into one.
    """
    first: Identified | None = None
    for rule, candidates in hits:
        found = tuple(dict.fromkeys(candidates))
        if not found:
            continue
        if first is None:
            if len(found) > 1:
                return Identified("ambiguous", None, rule, found)
            first = Identified("match", found[0], rule, found)
        elif first.token not in found:
            return Identified("conflict", None, rule, (*first.candidates, *found))
    return first or NEW
