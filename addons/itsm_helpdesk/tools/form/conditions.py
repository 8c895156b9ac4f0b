"""When a question is shown or required, given the answers to those before it.

A condition is None (always) or ``{"match": "all" | "any", "rules": [rule or condition,
…]}``; a rule is ``{"question": key, "op": op, "value": value}``. The browser evaluates
the same conditions in ``static/src/form/conditions.js``; whoever changes one changes
both, and ``tests/unit/test_form_agreement.py`` compares them.

How values are compared:

- **Empty** are None, blank text, and a list of nothing but empty values. The answer to
  a hidden or unknown question is empty. Two empty values are equal.
- ``is_set`` and ``is_empty`` count *no* (false) as empty: a box that is not ticked.
  ``equals false`` needs the answer *no* itself, so it does not hold while the yes/no
  question is hidden.
- **Text** is compared without regard to case, width and composition: NFKC, upper case,
  NFKC again (upper case, as it has no rules that depend on neighbours), runs of blanks
  as one. Texts that are both dates or times are equal if they are the same moment.
- **Numbers** equal texts that read as the same plain number: 5 and " 5.0 ".
  Two texts are compared as texts, so "05" is not "5".
- **Yes/no** equals true, 1, "true", "yes", "1" and false, 0, "false", "no", "0".
- **Lists** are sets; a single value is a set of one.
- ``greater``, ``at_least``, ``less`` and ``at_most`` hold between two numbers (texts
  that read as numbers too) or two moments; a date is its midnight. Otherwise, and for
  empty values, they do not hold.
- ``contains``: a text has the value, or each of the values, in it; a list has the
  value, or each of the values, among its elements. Nothing contains an empty value.
- ``one_of``: the answer, or one of its elements, equals one of the values.
- ``differs`` and ``not_one_of`` are the opposites of ``equals`` and ``one_of``, so
  they hold for an empty answer.

What is malformed never holds and never raises: an unknown op, a rule without question,
a group without list, nesting deeper than ``MAX_DEPTH``. A group of no rules holds.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from .problems import Problem

MAX_DEPTH = 10
# These are texts for the reader; they are never answered.
SILENT = frozenset(("section", "note"))
_NUMBER = re.compile(r"[+-]?[0-9]+(\.[0-9]+)?")
_MAX_NUMBER_CHARS = 40
_MOMENT = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2})(?:[ T]([0-9]{2}:[0-9]{2})(:[0-9]{2})?)?"
)
_BLANKS = re.compile(r"[ \t\r\n]+")
_TRUE = frozenset(("TRUE", "YES", "1"))
_FALSE = frozenset(("FALSE", "NO", "0"))


@dataclass
class Standing:
    """Which questions are hidden, and which of the others must be answered."""

    hidden: set[str] = field(default_factory=set)
    required: set[str] = field(default_factory=set)


def standing(
    questions: Iterable[Mapping[str, Any]], answers: Mapping[str, Any]
) -> Standing:
    """Return what is hidden and what is required, question after question.

    A question sees only the answers before it, and of those only the shown ones. A
    hidden section hides all up to the next section.
    """
    found = Standing()
    seen: dict[str, Any] = {}
    section_hidden = False
    for question in questions:
        key = question["key"]
        shown = holds(question.get("shown_if"), seen)
        if question["type"] == "section":
            section_hidden = not shown
        if section_hidden or not shown:
            found.hidden.add(key)
            continue
        if question["type"] not in SILENT and _is_required(question, seen):
            found.required.add(key)
        if key in answers:
            seen[key] = answers[key]
    return found


def _is_required(question: Mapping[str, Any], seen: Mapping[str, Any]) -> bool:
    condition = question.get("required_if")
    return question.get("required") is True or (
        not is_nothing(condition) and holds(condition, seen)
    )


def holds(condition: Any, answers: Mapping[str, Any]) -> bool:
    """Tell whether a condition holds for the answers."""
    return is_nothing(condition) or _part_holds(condition, answers, 1)


def is_nothing(condition: Any) -> bool:
    """Tell whether there is no condition at all."""
    return condition is None or condition is False or condition == {}


def _part_holds(part: Any, answers: Mapping[str, Any], depth: int) -> bool:
    if not isinstance(part, Mapping) or depth > MAX_DEPTH:
        return False
    if "rules" not in part:
        return _rule_holds(part, answers)
    rules, match = part["rules"], part.get("match", "all")
    if not isinstance(rules, list) or match not in ("all", "any"):
        return False
    results = [_part_holds(rule, answers, depth + 1) for rule in rules]
    return any(results) if match == "any" and results else all(results)


def _rule_holds(rule: Mapping[str, Any], answers: Mapping[str, Any]) -> bool:
    key, op = rule.get("question"), rule.get("op")
    if not isinstance(key, str) or not isinstance(op, str) or op not in _OPS:
        return False
    return _OPS[op](tidy(answers.get(key)), tidy(rule.get("value")))


# ----------------------------------------------------------------------
# Comparing; all values are tidy, so that empty ones are None
# ----------------------------------------------------------------------


def tidy(value: Any) -> Any:
    """Return a value with all that is empty as None."""
    if isinstance(value, list):
        elements = [tidy(element) for element in value]
        return [element for element in elements if element is not None] or None
    if isinstance(value, str) and not fold(value):
        return None
    return value


def fold(text: str) -> str:
    """Return a text as it is compared.

    >>> fold("  Ｖpn\\u3000 straße ")
    'VPN STRASSE'
    """
    upper = unicodedata.normalize("NFKC", text).upper()
    return _BLANKS.sub(" ", unicodedata.normalize("NFKC", upper)).strip(" ")


def number(value: Any) -> float | None:
    """Return a finite number or a text that reads as one, else None."""
    if isinstance(value, str):
        text = fold(value)
        is_number = len(text) <= _MAX_NUMBER_CHARS and _NUMBER.fullmatch(text)
        return float(text) if is_number else None
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        found = float(value)
    except OverflowError:
        return None
    return found if math.isfinite(found) else None


def moment(value: Any) -> str | None:
    """Return a date or time as “YYYY-MM-DD HH:MM:SS”, else None."""
    match = _MOMENT.fullmatch(fold(value)) if isinstance(value, str) else None
    if not match:
        return None
    return f"{match[1]} {match[2] or '00:00'}{match[3] or ':00'}"


def _truth(value: Any) -> bool | None:
    if isinstance(value, bool):
        return value
    if isinstance(value, str):
        text = fold(value)
        return True if text in _TRUE else False if text in _FALSE else None
    return {1.0: True, 0.0: False}.get(number(value))


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _same(one: Any, other: Any) -> bool:
    """Tell whether two single values are the same; neither is empty."""
    if isinstance(one, bool) or isinstance(other, bool):
        truth = _truth(one)
        return truth is not None and truth == _truth(other)
    if _is_number(one) or _is_number(other):
        left = number(one)
        return left is not None and left == number(other)
    if not isinstance(one, str) or not isinstance(other, str):
        return False
    left_moment = moment(one)
    if left_moment is not None and left_moment == moment(other):
        return True
    return fold(one) == fold(other)


def _as_list(value: Any) -> list[Any]:
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def _among(value: Any, others: list[Any]) -> bool:
    return any(_same(value, other) for other in others)


def _equals(answer: Any, value: Any) -> bool:
    left, right = _as_list(answer), _as_list(value)
    return all(_among(each, right) for each in left) and all(
        _among(each, left) for each in right
    )


def _is_empty(answer: Any, _value: Any) -> bool:
    return answer is None or answer is False


def _order(answer: Any, value: Any) -> int | None:
    """Return -1, 0 or 1 for less, equal or greater; None if there is no order."""
    for read in (number, moment):
        left, right = read(answer), read(value)
        if left is not None and right is not None:
            return (left > right) - (left < right)
    return None


def _contains(answer: Any, value: Any) -> bool:
    wanted = _as_list(value)
    if isinstance(answer, list):
        return bool(wanted) and all(_among(each, answer) for each in wanted)
    if not isinstance(answer, str):
        return False
    text = fold(answer)
    return bool(wanted) and all(
        isinstance(each, str) and fold(each) in text for each in wanted
    )


def _one_of(answer: Any, value: Any) -> bool:
    offered = _as_list(value)
    return any(_among(each, offered) for each in _as_list(answer))


_OPS = {
    "equals": _equals,
    "differs": lambda answer, value: not _equals(answer, value),
    "is_set": lambda answer, value: not _is_empty(answer, value),
    "is_empty": _is_empty,
    "greater": lambda answer, value: _order(answer, value) == 1,
    "at_least": lambda answer, value: _order(answer, value) in (0, 1),
    "less": lambda answer, value: _order(answer, value) == -1,
    "at_most": lambda answer, value: _order(answer, value) in (0, -1),
    "contains": _contains,
    "one_of": _one_of,
    "not_one_of": lambda answer, value: not _one_of(answer, value),
}
OPS = tuple(_OPS)


# ----------------------------------------------------------------------
# Checking what an administrator wrote
# ----------------------------------------------------------------------

_NO_VALUE = frozenset(("is_set", "is_empty"))
_ORDERS = frozenset(("greater", "at_least", "less", "at_most"))
_SETS = frozenset(("one_of", "not_one_of"))
_ORDERED = {"number": number, "money": number, "date": moment, "datetime": moment}
_CONTAINERS = frozenset(("char", "text", "choices"))
_CHOICES = frozenset(("choice", "choices"))
# Nobody types a file or a table into a rule.
_WITHOUT_VALUE = frozenset(("file", "table"))


def check(condition: Any, before: Mapping[str, Mapping[str, Any]]) -> list[Problem]:
    """Return what is wrong with a condition.

    :param before: the questions that it may name, by key: those before its own
    """
    return [] if is_nothing(condition) else _check_part(condition, before, 1)


def _check_part(part: Any, before: Mapping[str, Any], depth: int) -> list[Problem]:
    if not isinstance(part, Mapping):
        return [Problem("condition_form")]
    if depth > MAX_DEPTH:
        return [Problem("condition_deep", {"maximum": MAX_DEPTH})]
    if "rules" not in part:
        problem = _check_rule(part, before)
        return [problem] if problem else []
    rules = part["rules"]
    if not isinstance(rules, list) or part.get("match", "all") not in ("all", "any"):
        return [Problem("condition_form")]
    return [each for rule in rules for each in _check_part(rule, before, depth + 1)]


def _check_rule(rule: Mapping[str, Any], before: Mapping[str, Any]) -> Problem | None:
    key, op, value = rule.get("question"), rule.get("op"), tidy(rule.get("value"))
    question = before.get(key) if isinstance(key, str) else None
    if question is None or question["type"] in SILENT:
        return Problem("condition_question", {"question": str(key)})
    params = {"question": question.get("label") or key}
    if not isinstance(op, str) or op not in _OPS or not _op_fits(op, question["type"]):
        return Problem("condition_op", params)
    if op not in _NO_VALUE and not _value_fits(op, value, question):
        return Problem("condition_value", params)
    return None


def _op_fits(op: str, kind: str) -> bool:
    if op in _ORDERS:
        return kind in _ORDERED
    if op == "contains":
        return kind in _CONTAINERS
    return op in _NO_VALUE or kind not in _WITHOUT_VALUE


def _value_fits(op: str, value: Any, question: Mapping[str, Any]) -> bool:
    """Tell whether an answer to the question could ever equal the value."""
    kind = question["type"]
    given = _as_list(value)
    if len(given) != 1 and (not given or (op not in _SETS and kind != "choices")):
        return False
    if kind in _CHOICES:
        offered = [option["key"] for option in question.get("options") or []]
        return all(_among(each, offered) for each in given)
    if kind == "boolean":
        return all(_truth(each) is not None for each in given)
    read = _ORDERED.get(kind)
    return read is None or all(read(each) is not None for each in given)
