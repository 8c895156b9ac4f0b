"""Rows of cells to rows of named values, keeping every reason for refusal."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from .cells import CellValue
from .errors import TabularError


@dataclass(frozen=True)
class Reason:
    """Why a row is refused: the error and the field it is about, if any."""

    error: TabularError
    field: str | None = None

    def __str__(self) -> str:
        return f"{self.field}: {self.error}" if self.field else str(self.error)


@dataclass(frozen=True)
class Column:
    """Cell ``index`` (0-based) feeds ``field`` through ``convert``.

    ``convert`` returns the value or None, and raises TabularError.
    """

    index: int
    field: str
    convert: Callable[[Any], Any]


@dataclass(frozen=True)
class SourceRow:
    """A row of the file: its 1-based ``number``, ``values`` by field, refusals.

    ``cells`` are the original values, for the error sheet. A field whose
    conversion failed is not in ``values``.
    """

    number: int
    values: Mapping[str, Any]
    reasons: tuple[Reason, ...] = ()
    cells: Sequence[CellValue] = field(default=(), compare=False)


def read_records(
    rows: Iterable[Sequence[CellValue]],
    columns: Sequence[Column],
    *,
    header_row: int | None = 0,
) -> Iterator[SourceRow]:
    """Convert the rows below the header; empty rows are passed over.

    ``header_row`` is the 0-based index of the header, None if there is none.
    ``rows`` are all rows of the sheet from its first on, so that numbers agree
    with what the user sees. A bad cell never raises: it becomes a reason.
    """
    first = 0 if header_row is None else header_row + 1
    for index, cells in enumerate(rows):
        if index >= first and any(cell is not None for cell in cells):
            yield convert_row(index + 1, cells, columns)


def convert_row(
    number: int, cells: Sequence[CellValue], columns: Sequence[Column]
) -> SourceRow:
    """One row converted, all failures collected; short rows end in None."""
    values: dict[str, Any] = {}
    reasons: list[Reason] = []
    for column in columns:
        cell = cells[column.index] if column.index < len(cells) else None
        try:
            values[column.field] = column.convert(cell)
        except TabularError as error:
            reasons.append(Reason(error, column.field))
    return SourceRow(number, values, tuple(reasons), cells)
