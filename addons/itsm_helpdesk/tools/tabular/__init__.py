"""Read tables from outside files and plan their import. Pure Python.

A file is opened by its content, its header found, its columns mapped, its cells
converted, and a plan made of what every row would do; nothing here knows what
the rows are about or writes anything anywhere.

>>> book = open_table("编号;状态;开始\\nA1;?;29-02-2016 01:16\\n".encode("gb18030"))
>>> book.kind, book.encoding, book.delimiter
('csv', 'gb18030', ';')
>>> rows = list(book.rows())
>>> header = find_header_row(rows)
>>> fields = [FieldSpec("number", "Number", ("编号",)),
...           FieldSpec("start", "Start", ("开始", "开始时间"), "datetime")]
>>> guesses = guess_mapping(rows[header], fields)
>>> {column: guess.field for column, guess in guesses.items()}
{0: 'number', 2: 'start'}
>>> form = guess_date_format(row[2] for row in rows[header + 1:]).format
>>> columns = [Column(0, "number", required(to_text)),
...            Column(2, "start", lambda cell: parse_datetime(cell, form))]
>>> records = list(read_records(rows, columns, header_row=header))
>>> plan = plan_import(records, {}, PlanOptions(key=("number",)))
>>> plan.rows[0].outcome, plan.rows[0].changes["start"][1].isoformat()
('create', '2016-02-29T01:16:00')
"""

from .cells import CellValue, Row, column_letters, serial_to_datetime
from .csv_reader import DELIMITERS, guess_delimiter
from .date_guess import DateGuess, guess_date_format
from .dates import DateFormat, parse_date, parse_datetime
from .encoding import Decoded, decode
from .error_sheet import ErrorRow, write_error_book, write_error_sheet
from .errors import MESSAGES, Notice, TabularError
from .fingerprint import fingerprint
from .headers import (
    FieldSpec,
    Guess,
    check_headers,
    find_header_row,
    guess_mapping,
    normalize_header,
)
from .limits import DEFAULT_LIMITS, Limits
from .matching import Directory, Entry, Match, distinct_names
from .plan import (
    Plan,
    PlanOptions,
    RowHistory,
    RowPlan,
    make_key,
    plan_import,
    row_histories,
)
from .reader import SheetInfo, Workbook, open_table
from .records import Column, Reason, SourceRow, convert_row, read_records
from .values import (
    UNKNOWN_MARKS,
    ChoiceMap,
    as_text,
    normalize,
    required,
    to_boolean,
    to_float,
    to_integer,
    to_text,
)
from .zones import to_utc

__all__ = [
    "DEFAULT_LIMITS",
    "DELIMITERS",
    "MESSAGES",
    "UNKNOWN_MARKS",
    "CellValue",
    "ChoiceMap",
    "Column",
    "DateFormat",
    "DateGuess",
    "Decoded",
    "Directory",
    "Entry",
    "ErrorRow",
    "FieldSpec",
    "Guess",
    "Limits",
    "Match",
    "Notice",
    "Plan",
    "PlanOptions",
    "Reason",
    "Row",
    "RowHistory",
    "RowPlan",
    "SheetInfo",
    "SourceRow",
    "TabularError",
    "Workbook",
    "as_text",
    "check_headers",
    "column_letters",
    "convert_row",
    "decode",
    "distinct_names",
    "find_header_row",
    "fingerprint",
    "guess_date_format",
    "guess_delimiter",
    "guess_mapping",
    "make_key",
    "normalize",
    "normalize_header",
    "open_table",
    "parse_date",
    "parse_datetime",
    "plan_import",
    "read_records",
    "required",
    "row_histories",
    "serial_to_datetime",
    "to_boolean",
    "to_float",
    "to_integer",
    "to_text",
    "to_utc",
    "write_error_book",
    "write_error_sheet",
]
