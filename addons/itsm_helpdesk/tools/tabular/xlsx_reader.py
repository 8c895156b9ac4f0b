"""Read .xlsx sheets as a stream of rows, in memory bounded by one row."""

from __future__ import annotations

import math
from collections.abc import Iterator
from datetime import datetime
from functools import lru_cache

from .cells import CellValue, Row, SheetGuard, plain_number, serial_to_datetime
from .errors import TabularError
from .limits import Limits
from .merged import Range, ranges_in_xlsx
from .xlsx_package import Package, XmlHandler
from .xlsx_parts import (
    RichText,
    StringsPart,
    StylesPart,
    WorkbookPart,
    read_relations,
    unescape,
)

_DEFAULT_WORKBOOK = "xl/workbook.xml"


class XlsxReader:
    """An open .xlsx; styles and texts are read when first needed."""

    kind = "xlsx"

    def __init__(self, content: bytes, limits: Limits) -> None:
        self._limits = limits
        self._package = Package(content, limits)
        main = self._main_part()
        book = WorkbookPart(limits.max_sheets)
        self._package.parse_all(main, book, limits.max_metadata_bytes)
        self._date1904 = book.date1904
        relations = read_relations(self._package, main)
        self._targets = {
            relation.kind: relation.target for relation in relations.values()
        }
        self._parts: list[str] = []
        self.sheets: list[tuple[str, bool]] = []
        for sheet in book.sheets:
            relation = relations.get(sheet.relation)
            if relation and relation.kind == "worksheet":
                self._parts.append(relation.target)
                self.sheets.append((sheet.name, sheet.hidden))
        self._tables: tuple[list[str], list[bool]] | None = None

    def _main_part(self) -> str:
        relations = read_relations(self._package, "")
        named = [
            relation.target
            for relation in relations.values()
            if relation.kind == "officeDocument"
        ]
        main = named[0] if named else _DEFAULT_WORKBOOK
        if main not in self._package:
            raise TabularError("not_a_workbook")
        return main

    def rows(self, index: int, guard: SheetGuard) -> Iterator[Row]:
        """Rows of the sheet at ``index``; formulas give their stored results."""
        return guard.sequence(self._numbered(index, guard))

    def merged(self, index: int) -> Iterator[Range]:
        """Merged ranges of the sheet at ``index``, which stand behind its cells."""
        part = self._parts[index]
        if part in self._package:
            yield from ranges_in_xlsx(self._package.chunks(part))

    def _numbered(self, index: int, guard: SheetGuard) -> Iterator[tuple[int, Row]]:
        part = self._parts[index]
        if part not in self._package:
            raise TabularError("broken_file", detail="sheet part missing")
        strings, dates = self._load_tables()
        sheet = SheetPart(strings, dates, self._date1904, guard)
        for _pause in self._package.parse(part, sheet):
            yield from sheet.take()

    def _load_tables(self) -> tuple[list[str], list[bool]]:
        if self._tables is None:
            limits, package = self._limits, self._package
            texts = StringsPart(limits.max_strings, limits.max_cell_chars)
            styles = StylesPart()
            source = self._targets.get("sharedStrings")
            if source and source in package:
                package.parse_all(source, texts)
            source = self._targets.get("styles")
            if source and source in package:
                package.parse_all(source, styles, limits.max_metadata_bytes)
            self._tables = (texts.strings, styles.dates)
        return self._tables


