"""Turn cell values into texts, numbers, truth values and choices."""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime, time
from functools import lru_cache
from typing import Any

from .errors import TabularError

# How files write "not known"; compared normalised.
UNKNOWN_MARKS: tuple[str, ...] = (
    "?", "-", "--", "—", "n/a", "#n/a", "null", "none", "nil",
    "无", "空", "未知", "暂无", "不详",
)  # fmt: skip
TRUE_MARKS = frozenset(("true", "t", "yes", "y", "1", "on", "x", "√", "✓", "✔", "是",
                        "对", "真", "有"))  # fmt: skip
FALSE_MARKS = frozenset(("false", "f", "no", "n", "0", "off", "×", "✗", "✘", "否",
                         "错", "假", "无"))  # fmt: skip
_PLAIN_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d{1,3})?")
_GROUPED = re.compile(r"[+-]?\d{1,3}(,\d{3})+(\.\d*)?")
_GROUPED_CONTINENTAL = re.compile(r"[+-]?\d{1,3}([. ]\d{3})+(,\d*)?")
_DECIMAL_COMMA = re.compile(r"[+-]?\d+,\d*")
_LEADING_NUMBER = re.compile(r"(\d{1,4})\s*[-–—:.、)]\s*(\S.*)")
_MAX_NUMBER_CHARS = 60


def normalize(value: Any) -> str:
    """Text for comparison: NFKC, folded case, single spaces.

    >>> normalize("  Ｇroup\\u3000 56 ")
    'group 56'
    """
    text = value if isinstance(value, str) else as_text(value)
    if text.isascii():
        return " ".join(text.lower().split())
    text = unicodedata.normalize("NFKC", text).casefold()
    return " ".join(unicodedata.normalize("NFKC", text).split())


def as_text(value: Any) -> str:
    """A cell as one would read it on the sheet; ``""`` for None.

    >>> as_text(12.0), as_text(True)
    ('12', 'TRUE')
    """
    if value is None:
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    if isinstance(value, datetime):
        return value.isoformat(" ")
    if isinstance(value, (date, time)):
        return value.isoformat()
    return str(value)


def to_text(
    value: Any,
    *,
    multiline: bool = False,
    unknown: tuple[str, ...] = UNKNOWN_MARKS,
) -> str | None:
    """Stripped text with single spaces (lines kept if ``multiline``), or None.

    None for an empty cell and for one that only holds an ``unknown`` mark.
    """
    raw = value if isinstance(value, str) else as_text(value)
    if multiline:
        text = "\n".join(" ".join(line.split()) for line in raw.splitlines()).strip()
    else:
        text = " ".join(raw.split())
    marks, longest = _normalized(unknown)
    # Most texts are longer than any mark; plain ones do not shrink.
    if (
        not text
        or not (len(text) > longest and text.isascii())
        and normalize(text) in marks
    ):
        return None
    return text


@lru_cache(maxsize=64)
def _normalized(marks: tuple[str, ...]) -> tuple[frozenset[str], int]:
    """Marks as they compare and the longest's length; every cell asks for them."""
    texts = frozenset(map(normalize, marks))
    return texts, max(map(len, texts), default=0)


def to_float(value: Any, *, decimal_comma: bool = False) -> float | None:
    """A finite number, or None for an empty or unknown cell.

    Understands full-width digits and thousands separators. A comma is the
    decimal sign only if ``decimal_comma``. Raises TabularError ``bad_number``.
    """
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return _finite(value, value)
    text = to_text(value)
    if text is None:
        return None
    return _finite(_number_text(text, decimal_comma), value)


def _finite(number: Any, value: Any) -> float:
    try:
        result = float(number)
    except (ValueError, OverflowError) as error:
        raise TabularError("bad_number", value=as_text(value)[:80]) from error
    if not math.isfinite(result):
        raise TabularError("bad_number", value=as_text(value)[:80])
    return result


