"""Local times to UTC, with what happens when clocks change stated."""

from __future__ import annotations

from datetime import datetime, timezone, tzinfo
from zoneinfo import ZoneInfo

from .errors import TabularError


def to_utc(value: datetime, tz: str | tzinfo, *, strict: bool = False) -> datetime:
    """Naive UTC of ``value``, which is local time of ``tz`` unless aware.

    Where clocks go back, the earlier of the two moments is meant; where they go
    forward, a time that never was moves on by the gap. If ``strict`` both are
    refused (``ambiguous_time``, ``missing_time``). Also raises ``bad_timezone``
    and ``bad_date`` (beyond the years 1 to 9999).
    """
    zone = load_zone(tz) if isinstance(tz, str) else tz
    try:
        if value.tzinfo is not None:
            return value.astimezone(timezone.utc).replace(tzinfo=None)
        early = value.replace(tzinfo=zone, fold=0)
        utc = early.astimezone(timezone.utc)
        if strict:
            _refuse_odd_hours(early, utc, zone)
        return utc.replace(tzinfo=None)
    except OverflowError as error:
        raise TabularError("bad_date", value=str(value)) from error


def _refuse_odd_hours(early: datetime, utc: datetime, zone: tzinfo) -> None:
    if early.utcoffset() == early.replace(fold=1).utcoffset():
        return
    local = early.replace(tzinfo=None)
    back = utc.astimezone(zone).replace(tzinfo=None, fold=0)
    code = "ambiguous_time" if back == local else "missing_time"
    raise TabularError(code, value=str(local), tz=str(zone))


def load_zone(name: str) -> ZoneInfo:
    """Return a time zone by its name; raises ``bad_timezone``."""
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError) as error:
        raise TabularError("bad_timezone", tz=name) from error
