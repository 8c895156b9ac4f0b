"""Write refused rows to a workbook the user can mend and import again."""

from __future__ import annotations

import io
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

import xlsxwriter

from .cells import CellValue

_MAX_CHARS = 32_767
_EXACT_INT = 2**53
_FIRST_YEAR = 1900


@dataclass(frozen=True)
class ErrorRow:
    """A refused row: its 1-based ``number``, its ``cells``, the reasons' texts."""

    number: int
    cells: Sequence[CellValue]
    reasons: Sequence[str]


def write_error_sheet(
    headers: Sequence[CellValue],
    rows: Iterable[ErrorRow],
    *,
    row_label: str = "Row",
    reason_label: str = "Reason",
    sheet_name: str = "Errors",
) -> bytes:
    """An .xlsx with the original columns, then row number and reasons.

    The original columns stay in their places, so the mended file fits the same
    profile. Every text is written as text: none becomes a formula or a link.
    """
    sheets = [(sheet_name, headers, rows)]
    return write_error_book(sheets, row_label=row_label, reason_label=reason_label)


def write_error_book(
    sheets: Iterable[tuple[str, Sequence[CellValue], Iterable[ErrorRow]]],
    *,
    row_label: str = "Row",
    reason_label: str = "Reason",
) -> bytes:
    """An .xlsx like that of :func:`write_error_sheet` with several sheets.

    :param sheets: name, headers and rows of each
    """
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True}) as book:
        bold = book.add_format({"bold": True})
        moment = book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})
        for name, headers, rows in sheets:
            sheet = book.add_worksheet(name)
            rows = list(rows)
            width = max([len(headers), *(len(row.cells) for row in rows)])
            labels = [*_padded(headers, width), row_label, reason_label]
            for column, label in enumerate(labels):
                _write(sheet, 0, column, label, bold, moment)
            for line, row in enumerate(rows, start=1):
                reasons = "\n".join(row.reasons)
                cells = [*_padded(row.cells, width), row.number, reasons]
                for column, value in enumerate(cells):
                    _write(sheet, line, column, value, None, moment)
            sheet.freeze_panes(1, 0)
    return buffer.getvalue()


def _padded(cells: Sequence[CellValue], width: int) -> list[CellValue]:
    return [*cells, *[None] * (width - len(cells))]


def _write(
    sheet: Any, line: int, column: int, value: Any, style: Any, moment: Any
) -> None:
    """Write one cell by the type of its value, never by what a text looks like."""
    if value is None:
        return
    if isinstance(value, bool):
        sheet.write_boolean(line, column, value, style)
    elif isinstance(value, (int, float)) and _is_exact(value):
        sheet.write_number(line, column, value, style)
    elif isinstance(value, datetime) and _fits_sheet(value):
        sheet.write_datetime(line, column, value, moment)
    else:
        sheet.write_string(line, column, _safe_text(value), style)


def _is_exact(value: float) -> bool:
    """Whether a sheet, which knows only floats, can hold the number."""
    return math.isfinite(value) and abs(value) <= _EXACT_INT


def _fits_sheet(value: datetime) -> bool:
    return value.tzinfo is None and value.year > _FIRST_YEAR


def _safe_text(value: Any) -> str:
    """Text without lone surrogates, cut to what a cell can hold."""
    text = value.isoformat() if isinstance(value, (date, time)) else str(value)
    return text.encode("utf-8", "replace").decode("utf-8")[:_MAX_CHARS]
