"""Dates as ledgers hold them: real dates, day numbers, texts of several forms."""

from __future__ import annotations

import re
import unicodedata
from datetime import date, datetime
from typing import Any

from .engine import tabular

# Day numbers of 1954 to 2119; the column is known to hold dates, but a price or a
# year that slipped into it is none.
_SERIALS = range(20_000, 80_000)
_MONTH = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*月?(?:份)?")
_DIGITS = re.compile(r"\d{5}(\.0+)?")


def guess_order(cells: list[Any]) -> str:
    """How day and month stand in a column: ``dmy``, ``mdy``, ``ymd``, or ``""``.

    ``""`` when every text may be read both ways, or some contradict others.
    """
    texts = [cell for cell in cells if isinstance(cell, str) and not _is_month(cell)]
    guess = tabular.guess_date_format(texts)
    if guess.format:
        return str(guess.format.order)
    return "ymd" if guess.reason == "no_dates" else ""


def to_date(value: Any, order: str = "ymd") -> date | None:
    """The day a cell holds; a month alone is its first day.

    :raise TabularError: ``bad_date``, or ``ambiguous_date`` without an order

    >>> [to_date(v).isoformat() for v in ("2019.3.5", "2019年3月5日", 43529, "43529")]
    ['2019-03-05', '2019-03-05', '2019-03-05', '2019-03-05']
    >>> to_date("2019年3月").isoformat(), to_date(20190305).isoformat()
    ('2019-03-01', '2019-03-05')
    """
    moment = to_moment(value, order)
    return moment.date() if moment else None


def to_moment(value: Any, order: str = "ymd") -> datetime | None:
    """Like :func:`to_date`, with the time of day where the cell has one."""
    if isinstance(value, datetime):
        return value
    if isinstance(value, date):
        return datetime(value.year, value.month, value.day)
    if tabular.to_text(value) is None:
        return None
    number = _serial(value)
    if number is not None:
        found: datetime = tabular.serial_to_datetime(number)
        return found
    text = _plain(value)
    month = _MONTH.fullmatch(text)
    # 2019.1 typed as a number may have been 2019.10.
    if month and not (isinstance(value, float) and month[2] == "1"):
        return _first_of(month, value)
    parsed: datetime | None
    try:
        parsed = tabular.parse_datetime(text, tabular.DateFormat(order or "ymd"))
    except tabular.TabularError as error:
        if not order and _fits_both(text):
            raise tabular.TabularError("ambiguous_date", value=text[:80]) from error
        raise
    return parsed


def _first_of(month: re.Match[str], value: Any) -> datetime:
    try:
        return datetime(int(month[1]), int(month[2]), 1)
    except ValueError as error:
        text = tabular.as_text(value)[:80]
        raise tabular.TabularError("bad_date", value=text) from error


def _fits_both(text: str) -> bool:
    for order in ("dmy", "mdy"):
        try:
            tabular.parse_datetime(text, tabular.DateFormat(order))
        except tabular.TabularError:
            return False
    return True


def _serial(value: Any) -> float | None:
    """The day number a cell holds, None if it is no likely one."""
    if isinstance(value, bool):
        return None
    if isinstance(value, str):
        text = unicodedata.normalize("NFKC", value).strip()
        if not _DIGITS.fullmatch(text):
            return None
        value = float(text)
    if isinstance(value, (int, float)) and int(value) in _SERIALS:
        return float(value)
    return None


def _is_month(text: str) -> bool:
    return bool(_MONTH.fullmatch(_plain(text)))


def _plain(value: Any) -> str:
    text = unicodedata.normalize("NFKC", tabular.as_text(value))
    # "2019. 3. 5" and "2019 / 3 / 5" are written by hand like this.
    return re.sub(r"\s*([-/.年月])\s*(?=\d)", r"\1", " ".join(text.split())).strip()
