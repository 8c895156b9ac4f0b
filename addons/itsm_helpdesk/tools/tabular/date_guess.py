"""Decide by the whole column whether its dates put the day or the month first."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from .dates import DateFormat, as_serial, parse_datetime
from .errors import TabularError
from .values import to_text

# Day numbers of 1927 to 2199; smaller numbers in a column are rarely dates.
_LIKELY_SERIALS = range(10_000, 109_575)


@dataclass(frozen=True)
class DateGuess:
    """What the samples of a column say.

    ``format`` is None when undecided. Then ``reason`` is ``ambiguous`` (every
    sample fits both orders), ``conflict`` (some fit only one, some only the
    other) or ``no_dates``; ``candidates`` are the formats to choose from.
    ``unread`` counts samples that are no dates in any format.
    """

    format: DateFormat | None
    candidates: tuple[DateFormat, ...] = ()
    reason: str = "certain"
    unread: int = 0


def guess_date_format(samples: Iterable[Any]) -> DateGuess:
    """Decide the format from all values of a column, never by a mere majority.

    One value such as 29-02-2016 proves the day first, unless another proves
    the opposite.
    """
    votes: set[tuple[str, ...]] = set()
    unread, serial = 0, False
    for sample in samples:
        if to_text(sample) is None:
            continue
        if _is_likely_serial(sample):
            serial = True
            continue
        fits = _fitting_orders(sample)
        unread += not fits
        votes.update([fits] if fits else [])
    return _decide(votes, serial, unread)


def _decide(votes: set[tuple[str, ...]], serial: bool, unread: int) -> DateGuess:
    orders = {order for fits in votes for order in fits if len(fits) < 3}
    if not votes and not serial:
        return DateGuess(None, (), "no_dates", unread)
    if not orders:
        return DateGuess(DateFormat("ymd", serial), (), "certain", unread)
    common = orders.intersection(*(set(fits) for fits in votes))
    if len(common) == 1:
        return DateGuess(DateFormat(common.pop(), serial), (), "certain", unread)
    reason = "ambiguous" if common else "conflict"
    both = (DateFormat("dmy", serial), DateFormat("mdy", serial))
    return DateGuess(None, both, reason, unread)


def _fitting_orders(sample: Any) -> tuple[str, ...]:
    """Orders under which a sample is a date: all three if none is needed."""
    fits = []
    for order in ("dmy", "mdy", "ymd"):
        try:
            parse_datetime(sample, DateFormat(order))
        except TabularError:
            continue
        fits.append(order)
    return tuple(fits)


def _is_likely_serial(sample: Any) -> bool:
    number = as_serial(sample)
    return number is not None and int(number) in _LIKELY_SERIALS
