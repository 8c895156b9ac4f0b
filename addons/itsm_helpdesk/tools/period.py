"""Months, quarters and years that a report is about. Pure functions on dates."""

from __future__ import annotations

from datetime import date, timedelta

MONTH, QUARTER, YEAR, OWN = "month", "quarter", "year", "own"
_MONTHS = {MONTH: 1, QUARTER: 3, YEAR: 12}


def holding(kind: str, day: date) -> tuple[date, date]:
    """Return first and last day of the month, quarter or year that holds a day."""
    months = _MONTHS[kind]
    first = date(day.year, (day.month - 1) // months * months + 1, 1)
    return first, _months_later(first, months) - timedelta(days=1)


def last(kind: str, today: date) -> tuple[date, date]:
    """Return first and last day of the latest one that is over."""
    first, _end = holding(kind, today)
    return holding(kind, first - timedelta(days=1))


def before(start: date, end: date) -> tuple[date, date]:
    """Return the period that a period is compared with: the one of its length before.

    Whole months are compared with as many whole months, as February is not short of
    work.
    """
    after = end + timedelta(days=1)
    if start.day == after.day == 1:
        months = (after.year - start.year) * 12 + after.month - start.month
        return _months_later(start, -months), start - timedelta(days=1)
    return start - (after - start), start - timedelta(days=1)


def months_until(end: date, number: int) -> list[date]:
    """Return the first days of the last months up to the one of a day."""
    first = end.replace(day=1)
    return [_months_later(first, -back) for back in range(number - 1, -1, -1)]


def month_after(first: date) -> date:
    """Return the first day of the month after one that begins on a day."""
    return _months_later(first, 1)


def _months_later(first: date, months: int) -> date:
    number = first.year * 12 + first.month - 1 + months
    return date(number // 12, number % 12 + 1, 1)
