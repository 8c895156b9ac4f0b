"""Read old binary workbooks (.xls) through xlrd."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, time

import xlrd

from .cells import CellValue, Row, SheetGuard, plain_number, serial_to_datetime
from .errors import TabularError
from .limits import Limits
from .merged import Range, ranges_in_xls


class _Silent:
    """A log that forgets: xlrd prints its findings about damaged files."""

    def write(self, _text: str) -> None:
        """Forget the text."""

    def flush(self) -> None:
        """Nothing is kept."""


@contextmanager
def _xlrd_failures() -> Iterator[None]:
    """Turn whatever xlrd throws at hostile bytes into a TabularError.

    Damaged files make it fail in struct, index, assertion, decoding and memory
    errors alike, so no list of types would be complete.
    """
    try:
        yield
    except TabularError:
        raise
    except Exception as error:
        if "encrypted" in str(error).casefold():
            raise TabularError("encrypted") from error
        if "find workbook" in str(error).casefold():
            raise TabularError("not_a_workbook") from error
        raise TabularError("broken_file", detail=type(error).__name__) from error


class XlsReader:
    """An open .xls; sheets are loaded when their rows are asked for."""

    kind = "xls"

    def __init__(self, content: bytes, limits: Limits) -> None:
        with _xlrd_failures():
            self._book = xlrd.open_workbook(
                file_contents=content,
                logfile=_Silent(),
                on_demand=True,
                # Without it a single far cell fills a whole rectangle of memory.
                ragged_rows=True,
            )
            names = self._book.sheet_names()
            if len(names) > limits.max_sheets:
                raise TabularError("too_many_sheets", limit=limits.max_sheets)
            hidden = getattr(self._book, "_sheet_visibility", [])
            self.sheets = [
                (name, bool(hidden[index]) if index < len(hidden) else False)
                for index, name in enumerate(names)
            ]

    def rows(self, index: int, guard: SheetGuard) -> Iterator[Row]:
        """Rows of the sheet at ``index``; formulas give their stored results."""
        with _xlrd_failures():
            sheet = self._book.sheet_by_index(index)
        try:
            yield from guard.sequence(self._numbered(sheet, guard))
        finally:
            with _xlrd_failures():
                self._book.unload_sheet(index)

    def merged(self, index: int) -> Iterator[Range]:
        """Merged ranges of the sheet at ``index``.

        xlrd only gives them with all formats, which takes twice the time and memory.
        """
        with _xlrd_failures():
            if self._book.biff_version < 80:
                return
            stream, start = self._book.mem, self._book._sh_abs_posn[index]
        yield from ranges_in_xls(stream, start)

    def _numbered(
        self, sheet: xlrd.sheet.Sheet, guard: SheetGuard
    ) -> Iterator[tuple[int, Row]]:
        for row in range(sheet.nrows):
            with _xlrd_failures():
                values = [
                    self._value(sheet, row, column, guard)
                    for column in range(sheet.row_len(row))
                ]
            yield row + 1, guard.trim(values, row + 1)

    def _value(
        self, sheet: xlrd.sheet.Sheet, row: int, column: int, guard: SheetGuard
    ) -> CellValue:
        kind, raw = sheet.cell_type(row, column), sheet.cell_value(row, column)
        if kind == xlrd.XL_CELL_TEXT:
            return guard.text(raw, row + 1, column)
        if kind == xlrd.XL_CELL_NUMBER:
            return plain_number(raw)
        if kind == xlrd.XL_CELL_BOOLEAN:
            return bool(raw)
        if kind == xlrd.XL_CELL_DATE:
            return self._date(raw)
        if kind == xlrd.XL_CELL_ERROR:
            value = xlrd.error_text_from_code.get(raw, "#?")
            guard.note("error_cell", row + 1, column, value=value)
        return None

    def _date(self, raw: float) -> datetime | time | int | float:
        """A moment, or the number itself where it cannot be one."""
        try:
            return serial_to_datetime(raw, bool(self._book.datemode))
        except ValueError:
            return plain_number(raw)
