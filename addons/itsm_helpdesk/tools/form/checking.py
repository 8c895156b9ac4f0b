"""Check a definition before it is published: what an administrator may have mistaken.

Each finding is ``(path, Problem)``; the path is that of a question or a column
(``key`` or ``key.column``), ``""`` for the form.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from .. import upload
from . import conditions, definition, patterns, values
from .problems import Problem, RefusedError

Finding = tuple[str, Problem]

_KEY = re.compile(r"[a-z][a-z0-9_]{0,39}")
# Upper limits: the name of the limit, the types it is for, the most it can be.
_LIMITS = (
    ("max_length", ("char",), definition.MAX_LINE),
    ("max_length", ("text",), definition.MAX_TEXT),
    ("max_rows", ("table",), definition.MAX_ROWS),
    ("max_files", ("file",), definition.MAX_FILES),
)
_DEFAULTS = ("none", "fixed", "employee", "today")
# A fixed default is read without the rest of the form; the day does not matter.
_ANY_DAY = date(2000, 1, 1)


def check(form: definition.Definition) -> list[Finding]:
    """Return what is wrong with a form, in the order of its questions."""
    questions = definition.questions(form)
    if len(questions) > definition.MAX_QUESTIONS:
        maximum = {"maximum": definition.MAX_QUESTIONS}
        return [("", Problem("too_many_questions", maximum))]
    return list(_check_all(questions, ""))


def _check_all(
    questions: Sequence[definition.Question], prefix: str
) -> Iterator[Finding]:
    """Check questions, or the columns of a table whose path is the prefix."""
    before: dict[str, definition.Question] = {}
    for question in questions:
        key = str(question.get("key") or "")
        path = f"{prefix}{key}"
        if not _KEY.fullmatch(key):
            yield path, Problem("key_form", {"key": key})
        elif key in before:
            yield path, Problem("key_twice", {"key": key})
        kind = question.get("type")
        if kind not in definition.TYPES or (prefix and kind in definition.NO_COLUMN):
            yield path, Problem("type_unknown", {"type": str(kind)})
            continue
        for problem in _check_question(question, before):
            yield path, problem
        if kind == "table":
            yield from _check_columns(question, path)
        before[key] = question


def _check_columns(table: definition.Question, path: str) -> Iterator[Finding]:
    count = len(definition.columns(table))
    if not 0 < count <= definition.MAX_COLUMNS:
        yield path, Problem("columns", {"maximum": definition.MAX_COLUMNS})
    else:
        yield from _check_all(definition.columns(table), f"{path}.")


def _check_question(
    question: definition.Question, before: dict[str, definition.Question]
) -> Iterator[Problem]:
    if not str(question.get("label") or "").strip():
        yield Problem("label_missing")
    for name in ("shown_if", "required_if"):
        yield from conditions.check(question.get(name), before)
    yield from _check_options(question)
    yield from _check_limits(question)
    yield from _check_pattern(question)
    if question["type"] == "record" and not question.get("model"):
        yield Problem("model_missing")
    yield from _check_default(question)


def _check_options(question: definition.Question) -> Iterator[Problem]:
    if question["type"] not in definition.CHOICES:
        return
    keys = [str(each.get("key") or "") for each in question.get("options") or []]
    folded = {conditions.fold(key) for key in keys}
    if not 0 < len(keys) <= definition.MAX_OPTIONS:
        yield Problem("options", {"maximum": definition.MAX_OPTIONS})
    # Conditions do not tell apart what differs in case only.
    elif "" in folded or len(folded) < len(keys):
        yield Problem("option_twice")


def _check_limits(question: definition.Question) -> Iterator[Problem]:
    lowest, highest = question.get("minimum"), question.get("maximum")
    if lowest is not None and highest is not None and lowest > highest:
        yield Problem("limits_crossed", {"minimum": lowest, "maximum": highest})
    for name, kinds, most in _LIMITS:
        limit = question.get(name) or 1
        if question["type"] in kinds and not 0 < limit <= most:
            yield Problem(f"limit_{name}", {"maximum": most})
    if not 0 <= (question.get("decimals") or 0) <= definition.MAX_DECIMALS:
        yield Problem("limit_decimals", {"maximum": definition.MAX_DECIMALS})


def _check_pattern(question: definition.Question) -> Iterator[Problem]:
    pattern = question.get("pattern")
    if not pattern:
        return
    if question["type"] != "char":
        yield Problem("pattern_place")
    problem = patterns.check(pattern)
    if problem:
        yield problem


def _check_default(question: definition.Question) -> Iterator[Problem]:
    default = question.get("default") or {}
    kind = default.get("kind", "none")
    fits = kind in _DEFAULTS
    if kind == "today":
        fits = question["type"] in definition.MOMENTS
    elif kind == "employee":
        fits = definition.takes_fact(question, default.get("value"))
    elif kind == "fixed":
        fits = _is_readable(question, default.get("value"))
    if not fits:
        yield Problem("default")


def _is_readable(question: definition.Question, value: Any) -> bool:
    """Tell whether a fixed default can be an answer to its question."""
    kind = question["type"]
    if kind not in (*values.PLAIN, *definition.REFERENCES, *definition.MOMENTS):
        return False
    if kind in definition.MOMENTS:
        # Their limits move on from day to day.
        question = {**question, "minimum": None, "maximum": None}
    around = values.Around(_ANY_DAY, "UTC", None, {}, upload.MAX_FILE_BYTES)
    try:
        values.read_value(question, values.fixed(question, value), around, "")
    except RefusedError:
        return False
    return True
