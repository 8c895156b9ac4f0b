"""The definition of a form: its questions in one language, as plain data.

``{"questions": [question, …]}``; a question is a dict with ``key``, ``type``, ``label``
and what its type knows of: ``help``, ``placeholder``, ``required``, ``required_if``,
``shown_if``, ``options`` (``[{"key", "label"}]``), ``minimum``, ``maximum``,
``max_length``, ``pattern``, ``pattern_hint``, ``decimals``, ``default`` (``{"kind",
"value"}``), ``columns`` (questions), ``max_rows``, ``max_files``, ``extensions``,
``model``, ``domain``. An absent key means none.

- ``decimals``: places after the point of a number; none means whole numbers. Money has
  two.
- ``minimum``, ``maximum``: of a number or money the value; of a date or date and time
  the distance from today in days, so 0 means “not before today”.
- ``pattern``: for short texts, see ``patterns``.
- Tables have no tables, files, sections and notes in them, and start empty.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from .. import upload
from . import patterns

Question = Mapping[str, Any]
Definition = Mapping[str, Any]

TYPES = (
    *("char", "text", "number", "money", "date", "datetime", "boolean"),
    *("choice", "choices", "person", "department", "location", "record"),
    *("file", "table", "section", "note"),
)
# What a table cannot have in its columns.
NO_COLUMN = frozenset(("file", "table", "section", "note"))
NUMBERS = frozenset(("number", "money"))
MOMENTS = frozenset(("date", "datetime"))
CHOICES = frozenset(("choice", "choices"))
REFERENCES = frozenset(("person", "department", "location", "record"))
# The records that a question of this type is about; ``record`` says its own.
MODELS = {
    "person": "hr.employee.public",
    "department": "hr.department",
    "location": "itsm.location",
    "file": "ir.attachment",
}

# What the facts of an employee record are records of; the others are texts.
FACT_MODELS = {
    "name": frozenset(("hr.employee.public", "hr.employee")),
    "manager": frozenset(("hr.employee.public", "hr.employee")),
    "department": frozenset(("hr.department",)),
    "location": frozenset(("itsm.location",)),
    "company": frozenset(("res.company",)),
}

MAX_QUESTIONS = 300
MAX_COLUMNS = 20
MAX_OPTIONS = 500
MAX_LINE = 1_000
MAX_TEXT = 20_000
MAX_ROWS = 200
DEFAULT_ROWS = 50
MAX_FILES = upload.MAX_FILES
MAX_DECIMALS = 6
MAX_NUMBER = 10**12
FIRST_YEAR, LAST_YEAR = 1900, 2100
# Limits of dates that are further away than this many days are none.
MAX_DAYS = 36_500


def questions(definition: Definition) -> list[Question]:
    """Return the questions of a form, in order."""
    return definition.get("questions") or []


def columns(question: Question) -> list[Question]:
    """Return the columns of a table."""
    return question.get("columns") or []


def flatten(definition: Definition) -> Iterator[tuple[str, Question]]:
    """Yield each question and each column with its path: ``key``, ``key.column``."""
    for question in questions(definition):
        yield question["key"], question
        for column in columns(question):
            yield f"{question['key']}.{column['key']}", column


def file_keys(definition: Definition) -> set[str]:
    """Return the keys of the questions that are answered with files."""
    return {each["key"] for each in questions(definition) if each["type"] == "file"}


def model_of(question: Question) -> str | None:
    """Return the model whose records answer a question."""
    return MODELS.get(question["type"]) or question.get("model")


def takes_fact(question: Question, fact: Any) -> bool:
    """Tell whether a fact of an employee record can be an answer to a question."""
    if question["type"] in REFERENCES:
        return model_of(question) in FACT_MODELS.get(fact, ())
    return question["type"] in ("char", "text")


def max_length(question: Question) -> int:
    """Return the most characters an answer may have."""
    most = MAX_TEXT if question["type"] == "text" else MAX_LINE
    if question.get("pattern"):
        most = patterns.MAX_TEXT
    return min(question.get("max_length") or most, most)


def max_rows(question: Question) -> int:
    """Return the most rows a table may have."""
    return min(question.get("max_rows") or DEFAULT_ROWS, MAX_ROWS)


def max_files(question: Question) -> int:
    """Return the most files an answer may have."""
    return min(question.get("max_files") or MAX_FILES, MAX_FILES)


def decimals(question: Question) -> int:
    """Return the most places after the point of a number."""
    if question["type"] == "money":
        return 2
    return min(question.get("decimals") or 0, MAX_DECIMALS)
