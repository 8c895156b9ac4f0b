"""From bytes to checked content, and back."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from .checks import check
from .limits import MAX_BYTES, MAX_COMMAS, MAX_DEPTH, MAX_GROUPS
from .problems import FileRefused, Problem, Problems
from .schema import DOCUMENT, FORMAT, VERSION, filled, normal, tidy

# ``{version: function}``: each brings content of that version to the next one.
UPGRADES: Mapping[int, Callable[[dict[str, Any]], dict[str, Any]]] = {}


def read(content: bytes) -> dict[str, Any]:
    """Return the content of a file, in order.

    :raise FileRefused: with all problems that were found
    """
    data = upgrade(_parse(content))
    if problems := validate(data):
        raise FileRefused(problems)
    return tidy(data)


def write(data: dict[str, Any]) -> bytes:
    """Return the bytes of a file with this content."""
    text = json.dumps(normal(data), ensure_ascii=False, indent=1)
    return text.encode() + b"\n"


def validate(data: Any) -> Problems:
    """Return what is wrong with content of this version."""
    problems = Problems()
    if _depth_exceeds(data, MAX_DEPTH):
        problems.add("", "too_deep")
        return problems
    DOCUMENT.check(data, "", problems)
    if not problems:
        check(filled(data), problems)
    return problems


def upgrade(data: Any) -> dict[str, Any]:
    """Return content of this version from content of an older one.

    :raise FileRefused: where it is no service file, or a newer one
    """
    if not isinstance(data, dict) or data.get("format") != FORMAT:
        raise _refused("other_format")
    version = data.get("version")
    if isinstance(version, bool) or not isinstance(version, int) or version < 1:
        raise _refused("other_format")
    if version > VERSION:
        raise _refused("newer_version", version=version, known=VERSION)
    while data["version"] < VERSION:
        step = data["version"]
        data = {**UPGRADES[step](data), "version": step + 1}
    return data


def _parse(content: bytes) -> Any:
    if not content.strip():
        raise _refused("empty")
    if len(content) > MAX_BYTES:
        raise _refused("too_large", size=len(content), limit=MAX_BYTES)
    groups = content.count(b"{") + content.count(b"[")
    if groups > MAX_GROUPS or content.count(b",") > MAX_COMMAS:
        raise _refused("too_many_values")
    try:
        return json.loads(
            content.decode("utf-8-sig"),
            object_pairs_hook=_object,
            parse_constant=_no_constant,
        )
    except UnicodeDecodeError as error:
        raise _refused("not_utf8") from error
    except json.JSONDecodeError as error:
        raise _refused("not_json", line=error.lineno, column=error.colno) from error
    except RecursionError as error:
        raise _refused("too_deep") from error
    except ValueError as error:
        # A number of thousands of digits.
        raise _refused("bad_number") from error


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Return an object; a key that is there twice means two things."""
    result = dict(pairs)
    if len(result) != len(pairs):
        seen: set[str] = set()
        for name, _value in pairs:
            if name in seen:
                raise _refused("duplicate_key", key=name[:60])
            seen.add(name)
    return result


def _no_constant(_name: str) -> Any:
    """Refuse NaN and Infinity, which are no JSON."""
    raise _refused("bad_number")


def _refused(code: str, **params: Any) -> FileRefused:
    return FileRefused([Problem("", code, params)])


def _depth_exceeds(data: Any, limit: int) -> bool:
    """Tell whether values lie deeper than ``limit``; without recursion."""
    level = [data]
    for _depth in range(limit):
        level = [
            child
            for item in level
            if isinstance(item, (dict, list))
            for child in (item.values() if isinstance(item, dict) else item)
        ]
        if not level:
            return False
    return True
