"""Read delimited text whose encoding and delimiter are not known beforehand."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Iterator

from .cells import CellValue, Row, SheetGuard
from .errors import TabularError

DELIMITERS = (",", ";", "\t", "|")
_SAMPLE_CHARS = 65_536
_SAMPLE_ROWS = 50
# Longer fields are texts whose closing quote is missing.
MAX_FIELD_CHARS = 131_072
_SEP_LINE = re.compile(r'\A"?sep=([,;\t|])"?(?:\r\n|\r|\n)', re.IGNORECASE)


def split_sep_line(text: str) -> tuple[str, str | None]:
    """Take off the ``sep=;`` line some programs write first.

    Returns the rest and the delimiter it stated, None without such a line.
    """
    match = _SEP_LINE.match(text)
    return (text[match.end() :], match.group(1)) if match else (text, None)


def guess_delimiter(text: str) -> str:
    """The delimiter under which the first rows split most evenly.

    A comma for a file of one column, where none splits anything.
    """
    scores = {mark: _score(text, mark) for mark in DELIMITERS}
    best = max(DELIMITERS, key=lambda mark: scores[mark])
    return best if scores[best] > (0.0, 0) else ","


def _score(text: str, delimiter: str) -> tuple[float, int]:
    """Evenness of the split (0 to 1, less stray quotes) and its column count."""
    rows = _sample_rows(text, delimiter)
    counts = Counter(len(row) for row in rows)
    if not rows or max(counts) < 2:
        return (0.0, 0)
    width, hits = max(counts.items(), key=lambda item: (item[1], item[0]))
    if width < 2:
        # Title lines above a short table may outnumber its rows.
        wide = {size: count for size, count in counts.items() if size > 1}
        width, hits = max(wide.items(), key=lambda item: (item[1], item[0]))
    fields = [field for row in rows for field in row]
    stray = sum('"' in field.strip('"') for field in fields)
    return (hits / len(rows) * (1 - stray / len(fields)), width)


def _sample_rows(text: str, delimiter: str) -> list[list[str]]:
    """The first filled records; the last one is left out when it may be cut."""
    sample = text[:_SAMPLE_CHARS]
    rows: list[list[str]] = []
    try:
        for row in _reader(sample, delimiter):
            if any(row):
                rows.append(row)
            if len(rows) > _SAMPLE_ROWS:
                break
    except csv.Error:
        # An overlong field: what was read before it still tells.
        return rows
    cut = len(text) > len(sample) and 1 < len(rows) <= _SAMPLE_ROWS
    return rows[:-1] if cut else rows


def _reader(text: str, delimiter: str) -> Iterator[list[str]]:
    # newline="" keeps line breaks inside quotes as they are.
    return csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)


def read_csv(text: str, delimiter: str, guard: SheetGuard) -> Iterator[Row]:
    """Rows of texts; empty fields are None, texts beginning ``=`` stay texts.

    Row numbers count records, not lines, as a quoted field may have several.
    Raises TabularError ``field_too_long``, ``too_many_rows``,
    ``too_many_columns``.
    """
    return guard.sequence(_numbered(text, delimiter, guard))


def _numbered(
    text: str, delimiter: str, guard: SheetGuard
) -> Iterator[tuple[int, Row]]:
    reader = _reader(text, delimiter)
    number = 0
    while True:
        number += 1
        try:
            fields = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise TabularError("field_too_long", row=number) from error
        # The csv module's own limit is one for the whole process; others raise it.
        if max(map(len, fields), default=0) > MAX_FIELD_CHARS:
            raise TabularError("field_too_long", row=number)
        yield number, guard.trim(_cells(fields, number, guard), number)


def _cells(fields: list[str], number: int, guard: SheetGuard) -> list[CellValue]:
    if max(map(len, fields), default=0) <= guard.limits.max_cell_chars:
        return [field or None for field in fields]
    return [guard.text(field, number, index) for index, field in enumerate(fields)]
