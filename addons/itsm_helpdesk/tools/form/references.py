"""The records that raw values name, for the caller to look up in bulk."""

from __future__ import annotations

from typing import Any, NamedTuple

from . import definition, files, records


class Reference(NamedTuple):
    """Ids that were answered, and the records that may be."""

    model: str
    ids: set[int]
    domain: Any


def wanted(form: definition.Definition, raw: Any) -> dict[str, Reference]:
    """Return what to look up, by the path of the question: ``key``, ``key.column``.

    The caller searches each domain for the ids, as the person who asks, and gives
    ``{path: ids found}`` to ``reading.read``. By question, not by model: two questions
    may offer different records of one model. Kept files are ``ir.attachment``.
    """
    sent = raw if isinstance(raw, dict) else {}
    found: dict[str, Reference] = {}
    for question in definition.questions(form):
        key = question["key"]
        value = sent.get(key)
        if question["type"] == "file":
            _add(found, key, question, files.kept(value))
        elif question["type"] == "table":
            rows = value if isinstance(value, list) else []
            cells = [r for r in rows[: definition.MAX_ROWS] if isinstance(r, dict)]
            for column in definition.columns(question):
                ids = [records.as_id(row.get(column["key"])) for row in cells]
                _add(found, f"{key}.{column['key']}", column, ids)
        else:
            _add(found, key, question, [records.as_id(value)])
    return found


def _add(
    found: dict[str, Reference],
    path: str,
    question: definition.Question,
    ids: list[int | None],
) -> None:
    model = definition.model_of(question)
    named = {each for each in ids if each}
    if model and named:
        found[path] = Reference(model, named, question.get("domain"))
