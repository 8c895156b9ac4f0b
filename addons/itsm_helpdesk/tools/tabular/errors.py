"""The one exception and the one remark type of the tabular engine.

Callers translate by ``code``; the English text is a default for logs and tests.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

MESSAGES: dict[str, str] = {
    # The file as a whole
    "empty": "The file is empty.",
    "too_large": "The file has {size} bytes; at most {limit} are accepted.",
    "zip_bomb": "The file unpacks to far more data than it may ({detail}).",
    "broken_file": "The file is damaged and cannot be read ({detail}).",
    "encrypted": "The file is protected by a password.",
    "not_a_workbook": "The file is not a workbook.",
    "wrong_type": "This is a {found} file; save it as .xlsx, .xls or .csv.",
    "forbidden_xml": "The file holds a document type or entity declaration.",
    "too_many_sheets": "The workbook has more than {limit} sheets.",
    "too_many_strings": "The workbook has more than {limit} different texts.",
    "too_many_rows": "The sheet has more than {limit} rows.",
    "too_many_columns": "Row {row} has more than {limit} columns.",
    "too_slow": "Reading the file takes longer than {limit} seconds.",
    "sheet_missing": "The workbook has no sheet {sheet!r}.",
    # Text files
    "unknown_encoding": "The text encoding of the file cannot be found out.",
    "nul_bytes": "The text file holds NUL characters.",
    "field_too_long": "A field near row {row} never ends; check the quotes.",
    "bad_delimiter": "{delimiter!r} cannot separate columns.",
    # Headers
    "header_missing": "No row of the first {limit} looks like a header.",
    "header_ambiguous": "The header {header!r} appears more than once.",
    # Values
    "required": "A value is required.",
    "bad_date": "{value!r} is not a date in the expected form.",
    "ambiguous_date": "{value!r} may be read day first or month first.",
    "ambiguous_time": "{value} happens twice in {tz} (clocks go back).",
    "missing_time": "{value} does not exist in {tz} (clocks go forward).",
    "bad_timezone": "{tz!r} is not a known time zone.",
    "bad_number": "{value!r} is not a number.",
    "bad_boolean": "{value!r} is neither yes nor no.",
    "bad_choice": "{value!r} is not one of the known values.",
    "choice_conflict": "In {value!r} the number and the words disagree.",
    "choice_overlap": "The text {text!r} is given to several choices.",
    # Rows
    "unreadable_row": "The row cannot be converted ({detail}).",
    "key_missing": "The key column {field!r} is empty.",
    "key_duplicate": "The same key is also on rows {rows}.",
    # Remarks (never raised)
    "extension_mismatch": "{filename!r} is in truth a {kind} file.",
    "undecodable_bytes": "{count} damaged characters were replaced.",
    "error_cell": "Cell {cell} holds the error {value}; read as empty.",
    "formula_without_value": "The formula in cell {cell} has no stored result.",
    "bad_cell": "Cell {cell} cannot be read; taken as empty.",
    "cell_truncated": "Cell {cell} was cut to {limit} characters.",
    "stopped_at_empty_rows": "Reading stopped after {limit} empty rows at row {row}.",
}


def message(code: str, params: dict[str, Any]) -> str:
    """English text of ``code``; falls back to code and params when they misfit."""
    try:
        return MESSAGES[code].format(**params)
    except (KeyError, IndexError, ValueError):
        return f"{code}: {params}" if params else code


class TabularError(Exception):
    """A refusal with a stable ``code`` and the ``params`` of its message.

    >>> str(TabularError("too_many_rows", limit=10))
    'The sheet has more than 10 rows.'
    """

    def __init__(self, code: str, **params: Any) -> None:
        self.code = code
        self.params = params
        super().__init__(message(code, params))

    def __reduce__(self) -> tuple[Any, ...]:
        return (_rebuild, (self.code, self.params))


def _rebuild(code: str, params: dict[str, Any]) -> TabularError:
    """Unpickle a :class:`TabularError`, whose params are keywords."""
    return TabularError(code, **params)


@dataclass(frozen=True)
class Notice:
    """A remark about the file or one cell that did not stop the reading.

    ``sheet``, ``row`` and ``column`` say where (row 1-based as in the sheet,
    column 0-based as in the row tuples); all None for the whole file.
    """

    code: str
    params: dict[str, Any] = field(default_factory=dict)
    sheet: str | None = None
    row: int | None = None
    column: int | None = None

    def __str__(self) -> str:
        return message(self.code, self.params)


class Notices(list[Notice]):
    """A list of notices that stops growing at ``limit`` (hostile files)."""

    def __init__(self, limit: int) -> None:
        super().__init__()
        self.limit = limit
        self.dropped = 0

    def add(self, notice: Notice) -> None:
        """Keep ``notice`` once, or count it in ``dropped`` when full."""
        if len(self) >= self.limit:
            self.dropped += 1
        elif notice not in self[-50:]:
            self.append(notice)
