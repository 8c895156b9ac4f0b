"""Find the row of a sheet that names its columns, and the names."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from .engine import tabular
from .merged import Merges

# So far down a header is looked for: titles, notes and signatures stand above it.
SEARCH_ROWS = 200
_MIN_KNOWN = 2
_MAX_CHARS = 60


@dataclass(frozen=True)
class Header:
    """The 0-based ``row`` that names the columns, and the names, all different."""

    row: int
    names: tuple[str, ...]


def find_header(
    rows: Sequence[Sequence[Any]], merges: Merges, known: Collection[str]
) -> Header:
    """The row in which the most cells are ``known`` names, else one that looks so.

    :param known: names of columns as ``tabular.normalize_header`` gives them
    :raise TabularError: ``header_missing``
    """
    best, most = None, 0
    for number, row in enumerate(rows[:SEARCH_ROWS]):
        found = {name for name in map(_name, row) if name in known}
        if len(found) > most:
            best, most = number, len(found)
    if best is None or most < _MIN_KNOWN:
        best = tabular.find_header_row(rows[:SEARCH_ROWS])
    if _goes_on_below(rows, merges, best):
        best += 1
    return header_at(rows, merges, best)


def header_at(rows: Sequence[Sequence[Any]], merges: Merges, number: int) -> Header:
    """The header in a row that is known: names may stand in the row above it."""
    return Header(number, tuple(_distinct(_texts(rows, merges, number))))


def _goes_on_below(rows: Sequence[Sequence[Any]], merges: Merges, number: int) -> bool:
    """Whether merged names have further names below them, and nothing else has."""
    if number + 1 >= len(rows):
        return False
    wide = merges.wide(number)
    below = rows[number + 1]
    parts = [
        below[column]
        for left, right in wide
        for column in range(left, right + 1)
        if column < len(below) and below[column] is not None
    ]
    filled = sum(
        cell is not None and not merges.reaches_down(number, column)
        for column, cell in enumerate(below)
    )
    return (
        len(parts) > 1
        and filled == len(parts)
        and all(isinstance(part, str) and _name(part) for part in parts)
    )


def _texts(rows: Sequence[Sequence[Any]], merges: Merges, number: int) -> list[str]:
    """What stands over each column; a part of a merged name has that in front."""
    row = rows[number] if number < len(rows) else ()
    texts = [tabular.as_text(cell) for cell in row]
    above = rows[number - 1] if number else ()
    for left, right in merges.wide(number - 1) if number else ():
        parts = [column for column in range(left, right + 1) if column < len(texts)]
        # A title over the whole table names no column.
        if right - left + 1 >= len(texts) or left >= len(above):
            continue
        for column in parts:
            if texts[column] and _name(above[left]):
                texts[column] = f"{tabular.as_text(above[left])} / {texts[column]}"
    return [" ".join(text.split())[:_MAX_CHARS] for text in texts]


def _distinct(texts: Sequence[str]) -> list[str]:
    names: list[str] = []
    seen: dict[str, int] = {}
    for index, text in enumerate(texts):
        name = text or tabular.column_letters(index)
        plain = tabular.normalize_header(name)
        seen[plain] = seen.get(plain, 0) + 1
        names.append(f"{name} #{seen[plain]}" if seen[plain] > 1 else name)
    return names


def _name(cell: Any) -> str:
    """A cell as names of columns compare; nothing for numbers and long texts."""
    if not isinstance(cell, str) or len(cell) > _MAX_CHARS:
        return ""
    text: str = tabular.normalize_header(cell)
    return text
