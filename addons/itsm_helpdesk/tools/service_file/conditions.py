"""Conditions on the answers of a form, as a service file writes them.

They are those of ``tools.form.conditions``, but a record that a rule names is
``{"record": name}``.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from ..form.conditions import MAX_DEPTH, OPS
from .limits import MAX_LINE, MAX_ROWS
from .problems import Problems
from .values import Kind, Number, is_text, key


@dataclass(frozen=True)
class Condition(Kind):
    """When something is shown, needed or done."""

    default: Any = None

    def check(self, value: Any, path: str, problems: Problems) -> None:
        """Accept a rule, or ``{"match", "rules"}`` with rules or groups in it."""
        if value != {}:
            _check_part(value, path, problems, 1)

    def normal(self, value: Any) -> Any:
        """Write a rule alone as a group of one; no rules at all are no condition."""
        if not value:
            return None
        group = value if "rules" in value else {"rules": [value]}
        return _normal_part(group) if group["rules"] else None


def questions_of(condition: Any) -> Iterator[str]:
    """Yield the keys of the questions that a sound condition names."""
    for rule in rules_of(condition):
        yield rule["question"]


def rules_of(condition: Any) -> Iterator[dict[str, Any]]:
    """Yield the rules of a sound condition, at any depth."""
    if not condition:
        return
    if "rules" not in condition:
        yield condition
        return
    for part in condition["rules"]:
        yield from rules_of(part)


def _check_part(part: Any, path: str, problems: Problems, depth: int) -> None:
    if not isinstance(part, dict):
        problems.add(path, "wrong_type", expected="object")
    elif depth > MAX_DEPTH:
        problems.add(path, "too_deep")
    elif "rules" in part:
        _check_group(part, path, problems, depth)
    else:
        _check_rule(part, path, problems)


def _check_group(
    group: dict[str, Any], path: str, problems: Problems, depth: int
) -> None:
    rules = group["rules"]
    known = group.get("match", "all") in ("all", "any")
    if set(group) - {"match", "rules"} or not known:
        problems.add(path, "bad_condition")
    elif not isinstance(rules, list):
        problems.add(f"{path}.rules", "wrong_type", expected="list")
    elif len(rules) > MAX_ROWS:
        problems.add(f"{path}.rules", "too_many", limit=MAX_ROWS)
    else:
        for index, part in enumerate(rules):
            if problems.full:
                return
            _check_part(part, f"{path}.rules[{index + 1}]", problems, depth + 1)


def _check_rule(rule: dict[str, Any], path: str, problems: Problems) -> None:
    if set(rule) - {"question", "op", "value"} or rule.get("op") not in OPS:
        problems.add(path, "bad_condition")
        return
    key().check(rule.get("question"), f"{path}.question", problems)
    value = rule.get("value")
    items = value if isinstance(value, list) else [value]
    if len(items) > MAX_ROWS:
        problems.add(f"{path}.value", "too_many", limit=MAX_ROWS)
        return
    for item in items:
        _check_operand(item, f"{path}.value", problems)


def _check_operand(item: Any, path: str, problems: Problems) -> None:
    """Check what a rule compares an answer with."""
    if isinstance(item, dict):
        if set(item) != {"record"}:
            problems.add(path, "bad_condition")
            return
        item = item["record"]
        if not isinstance(item, str):
            problems.add(path, "bad_condition")
            return
    if isinstance(item, str):
        is_text(item, path, problems, MAX_LINE)
    elif isinstance(item, list):
        problems.add(path, "bad_condition")
    elif item is not None and not isinstance(item, bool):
        Number().check(item, path, problems)


def _normal_part(part: dict[str, Any]) -> dict[str, Any]:
    if "rules" in part:
        rules = [_normal_part(rule) for rule in part["rules"]]
        return {"match": part.get("match", "all"), "rules": rules}
    rule = {"question": part["question"], "op": part["op"]}
    if part.get("value") is not None:
        rule["value"] = _normal_operand(part["value"])
    return rule


def _normal_operand(value: Any) -> Any:
    if isinstance(value, list):
        return [_normal_operand(item) for item in value]
    return Number().normal(value) if isinstance(value, float) else value
