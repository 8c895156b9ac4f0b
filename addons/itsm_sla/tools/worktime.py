"""Working time as a sorted line of intervals, to be asked by binary search.

Moments are naive UTC datetimes, as Odoo stores them, read to the whole second.
The answers equal those of Odoo's ``resource.calendar``, which localizes with pytz:
so does this module. Only 24:00 differs: here it is the next midnight, not one
microsecond before it.
"""

import hashlib
import json
from bisect import bisect_left, bisect_right
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache

import pytz

_MINUTE = 60
_DAY = 24 * 60 * _MINUTE
_MIDNIGHT = 24 * 60  # the last minute of a day, which is the first of the next
_EPOCH = datetime(1970, 1, 1)
_EPOCH_DAY = _EPOCH.toordinal()
_YEARS_AHEAD = 100  # no promise is longer: there is no such moment
_YEARS = range(2, 9999)  # the days around them are still dates


@dataclass(frozen=True)
class WorkingHours:
    """When people work: immutable, and equal if written differently.

    :param tz: name of the time zone in which the weekly hours are meant
    :param weekly: rows of (week type 0 or 1, weekday with 0 for Monday, minute of the
        day from, minute to); a calendar of one week has each row for both types
    :param leaves: pairs of UTC epoch seconds [from, to) without work
    :raise ValueError: a row that is outside of the week or the day

    >>> WorkingHours("UTC", [(0, 0, 480, 720)], [(50, 90), (10, 60)]).leaves
    ((10, 90),)
    """

    tz: str
    weekly: tuple[tuple[int, int, int, int], ...]
    leaves: tuple[tuple[int, int], ...] = ()

    def __post_init__(self):
        """Sort and merge, so that equal hours are equal values."""
        rows = sorted({tuple(row) for row in self.weekly if row[2] < row[3]})
        for week, weekday, first, last in rows:
            if not (0 <= week <= 1 and 0 <= weekday <= 6 and 0 <= first <= last):
                raise ValueError(f"no such day of the week: {week}, {weekday}, {first}")
            if last > _MIDNIGHT:
                raise ValueError(f"no such minute of the day: {last}")
        object.__setattr__(self, "weekly", tuple(rows))
        object.__setattr__(self, "leaves", tuple(_merged(self.leaves)))

    def fingerprint(self) -> str:
        """Return a digest (SHA-256, hexadecimal) that only equal hours share."""
        text = json.dumps(self.as_json(), sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()

    def as_json(self) -> dict:
        """Return a value that JSON can hold and ``from_json`` reads back."""
        return asdict(self)

    @classmethod
    def from_json(cls, data: dict) -> "WorkingHours":
        """Return the hours that ``as_json`` wrote, also after JSON made lists of it."""
        leaves = tuple(tuple(pair) for pair in data["leaves"])
        return cls(data["tz"], tuple(tuple(row) for row in data["weekly"]), leaves)


class Timeline:
    """The working intervals of some hours, without an end.

    Each year is laid out when it is first asked for. What was laid out never changes
    and is stored by one assignment to a dict, which is atomic; two threads that lay
    out the same year do it twice and get the same. So no lock is needed.

    :param hours: None for around the clock, in UTC
    """

    def __init__(self, hours: WorkingHours | None):
        self.hours = hours
        laid_out = hours or _AROUND_THE_CLOCK
        self._tz = pytz.timezone(laid_out.tz)
        self._leaves = laid_out.leaves
        self._leave_ends = [end for _start, end in laid_out.leaves]
        self._rows = [[] for _day in range(14)]
        for week, weekday, first, last in laid_out.weekly:
            self._rows[7 * week + weekday].append((first, last))
        self._never = not laid_out.weekly
        self._years = {}
        self._days = {}

    def add(self, start: datetime, seconds: int) -> datetime | None:
        """Return the first moment at which so much work is done after ``start``.

        Work that exactly fills an interval ends with it. No work at all ends at the
        first working moment from ``start`` on.

        :return: None if there is no such moment within the next 100 years
        :raise ValueError: ``seconds`` is negative
        """
        if seconds < 0:
            raise ValueError("working time cannot be negative")
        if self._never:
            return None
        if not seconds:
            return self._next_working(start)
        year = start.year
        work = seconds + self._done(year, epoch(start))
        for each in range(year, year + _YEARS_AHEAD + 1):
            starts, _ends, done = self._years.get(each) or self._lay_out(each)
            if work <= done[-1]:
                index = bisect_left(done, work) - 1
                return _EPOCH + timedelta(seconds=starts[index] + work - done[index])
            work -= done[-1]
        return None

    def between(self, start: datetime, end: datetime) -> int:
        """Return the working seconds from one moment to another, 0 if not later."""
        if end <= start or self._never:
            return 0
        years = range(start.year, end.year)
        whole = sum((self._years.get(y) or self._lay_out(y))[2][-1] for y in years)
        until_end = self._done(end.year, epoch(end))
        return whole + until_end - self._done(start.year, epoch(start))

    def intervals(self, start: datetime, end: datetime):
        """Yield the working intervals between two moments, cut at both."""
        if self._never:
            return
        for year in range(start.year, end.year + 1):
            starts, ends, _done = self._years.get(year) or self._lay_out(year)
            first = bisect_right(ends, epoch(start))
            for begin, stop in zip(starts[first:], ends[first:], strict=True):
                if begin >= epoch(end):
                    return
                yield (
                    max(start, _EPOCH + timedelta(seconds=begin)),
                    min(end, _EPOCH + timedelta(seconds=stop)),
                )

    def is_working(self, moment: datetime) -> bool:
        """Tell whether work is done from this moment on."""
        if self._never:
            return False
        starts, ends, _done = self._lay_out(moment.year)
        second = epoch(moment)
        index = bisect_right(starts, second) - 1
        return index >= 0 and second < ends[index]

    def end_of_working_day(self, start: datetime, days: int) -> datetime | None:
        """Return when the working day ends that is ``days`` working days later.

        Days are those of the time zone. A day counts if leaves left any work in it;
        work until midnight belongs to the day that it began in. For 0 it is the first
        day, today or later, that still has work after ``start``. From 1 on, days are
        counted after that of ``start``, which itself never counts.

        :return: None if there is no such day within the next 100 years
        :raise ValueError: ``days`` is negative
        """
        if days < 0:
            raise ValueError("days cannot be counted backwards")
        if self._never or start.year not in _YEARS:
            return None
        today = self._tz.fromutc(start).date()
        dates, ends = self._lay_out_days(today.year)
        if days:
            index = bisect_right(dates, today.toordinal()) + days - 1
        else:
            index = bisect_left(dates, today.toordinal())
            index += index < len(dates) and ends[index] <= epoch(start)
        for year in range(today.year, today.year + _YEARS_AHEAD + 1):
            dates, ends = self._lay_out_days(year)
            if index < len(dates):
                return _EPOCH + timedelta(seconds=ends[index])
            index -= len(dates)
        return None

    def _done(self, year: int, second: int) -> int:
        """Return the working seconds of a year until a second in it."""
        starts, ends, done = self._years.get(year) or self._lay_out(year)
        index = bisect_right(starts, second) - 1
        if index < 0:
            return 0
        return done[index] + min(second, ends[index]) - starts[index]

    def _next_working(self, start: datetime) -> datetime | None:
        second = epoch(start)
        for year in range(start.year, start.year + _YEARS_AHEAD + 1):
            starts, ends, _done = self._lay_out(year)
            index = bisect_right(ends, second)
            if index < len(ends):
                return _EPOCH + timedelta(seconds=max(second, starts[index]))
        return None

    def _lay_out(self, year: int) -> tuple[tuple, tuple, tuple]:
        """Return starts, ends and the work done before each start, for a UTC year.

        The work done has one more item: that of the whole year.
        """
        if year in self._years:
            return self._years[year]
        low, high = _new_year(year), _new_year(year + 1)
        # Local days of other dates may reach into the UTC year.
        pieces = (
            (max(start, low), min(end, high))
            for _day, start, end in self._pieces(year, margin=1)
        )
        line = _merged(pieces)
        done = [0]
        for start, end in line:
            done.append(done[-1] + end - start)
        starts, ends = zip(*line, strict=True) if line else ((), ())
        self._years[year] = starts, ends, tuple(done)
        return self._years[year]

    def _lay_out_days(self, year: int) -> tuple[tuple, tuple]:
        """Return the working days of a local year, as ordinals, and when they end."""
        if year not in self._days:
            ends = {day: end for day, _start, end in self._pieces(year)}
            self._days[year] = tuple(ends), tuple(ends.values())
        return self._days[year]

    def _pieces(self, year: int, margin: int = 0):
        """Yield (day, start, end) of the work on the local days of a year, in order.

        :param margin: number of days to add at either side
        """
        if year not in _YEARS:
            return
        first = date(year, 1, 1).toordinal() - margin
        for day in range(first, date(year + 1, 1, 1).toordinal() + margin):
            # Odoo counts weeks from day 1, which was a Monday.
            rows = self._rows[(day - 1) % 14]
            spans = ((self._utc(day, a), self._utc(day, b)) for a, b in rows)
            for start, end in _merged(spans):
                for piece in self._without_leaves(start, end):
                    yield day, *piece

    def _utc(self, day: int, minute: int) -> int:
        """Return the second at which it is this minute of a local day.

        As in Odoo, pytz chooses standard time in the hours that a change of the clocks
        repeats or skips.
        """
        # Midnight may be repeated as well: take the end of what comes before it.
        second = 1 if minute == _MIDNIGHT else 0
        local = (day - _EPOCH_DAY) * _DAY + minute * _MINUTE - second
        moment = _EPOCH + timedelta(seconds=local)
        offset = self._tz.localize(moment).utcoffset()
        return local - offset.days * _DAY - offset.seconds + second

    def _without_leaves(self, start: int, end: int):
        for index in range(bisect_right(self._leave_ends, start), len(self._leaves)):
            leave_start, leave_end = self._leaves[index]
            if leave_start >= end:
                break
            if start < leave_start:
                yield start, leave_start
            start = leave_end
        if start < end:
            yield start, end


def epoch(moment: datetime) -> int:
    """Return a naive UTC moment in whole seconds since 1970."""
    since = moment - _EPOCH
    return since.days * _DAY + since.seconds


def _new_year(year: int) -> int:
    return (date(min(year, 9999), 1, 1).toordinal() - _EPOCH_DAY) * _DAY


def _merged(spans) -> list[tuple[int, int]]:
    """Return spans in order, without empty ones, touching ones made one.

    >>> _merged([(5, 7), (1, 3), (3, 4), (9, 9), (6, 8)])
    [(1, 4), (5, 8)]
    """
    line = []
    for start, end in sorted(span for span in spans if span[0] < span[1]):
        if line and start <= line[-1][1]:
            line[-1] = line[-1][0], max(end, line[-1][1])
        else:
            line.append((start, end))
    return line


@lru_cache(maxsize=512)
def timeline_of(hours: WorkingHours | None) -> Timeline:
    """Return the timeline of these hours; the same one for equal hours."""
    return Timeline(hours)


_AROUND_THE_CLOCK = WorkingHours(
    "UTC", tuple((week, day, 0, _MIDNIGHT) for week in (0, 1) for day in range(7))
)
ALWAYS = Timeline(None)
