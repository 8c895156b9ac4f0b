"""A short sign of what was approved: the same content gives the same sign."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any


def _plain(value: Any) -> Any:
    """Return a value as JSON knows it, with one form for what is equal."""
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, set | frozenset):
        return sorted((_plain(item) for item in value), key=canonical)
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, float) and value.is_integer():
        return int(value)  # 2.0 and 2 are the same amount
    if isinstance(value, date):  # and datetime
        return value.isoformat()
    return value


def canonical(value: Any) -> str:
    """Return JSON that depends on the content only."""
    return json.dumps(
        _plain(value),
        sort_keys=True,
        ensure_ascii=True,
        separators=(",", ":"),
        allow_nan=False,
    )


def fingerprint(subject: Iterable[Mapping[str, Any]]) -> str:
    """Return the sign of a subject: of its keys and values, in any order.

    Labels and texts do not count, since they depend on the reader's language.
    """
    content = {row["key"]: row.get("value") for row in subject}
    return hashlib.sha256(canonical(content).encode()).hexdigest()
