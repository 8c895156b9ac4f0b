"""The small parts of an .xlsx: relations, sheet list, styles, shared texts."""

from __future__ import annotations

import posixpath
import re
from typing import NamedTuple

from openpyxl.styles.numbers import (
    builtin_format_code,
    is_date_format,
    is_timedelta_format,
)

from .errors import TabularError
from .xlsx_package import Package, XmlHandler, resolve

_ESCAPE = re.compile(r"_x([0-9A-Fa-f]{4})_")
# Built-in formats of East Asian locales, which openpyxl does not list.
_EAST_ASIAN_DATES = frozenset((*range(27, 37), *range(50, 59)))
_TRUE = ("1", "true")


class Relation(NamedTuple):
    """One relation: last word of its ``kind`` and the ``target`` part's name."""

    kind: str
    target: str


class _Relations(XmlHandler):
    def __init__(self, base: str) -> None:
        self.base = base
        self.found: dict[str, Relation] = {}

    def start(self, name: str, attributes: dict[str, str]) -> None:
        # External targets are addresses outside of the file: never followed.
        if name != "Relationship" or attributes.get("TargetMode") == "External":
            return
        kind = attributes.get("Type", "").rpartition("/")[2]
        target = resolve(self.base, attributes.get("Target", ""))
        self.found[attributes.get("Id", "")] = Relation(kind, target)


def read_relations(package: Package, part: str) -> dict[str, Relation]:
    """Relations of ``part`` by their id; empty when it has none."""
    folder, name = posixpath.split(part)
    source = posixpath.join(folder, "_rels", f"{name}.rels")
    handler = _Relations(part)
    if source in package:
        package.parse_all(source, handler, package.limits.max_metadata_bytes)
    return handler.found


class SheetEntry(NamedTuple):
    """A sheet as the workbook lists it; ``relation`` is the id of its part."""

    name: str
    hidden: bool
    relation: str


class WorkbookPart(XmlHandler):
    """The list of sheets and the date system."""

    def __init__(self, max_sheets: int) -> None:
        self.max_sheets = max_sheets
        self.sheets: list[SheetEntry] = []
        self.date1904 = False

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "workbookPr":
            self.date1904 = attributes.get("date1904", "") in _TRUE
        elif name == "sheet":
            self._add(attributes)

    def _add(self, attributes: dict[str, str]) -> None:
        if len(self.sheets) >= self.max_sheets:
            raise TabularError("too_many_sheets", limit=self.max_sheets)
        # The prefix of the relation's namespace is the writer's choice.
        relation = next(
            (value for key, value in attributes.items() if key.endswith(":id")), ""
        )
        hidden = attributes.get("state", "visible") != "visible"
        self.sheets.append(SheetEntry(attributes.get("name", ""), hidden, relation))


class StylesPart(XmlHandler):
    """For every cell style, whether it shows a number as a date."""

    def __init__(self) -> None:
        self.dates: list[bool] = []
        self._formats: dict[str, bool] = {}
        self._in_cell_styles = False

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "numFmt":
            number = attributes.get("numFmtId", "")
            self._formats[number] = _shows_date(attributes.get("formatCode"))
        elif name == "cellXfs":
            self._in_cell_styles = True
        elif name == "xf" and self._in_cell_styles:
            self.dates.append(self._is_date(attributes.get("numFmtId", "0")))

    def end(self, name: str) -> None:
        if name == "cellXfs":
            self._in_cell_styles = False

    def _is_date(self, number: str) -> bool:
        if number in self._formats:
            return self._formats[number]
        if not number.isdecimal() or len(number) > 4:
            return False
        if int(number) in _EAST_ASIAN_DATES:
            return True
        return _shows_date(builtin_format_code(int(number)))


def _shows_date(code: str | None) -> bool:
    """True for dates and times of day; a span such as ``[h]:mm`` is a number."""
    code = (code or "")[:255]
    return is_date_format(code) and not is_timedelta_format(code)


class StringsPart(XmlHandler):
    """The table of texts that cells refer to by position."""

    def __init__(self, max_strings: int, max_chars: int) -> None:
        self.max_strings = max_strings
        self.strings: list[str] = []
        self.run = RichText(max_chars)

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "si":
            self.run.clear()
        self.run.start(name)

    def end(self, name: str) -> None:
        self.run.end(name)
        if name != "si":
            return
        if len(self.strings) >= self.max_strings:
            raise TabularError("too_many_strings", limit=self.max_strings)
        self.strings.append(self.run.value())

    def text(self, data: str) -> None:
        self.run.text(data)


class RichText:
    """Collects the ``t`` elements of one text, leaving out reading aids.

    Keeps one character more than ``max_chars`` so that a cut can be noticed.
    """

    def __init__(self, max_chars: int) -> None:
        self.max_chars = max_chars
        self.clear()

    def clear(self) -> None:
        """Begin a new text."""
        self._pieces: list[str] = []
        self._length = 0
        self._open = False
        self._aid = False

    def start(self, name: str) -> None:
        """An element inside the text begins."""
        if name == "t":
            self._open = not self._aid
        elif name == "rPh":
            self._aid = True

    def end(self, name: str) -> None:
        """An element inside the text ends."""
        if name == "t":
            self._open = False
        elif name == "rPh":
            self._aid = False

    def text(self, data: str) -> None:
        """Characters; those outside of ``t`` are layout."""
        if self._open and self._length <= self.max_chars:
            self._pieces.append(data)
            self._length += len(data)

    def value(self) -> str:
        """The text so far, escapes resolved, one character over at most."""
        return unescape("".join(self._pieces))[: self.max_chars + 1]


def unescape(text: str) -> str:
    """Resolve ``_x000D_`` escapes, except into halves of surrogate pairs."""
    return _ESCAPE.sub(_unescaped, text) if "_x" in text else text


def _unescaped(match: re.Match[str]) -> str:
    code = int(match.group(1), 16)
    return match.group(0) if 0xD800 <= code <= 0xDFFF else chr(code)
