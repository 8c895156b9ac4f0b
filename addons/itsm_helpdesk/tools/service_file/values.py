"""The kinds of values in a service file.

Each kind checks a value, brings it to its normal form and says what an absent one
stands for.
"""

from __future__ import annotations

import ast
import math
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from .limits import MAX_LINE, MAX_ROWS, MAX_TEXT
from .pictures import picture_problem
from .problems import Problems

# The language of which every text has one in Odoo.
SOURCE_LANGUAGE = "en_US"
_LANGUAGE = re.compile(r"[a-z]{2,3}(_[A-Za-z]{2,4}|_[0-9]{3})?(@[a-z]{2,12})?\Z")
_UNSTORABLE = re.compile("[\0\ud800-\udfff]")
# What PostgreSQL keeps as a whole number.
_MAX_WHOLE = 2**31 - 1
_KEY = r"[a-z][a-z0-9_]{0,39}"


class Kind:
    """A kind of value; ``default`` is what an absent one stands for."""

    default: Any = None

    def check(self, value: Any, path: str, problems: Problems) -> None:
        """Add to ``problems`` what is wrong with ``value``."""
        raise NotImplementedError

    def normal(self, value: Any) -> Any:
        """Return a sound value in the form in which equal values are equal."""
        return value

    def filled(self, value: Any) -> Any:
        """Return a sound value with all that is absent in it."""
        return value


def is_text(value: Any, path: str, problems: Problems, limit: int) -> bool:
    """Tell whether a value is a text that can be kept; else say why not."""
    if not isinstance(value, str):
        problems.add(path, "wrong_type", expected="text")
    elif len(value) > limit:
        problems.add(path, "too_long", limit=limit)
    elif _UNSTORABLE.search(value):
        problems.add(path, "bad_character")
    else:
        return True
    return False


def _says_nothing(value: Any) -> bool:
    """Tell whether a value that is needed is not there, as a text in no language."""
    if isinstance(value, dict):
        return all(item in (None, "") for item in value.values())
    return value in (None, "", [])


@dataclass(frozen=True)
class Flag(Kind):
    """Yes or no."""

    default: bool = False

    def check(self, value: Any, path: str, problems: Problems) -> None:
        """Accept only true and false."""
        if not isinstance(value, bool):
            problems.add(path, "wrong_type", expected="flag")


@dataclass(frozen=True)
class Number(Kind):
    """A number; with ``whole`` one without a fraction."""

    default: float | None = None
    minimum: float = -1e15
    maximum: float = 1e15
    whole: bool = False

    def check(self, value: Any, path: str, problems: Problems) -> None:
        """Accept numbers within the limits, no infinite ones."""
        if (
            isinstance(value, bool)
            or not isinstance(value, (int, float))
            or isinstance(value, float)
            and not math.isfinite(value)
        ):
            problems.add(path, "wrong_type", expected="number")
        elif not self.minimum <= value <= self.maximum:
            problems.add(
                path, "out_of_range", minimum=self.minimum, maximum=self.maximum
            )
        elif self.whole and value != int(value):
            problems.add(path, "wrong_type", expected="whole")

    def normal(self, value: Any) -> Any:
        """Write 5.0 as 5."""
        return int(value) if value == int(value) else value


def whole(default: int | None = None, minimum: int = 0) -> Number:
    """Return the kind of a whole number that a database can keep."""
    return Number(default, minimum, _MAX_WHOLE, whole=True)


@dataclass(frozen=True)
class Line(Kind):
    """A text without translations."""

    default: str = ""
    limit: int = MAX_LINE
    pattern: str = ""

    def check(self, value: Any, path: str, problems: Problems) -> None:
        """Accept a text of the pattern."""
        if not is_text(value, path, problems, self.limit) or not self.pattern:
            return
        if value != self.default and not re.fullmatch(self.pattern, value):
            problems.add(path, "bad_form", value=value[:60])


def key() -> Line:
    """Return the kind of a key, as questions have."""
    return Line(pattern=_KEY)


@dataclass(frozen=True)
class Choice(Kind):
    """One of several words."""

    values: tuple[str, ...]
    default: str = ""

    def check(self, value: Any, path: str, problems: Problems) -> None:
        """Accept one of the words."""
        if not isinstance(value, str):
            problems.add(path, "wrong_type", expected="text")
        elif value not in self.values and value != self.default:
            problems.add(path, "bad_choice", value=value[:60], known=self.values)


@dataclass(frozen=True)
class Texts(Kind):
    """A text in several languages: ``{language: text}``."""

    limit: int = MAX_TEXT

    @property
    def default(self) -> dict[str, str]:
        """No text in any language."""
        return {}

    def check(self, value: Any, path: str, problems: Problems) -> None:
        """Accept texts under the codes of languages."""
        if not isinstance(value, dict):
            problems.add(path, "wrong_type", expected="texts")
            return
        for language, text in value.items():
            if not _LANGUAGE.match(language):
                problems.add(path, "bad_language", value=language[:60])
            else:
                is_text(text, f"{path}.{language}", problems, self.limit)

    def normal(self, value: Any) -> Any:
        """Drop empty texts, and those that are the same as the source's."""
        texts = {code: text for code, text in sorted(value.items()) if text}
        if not texts:
            return {}
        source = texts.get(SOURCE_LANGUAGE) or next(iter(texts.values()))
        others = {code: text for code, text in texts.items() if text != source}
        return {SOURCE_LANGUAGE: source, **others}


