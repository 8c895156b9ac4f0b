"""The rows of a sheet as items and relations; what is none is passed over."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from .convert import Convert
from .engine import tabular
from .fields import CLASS_KEY
from .merged import Merges
from .words import FOOTERS, TOTALS

# Every row is asked, so that what is surely none costs little.
_MAYBE_TOTAL = re.compile("[计总]|to|su|ｔｏ|ｓｕ", re.IGNORECASE)
# In these a row says that it is a total or a signature.
_FIRST_CELLS = 3


class FedColumn(NamedTuple):
    """Column ``index`` feeds ``key`` through ``convert``."""

    index: int
    key: str
    convert: Convert


@dataclass(frozen=True)
class LedgerRow:
    """A row that holds data: its 1-based ``number`` and its ``values`` by key.

    ``word`` is what the column of classes says, where the sheet has one.
    """

    number: int
    values: dict[str, Any]
    word: Any = None


@dataclass
class PassedOver:
    """How many rows below the header were no items, by what they were."""

    counts: dict[str, int] = field(default_factory=dict)

    def note(self, what: str) -> None:
        """Count one."""
        self.counts[what] = self.counts.get(what, 0) + 1


def read_rows(
    book: Any,
    sheet: str,
    header_row: int,
    columns: Sequence[FedColumn],
    *,
    passed_over: PassedOver | None = None,
) -> Iterator[LedgerRow]:
    """The rows below the header, one at a time.

    :param header_row: counted from 0
    :raise TabularError: while rows are read
    """
    merges = Merges(book.merged(sheet))
    noted = passed_over if passed_over is not None else PassedOver()
    filter_ = _RowFilter(merges)
    for number, cells in enumerate(merges.fill(book.rows(sheet))):
        if number == header_row:
            filter_.header = _bare_row(cells)
        if number <= header_row or not cells:
            continue
        reason = filter_.reason(number, cells)
        if reason:
            noted.note(reason)
            continue
        row = _values(number + 1, cells, columns)
        if row:
            yield row


def _values(
    number: int, cells: Sequence[Any], columns: Sequence[FedColumn]
) -> LedgerRow | None:
    """The row's values; None when no column that feeds something is filled."""
    values: dict[str, Any] = {}
    word = None
    width = len(cells)
    for index, key, convert in columns:
        cell = cells[index] if index < width else None
        value = None if cell is None else convert(cell)
        if value is None:
            continue
        if key == CLASS_KEY:
            word = value
        else:
            values[key] = value
    return LedgerRow(number, values, word) if values else None


class _RowFilter:
    """Tells rows of data from titles, totals, repeated headers and signatures."""

    def __init__(self, merges: Merges) -> None:
        self._merges = merges
        self.header: tuple[Any, ...] = ()

    def reason(self, number: int, cells: Sequence[Any]) -> str | None:
        """What a row is if it is no data."""
        first = next(cell for cell in cells if cell is not None)
        if self._is_total(cells):
            return "total"
        if self.header and first == self.header[0] and self._repeats(cells):
            return "header"
        if _is_footer(first, cells):
            return "footer"
        for left, right in self._merges.wide(number):
            if (right - left + 1) * 2 > max(len(self.header), 2):
                return "title"
        return None

    def _is_total(self, cells: Sequence[Any]) -> bool:
        return any(
            isinstance(cell, str) and len(cell) <= 24 and _says_total(cell)
            for cell in cells[:_FIRST_CELLS]
        )

    def _repeats(self, cells: Sequence[Any]) -> bool:
        return _bare_row(cells) == self.header


def _bare_row(cells: Sequence[Any]) -> tuple[Any, ...]:
    return tuple(cell for cell in cells if cell is not None)


def _says_total(text: str) -> bool:
    """Whether a cell says that its row adds up: 合 计, 小计：, Total (12)."""
    if not _MAYBE_TOTAL.search(text):
        return False
    plain = "".join(tabular.normalize(text).split())
    bare = plain.split("(")[0].rstrip(":.=0123456789,元台件")
    return bare in TOTALS


def _is_footer(first: Any, cells: Sequence[Any]) -> bool:
    """Whether a row of few cells begins like a signature or a note."""
    if not isinstance(first, str):
        return False
    text = "".join(first[:40].split()).casefold()
    if not text.startswith(FOOTERS):
        return False
    filled = len(_bare_row(cells))
    return filled == 1 or filled <= 4 and any(mark in text for mark in ":：")
