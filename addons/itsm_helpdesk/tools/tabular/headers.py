"""Find the header row of a sheet and guess which field each column feeds."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from .cells import CellValue
from .errors import TabularError

HEADER_SEARCH_ROWS = 20
_MIN_SIMILARITY = 0.8
_MIN_CONTAINED = 3
# Part of the longer text the shorter must make up, with 0.1 for standing at an edge.
_MIN_SHARE = 0.45
_MAX_HEADER_CHARS = 120
# Units and hints stand in brackets behind the name: "Cost (EUR)", "时间（小时）".
_BRACKETS = re.compile(r"\([^()]*\)|\[[^\[\]]*\]|【[^【】]*】|<[^<>]*>")
_CJK = re.compile(r"[\u3400-\u9fff]")


@dataclass(frozen=True)
class FieldSpec:
    """A field columns may be mapped to.

    ``aliases`` are other headers it goes by, in any language; ``type`` names
    the converter the caller will use and plays no part in guessing.
    """

    name: str
    label: str
    aliases: tuple[str, ...] = ()
    type: str = "text"

    def names(self) -> tuple[str, ...]:
        """All headers that mean this field."""
        return (self.label, self.name, *self.aliases)


@dataclass(frozen=True)
class Guess:
    """The field guessed for a column, how sure (0 to 1) and by which rule.

    ``reason`` is ``exact``, ``contains`` or ``similar``.
    """

    field: str
    score: float
    reason: str


def normalize_header(header: CellValue) -> str:
    """A header reduced to letters and digits, whatever its dress.

    >>> normalize_header("* Opened_At （UTC）")
    'openedat'
    """
    text = unicodedata.normalize("NFKC", str("" if header is None else header))
    bare = _BRACKETS.sub(" ", text[:_MAX_HEADER_CHARS])
    return _letters(bare) or _letters(text[:_MAX_HEADER_CHARS])


def _letters(text: str) -> str:
    return "".join(char for char in text.casefold() if char.isalnum())


def find_header_row(rows: Sequence[Sequence[CellValue]]) -> int:
    """0-based index of the header among the first rows of a sheet.

    The first row of distinct short texts that is nearly as wide as the widest
    row looked at, which titles and print dates above a table are not. Raises
    TabularError ``header_missing``.
    """
    head = rows[:HEADER_SEARCH_ROWS]
    filled = [[cell for cell in row if cell is not None] for row in head]
    widest = max(map(len, filled), default=0)
    enough = min(2, widest) if widest < 4 else (widest + 1) // 2
    for index, cells in enumerate(filled):
        if cells and len(cells) >= enough and _looks_like_header(cells):
            return index
    raise TabularError("header_missing", limit=HEADER_SEARCH_ROWS)


def _looks_like_header(cells: Sequence[CellValue]) -> bool:
    """Whether at least 9 in 10 cells are wordy texts, and most distinct."""
    texts = [cell for cell in cells if isinstance(cell, str) and _is_wordy(cell)]
    distinct = len({normalize_header(text) for text in texts})
    return len(texts) * 10 >= len(cells) * 9 and distinct * 10 >= len(texts) * 8


def _is_wordy(text: str) -> bool:
    """Whether a text may name a column: short and not a number, date or mark."""
    if len(text) > _MAX_HEADER_CHARS or not any(char.isalpha() for char in text):
        return False
    digits = sum(char.isdigit() for char in text)
    return digits * 2 <= len(text)


def check_headers(headers: Sequence[CellValue], used: Iterable[int]) -> None:
    """Raise ``header_ambiguous`` when two ``used`` columns share a header."""
    seen: set[str] = set()
    for index in used:
        name = normalize_header(headers[index])
        if name and name in seen:
            raise TabularError("header_ambiguous", header=str(headers[index]))
        seen.add(name)


def guess_mapping(
    headers: Sequence[CellValue], fields: Sequence[FieldSpec]
) -> dict[int, Guess]:
    """The likeliest field of each column; columns without one are left out.

    A field gets one column at most: the best score wins, then the left column,
    then the earlier field.
    """
    candidates: list[tuple[float, int, int, str]] = []
    names = [
        {normalize_header(name) for name in spec.names()} - {""} for spec in fields
    ]
    for column, header in enumerate(headers):
        text = normalize_header(header)
        for order, aliases in enumerate(names):
            score, reason = _score(text, aliases)
            if score:
                candidates.append((-score, column, order, reason))
    return _best_first(sorted(candidates), fields)


def _best_first(
    candidates: Iterable[tuple[float, int, int, str]], fields: Sequence[FieldSpec]
) -> dict[int, Guess]:
    chosen: dict[int, Guess] = {}
    taken: set[int] = set()
    for negative, column, order, reason in candidates:
        if column not in chosen and order not in taken:
            chosen[column] = Guess(fields[order].name, round(-negative, 3), reason)
            taken.add(order)
    return dict(sorted(chosen.items()))


def _score(text: str, aliases: Iterable[str]) -> tuple[float, str]:
    """Best likeness of a normalised header to any of the aliases."""
    if not text:
        return (0.0, "")
    scores = [_likeness(text, alias) for alias in aliases]
    # Sorted by score alone would depend on the order of a set on ties.
    return max(scores, default=(0.0, ""))


def _likeness(text: str, alias: str) -> tuple[float, str]:
    if text == alias:
        return (1.0, "exact")
    short, long = sorted((text, alias), key=len)
    least = 2 if _CJK.search(short) else _MIN_CONTAINED
    if len(short) >= least and short in long:
        share = len(short) / len(long)
        edge = 0.1 if long.startswith(short) or long.endswith(short) else 0.0
        if share + edge >= _MIN_SHARE:
            return (0.6 + 0.25 * share + edge, "contains")
    ratio = SequenceMatcher(None, *sorted((text, alias)), autojunk=False).ratio()
    return (0.7 * ratio, "similar") if ratio >= _MIN_SIMILARITY else (0.0, "")
