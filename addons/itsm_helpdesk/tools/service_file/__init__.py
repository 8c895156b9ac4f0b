"""Services as one JSON file: its schema, its checks and its normal form.

A service moves between databases by names, never by numbers. ``read`` takes the
bytes of a file from outside and returns its content, or raises ``FileRefused`` with
all that is wrong; ``write`` makes the bytes of a file. Both keep to one normal form:
two files that say the same have the same bytes.
"""

from .checks import check
from .conditions import rules_of
from .limits import MAX_BYTES, MAX_DEPTH, MAX_PICTURE_BYTES
from .pictures import picture_problem
from .problems import FileRefused, Problem, Problems
from .reader import read, upgrade, validate, write
from .schema import DOCUMENT, FORMAT, VERSION, filled, normal
from .values import SOURCE_LANGUAGE, records_by_number

__all__ = [
    "DOCUMENT",
    "FORMAT",
    "MAX_BYTES",
    "MAX_DEPTH",
    "MAX_PICTURE_BYTES",
    "SOURCE_LANGUAGE",
    "VERSION",
    "FileRefused",
    "Problem",
    "Problems",
    "check",
    "filled",
    "normal",
    "picture_problem",
    "read",
    "records_by_number",
    "rules_of",
    "upgrade",
    "validate",
    "write",
]
