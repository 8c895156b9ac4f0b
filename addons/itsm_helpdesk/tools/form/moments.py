"""Read dates and times of a form, within the limits of their question."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta, timezone
from typing import Any

from ..tabular import zones
from . import definition
from .problems import RefusedError

_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_LOCAL = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}(:[0-9]{2})?")
_UTC = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}( [0-9]{2}:[0-9]{2}:[0-9]{2}|"
    r"T[0-9]{2}:[0-9]{2}:[0-9]{2}Z)"
)


def read_date(question: definition.Question, value: Any, today: date) -> str:
    """Read a day as browsers and Odoo write it: YYYY-MM-DD."""
    day = None
    if isinstance(value, str) and _DATE.fullmatch(value.strip()):
        day = _parse(value.strip())
    if not day:
        raise RefusedError("not_date")
    _check_day(question, day.date(), today)
    return day.date().isoformat()


def read_datetime(
    question: definition.Question, value: Any, today: date, zone: str
) -> str:
    """Read a local time (with a T, as browsers send it) or UTC (as Odoo keeps it).

    Where clocks go back, the earlier moment is meant; where they go forward, a time
    that never was moves on by the gap.
    """
    text = value.strip() if isinstance(value, str) else ""
    is_utc = bool(_UTC.fullmatch(text))
    moment = None
    if is_utc or _LOCAL.fullmatch(text):
        moment = _parse(text.removesuffix("Z"))
    if not moment:
        raise RefusedError("not_datetime")
    _check_year(moment.date())
    if is_utc:
        moment = moment.replace(tzinfo=timezone.utc)
    utc = zones.to_utc(moment, zone)
    _check_day(question, _local(utc, zone).date(), today)
    return utc.strftime("%Y-%m-%d %H:%M:%S")


def local_text(value: Any, zone: str) -> Any:
    """Return a kept UTC time as a browser's local one; anything else as it is."""
    if not isinstance(value, str) or not _UTC.fullmatch(value):
        return value
    moment = _parse(value.removesuffix("Z"))
    if not moment or not definition.FIRST_YEAR <= moment.year <= definition.LAST_YEAR:
        return value
    return _local(moment, zone).strftime("%Y-%m-%dT%H:%M")


def _parse(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None


def _local(utc: datetime, zone: str) -> datetime:
    aware = utc.replace(tzinfo=timezone.utc)
    return aware.astimezone(zones.load_zone(zone)).replace(tzinfo=None)


def _check_year(day: date) -> None:
    if not definition.FIRST_YEAR <= day.year <= definition.LAST_YEAR:
        raise RefusedError("year")


def _check_day(question: definition.Question, day: date, today: date) -> None:
    _check_year(day)
    first, last = day_limits(question, today)
    if first and day < first:
        raise RefusedError("too_early", date=first.isoformat())
    if last and day > last:
        raise RefusedError("too_late", date=last.isoformat())


def day_limits(
    question: definition.Question, today: date
) -> tuple[date | None, date | None]:
    """Return the first and the last day that may be answered."""

    def limit(days: float | None) -> date | None:
        # A century is as good as no limit, and cannot leave the calendar.
        if days is None or abs(days) > definition.MAX_DAYS:
            return None
        return today + timedelta(days=int(days))

    return limit(question.get("minimum")), limit(question.get("maximum"))
