"""States of items, what differs between two of them, and how to go back in time.

A state is ``{key: value}`` with the keys that have a value. Values are what JSON knows:
texts, numbers, truth values; a record is ``[id, name]``, several are a list of those.
Changes are ``{key: [old, new]}``; ``None`` stands for no value.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

State = dict[str, Any]
Changes = Mapping[str, tuple[Any, Any] | list[Any]]

CREATED = "created"


def is_empty(value: Any) -> bool:
    """Tell whether a value says nothing. Zero and “no” of an attribute do.

    >>> [is_empty(each) for each in (None, "", [], 0, False)]
    [True, True, True, False, False]
    """
    return value is None or (isinstance(value, (str, list, tuple)) and not value)


def is_record(value: Any) -> bool:
    """Tell whether a value is one record: ``[id, name]``."""
    return (
        isinstance(value, (list, tuple))
        and len(value) == 2
        and isinstance(value[0], int)
        and not isinstance(value[0], bool)
        and (value[1] is None or isinstance(value[1], str))
    )


def bare(value: Any) -> Any:
    """Return what of a value counts in a comparison: of records, which they are.

    >>> bare([7, "Room 7"]), bare([[2, "B"], [1, "A"]]), bare("x")
    (('record', 7), ('records', (1, 2)), 'x')
    """
    if is_record(value):
        return "record", value[0]
    if isinstance(value, (list, tuple)):
        if value and all(is_record(each) for each in value):
            return "records", tuple(sorted(each[0] for each in value))
        return "list", tuple(sorted(value, key=repr))
    if isinstance(value, bool):
        return "truth", value
    return value


def same(left: Any, right: Any) -> bool:
    """Tell whether two values say the same. A record may have another name by now.

    >>> same([7, "Room 7"], [7, "Server room"]), same(1, True), same("", None)
    (True, False, True)
    """
    if is_empty(left) or is_empty(right):
        return is_empty(left) and is_empty(right)
    return bare(left) == bare(right)


def differences(old: Mapping[str, Any], new: Mapping[str, Any]) -> dict[str, list[Any]]:
    """Return what changes on the way from one state to another.

    >>> differences({"a": 1, "b": 2}, {"b": 3, "c": 4})
    {'a': [1, None], 'b': [2, 3], 'c': [None, 4]}
    """
    return {
        key: [old.get(key), new.get(key)]
        for key in dict.fromkeys([*old, *new])
        if not same(old.get(key), new.get(key))
    }


def redo(state: Mapping[str, Any], changes: Changes) -> State:
    """Return the state after some changes."""
    return _with(state, {key: pair[1] for key, pair in changes.items()})


def undo(state: Mapping[str, Any], changes: Changes) -> State:
    """Return the state before some changes.

    >>> undo({"b": 3, "c": 4}, {"b": [2, 3], "c": [None, 4]})
    {'b': 2}
    """
    return _with(state, {key: pair[0] for key, pair in changes.items()})


def state_before(
    state: Mapping[str, Any], later: Iterable[tuple[str, Changes | None]]
) -> State | None:
    """Return the state before the latest revisions, or None before the beginning.

    :param later: ``(kind, changes)`` of the revisions to go back over, newest first
    """
    found = dict(state)
    for kind, changes in later:
        if kind == CREATED:
            return None
        found = undo(found, changes or {})
    return found


def _with(state: Mapping[str, Any], values: Mapping[str, Any]) -> State:
    merged = {**state, **values}
    return {key: value for key, value in merged.items() if not is_empty(value)}
