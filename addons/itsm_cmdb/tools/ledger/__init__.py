"""Read workbooks of items as people keep them. Pure Python.

A workbook is opened by the desk's tabular engine. Here its sheets are told apart
(items of a class, relations, anything else), merged cells filled, the header found on
whatever row it is, columns matched with fields in Chinese or English, and cells read:
dates of all forms, amounts, units, words for states. The rows then go to the staging
batch, which identifies items and says what would become of them.
"""

from .convert import Reading, converter, distinct_words
from .days import guess_order, to_date, to_moment
from .engine import tabular
from .fields import CLASS_KEY, RELATION_FIELDS, ClassNames, LedgerField
from .header import Header, find_header, header_at
from .look import (
    IGNORED,
    ITEMS,
    RELATIONS,
    ColumnLook,
    SheetLook,
    Vocabulary,
    look_at_sheet,
)
from .merged import Merges
from .rows import FedColumn, LedgerRow, PassedOver, read_rows
from .texts import to_identifier, to_name
from .units import header_unit, to_money, with_unit
from .words import (
    CRITICALITY_WORDS,
    ENVIRONMENT_WORDS,
    HEADERS,
    RELATION_WORDS,
    STATUS_WORDS,
    STRENGTH_WORDS,
    attribute_words,
)
from .workbook import OutColumn, OutSheet, sheet_names, write_workbook

__all__ = [
    "CLASS_KEY",
    "CRITICALITY_WORDS",
    "ENVIRONMENT_WORDS",
    "HEADERS",
    "IGNORED",
    "ITEMS",
    "RELATIONS",
    "RELATION_FIELDS",
    "RELATION_WORDS",
    "STATUS_WORDS",
    "STRENGTH_WORDS",
    "ClassNames",
    "ColumnLook",
    "FedColumn",
    "Header",
    "LedgerField",
    "LedgerRow",
    "Merges",
    "OutColumn",
    "OutSheet",
    "PassedOver",
    "Reading",
    "SheetLook",
    "Vocabulary",
    "attribute_words",
    "converter",
    "distinct_words",
    "find_header",
    "guess_order",
    "header_at",
    "header_unit",
    "look_at_sheet",
    "read_rows",
    "sheet_names",
    "tabular",
    "to_date",
    "to_identifier",
    "to_moment",
    "to_money",
    "to_name",
    "with_unit",
    "write_workbook",
]
