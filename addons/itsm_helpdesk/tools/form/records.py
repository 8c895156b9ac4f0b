"""Ids of records, as they come from outside."""

from __future__ import annotations

from typing import Any

# PostgreSQL's largest integer: more is no id.
_MAX_ID = 2**31 - 1


def as_id(value: Any) -> int | None:
    """Return a value that can be the id of a record, else None."""
    if isinstance(value, str):
        text = value.strip()
        # Ten digits hold the largest id.
        is_digits = text.isascii() and text.isdecimal() and len(text) <= 10
        value = int(text) if is_digits else None
    is_id = isinstance(value, int) and not isinstance(value, bool)
    return value if is_id and 0 < value <= _MAX_ID else None
