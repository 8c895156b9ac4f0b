"""Open a file from outside as sheets of rows, whatever its name says."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

from .cells import Row, SheetGuard
from .csv_reader import DELIMITERS, guess_delimiter, read_csv, split_sep_line
from .encoding import decode
from .errors import Notice, Notices, TabularError
from .kind import binary_kind, extension_fits, refuse_markup
from .limits import DEFAULT_LIMITS, Limits
from .merged import Range
from .xls_reader import XlsReader
from .xlsx_reader import XlsxReader


class SheetReader(Protocol):
    """What a reader of one file kind offers: ``sheets`` are (name, hidden)."""

    kind: str
    sheets: list[tuple[str, bool]]

    def rows(self, index: int, guard: SheetGuard) -> Iterator[Row]:
        """Rows of the sheet at ``index``."""

    def merged(self, index: int) -> Iterator[Range]:
        """Merged ranges of the sheet at ``index``."""


class TextReader:
    """A decoded delimited text as a workbook of one sheet."""

    kind = "csv"

    def __init__(self, text: str, delimiter: str | None) -> None:
        self._text, stated = split_sep_line(text)
        self.delimiter = delimiter or stated or guess_delimiter(self._text)
        if self.delimiter not in DELIMITERS:
            raise TabularError("bad_delimiter", delimiter=self.delimiter)
        self.sheets = [("csv", False)]

    def rows(self, _index: int, guard: SheetGuard) -> Iterator[Row]:
        """All records of the file."""
        return read_csv(self._text, self.delimiter, guard)

    def merged(self, _index: int) -> Iterator[Range]:
        """Text has no merged cells."""
        return iter(())


@dataclass(frozen=True)
class SheetInfo:
    """Name of a sheet and whether its author hid it."""

    name: str
    hidden: bool = False


class Workbook:
    """An opened file.

    ``kind`` is ``xlsx``, ``xls`` or ``csv``; ``encoding`` and ``delimiter`` are
    None unless csv; ``warnings`` grows while rows are read.
    """

    def __init__(self, reader: SheetReader, limits: Limits, warnings: Notices) -> None:
        self._reader = reader
        self._limits = limits
        self.kind = reader.kind
        self.encoding: str | None = None
        self.delimiter: str | None = getattr(reader, "delimiter", None)
        self.warnings = warnings
        self.sheets = tuple(SheetInfo(name, hidden) for name, hidden in reader.sheets)

    def first_sheet(self) -> SheetInfo:
        """The first sheet not hidden, or the first at all."""
        return next(
            (sheet for sheet in self.sheets if not sheet.hidden), self.sheets[0]
        )

    def rows(self, sheet: str | None = None) -> Iterator[Row]:
        """Rows of ``sheet`` (default: the first visible), each a tuple of values.

        The n-th tuple is row n of the sheet; empty rows are ``()``; empty cells
        at the end of a row and empty rows at the end of the sheet are left out.
        Values are str, int, float, bool, datetime (naive), time or None. Every
        call reads anew. Raises TabularError while iterating.
        """
        name = self.first_sheet().name if sheet is None else sheet
        index = self._index(name)
        return self._reader.rows(index, SheetGuard(name, self._limits, self.warnings))

    def merged(self, sheet: str) -> list[Range]:
        """Merged ranges of ``sheet``: (first row, last row, first column, last)."""
        return list(self._reader.merged(self._index(sheet)))

    def _index(self, sheet: str) -> int:
        names = [info.name for info in self.sheets]
        if sheet not in names:
            raise TabularError("sheet_missing", sheet=sheet)
        return names.index(sheet)


def open_table(
    content: bytes,
    filename: str = "",
    limits: Limits = DEFAULT_LIMITS,
    *,
    encoding: str | None = None,
    delimiter: str | None = None,
) -> Workbook:
    """Open ``content`` by what it holds; ``filename`` only feeds a warning.

    ``encoding`` and ``delimiter`` overrule what would be found out for text.
    Raises TabularError: ``empty``, ``too_large``, ``wrong_type``,
    ``encrypted``, ``zip_bomb``, ``forbidden_xml``, ``not_a_workbook``,
    ``broken_file``, ``unknown_encoding``, ``nul_bytes``, ``bad_delimiter``.
    """
    if len(content) > limits.max_bytes:
        raise TabularError("too_large", size=len(content), limit=limits.max_bytes)
    if not content.strip(b"\x00\t\r\n "):
        raise TabularError("empty")
    warnings = Notices(limits.max_notices)
    kind = binary_kind(content)
    if kind is None:
        book = _open_text(content, limits, warnings, encoding, delimiter)
    else:
        reader: SheetReader = (
            XlsxReader(content, limits)
            if kind == "xlsx"
            else XlsReader(content, limits)
        )
        book = Workbook(reader, limits, warnings)
    if not book.sheets:
        raise TabularError("not_a_workbook")
    if not extension_fits(filename, book.kind):
        params = {"filename": filename, "kind": book.kind}
        warnings.add(Notice("extension_mismatch", params))
    return book


def _open_text(
    content: bytes,
    limits: Limits,
    warnings: Notices,
    encoding: str | None,
    delimiter: str | None,
) -> Workbook:
    decoded = decode(content, encoding)
    if not decoded.text.strip():
        raise TabularError("empty")
    refuse_markup(decoded.text)
    book = Workbook(TextReader(decoded.text, delimiter), limits, warnings)
    book.encoding = decoded.encoding
    if decoded.replaced:
        warnings.add(Notice("undecodable_bytes", {"count": decoded.replaced}))
    return book
