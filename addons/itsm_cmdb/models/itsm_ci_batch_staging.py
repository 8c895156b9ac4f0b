"""Read the rows of files and feeds into the columns of staging, whatever they hold."""

import math
import re
from decimal import Decimal
from functools import lru_cache

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
MAX_KEYS = 300
MAX_KEY_CHARS = 100
_MAX_LABEL = 200
# A ledger's remark may be long; texts beyond this are refused, not stored.
_MAX_CELL = 20_000
_MAX_ITEMS = 500


def reason(code, key=None, **params):
    """Return why a row is refused, or a value left: a code with what it is about."""
    return {"code": code, "key": key, "params": params}


def staged_row(row):
    """Return the columns of an item's row; what cannot be stored becomes a reason."""
    if not isinstance(row, dict):
        return "", None, None, None, {}, [reason("bad_row")]
    values, reasons = _values(row.get("values"))
    return (
        _label(row.get("class")) or "",
        _label(row.get("ref")),
        _label(row.get("sheet")),
        _number(row.get("row")),
        values,
        reasons,
    )


def staged_relation(row):
    """Return the columns of a relation's row."""
    if not isinstance(row, dict):
        return "", None, None, None, {}, [reason("bad_row")]
    found, reasons = {}, []
    for end in ("source", "target"):
        found[end] = _end(row.get(end), end, reasons)
    for key in ("type", "strength", "weight", "note"):
        value, problem = _cell(row.get(key))
        if problem or isinstance(value, list):
            reasons.append(reason(problem or "bad_value", key, value=key))
        elif value is not None:
            found[key] = value
    return (
        "",
        _label(row.get("ref")),
        _label(row.get("sheet")),
        _number(row.get("row")),
        found,
        reasons,
    )


def _end(value, end, reasons):
    """Return one end of a relation: a text, or ``{"class": …, "values": …}``."""
    if isinstance(value, dict):
        raw = value.get("values")
        if raw is None:
            raw = {key: part for key, part in value.items() if key != "class"}
        values, problems = _values(raw)
        reasons += problems
        return {"class": _label(value.get("class")) or "", "values": values}
    label = _label(value)
    if label is None:
        reasons.append(reason("end_missing", end))
    return label


def _values(raw):
    """Return the values of a row that can be stored, and what is wrong with others."""
    if not isinstance(raw, dict):
        return {}, [reason("bad_row")]
    if len(raw) > MAX_KEYS:
        return {}, [reason("too_many_values", limit=MAX_KEYS)]
    values, reasons = {}, []
    for key, cell in raw.items():
        if not _is_key(key):
            reasons.append(reason("unknown_key", None, value=_shown(key)))
            continue
        value, problem = _cell(cell)
        if problem:
            reasons.append(reason(problem, key, value=_shown(cell)))
        elif value is not None:
            values[key] = value
    # As the database orders them: of two names of one key the same one counts always.
    return {key: values[key] for key in sorted(values, key=_place)}, reasons


@lru_cache(maxsize=1024)
def _is_key(key):
    return (
        isinstance(key, str) and len(key) <= MAX_KEY_CHARS and not _CONTROL.search(key)
    )


@lru_cache(maxsize=1024)
def _place(key):
    return len(key.encode()), key


def _cell(value):
    """Return a value as it is stored, and a code where it cannot be."""
    if isinstance(value, str):
        return _text(value)
    if value is None or isinstance(value, (bool, int)):
        # Beyond this no field could hold it, and no JSON reader agrees on it.
        return value, "bad_number" if isinstance(value, int) and abs(
            value
        ) > 2**53 else None
    if isinstance(value, float):
        return _float(value)
    if hasattr(value, "isoformat"):
        return value.isoformat(), None
    if isinstance(value, (list, tuple)) and len(value) <= _MAX_ITEMS:
        return _list(value)
    return None, "bad_value"


def _float(value):
    """Return a number as the database gives it back: without an exponent."""
    if not math.isfinite(value):
        return value, "bad_number"
    return (int(Decimal(repr(value))) if abs(value) >= 1e16 else value), None


def _text(value):
    if len(value) > _MAX_CELL:
        return None, "too_long"
    if not value.isprintable() and _CONTROL.search(value):
        return None, "control_character"
    return value or None, None


def _list(values):
    found = []
    for part in values:
        if isinstance(part, (list, tuple)):
            return None, "bad_value"
        value, problem = _cell(part)
        if problem:
            return None, problem
        found.append(value)
    return found, None


def _label(value):
    """Return a short printable text of a label; None where there is none."""
    if isinstance(value, bool) or not isinstance(value, (str, int)):
        return None
    if isinstance(value, int) and abs(value) > 2**53:
        return None
    return " ".join(_CONTROL.sub(" ", str(value)[:_MAX_LABEL]).split()) or None


def _number(value):
    plain = isinstance(value, int) and not isinstance(value, bool)
    return value if plain and 0 < value < 2**31 else None


def _shown(value):
    """Return a value as a refusal may show it."""
    if not isinstance(value, (str, int, float)) or isinstance(value, bool):
        return type(value).__name__
    if isinstance(value, int) and abs(value) > 2**53:
        return "…"
    return _CONTROL.sub("�", str(value)[:80])
