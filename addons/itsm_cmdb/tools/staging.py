"""Turn the raw values of a row into those an item holds, and compare them. Pure Python.

The values of an item are in the naming of its history: a key is a field or
``attributes.<key>``; dates are ISO texts, records ids, several choices sorted lists.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timezone
from functools import lru_cache
from typing import Any

from . import addresses
from .ledger.engine import tabular
from .ledger.texts import to_name
from .quantities import quantity

RECORD_TYPES = frozenset(("many2one", "many2many"))
ADDRESS_TYPES = frozenset(("ips", "macs"))
MAX_TEXT = 4000
MAX_LIST = 200
# So many different cells are remembered: rows say the same days and places again.
_MANY = 4096
_LONGEST_MARK = max(map(len, tabular.UNKNOWN_MARKS))
_MAX_INTEGER = 2**31 - 1
_MAX_NUMBER = 1e15
_SHEET_DATES = (
    tabular.DateFormat("ymd", serial=True),
    tabular.DateFormat("dmy"),
    tabular.DateFormat("mdy"),
)


@dataclass(frozen=True)
class Spec:
    """What values a key takes.

    ``choices``: normalised label or key to key, None where a label fits several.
    ``units``: names of the unit of a number, in any language. ``model``: of records.
    """

    key: str
    label: str
    type: str
    choices: Mapping[str, str | None] = field(default_factory=dict)
    units: tuple[str, ...] = ()
    model: str = ""


def choice_words(choices: Iterable[tuple[str, str]]) -> dict[str, str | None]:
    """Normalised words to keys, for :class:`Spec`; keys win over labels.

    :param choices: pairs of key and label, labels in several languages
    """
    choices = list(choices)
    words: dict[str, str | None] = {}
    for key, label in choices:
        word = tabular.normalize(label)
        words[word] = key if words.get(word, key) == key else None
    words.update((tabular.normalize(key), key) for key, _label in choices)
    return words


def convert(spec: Spec, raw: Any) -> Any:
    """The value that ``raw`` stands for; None where it says nothing.

    Records come back as the text (or the id) that names them. Raises TabularError.
    """
    if raw is None or raw == "":
        return None
    return _CONVERTERS[spec.type](spec, raw)


def _scalar(raw: Any) -> Any:
    if isinstance(raw, (str, int, float, date)):
        return raw
    raise tabular.TabularError("bad_value", value=type(raw).__name__)


def _text(spec: Spec, raw: Any) -> str | None:
    if isinstance(raw, str) and len(raw) > _LONGEST_MARK:
        # Too long for a mark that means nothing: most texts need no closer look.
        text = " ".join(raw.split())
        if len(text) > _LONGEST_MARK:
            return _limited(text)
    return _limited(tabular.to_text(_scalar(raw)))


def _lines(spec: Spec, raw: Any) -> str | None:
    return _limited(tabular.to_text(_scalar(raw), multiline=True))


def _limited(text: str | None) -> str | None:
    if text and len(text) > MAX_TEXT:
        raise tabular.TabularError("too_long", limit=MAX_TEXT)
    return text


def _integer(spec: Spec, raw: Any) -> int | None:
    number = _number(spec, raw)
    if number is None:
        return None
    if not float(number).is_integer() or abs(number) > _MAX_INTEGER:
        raise tabular.TabularError("bad_number", value=tabular.as_text(raw)[:80])
    return int(number)


def _number(spec: Spec, raw: Any) -> float | None:
    if isinstance(raw, bool):
        raise tabular.TabularError("bad_number", value=tabular.as_text(raw))
    number = _quantity(_scalar(raw), spec.units)
    if number is not None and abs(number) > _MAX_NUMBER:
        raise tabular.TabularError("bad_number", value=tabular.as_text(raw)[:80])
    return None if number is None else float(number)


@lru_cache(maxsize=_MANY, typed=True)
def _quantity(value: Any, units: tuple[str, ...]) -> float | None:
    return quantity(value, *units)


def _boolean(spec: Spec, raw: Any) -> bool | None:
    found: bool | None = tabular.to_boolean(_scalar(raw))
    return found


def _moment(raw: Any) -> datetime | None:
    """A moment in the form that a text, or a day number of a sheet, is in.

    ``03/04/2026`` is refused where day and month may change places.
    """
    return _read_moment(_scalar(raw))


@lru_cache(maxsize=_MANY, typed=True)
def _read_moment(value: Any) -> datetime | None:
    try:
        found: datetime | None = tabular.parse_datetime(value, _SHEET_DATES[0])
        return found
    except tabular.TabularError:
        readings = {_reading(value, form) for form in _SHEET_DATES[1:]} - {None}
    if len(readings) == 1:
        return readings.pop()
    code = "ambiguous_date" if readings else "bad_date"
    raise tabular.TabularError(code, value=tabular.as_text(value)[:80])


def _reading(value: Any, form: Any) -> datetime | None:
    try:
        found: datetime | None = tabular.parse_datetime(value, form)
    except tabular.TabularError:
        return None
    return found


def _date(spec: Spec, raw: Any) -> str | None:
    moment = _moment(raw)
    return moment.date().isoformat() if moment else None


def _datetime(spec: Spec, raw: Any) -> str | None:
    """ISO text of the moment in UTC, without a zone; a naive one is UTC."""
    moment = _moment(raw)
    if moment and moment.tzinfo:
        try:
            moment = moment.astimezone(timezone.utc).replace(tzinfo=None)
        except OverflowError:
            raise tabular.TabularError("bad_date", value=str(raw)[:80]) from None
    return moment.isoformat(" ", "seconds") if moment else None


def _selection(spec: Spec, raw: Any) -> str | None:
    word = tabular.normalize(_scalar(raw))
    found = spec.choices.get(word)
    if found is None:
        if word not in spec.choices and tabular.to_text(raw) is None:
            return None
        raise tabular.TabularError("bad_choice", value=tabular.as_text(raw)[:80])
    return found


def _parts(raw: Any) -> list[Any]:
    parts = raw if isinstance(raw, (list, tuple)) else _split(str(_scalar(raw)))
    if len(parts) > MAX_LIST:
        raise tabular.TabularError("too_many_values", limit=MAX_LIST)
    return [part for part in parts if part not in (None, "")]


def _split(text: str) -> list[str]:
    for mark in "；;，、|\n":
        text = text.replace(mark, ",")
    return [part.strip() for part in text.split(",")]


def _tags(spec: Spec, raw: Any) -> list[str] | None:
    found = {_selection(spec, part) for part in _parts(raw)} - {None}
    return sorted(key for key in found if key) or None


def _record(spec: Spec, raw: Any) -> str | int | None:
    """The name of a record. A bare id is never taken: ids mean nothing outside."""
    return _limited(_name(_scalar(raw)))


@lru_cache(maxsize=_MANY, typed=True)
def _name(value: Any) -> str | None:
    text: str | None = tabular.to_text(value)
    return text


def _records(spec: Spec, raw: Any) -> list[str] | None:
    names = [_limited(tabular.to_text(_scalar(part))) for part in _parts(raw)]
    return [name for name in dict.fromkeys(names) if name] or None


def _listed(read: Callable[[str], list[Any]], raw: Any) -> str | None:
    """Addresses in the form in which an item holds them."""
    parts = raw if isinstance(raw, (list, tuple)) else [raw]
    texts = [_limited(tabular.to_text(_scalar(part), multiline=True)) for part in parts]
    try:
        found = read("\n".join(filter(None, texts)))
    except addresses.AddressError as error:
        code = "bad_mac" if error.code == "mac" else "bad_address"
        raise tabular.TabularError(code, value=error.text[:80]) from None
    if len(found) > MAX_LIST:
        raise tabular.TabularError("too_many_values", limit=MAX_LIST)
    return ", ".join(map(str, found)) or None


def _ips(spec: Spec, raw: Any) -> str | None:
    return _listed(addresses.read_addresses, raw)


def _macs(spec: Spec, raw: Any) -> str | None:
    return _listed(addresses.read_macs, raw)


_CONVERTERS: Mapping[str, Callable[[Spec, Any], Any]] = {
    "char": _text,
    "text": _lines,
    "html": _lines,
    "integer": _integer,
    "float": _number,
    "monetary": _number,
    "boolean": _boolean,
    "date": _date,
    "datetime": _datetime,
    "selection": _selection,
    "tags": _tags,
    "many2one": _record,
    "many2many": _records,
    "ips": _ips,
    "macs": _macs,
}


def plain(value: Any, kind: str) -> Any:
    """A value of the history in the form that values are compared in.

    >>> plain([7, "Dell"], "many2one"), plain([[9, "B"], [4, "A"]], "many2many")
    (7, [4, 9])
    """
    if value is None or value == "" or value == [] or value is False:
        return False if kind == "boolean" else None
    if kind == "many2one":
        return value[0] if isinstance(value, (list, tuple)) else value
    if kind == "many2many":
        return sorted(
            part[0] if isinstance(part, (list, tuple)) else part for part in value
        )
    if kind == "tags":
        return sorted(value)
    if kind == "datetime":
        return str(value).replace("T", " ")[:19]
    return value


def difference(
    old: Mapping[str, Any], new: Mapping[str, Any], specs: Mapping[str, Spec]
) -> dict[str, tuple[Any, Any]]:
    """What ``new`` would change, ``{key: (old, new)}``; what it does not say stays.

    :param old: present values in the naming and form of the history
    :param new: converted values, records as ids
    """
    found = {}
    for key, value in new.items():
        kind = specs[key].type
        before = plain(old.get(key), kind)
        if value is not None and not same(before, value, kind):
            found[key] = (old.get(key), value)
    return found


def same(one: Any, other: Any, kind: str) -> bool:
    """Whether two plain values are the same."""
    if kind in ("float", "monetary"):
        first, second = one or 0.0, other or 0.0
        return abs(first - second) <= 1e-9 * max(1.0, abs(first), abs(second))
    if kind == "integer":
        return (one or 0) == (other or 0)
    if kind in ADDRESS_TYPES:
        return set((one or "").split(", ")) == set((other or "").split(", "))
    if kind in ("char", "text") and isinstance(one, str) and isinstance(other, str):
        # Blanks and full-width letters of a ledger say nothing else.
        return one == other or to_name(one, ()) == to_name(other, ())
    return bool(one == other)
