"""A stable hash of row values, to tell cheaply that a row was seen before."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from datetime import date, datetime, time, timezone
from typing import Any


def fingerprint(values: Mapping[str, Any] | Iterable[Any]) -> str:
    """64 hex digits that depend on the values and their types alone.

    The same in every process and release; the order of a mapping's keys does
    not matter, that of a sequence does. ``None`` differs from ``""``, 1 from
    True, but 1 is 1.0, as sheets do not tell them apart.

    >>> fingerprint({"a": 1, "b": None}) == fingerprint({"b": None, "a": 1.0})
    True
    """
    digest = hashlib.sha256()
    if isinstance(values, Mapping):
        items: Iterable[Any] = (
            part for name in sorted(values) for part in (name, values[name])
        )
    else:
        items = values
    for item in items:
        token = _token(item)
        # The length keeps neighbours apart: ("ab", "c") is not ("a", "bc").
        digest.update(f"{len(token)}:".encode())
        digest.update(token)
    return digest.hexdigest()


def _token(value: Any) -> bytes:
    """Kind letter and canonical text of one value; TypeError for other types."""
    if value is None:
        return b"0"
    if isinstance(value, bool):
        return b"b1" if value else b"b0"
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, (int, float)):
        return f"n{value!r}".encode()
    if isinstance(value, str):
        return b"s" + value.encode("utf-8", "surrogatepass")
    if isinstance(value, datetime):
        if value.tzinfo is not None:
            value = value.astimezone(timezone.utc)
        return f"d{value.isoformat()}".encode()
    if isinstance(value, (date, time)):
        return f"d{value.isoformat()}".encode()
    if isinstance(value, (tuple, list)):
        return b"l" + fingerprint(value).encode()
    raise TypeError(f"no fingerprint for {type(value).__name__}")
