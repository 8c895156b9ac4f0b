"""What the parts of a sound file must be to each other: keys, references, circles."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from .conditions import questions_of
from .problems import Problems
from .values import SOURCE_LANGUAGE, label_of


def check(data: dict[str, Any], problems: Problems) -> None:
    """Add what is wrong between the parts of ``data``, which fits the schema.

    :param data: content with every key, as ``filled`` returns it
    """
    services = data["services"]
    _unique(problems, "services", [entry["code"] for entry in services])
    _unique(problems, "categories", [tuple(e["path"]) for e in data["categories"]])
    for part in ("question_sets", "approval_policies"):
        names = [entry["name"].get(SOURCE_LANGUAGE) for entry in data[part]]
        _unique(problems, part, names)
    sets = {
        entry["name"].get(SOURCE_LANGUAGE): entry["questions"]
        for entry in data["question_sets"]
    }
    if not _check_sets(data["question_sets"], sets, problems):
        return
    for index, entry in enumerate(data["question_sets"]):
        path = f"question_sets[{label_of(entry, index)}].questions"
        _check_form(entry["questions"], sets, path, problems)
    for index, entry in enumerate(services):
        path = f"services[{label_of(entry, index)}]"
        _check_form(entry["questions"], sets, f"{path}.questions", problems)
        _check_plan(entry["plan"], f"{path}.plan", problems)
    orders = {
        entry["code"]: [order["service"] for order in entry["orders"]]
        for entry in services
    }
    for code in _in_circle(orders):
        problems.add(f"services[{code[:40]}].orders", "circle")


def _unique(problems: Problems, path: str, keys: Iterable[Any]) -> None:
    seen = set()
    for name in keys:
        if name in seen:
            shown = name if isinstance(name, str) else " / ".join(name or ())
            problems.add(path, "duplicate", value=shown[:80])
        seen.add(name)


def _check_sets(
    entries: list[Any], sets: Mapping[str, list[Any]], problems: Problems
) -> bool:
    """Tell whether no question set holds itself."""
    holds = {
        name: [question["set"] for question in questions if question["set"]]
        for name, questions in sets.items()
    }
    circle = set(_in_circle(holds))
    for index, entry in enumerate(entries):
        if entry["name"].get(SOURCE_LANGUAGE) in circle:
            problems.add(f"question_sets[{label_of(entry, index)}].questions", "circle")
    return not circle


def _flat(
    questions: list[Any], sets: Mapping[str, list[Any]], path: str
) -> Iterator[tuple[str, dict[str, Any], str]]:
    """Yield ``(path, question, set it comes from)`` in the order of the form."""
    for index, question in enumerate(questions):
        here = f"{path}[{label_of(question, index)}]"
        yield here, question, ""
        for _path, inner, _set in _flat(sets.get(question["set"], []), sets, here):
            yield here, inner, question["set"]


def _check_form(
    questions: list[Any], sets: Mapping[str, list[Any]], path: str, problems: Problems
) -> None:
    """Check keys, and that conditions name only what is asked before."""
    before: set[str] = set()
    for here, question, origin in _flat(questions, sets, path):
        if problems.full:
            return
        name = question["key"]
        if question["set"] and question["set"] not in sets:
            problems.add(f"{here}.set", "unknown_set", value=question["set"][:80])
        if name in before:
            problems.add(here, "duplicate", value=name)
        if not origin:
            _check_question(question, before, here, problems)
        before.add(name)


def _check_question(
    question: dict[str, Any], before: set[str], path: str, problems: Problems
) -> None:
    _unique(problems, f"{path}.options", [o["key"] for o in question["options"]])
    for part in ("shown_if", "required_if"):
        for name in questions_of(question[part]):
            if name not in before:
                problems.add(f"{path}.{part}", "not_before", value=name)
    columns: set[str] = set()
    for index, column in enumerate(question.get("columns", ())):
        here = f"{path}.columns[{label_of(column, index)}]"
        if column["key"] in columns:
            problems.add(here, "duplicate", value=column["key"])
        _check_question(column, columns, here, problems)
        columns.add(column["key"])


def _check_plan(tasks: list[Any], path: str, problems: Problems) -> None:
    keys = [task["key"] for task in tasks]
    _unique(problems, path, keys)
    for task in tasks:
        for part in ("after", "failure"):
            for other in task[part]:
                if other not in keys:
                    problems.add(
                        f"{path}[{task['key']}].{part}", "unknown_task", value=other
                    )
    after = {task["key"]: task["after"] for task in tasks}
    for name in _in_circle(after):
        problems.add(f"{path}[{name}].after", "circle")


def _in_circle(edges: Mapping[str, Iterable[str]]) -> list[str]:
    """Return the names that lead back to themselves, or to a circle of others.

    Names with no way out are taken away until nothing changes; what is left turns in
    a circle. Without recursion, as a hostile chain is as long as it likes.

    >>> _in_circle({"a": ["b"], "b": ["a"], "c": ["d"]})
    ['a', 'b']
    """
    left = {name: {o for o in others if o in edges} for name, others in edges.items()}
    users: dict[str, set[str]] = {name: set() for name in left}
    for name, others in left.items():
        for other in others:
            users[other].add(name)
    ready = [name for name, others in left.items() if not others]
    while ready:
        done = ready.pop()
        del left[done]
        for user in users[done]:
            left[user].discard(done)
            if not left[user]:
                ready.append(user)
    return list(left)
