"""The answers of a form as an Odoo property definition, so that they are fields."""

from __future__ import annotations

from typing import Any

from .form import definition as form

_PLAIN = {
    "char": "char",
    "text": "text",
    "money": "float",
    "date": "date",
    "datetime": "datetime",
    "boolean": "boolean",
    "section": "separator",
}
# As many colours as Odoo's tags have.
_COLOURS = 11

Property = dict[str, Any]


def of_form(definition: form.Definition) -> list[Property]:
    """Return the properties that hold the answers to a form.

    Tables have none: their rows are records of their own. Notes are never answered.

    >>> of_form({"questions": [{"key": "n", "type": "number", "label": "How many?"}]})
    [{'name': 'n', 'string': 'How many?', 'type': 'integer'}]
    """
    return of_questions(form.questions(definition))


def of_questions(questions: list[form.Question]) -> list[Property]:
    """Return the properties of some questions, or of the columns of a table."""
    found = (_property(question) for question in questions)
    return [each for each in found if each]


def _property(question: form.Question) -> Property | None:
    kind = question["type"]
    entry = {"name": question["key"], "string": question["label"]}
    if kind in _PLAIN:
        return entry | {"type": _PLAIN[kind]}
    if kind == "number":
        return entry | {"type": "float" if form.decimals(question) else "integer"}
    if kind == "choice":
        options = [[each["key"], each["label"]] for each in _options(question)]
        return entry | {"type": "selection", "selection": options}
    if kind == "choices":
        tags = [
            [each["key"], each["label"], number % _COLOURS]
            for number, each in enumerate(_options(question), 1)
        ]
        return entry | {"type": "tags", "tags": tags}
    if kind == "file":
        return entry | {"type": "many2many", "comodel": form.model_of(question)}
    if kind in form.REFERENCES:
        return entry | {"type": "many2one", "comodel": form.model_of(question)}
    return None


def _options(question: form.Question) -> list[dict[str, Any]]:
    return question.get("options") or []