@dataclass(frozen=True)
class Picture(Kind):
    """A picture as base64."""

    default: str = ""

    def check(self, value: Any, path: str, problems: Problems) -> None:
        """Accept the kinds of pictures that a browser shows and cannot run."""
        if not isinstance(value, str):
            problems.add(path, "wrong_type", expected="text")
        elif value and (code := picture_problem(value)):
            problems.add(path, code)


@dataclass(frozen=True)
class Listing(Kind):
    """Several values of one kind; ``as_set`` where their order means nothing."""

    kind: Kind
    limit: int = MAX_ROWS
    as_set: bool = False
    sort_key: Callable[[Any], Any] | None = None

    @property
    def default(self) -> list[Any]:
        """No values."""
        return []

    def check(self, value: Any, path: str, problems: Problems) -> None:
        """Accept a list that is not too long."""
        if not isinstance(value, list):
            problems.add(path, "wrong_type", expected="list")
            return
        if len(value) > self.limit:
            problems.add(path, "too_many", limit=self.limit)
            return
        for index, item in enumerate(value):
            if problems.full:
                return
            self.kind.check(item, f"{path}[{label_of(item, index)}]", problems)

    def normal(self, value: Any) -> Any:
        """Order the values where the order means nothing."""
        items = [self.kind.normal(item) for item in value]
        if self.as_set:
            unique = {repr(item): item for item in items if item}
            return [unique[name] for name in sorted(unique)]
        return sorted(items, key=self.sort_key) if self.sort_key else items

    def filled(self, value: Any) -> Any:
        """Fill each value."""
        return [self.kind.filled(item) for item in value]


@dataclass(frozen=True)
class Shape(Kind):
    """An object with known keys."""

    kinds: Mapping[str, Kind]
    required: tuple[str, ...] = ()
    default: Any = None

    def check(self, value: Any, path: str, problems: Problems) -> None:
        """Accept the known keys only; a mistyped one must not be lost in silence."""
        if not isinstance(value, dict):
            problems.add(path, "wrong_type", expected="object")
            return
        for name, item in value.items():
            if name not in self.kinds:
                problems.add(path, "unknown_key", key=name[:60])
            elif item is None:
                # The same as an absent one.
                continue
            else:
                self.kinds[name].check(item, f"{path}.{name}".lstrip("."), problems)
        for name in self.required:
            if _says_nothing(value.get(name)):
                problems.add(f"{path}.{name}".lstrip("."), "needed")

    def normal(self, value: Any) -> Any:
        """Order the keys as in the schema, and drop those that say nothing."""
        result = {}
        for name, kind in self.kinds.items():
            item = value.get(name)
            if item is None:
                continue
            item = kind.normal(item)
            if item != kind.default and item not in ({}, None):
                result[name] = item
        return result

    def filled(self, value: Any) -> Any:
        """Return all keys."""
        return {
            name: kind.filled(value[name])
            if value.get(name) is not None
            else kind.default
            for name, kind in self.kinds.items()
        }


@dataclass(frozen=True)
class Pairs(Kind):
    """An object from key to key."""

    limit: int = MAX_ROWS
    kind: Kind = field(default_factory=key)

    @property
    def default(self) -> dict[str, str]:
        """No pairs."""
        return {}

    def check(self, value: Any, path: str, problems: Problems) -> None:
        """Accept keys on both sides."""
        if not isinstance(value, dict):
            problems.add(path, "wrong_type", expected="object")
            return
        if len(value) > self.limit:
            problems.add(path, "too_many", limit=self.limit)
            return
        for name, other in value.items():
            self.kind.check(name, f"{path}.{name[:40]}", problems)
            self.kind.check(other, f"{path}.{name[:40]}", problems)

    def normal(self, value: Any) -> Any:
        """Order the pairs."""
        return dict(sorted(value.items()))


def label_of(item: Any, index: int) -> str:
    """Return how an element of a list is called in a path."""
    if isinstance(item, dict):
        name = item.get("name")
        if isinstance(name, dict):
            name = name.get(SOURCE_LANGUAGE)
        for label in (item.get("code"), item.get("key"), name):
            if isinstance(label, str) and label.strip():
                return label.strip()[:40]
    return str(index + 1)


def records_by_number(domain: str) -> bool:
    """Tell whether a filter names records by the numbers of one database.

    >>> records_by_number("[('service_id', '=', 4)]")
    True
    >>> records_by_number("[('priority', '=', '1'), ('impact', '>', 2)]")
    False
    """
    try:
        leaves = ast.literal_eval(domain or "[]")
    except (ValueError, SyntaxError, MemoryError, RecursionError):
        return False
    return isinstance(leaves, (list, tuple)) and any(map(_names_number, leaves))


def _names_number(leaf: Any) -> bool:
    if not isinstance(leaf, (list, tuple)) or len(leaf) != 3:
        return False
    name, operator, value = leaf
    relational = operator in ("child_of", "parent_of") or (
        isinstance(name, str)
        and (name.endswith(("_id", "_ids", ".id")) or name == "id")
    )
    values: Iterable[Any] = value if isinstance(value, (list, tuple)) else [value]
    return relational and any(
        isinstance(item, int) and not isinstance(item, bool) for item in values
    )
