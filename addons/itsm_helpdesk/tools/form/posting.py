"""Turn the fields of a posted form into raw values.

Fields are ``q_<key>``, and ``q_<key>.<row>.<column>`` in tables, as texts; repeated for
several choices and for the ids of files that stay. A combobox also sends what was
typed, as ``n_…``; it stands in for the record while none was chosen, so that it can be
named and shown again.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from . import definition

_FIELD = re.compile(r"([qn])_([a-z][a-z0-9_]*)(?:\.([0-9]{1,6})\.([a-z][a-z0-9_]*))?")


def read(
    form: definition.Definition, items: Iterable[tuple[str, Any]]
) -> dict[str, Any]:
    """Return ``{key: value}`` from the fields of a form; all else is left out.

    Rows come in the order of their numbers, whatever the gaps between them. At most
    one row more than any table may have is taken, so that reading finds it too long.

    >>> form = {"questions": [{"key": "a", "type": "char"}]}
    >>> read(form, [("q_a", "x"), ("csrf_token", "y")])
    {'a': 'x'}
    """
    asked = {each["key"]: each for each in definition.questions(form)}
    raw: dict[str, Any] = {}
    typed: list[tuple[dict[str, Any], str, str]] = []
    tables: dict[str, dict[int, dict[str, Any]]] = {}
    for name, value in items:
        match = _FIELD.fullmatch(name)
        question = asked.get(match[2]) if match else None
        if question is None or not isinstance(value, str):
            continue
        place: dict[str, Any] | None = raw
        if question["type"] == "table":
            rows = tables.setdefault(question["key"], {})
            place, question = _cell(question, rows, match)
        elif match[3]:
            place = None
        if place is None:
            continue
        if match[1] == "n":
            typed.append((place, question["key"], value))
        else:
            _set(place, question, value)
    for place, key, value in typed:
        place[key] = place.get(key) or value
    for key, rows in tables.items():
        raw[key] = [rows[number] for number in sorted(rows)]
    return raw


def _cell(
    question: definition.Question, rows: dict[int, dict[str, Any]], match: re.Match
) -> tuple[dict[str, Any] | None, Mapping[str, Any]]:
    """Return the row of a cell and its column; no row if there is none."""
    columns = {each["key"]: each for each in definition.columns(question)}
    column = columns.get(match[4])
    if column is None:
        return None, question
    number = int(match[3])
    if number not in rows and len(rows) > definition.MAX_ROWS:
        return None, column
    return rows.setdefault(number, {}), column


def _set(place: dict[str, Any], question: definition.Question, value: str) -> None:
    """Keep a field; choices and kept files add up, else the last one counts."""
    if question["type"] in ("choices", "file"):
        place.setdefault(question["key"], []).append(value)
    else:
        place[question["key"]] = value