def _number_text(text: str, decimal_comma: bool) -> str:
    """The number in Python's notation; ``""`` when it is none."""
    plain = unicodedata.normalize("NFKC", text).casefold().replace("\u2212", "-")
    if len(plain) > _MAX_NUMBER_CHARS or not plain.isascii():
        return ""
    if decimal_comma:
        if _GROUPED_CONTINENTAL.fullmatch(plain) or _DECIMAL_COMMA.fullmatch(plain):
            return plain.replace(".", "").replace(" ", "").replace(",", ".")
    elif _GROUPED.fullmatch(plain):
        return plain.replace(",", "")
    return plain if _PLAIN_NUMBER.fullmatch(plain) else ""


def to_integer(value: Any, *, decimal_comma: bool = False) -> int | None:
    """A whole number, or None; ``bad_number`` also when it has a fraction."""
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    text = None if isinstance(value, float) else to_text(value)
    # Long digit strings lose their end on the way through a float.
    if text and len(text) <= _MAX_NUMBER_CHARS and re.fullmatch(r"[+-]?\d+", text):
        return int(text)
    number = to_float(value, decimal_comma=decimal_comma)
    if number is None:
        return None
    if not number.is_integer():
        raise TabularError("bad_number", value=as_text(value)[:80])
    return int(number)


def to_boolean(value: Any) -> bool | None:
    """Yes or no in the usual spellings, None if empty or unknown.

    ``无`` and ``-`` count as unknown only where no spelling claims them: ``无``
    is no. Raises TabularError ``bad_boolean``.
    """
    if isinstance(value, bool):
        return value
    mark = normalize(value)
    if mark in TRUE_MARKS:
        return True
    if mark in FALSE_MARKS:
        return False
    if to_text(value) is None:
        return None
    raise TabularError("bad_boolean", value=as_text(value)[:80])


def required(convert: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """``convert``, but an empty result raises TabularError ``required``."""

    def converted(value: Any) -> Any:
        result = convert(value)
        if result is None:
            raise TabularError("required")
        return result

    return converted


class ChoiceMap:
    """Finds the key a source text stands for.

    ``choices`` gives for every key its labels in any language. ``overrides``
    (source text to key, None for "leave empty") come first: they are what a
    user decided. If ``numbers``, "3 - Moderate" may also match by its number;
    when number and words point to different keys the value is refused. Raises
    TabularError ``choice_overlap`` if two keys share a label.
    """

    def __init__(
        self,
        choices: Mapping[str, Iterable[str]],
        overrides: Mapping[str, str | None] | None = None,
        *,
        numbers: bool = True,
    ) -> None:
        self._numbers = numbers
        self._keys = {normalize(key): key for key in choices}
        self._labels: dict[str, str] = {}
        for key, labels in choices.items():
            for label in labels:
                self._add(normalize(label), key)
        self._overrides = {
            normalize(text): key for text, key in (overrides or {}).items()
        }

    def _add(self, text: str, key: str) -> None:
        if self._labels.setdefault(text, key) != key:
            raise TabularError("choice_overlap", text=text)

    def resolve(self, value: Any) -> str | None:
        """Key of ``value``, None if empty, unknown or overridden to None.

        Raises TabularError ``bad_choice`` or ``choice_conflict``.
        """
        text = normalize(value)
        if text in self._overrides:
            return self._overrides[text]
        for known in (self._labels, self._keys):
            if text in known:
                return known[text]
        if to_text(value) is None:
            return None
        return self._by_parts(text, as_text(value)[:80])

    def _by_parts(self, text: str, shown: str) -> str:
        match = _LEADING_NUMBER.fullmatch(text)
        if not match:
            raise TabularError("bad_choice", value=shown)
        number, words = match.groups()
        by_words = self._labels.get(words) or self._keys.get(words)
        by_number = self._keys.get(str(int(number))) if self._numbers else None
        if by_words and by_number and by_words != by_number:
            raise TabularError("choice_conflict", value=shown)
        found = by_words or by_number
        if found is None:
            raise TabularError("bad_choice", value=shown)
        return found