class SheetPart(XmlHandler):
    """Turns the elements of a sheet into numbered rows.

    Empty cells are passed over and empty rows are ``()``; rows wait only until
    the piece of the file being parsed is done.
    """

    def __init__(
        self, strings: list[str], dates: list[bool], date1904: bool, guard: SheetGuard
    ) -> None:
        self._strings = strings
        self._dates = dates
        self._date1904 = date1904
        self._guard = guard
        self._ready: list[tuple[int, Row]] = []
        self._row = 0
        self._values: dict[int, CellValue] = {}
        self._column = -1
        self._type = self._style = ""
        self._formula = self._in_value = False
        self._raw: list[str] | None = None
        self._raw_length = 0
        self._inline: RichText | None = None

    def take(self) -> list[tuple[int, Row]]:
        """Rows finished since the last call, the in the order of the file."""
        ready, self._ready = self._ready, []
        return ready

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "c":
            self._start_cell(attributes)
        elif name == "v":
            self._raw, self._raw_length, self._in_value = [], 0, True
        elif name == "row":
            self._start_row(attributes.get("r", ""))
        elif name == "f":
            self._formula = True
        elif name == "is":
            self._inline = RichText(self._guard.limits.max_cell_chars)
        elif self._inline:
            self._inline.start(name)

    def end(self, name: str) -> None:
        if name == "v":
            self._in_value = False
        elif name == "c":
            self._end_cell()
        elif name == "row":
            self._end_row()
        elif self._inline:
            self._inline.end(name)

    def text(self, data: str) -> None:
        if self._in_value and self._raw is not None:
            if self._raw_length <= self._guard.limits.max_cell_chars:
                self._raw.append(data)
                self._raw_length += len(data)
        elif self._inline:
            self._inline.text(data)

    def _start_row(self, stated: str) -> None:
        number = int(stated) if stated.isdecimal() and len(stated) < 9 else 0
        # A number that goes back is a lie or a slip; rows keep their order.
        self._row = number if number > self._row else self._row + 1
        self._values = {}
        self._column = -1

    def _end_row(self) -> None:
        row: Row = ()
        if self._values:
            last = max(self._values)
            values = [self._values.get(index) for index in range(last + 1)]
            row = self._guard.trim(values, self._row)
        self._ready.append((self._row, row))

    def _start_cell(self, attributes: dict[str, str]) -> None:
        letters = attributes.get("r", "").rstrip("0123456789")
        stated = _column_index(letters)
        self._column = self._column + 1 if stated is None else stated
        self._type = attributes.get("t", "n")
        self._style = attributes.get("s", "")
        self._formula = False
        self._raw = self._inline = None

    def _end_cell(self) -> None:
        if self._raw is None and self._inline is None:
            if self._formula:
                self._note("formula_without_value")
            return
        value = self._decode()
        self._in_value = False
        self._raw = self._inline = None
        if value is None:
            return
        if self._column >= self._guard.limits.max_columns:
            limit = self._guard.limits.max_columns
            raise TabularError("too_many_columns", row=self._row, limit=limit)
        self._values[self._column] = value

    def _decode(self) -> CellValue:
        """The value of the cell just ended; None with a notice if unreadable."""
        if self._inline is not None:
            return self._text(self._inline.value())
        raw = "".join(self._raw or ())
        if self._type == "str":
            return self._text(unescape(raw))
        raw = raw.strip()
        if not raw:
            if self._formula:
                self._note("formula_without_value")
            return None
        if self._type == "e":
            self._note("error_cell", value=raw[:20])
            return None
        try:
            return self._decode_typed(raw)
        except (ValueError, IndexError, OverflowError):
            self._note("bad_cell")
            return None

    def _decode_typed(self, raw: str) -> CellValue:
        """Raises ValueError, IndexError or OverflowError for nonsense."""
        if self._type == "s":
            return self._text(self._strings[_position(raw)])
        if self._type == "b":
            return {"1": True, "0": False, "true": True, "false": False}.get(raw)
        if self._type == "d":
            return datetime.fromisoformat(raw.removesuffix("Z"))
        number = float(raw)
        if not math.isfinite(number):
            raise ValueError(raw)
        if not self._shows_date():
            return plain_number(number)
        try:
            return serial_to_datetime(number, self._date1904)
        except ValueError:
            return plain_number(number)

    def _shows_date(self) -> bool:
        style = self._style
        if not style.isdecimal() or len(style) > 6 or int(style) >= len(self._dates):
            return False
        return self._dates[int(style)]

    def _text(self, text: str) -> str | None:
        return self._guard.text(text, self._row, self._column)

    def _note(self, code: str, **params: object) -> None:
        self._guard.note(code, self._row, self._column, **params)


def _position(raw: str) -> int:
    """A place in the text table; ValueError unless plain digits."""
    if not raw.isdecimal() or len(raw) > 9:
        raise ValueError(raw)
    return int(raw)


@lru_cache(maxsize=1024)
def _column_index(letters: str) -> int | None:
    """0-based index of column ``letters`` (A is 0, AA is 26); None if not one."""
    if not 0 < len(letters) < 4 or not all("A" <= letter <= "Z" for letter in letters):
        return None
    index = 0
    for letter in letters:
        index = index * 26 + ord(letter) - 64
    return index - 1
