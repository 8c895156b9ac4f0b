"""What a phone tells of work in the field, read with suspicion.

An entry is made where there may be no network and is sent later, perhaps twice, and
from a device whose clock is wrong. So it says how long ago it was made, and carries a
key by which it is known again.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from math import isfinite

VERBS = frozenset(
    {"start", "pause", "resume", "check", "photo", "part", "sign", "finish"}
)
DONE = "done"
AGAIN = "again"
OUTCOMES = frozenset({DONE, AGAIN})
PHOTO_KINDS = frozenset({"before", "after"})
# Who was without a network for longer tells their leader.
MAX_AGE = timedelta(days=14)
MAX_TEXT = 4000
MAX_NAME = 120
MAX_QUANTITY = 100_000
# In base64: 8 MB of picture.
MAX_PICTURE = 8 * 1024 * 1024 * 4 // 3
_KEY = re.compile(r"[0-9A-Za-z-]{16,64}")
_MAX_ID = 2**31 - 1


class Unreadable(ValueError):
    """An entry that is no entry; names the part that is wrong."""


@dataclass(frozen=True)
class Entry:
    """One thing that somebody did in the field.

    :param key: by which the entry is known when it comes again
    :param age: how long before it was sent it was made
    :param forced: it is kept even though the task or ticket went on without it
    """

    key: str
    verb: str
    task_id: int = 0
    ticket_id: int = 0
    age: timedelta = timedelta()
    forced: bool = False
    values: dict = field(default_factory=dict)


def read(raw: object) -> Entry:
    """Return the entry that a phone sent.

    :raise Unreadable: when it is none
    """
    if not isinstance(raw, dict):
        raise Unreadable("entry")
    key, verb = raw.get("key"), raw.get("verb")
    if not isinstance(key, str) or not _KEY.fullmatch(key):
        raise Unreadable("key")
    if not isinstance(verb, str) or verb not in VERBS:
        raise Unreadable("verb")
    task_id = _id(raw, "task_id", optional=True)
    ticket_id = _id(raw, "ticket_id", optional=True)
    if not task_id and not ticket_id:
        raise Unreadable("ticket_id")
    values = raw.get("values") or {}
    if not isinstance(values, dict):
        raise Unreadable("values")
    reader = _READERS.get(verb)
    return Entry(
        key=key,
        verb=verb,
        task_id=task_id,
        ticket_id=0 if task_id else ticket_id,
        age=_age(raw.get("age", 0)),
        forced=raw.get("forced") is True,
        values=reader(values) if reader else {},
    )


def moment(now: datetime, age: timedelta, floor: datetime | None) -> datetime:
    """Return when an entry was made: never before what went before it."""
    then = (now - min(age, MAX_AGE)).replace(microsecond=0)
    return max(then, floor) if floor else then


def minutes(spells: Iterable[tuple[datetime, datetime | None]]) -> int:
    """Return the minutes of the spells that have ended, rounded once for all."""
    seconds = sum(
        (end - start).total_seconds() for start, end in spells if end and end > start
    )
    return round(seconds / 60)


def spell_problem(
    spells: Iterable[tuple[datetime, datetime]], now: datetime
) -> str | None:
    """Return what cannot be of spells in their order: nothing, or the kind of fault."""
    before = None
    for start, end in spells:
        if end <= start:
            return "backward"
        if end > now:
            return "future"
        if before and start < before:
            return "overlap"
        before = end
    return None


def _age(value: object) -> timedelta:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise Unreadable("age")
    if not isfinite(value):
        raise Unreadable("age")
    return timedelta(seconds=min(max(value, 0), MAX_AGE.total_seconds()))


def _id(values: dict, name: str, *, optional: bool = False) -> int:
    value = values.get(name) or 0
    if isinstance(value, bool) or not isinstance(value, int):
        raise Unreadable(name)
    if not 0 <= value <= _MAX_ID or not (value or optional):
        raise Unreadable(name)
    return value


def _text(values: dict, name: str, limit: int = MAX_TEXT) -> str:
    value = values.get(name) or ""
    if not isinstance(value, str) or len(value) > limit:
        raise Unreadable(name)
    # PostgreSQL takes no such character.
    return value.replace("\0", "").strip()


def _choice(values: dict, name: str, choices: frozenset[str]) -> str:
    value = values.get(name)
    if not isinstance(value, str) or value not in choices:
        raise Unreadable(name)
    return value


def _picture(values: dict) -> str:
    data = values.get("data")
    if not isinstance(data, str) or not 0 < len(data) <= MAX_PICTURE:
        raise Unreadable("data")
    return data


def _read_check(values: dict) -> dict:
    return {"check_id": _id(values, "check_id"), "done": values.get("done") is True}


def _read_photo(values: dict) -> dict:
    return {
        "kind": _choice(values, "kind", PHOTO_KINDS),
        "data": _picture(values),
    }


def _read_part(values: dict) -> dict:
    quantity = values.get("quantity")
    if isinstance(quantity, bool) or not isinstance(quantity, int | float):
        raise Unreadable("quantity")
    if not 0 <= quantity <= MAX_QUANTITY:
        raise Unreadable("quantity")
    return {"product_id": _id(values, "product_id"), "quantity": quantity}


def _read_sign(values: dict) -> dict:
    name = _text(values, "name", MAX_NAME)
    if not name:
        raise Unreadable("name")
    return {"name": name, "data": _picture(values)}


def _read_finish(values: dict) -> dict:
    return {
        "outcome": _choice(values, "outcome", OUTCOMES),
        "note": _text(values, "note"),
        "code": _text(values, "code", MAX_NAME),
    }


_READERS = {
    "check": _read_check,
    "photo": _read_photo,
    "part": _read_part,
    "sign": _read_sign,
    "finish": _read_finish,
}
