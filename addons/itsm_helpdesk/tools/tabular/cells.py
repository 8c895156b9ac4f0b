"""What all readers do alike to the cells and rows they found."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from datetime import datetime, time, timedelta

from .errors import Notice, Notices, TabularError
from .limits import Limits

CellValue = str | int | float | bool | datetime | time | None
Row = tuple[CellValue, ...]

# Day 0 of the 1900 system; one later before day 60, since that system counts a
# 29 February 1900 that never was.
EPOCH_1900 = datetime(1899, 12, 30)
EPOCH_1904 = datetime(1904, 1, 1)
MAX_SERIAL = 2_958_466
_EXACT_INT = 2**53


def column_letters(index: int) -> str:
    """Letters of the 0-based column ``index``: 0 is A, 26 is AA."""
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def plain_number(number: float) -> int | float:
    """An int where the float is whole, since sheets know only floats."""
    if number.is_integer() and abs(number) < _EXACT_INT:
        return int(number)
    return number


def serial_to_datetime(serial: float, date1904: bool = False) -> datetime | time:
    """Moment of a sheet's day number, to the millisecond; time of day below 1.

    Raises ValueError outside of what a sheet can show (years 1900 to 9999).
    """
    if not math.isfinite(serial) or not 0 <= serial < MAX_SERIAL:
        raise ValueError(f"{serial} is not a date serial")
    span = timedelta(milliseconds=round(serial * 86_400_000))
    if serial < 1 and not date1904:
        return (datetime.min + span).time() if span.days == 0 else time()
    if date1904:
        return EPOCH_1904 + span
    return EPOCH_1900 + span + timedelta(days=serial < 60)


class SheetGuard:
    """Applies the limits to one sheet and notes what was odd in its cells."""

    def __init__(self, sheet: str, limits: Limits, notices: Notices) -> None:
        self.sheet = sheet
        self.limits = limits
        self.notices = notices

    def note(self, code: str, row: int, column: int, **params: object) -> None:
        """Keep a remark on the cell at 1-based ``row``, 0-based ``column``."""
        params["cell"] = f"{column_letters(column)}{row}"
        self.notices.add(Notice(code, params, self.sheet, row, column))

    def text(self, text: str, row: int, column: int) -> str | None:
        """``text`` without NUL, cut to the limit; None when nothing is left."""
        limit = self.limits.max_cell_chars
        if len(text) > limit:
            self.note("cell_truncated", row, column, limit=limit)
            text = text[:limit]
        return text.replace("\x00", "") or None

    def trim(self, values: list[CellValue], row: int) -> Row:
        """Drop the empty tail; raise ``too_many_columns`` for the rest."""
        end = len(values)
        while end and values[end - 1] is None:
            end -= 1
        if end > self.limits.max_columns:
            limit = self.limits.max_columns
            raise TabularError("too_many_columns", row=row, limit=limit)
        return tuple(values[:end])

    def sequence(self, rows: Iterable[tuple[int, Row]]) -> Iterator[Row]:
        """Turn numbered rows into consecutive ones: the n-th is sheet row n.

        Gaps and empty rows come out as ``()``, an empty tail not at all. Ends
        with a notice at a run of ``max_empty_rows``; raises ``too_many_rows``.
        """
        limits = self.limits
        done = 0
        for number, row in rows:
            if number - done > limits.max_empty_rows:
                self._note_stop(done)
                return
            if not row:
                continue
            if number > limits.max_rows:
                raise TabularError("too_many_rows", limit=limits.max_rows)
            for _gap in range(number - done - 1):
                yield ()
            yield row
            done = number

    def _note_stop(self, row: int) -> None:
        params = {"limit": self.limits.max_empty_rows, "row": row}
        self.notices.add(Notice("stopped_at_empty_rows", params, self.sheet))
