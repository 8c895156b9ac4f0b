"""Write workbooks that the import reads back: empty ones to fill in, and exports."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

import xlsxwriter

from .engine import tabular

_MAX_INLINE = 255
_MAX_NAME = 31
_FORBIDDEN = re.compile(r"[\[\]:*?/\\\x00-\x1f]")
# Choices are offered in so many rows below the header.
_OFFERED_ROWS = 5_000
_MAX_CHARS = 32_767
_EXACT_INT = 2**53


@dataclass(frozen=True)
class OutColumn:
    """A column to write.

    :param choices: texts offered in a list on each cell
    :param strict: no other text may be typed
    """

    header: str
    type: str = "char"
    help: str = ""
    required: bool = False
    choices: tuple[str, ...] = ()
    strict: bool = False


@dataclass(frozen=True)
class OutSheet:
    """A sheet to write: its name, its columns, and rows of values in their order."""

    name: str
    columns: Sequence[OutColumn]
    rows: Iterable[Sequence[Any]] = field(default_factory=tuple)


def write_workbook(sheets: Iterable[OutSheet], lists_name: str = "Lists") -> bytes:
    """An .xlsx of the sheets, rows written as they come.

    Each text is written as text: none becomes a formula or a link. Long lists of
    choices stand on a hidden sheet.
    """
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"constant_memory": True}) as book:
        writer = _Writer(book, lists_name)
        for sheet in sheets:
            writer.write(sheet)
        writer.write_lists()
    return buffer.getvalue()


def sheet_names(names: Iterable[str]) -> list[str]:
    """Names that a workbook takes for its sheets, all different.

    >>> sheet_names(["A/B", "a b", "x" * 40, "x" * 41])[:2]
    ['A B', 'a b (2)']
    """
    found: list[str] = []
    taken: set[str] = set()
    for name in names:
        plain = " ".join(_FORBIDDEN.sub(" ", name).split()).strip("'") or "Sheet"
        text, number = plain[:_MAX_NAME], 1
        while text.casefold() in taken:
            number += 1
            mark = f" ({number})"
            text = plain[: _MAX_NAME - len(mark)] + mark
        taken.add(text.casefold())
        found.append(text)
    return found


class _Writer:
    def __init__(self, book: Any, lists_name: str) -> None:
        self._book, self._lists_name = book, lists_name
        self._lists: list[tuple[str, ...]] = []
        self._bold = book.add_format({"bold": True, "bg_color": "#E9ECEF", "border": 1})
        self._needed = book.add_format(
            {"bold": True, "bg_color": "#FFE8CC", "border": 1}
        )
        self._day = book.add_format({"num_format": "yyyy-mm-dd"})
        self._moment = book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})
        self._text = book.add_format({"num_format": "@"})

    def write(self, sheet: OutSheet) -> None:
        """Write one sheet."""
        out = self._book.add_worksheet(sheet.name)
        out.freeze_panes(1, 0)
        for number, column in enumerate(sheet.columns):
            style = {"date": self._day, "datetime": self._moment}.get(column.type)
            if column.type in ("char", "identifier"):
                # A number typed here keeps its leading zeros.
                style = self._text
            out.set_column(number, number, max(12, len(column.header) + 4), style)
            self._offer(out, number, column)
        for number, column in enumerate(sheet.columns):
            style = self._needed if column.required else self._bold
            out.write_string(0, number, column.header, style)
            if column.help:
                out.write_comment(0, number, column.help[:_MAX_CHARS])
        for line, row in enumerate(sheet.rows, 1):
            for number, value in enumerate(row):
                self._cell(out, line, number, value)

    def _offer(self, out: Any, number: int, column: OutColumn) -> None:
        """Offer the choices of a column as a list on its cells."""
        if not column.choices:
            return
        inline = ",".join(column.choices)
        plain = not any("," in choice for choice in column.choices)
        source: Any = list(column.choices)
        if len(inline) > _MAX_INLINE or not plain:
            source = self._list(column.choices)
        options = {"validate": "list", "source": source}
        if not column.strict:
            options["error_type"] = "warning"
        out.data_validation(1, number, _OFFERED_ROWS, number, options)

    def _list(self, choices: tuple[str, ...]) -> str:
        if choices not in self._lists:
            self._lists.append(choices)
        letter = tabular.column_letters(self._lists.index(choices))
        name = self._lists_name.replace("'", "''")
        return f"='{name}'!${letter}$1:${letter}${len(choices)}"

    def write_lists(self) -> None:
        """Write the hidden sheet with the long lists."""
        if not self._lists:
            return
        out = self._book.add_worksheet(self._lists_name)
        out.hide()
        for line in range(max(map(len, self._lists))):
            for number, choices in enumerate(self._lists):
                if line < len(choices):
                    out.write_string(line, number, choices[line])

    def _cell(self, out: Any, line: int, number: int, value: Any) -> None:
        """Write one cell by the type of its value, never by what a text looks like."""
        if value is None or value == "":
            return
        if isinstance(value, bool):
            out.write_boolean(line, number, value)
        elif isinstance(value, (int, float)) and abs(value) <= _EXACT_INT:
            out.write_number(line, number, value)
        elif isinstance(value, datetime) and value.year > 1900:
            out.write_datetime(line, number, value, self._moment)
        elif isinstance(value, date) and value.year > 1900:
            out.write_datetime(line, number, value, self._day)
        else:
            text = value.isoformat() if hasattr(value, "isoformat") else str(value)
            text = text.encode("utf-8", "replace").decode()[:_MAX_CHARS]
            out.write_string(line, number, text, self._text)
