"""The attributes of a class as Odoo properties, and what is wrong with their values."""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

KEY = re.compile(r"[a-z][a-z0-9_]*")
# As many colours as Odoo's tags have.
_COLOURS = 11
# Beyond it a browser rounds whole numbers.
_LARGEST = 2**53
_DATE = re.compile(r"\d{4}-\d\d-\d\d")
_MOMENT = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d")

Property = dict[str, Any]


@dataclass(frozen=True)
class Attribute:
    """What a class says of one attribute, in one language."""

    key: str
    label: str
    type: str
    unit: str = ""
    help: str = ""
    required: bool = False
    options: tuple[tuple[str, str], ...] = ()
    comodel: str = ""


@dataclass(frozen=True)
class Problem:
    """Why a value is refused; callers have a sentence for each reason."""

    attribute: Attribute
    reason: str
    value: Any = field(default=None, compare=False)


def is_key(text: str) -> bool:
    """Tell whether a text may be the key of an attribute.

    Odoo keeps the ending ``_html`` for rich text, which attributes are not.

    >>> is_key("memory"), is_key("2nd"), is_key("note_html")
    (True, False, False)
    """
    return bool(KEY.fullmatch(text)) and not text.endswith("_html")


def proposed_key(label: str) -> str:
    """Return a key that this label suggests, or nothing.

    Accents fall away. A label in letters that keys have none of suggests nothing.

    >>> [proposed_key(label) for label in ("Flow Rate (ml/h)", "2nd Débit", "流速")]
    ['flow_rate_ml_h', 'nd_debit', '']
    """
    letters = unicodedata.normalize("NFKD", label).encode("ascii", "ignore").decode()
    key = re.sub(r"[^a-z0-9]+", "_", letters.lower()).lstrip("_0123456789").rstrip("_")
    return key if is_key(key) else ""


def definition(attributes: Iterable[Attribute]) -> list[Property]:
    """Return the property definition that these attributes make.

    >>> definition([Attribute("memory", "Memory", "integer", unit="GB")])
    [{'name': 'memory', 'string': 'Memory', 'type': 'integer', 'suffix': 'GB'}]
    """
    return [_property(attribute) for attribute in attributes]


def relabelled(
    properties: Iterable[Property], attributes: Mapping[str, Attribute]
) -> list[Property]:
    """Return the properties with the texts of these attributes, by key.

    Properties that no attribute stands for, and all that is not text, stay as they are.
    """
    return [
        each | _texts(attributes[each["name"]], each)
        if each["name"] in attributes
        else each
        for each in properties
    ]


def problems(
    attributes: Iterable[Attribute], values: Mapping[str, Any]
) -> Iterator[Problem]:
    """Yield what is wrong with the values that an item has for its attributes.

    Values are as they are stored: dates as text, choices by key, records by id.
    """
    for attribute in attributes:
        value = values.get(attribute.key)
        if is_empty(value):
            if attribute.required and attribute.type != "boolean":
                yield Problem(attribute, "required")
        elif reason := _CHECKS[attribute.type](attribute, value):
            yield Problem(attribute, reason, value)


def is_empty(value: Any) -> bool:
    """Tell whether a value says nothing. Zero is a number like others.

    >>> [is_empty(each) for each in (None, False, "", " ", [], 0)]
    [True, True, True, True, True, False]
    """
    if isinstance(value, str):
        return not value.strip()
    return value is None or value is False or value == []


def _property(attribute: Attribute) -> Property:
    entry = {"name": attribute.key, "string": attribute.label, "type": attribute.type}
    if attribute.type == "many2one":
        entry["comodel"] = attribute.comodel
    if attribute.required:
        entry["required"] = True
    return entry | _texts(attribute, entry)


def _texts(attribute: Attribute, entry: Property) -> Property:
    """Return what of a property is text for people."""
    texts: Property = {"string": attribute.label}
    if attribute.unit:
        texts["suffix"] = attribute.unit
    if attribute.help:
        texts["help"] = attribute.help
    if entry["type"] == "selection":
        texts["selection"] = [[key, label] for key, label in attribute.options]
    if entry["type"] == "tags":
        texts["tags"] = [
            [key, label, number % _COLOURS]
            for number, (key, label) in enumerate(attribute.options, 1)
        ]
    return texts


# ----------------------------------------------------------------------
# One check for each type: the reason of a refusal, or None
# ----------------------------------------------------------------------


def _text(_attribute: Attribute, value: Any) -> str | None:
    if not isinstance(value, str):
        return "text"
    return "line" if "\n" in value.strip() else None


def _long_text(_attribute: Attribute, value: Any) -> str | None:
    return None if isinstance(value, str) else "text"


def _whole(_attribute: Attribute, value: Any) -> str | None:
    is_whole = isinstance(value, int) and not isinstance(value, bool)
    return None if is_whole and abs(value) <= _LARGEST else "whole"


def _number(_attribute: Attribute, value: Any) -> str | None:
    is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
    return None if is_number and math.isfinite(value) else "number"


def _flag(_attribute: Attribute, value: Any) -> str | None:
    return None if isinstance(value, bool) else "flag"


def _day(_attribute: Attribute, value: Any) -> str | None:
    return None if _reads(date.fromisoformat, _DATE, value) else "date"


def _moment(_attribute: Attribute, value: Any) -> str | None:
    return None if _reads(datetime.fromisoformat, _MOMENT, value) else "datetime"


def _choice(attribute: Attribute, value: Any) -> str | None:
    keys = {key for key, _label in attribute.options}
    return None if isinstance(value, str) and value in keys else "choice"


def _choices(attribute: Attribute, value: Any) -> str | None:
    keys = {key for key, _label in attribute.options}
    is_fine = isinstance(value, list) and all(
        isinstance(each, str) and each in keys for each in value
    )
    return None if is_fine else "choices"


def _record(_attribute: Attribute, value: Any) -> str | None:
    is_id = isinstance(value, int) and not isinstance(value, bool) and value > 0
    return None if is_id else "record"


def _reads(read: Any, pattern: re.Pattern[str], value: Any) -> bool:
    if not (isinstance(value, str) and pattern.fullmatch(value)):
        return False
    try:
        read(value)
    except ValueError:
        return False
    return True


_CHECKS = {
    "char": _text,
    "text": _long_text,
    "integer": _whole,
    "float": _number,
    "boolean": _flag,
    "date": _day,
    "datetime": _moment,
    "selection": _choice,
    "tags": _choices,
    "many2one": _record,
}
