"""Read dates and times, in the order of day and month the column is known to have.

Accepted in every format: ``2016-02-29``, ``2016/2/29 1:16``, ``20160229``,
``2016年2月29日 下午3时5分``, ISO 8601 with zone, ``29 Feb 2016``,
``Feb 29, 2016 3:05 PM``. Only ``29-02-2016`` (separators ``- / .``) needs to
be told whether the day or the month stands first. Years of two digits are read
only by a ``pattern``: ``16-02-29`` could be three different days.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, timezone, tzinfo
from typing import Any

from .cells import MAX_SERIAL, serial_to_datetime
from .errors import TabularError
from .values import as_text, to_text

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun",
           "jul", "aug", "sep", "oct", "nov", "dec")  # fmt: skip
_YEAR_FIRST = re.compile(
    r"(?P<y>\d{4})(?:([-/.])(?P<m>\d{1,2})\2(?P<d>\d{1,2})"
    r"|\s*年\s*(?P<m2>\d{1,2})\s*月\s*(?P<d2>\d{1,2})\s*[日号]?"
    r"|(?P<m3>\d{2})(?P<d3>\d{2})(?=$|t|\s|\d{4}))"
)
_YEAR_LAST = re.compile(r"(?P<a>\d{1,2})([-/.])(?P<b>\d{1,2})\2(?P<y>\d{4})(?!\d)")
_DAY_NAME_YEAR = re.compile(
    r"(?P<d>\d{1,2})[\s-]*(?P<n>[a-z]{3,9})\.?[\s,-]*(?P<y>\d{4})"
)
_NAME_DAY_YEAR = re.compile(r"(?P<n>[a-z]{3,9})\.?\s*(?P<d>\d{1,2}),?\s+(?P<y>\d{4})")
_TIME = re.compile(
    r"(?P<before>am|pm|a\.m\.|p\.m\.|凌晨|早上|上午|中午|下午|晚上)?\s*"
    r"(?P<H>\d{1,2})(?:\s*[:时点]\s*(?P<M>\d{1,2})?\s*"
    r"(?:[:分]\s*(?P<S>\d{1,2})?(?:[.,](?P<f>\d{1,9}))?\s*秒?)?)?"
    r"\s*(?P<after>am|pm|a\.m\.|p\.m\.)?"
    r"\s*(?P<zone>z|utc|gmt|[+-]\d{2}:?\d{2}|[+-]\d{2})?"
)
_COMPACT_TIME = re.compile(r"(?P<H>\d{2})(?P<M>\d{2})(?P<S>\d{2})?")
_WEEKDAY = re.compile(r"星期[一二三四五六日天]|周[一二三四五六日天]"
                      r"|\b(mon|tue|wed|thu|fri|sat|sun)[a-z]*,?\s")  # fmt: skip
_MAX_DATE_CHARS = 60


@dataclass(frozen=True)
class DateFormat:
    """How the dates of one column are read.

    ``order``: ``dmy``, ``mdy``, or ``ymd`` which refuses dates that end with
    the year. ``serial``: day numbers of a sheet are dates (counted from 1904 if
    ``date1904``). ``pattern``: if given, texts must fit this ``strptime`` form.
    """

    order: str = "ymd"
    serial: bool = False
    date1904: bool = False
    pattern: str | None = None


YEAR_FIRST = DateFormat()


def as_serial(value: Any) -> float | None:
    """A day number from a number or a digit text shorter than ``20160229``."""
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return float(value) if 0 <= value < MAX_SERIAL else None
    if isinstance(value, str) and re.fullmatch(r"\s*[0-9]{1,7}(\.[0-9]{1,20})?", value):
        return float(value)
    return None


def parse_datetime(
    value: Any, formats: DateFormat | Sequence[DateFormat] = YEAR_FIRST
) -> datetime | None:
    """The moment a cell holds: aware if it states a zone, else naive local.

    The first of ``formats`` that fits wins. None for empty and unknown cells.
    Raises TabularError ``bad_date``.
    """
    if isinstance(value, datetime):
        return value
    if isinstance(value, date):
        return datetime(value.year, value.month, value.day)
    if to_text(value) is None:
        return None
    for form in [formats] if isinstance(formats, DateFormat) else formats:
        try:
            return _parse(value, form)
        except (ValueError, OverflowError):
            continue
    return _refuse(value)


def _refuse(value: Any) -> datetime:
    raise TabularError("bad_date", value=as_text(value)[:80])


def parse_date(
    value: Any, formats: DateFormat | Sequence[DateFormat] = YEAR_FIRST
) -> date | None:
    """The calendar day of :func:`parse_datetime`, in the zone it states."""
    moment = parse_datetime(value, formats)
    return moment.date() if moment else None


def _parse(value: Any, form: DateFormat) -> datetime:
    """Raises ValueError or OverflowError when the value does not fit."""
    number = as_serial(value) if form.serial else None
    if number is not None:
        moment = serial_to_datetime(number, form.date1904)
        if isinstance(moment, time):
            raise ValueError(value)
        return moment
    text = " ".join(unicodedata.normalize("NFKC", as_text(value)).split())
    if len(text) > _MAX_DATE_CHARS:
        raise ValueError(text)
    if form.pattern:
        return datetime.strptime(text, form.pattern)
    return _parse_text(_WEEKDAY.sub(" ", text.casefold() + " ").strip(), form.order)


def _parse_text(text: str, order: str) -> datetime:
    for pattern in (_YEAR_FIRST, _YEAR_LAST, _DAY_NAME_YEAR, _NAME_DAY_YEAR):
        match = pattern.match(text)
        if match:
            day = _day(match.groupdict(), order)
            rest = text[match.end() :]
            compact = len(match.group(0)) == 8 and match.group(0).isdecimal()
            return _with_time(day, rest, compact)
    raise ValueError(text)


def _day(parts: dict[str, str | None], order: str) -> date:
    """The calendar day from the named groups of a date pattern."""
    year = int(parts["y"] or "")
    if "n" in parts:
        return date(year, _month(parts["n"] or ""), int(parts["d"] or ""))
    if "a" in parts:
        first, second = int(parts["a"] or ""), int(parts["b"] or "")
        if order == "ymd":
            raise ValueError("the year must come first")
        return date(year, *((second, first) if order == "dmy" else (first, second)))
    month = parts["m"] or parts["m2"] or parts["m3"] or ""
    return date(year, int(month), int(parts["d"] or parts["d2"] or parts["d3"] or ""))


def _month(name: str) -> int:
    full = ("january", "february", "march", "april", "may", "june", "july",
            "august", "september", "october", "november", "december")  # fmt: skip
    if name == "sept":
        return 9
    if name in full:
        return full.index(name) + 1
    return _MONTHS.index(name) + 1


def _with_time(day: date, rest: str, compact: bool) -> datetime:
    rest = rest.removeprefix("t").lstrip(" ,")
    if not rest:
        return datetime(day.year, day.month, day.day)
    match = (_COMPACT_TIME.fullmatch(rest) if compact else None) or _TIME.fullmatch(
        rest
    )
    if not match:
        raise ValueError(rest)
    parts = match.groupdict()
    hour = _hour(int(parts["H"]), parts.get("before") or parts.get("after"))
    extra = timedelta(days=1) if _is_24(hour, parts) else timedelta()
    clock = time(
        0 if extra else hour,
        int(parts["M"] or 0),
        int(parts["S"] or 0),
        int(f"{parts.get('f') or '':0<6}"[:6]),
        tzinfo=_zone(parts.get("zone")),
    )
    return datetime.combine(day, clock) + extra


def _is_24(hour: int, parts: dict[str, Any]) -> bool:
    """Whether this is 24:00, the end of the day in ISO 8601."""
    return hour == 24 and not int(parts["M"] or 0) and not int(parts["S"] or 0)


def _hour(hour: int, half: str | None) -> int:
    """Hour of 24 from one with a half of the day; ValueError if they clash."""
    if half is None:
        return hour
    half = half.replace(".", "")
    if half in ("am", "pm") and not 1 <= hour <= 12:
        raise ValueError(hour)
    if half in ("pm", "下午", "晚上"):
        return hour + 12 if hour < 12 else hour
    if half == "中午":
        return hour + 12 if hour < 3 else hour
    return 0 if hour == 12 else hour


def _zone(text: str | None) -> tzinfo | None:
    if text is None:
        return None
    if text in ("z", "utc", "gmt"):
        return timezone.utc
    digits = text[1:].replace(":", "")
    span = timedelta(hours=int(digits[:2]), minutes=int(digits[2:] or 0))
    return timezone(span if text[0] == "+" else -span)
