"""Read single values of a form: text, numbers, choices; moments and records apart.

Each reader takes a question and a raw value that is not empty, as text from a browser
or as JSON from a client, and returns the clean answer or raises ``RefusedError``.
Reading a clean answer again gives the same answer.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from . import definition, moments, patterns, records
from .files import FileFact
from .problems import RefusedError

_TRUE = frozenset(("1", "true", "on", "yes"))
_FALSE = frozenset(("0", "false", "off", "no"))
_NUMBER = re.compile(r"[+-]?([0-9]+|[0-9]{1,3}(,[0-9]{3})+)(\.[0-9]*)?|[+-]?\.[0-9]+")
_MAX_NUMBER_CHARS = 40
# Turn the direction of writing, or are invisible at the start of a file.
_TURNING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff")


@dataclass(frozen=True)
class Around:
    """What reading depends on besides question and value."""

    today: date
    zone: str
    known: Mapping[str, Collection[int]] | None
    files: Mapping[str, Sequence[FileFact]]
    max_file_bytes: int

    def known_at(self, path: str) -> Collection[int] | None:
        """Return the ids that may be answered at a path; None for any."""
        return None if self.known is None else self.known.get(path, ())


def is_empty(value: Any) -> bool:
    """Tell whether a raw value is no answer; False is Odoo's “nothing”."""
    if isinstance(value, str):
        return not value.strip()
    return value is None or value is False or value == [] or value == {}


# ----------------------------------------------------------------------
# Text
# ----------------------------------------------------------------------


def clean_text(text: str) -> str:
    """Return a text in NFC without the characters nobody can type.

    >>> clean_text("a\\x00\\u202eb\\r\\nc")
    'ab\\nc'
    """
    text = re.sub("\r\n?|\u2028|\u2029|\x85", "\n", text)
    return unicodedata.normalize("NFC", "".join(filter(_may_stay, text)))


def _may_stay(char: str) -> bool:
    if char in "\n\t":
        return True
    return char not in _TURNING and unicodedata.category(char) not in ("Cc", "Cs")


def _text(question: definition.Question, value: Any) -> str | None:
    if isinstance(value, int) and not isinstance(value, bool) and _is_small(value):
        value = str(value)
    if not isinstance(value, str):
        raise RefusedError("not_text")
    most = definition.max_length(question)
    # Composing may lengthen or shorten a text; what is far beyond is not touched.
    if len(value) <= 4 * definition.MAX_TEXT:
        value = clean_text(value)
        value = value.strip() if question["type"] == "text" else " ".join(value.split())
    if len(value) > most:
        raise RefusedError("too_long", maximum=most, length=len(value))
    pattern = question.get("pattern")
    if value and pattern and not patterns.fits(pattern, value):
        raise RefusedError("pattern", hint=question.get("pattern_hint") or "")
    return value or None


# ----------------------------------------------------------------------
# Numbers
# ----------------------------------------------------------------------


def _is_small(value: float) -> bool:
    return abs(value) <= definition.MAX_NUMBER


def _decimal(value: Any) -> Decimal | None:
    """Return a finite number, or a text that reads as one, exactly as written."""
    if isinstance(value, str):
        text = unicodedata.normalize("NFKC", value[: 4 * _MAX_NUMBER_CHARS]).strip()
        if len(text) > _MAX_NUMBER_CHARS or not _NUMBER.fullmatch(text):
            return None
        return Decimal(text.replace(",", ""))
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    if isinstance(value, float) and not math.isfinite(value):
        return None
    # Larger ones are refused for their size; their digits do not matter.
    return Decimal(repr(value) if _is_small(value) else definition.MAX_NUMBER * 10)


def _number(question: definition.Question, value: Any) -> int | float:
    exact = _decimal(value)
    if exact is None:
        raise RefusedError("not_number")
    places = definition.decimals(question)
    lowest = question.get("minimum")
    highest = question.get("maximum")
    if exact > definition.MAX_NUMBER or (highest is not None and exact > highest):
        highest = definition.MAX_NUMBER if highest is None else highest
        raise RefusedError("too_large", maximum=highest)
    if exact < -definition.MAX_NUMBER or (lowest is not None and exact < lowest):
        lowest = -definition.MAX_NUMBER if lowest is None else lowest
        raise RefusedError("too_small", minimum=lowest)
    if exact != round(exact, places):
        raise RefusedError("decimals" if places else "not_whole", places=places)
    # Adding 0 makes -0 a plain 0.
    if question["type"] == "money" or places:
        return float(exact) + 0.0
    return int(exact)


# ----------------------------------------------------------------------
# Choices and records
# ----------------------------------------------------------------------


def _boolean(question: definition.Question, value: Any) -> bool:
    if isinstance(value, bool):
        return value
    text = str(value).strip().lower() if isinstance(value, str | int) else ""
    if text not in _TRUE | _FALSE:
        raise RefusedError("not_boolean")
    return text in _TRUE


def is_true(value: Any) -> bool:
    """Tell whether a raw value ticks a box."""
    return value is True or str(value).strip().lower() in _TRUE


def _choice(question: definition.Question, value: Any) -> str:
    key = value if isinstance(value, str) else repr(value)
    if key not in _offered(question):
        raise RefusedError("not_offered")
    return key


def _choices(question: definition.Question, value: Any) -> list[str] | None:
    chosen = value if isinstance(value, list) else [value]
    keys = {_choice(question, each) for each in chosen if not is_empty(each)}
    return [key for key in _offered(question) if key in keys] or None


def _offered(question: definition.Question) -> list[str]:
    return [option["key"] for option in question.get("options") or []]


def _reference(
    question: definition.Question, value: Any, known: Collection[int] | None
) -> int:
    found = records.as_id(value)
    if found is None or (known is not None and found not in known):
        raise RefusedError("unknown_record", type=question["type"])
    return found


PLAIN: dict[str, Callable[[definition.Question, Any], Any]] = {
    "char": _text,
    "text": _text,
    "number": _number,
    "money": _number,
    "boolean": _boolean,
    "choice": _choice,
    "choices": _choices,
}


def fixed(question: definition.Question, value: Any) -> Any:
    """Return a default that an administrator typed, as a raw value.

    Several choices are separated by commas.
    """
    if question["type"] == "choices" and isinstance(value, str):
        return [key.strip() for key in value.split(",") if key.strip()]
    return value


def read_value(
    question: definition.Question, value: Any, around: Around, path: str
) -> Any:
    """Return the clean answer to a question that is no table and no file.

    :param path: of the question, without a row
    :raise RefusedError: when the value cannot be taken
    """
    kind = question["type"]
    if kind == "boolean" and is_empty(value):
        return False
    if is_empty(value):
        return None
    if kind in PLAIN:
        return PLAIN[kind](question, value)
    if kind in definition.REFERENCES:
        return _reference(question, value, around.known_at(path))
    if kind == "date":
        return moments.read_date(question, value, around.today)
    return moments.read_datetime(question, value, around.today, around.zone)
