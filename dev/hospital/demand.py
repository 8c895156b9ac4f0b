"""What people ask the desks for, day by day, and what becomes of it.

A ticket is planned as a story: when it came, what happened to it, how it ended and how
it was rated. Mondays and mornings are busy, summer is hot, new staff come in July,
everybody orders in December, and three times the information system fails.
Times are local and without a zone.
"""

from __future__ import annotations

import json
import math
import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from pathlib import Path

from .organisation import Organisation, Person, Words

DAYS = 730
# Tickets on an average day, so that two years give about 15 000.
_A_DAY = 23.3
_WEEKDAYS = (1.42, 1.18, 1.10, 1.04, 1.06, 0.44, 0.34)
_BY_DAY = dict(
    zip(range(7, 19), (6, 15, 17, 12, 8, 4, 7, 13, 11, 8, 4, 2), strict=True)
)
_BY_NIGHT = dict.fromkeys((0, 1, 2, 3, 4, 5, 6, 19, 20, 21, 22, 23), 1)
_SEASONS = {
    "heat": (1.5, 1.3, 0.8, 0.6, 0.8, 1.5, 1.9, 1.8, 1.0, 0.6, 0.8, 1.4),
    "staff": (0.8, 0.7, 1.1, 0.9, 0.8, 1.0, 1.9, 1.7, 1.5, 0.8, 0.8, 0.7),
    "year_end": (0.7, 0.6, 0.9, 0.9, 0.9, 1.0, 0.9, 0.9, 0.9, 1.0, 1.3, 1.9),
}
# Nobody orders anything in the weeks of the New Year.
_HOLIDAYS = ((1, 25, 2, 10, 0.55), (10, 1, 10, 7, 0.5))
_CHANNELS = {"portal": 46, "phone": 34, "mail": 9, "walk_in": 4, "qr": 7}
_WORK = ((time(8), time(12)), (time(13, 30), time(17, 30)))
# What is not urgent waits its turn first.
_QUEUE = 2.6
_MAX_DAYS_OPEN = 120


@dataclass(frozen=True)
class Demand:
    """A service, and how it is asked for.

    :param share: how often, beside the others
    :param minutes: what it takes in the middle, in minutes of work
    :param second_line: how many in one go to the second line
    :param categories: English names; empty: the service's own
    :param codes: how it may be solved; the first is the usual one
    """

    service: str
    share: float
    minutes: int
    season: str
    second_line: float
    categories: Sequence[str]
    codes: Sequence[str]
    at_night: bool
    subjects: Sequence[Words]


@dataclass(frozen=True)
class Step:
    """Something that happens to a ticket.

    :param kind: ``responded``, ``handed``, ``paused``, ``resumed``, ``resolved``,
        ``reopened``, ``closed`` or ``cancelled``
    :param what: line of the team that it is handed to, or the code of the pause
    """

    at: datetime
    kind: str
    what: str = ""


@dataclass(frozen=True)
class Rating:
    """What the requester says of it: one to five stars, and perhaps a word."""

    at: datetime
    stars: int
    words: str = ""


@dataclass(frozen=True)
class Story:
    """A ticket from its opening to where it stands."""

    service: str
    subject: str
    person: Person
    channel: str
    opened: datetime
    impact: str
    urgency: str
    category: str
    steps: Sequence[Step]
    code: str = ""
    rating: Rating | None = None
    event: str = ""

    @property
    def state(self) -> str:
        """Return the state of the ticket after its steps."""
        states = {
            "paused": "pending",
            "resolved": "resolved",
            "closed": "closed",
            "cancelled": "cancelled",
        }
        for step in reversed(self.steps):
            if step.kind in states:
                return states[step.kind]
            if step.kind in ("responded", "resumed", "reopened"):
                return "in_progress"
        return "new"


def demands() -> list[Demand]:
    """Return what people ask for."""
    path = Path(__file__).with_name("demand.json")
    return [Demand(**row) for row in json.loads(path.read_text(encoding="utf-8"))]


def stories(
    organisation: Organisation, until: datetime, days: int = DAYS
) -> Iterator[Story]:
    """Yield the stories of the days before a moment, in the order they began."""
    asked = demands()
    first = until.date() - timedelta(days=days)
    failing = outages(first, days)
    for number in range(days + 1):
        day = first + timedelta(days=number)
        # Each day has its own chance, so that tomorrow's demo tells the same past.
        rng = random.Random(day.toordinal())
        found = list(_of_day(rng, organisation, asked, day, number / days))
        if day in failing:
            found += _of_outage(rng, organisation, asked, day)
        found.sort(key=lambda story: story.opened)
        for story in found:
            if story.opened < until:
                yield _cut(story, until)


def volume(day: date, progress: float) -> float:
    """Return how many tickets to expect of a day, from 0 (first) to 1 (last day)."""
    number = _A_DAY * _WEEKDAYS[day.weekday()] * (0.82 + 0.38 * progress)
    for month, start, to_month, end, factor in _HOLIDAYS:
        if (month, start) <= (day.month, day.day) <= (to_month, end):
            number *= factor
    return number


def _of_day(rng, organisation, asked, day, progress):
    expected = volume(day, progress)
    number = max(0, round(rng.gauss(expected, math.sqrt(expected))))
    shares = [
        one.share * _SEASONS.get(one.season, (1,) * 12)[day.month - 1] for one in asked
    ]
    closed = day.weekday() >= 5
    for demand in rng.choices(asked, shares, k=number):
        if closed and not demand.at_night and rng.random() < 0.8:
            continue
        yield _story(rng, organisation, demand, _opening(rng, demand, day))


def _opening(rng, demand, day) -> datetime:
    hours: Mapping[int, float] = _BY_DAY
    if demand.at_night and rng.random() < 0.14:
        hours = _BY_NIGHT
    hour = rng.choices(list(hours), list(hours.values()))[0]
    return datetime.combine(day, time(hour, rng.randrange(60), rng.randrange(60)))


def _story(rng, organisation, demand, opened, event="") -> Story:
    person = rng.choice(organisation.people)
    urgent = demand.at_night and rng.random() < (1 if event else 0.14)
    wide = bool(event) or rng.random() < 0.05
    steps, quality = _steps(rng, demand, opened, urgent)
    end = steps[-1] if steps else None
    return Story(
        service=demand.service,
        subject=rng.choice(demand.subjects)[person.language],
        person=person,
        channel=rng.choices(list(_CHANNELS), list(_CHANNELS.values()))[0],
        opened=opened,
        impact="1" if event else "2" if wide or rng.random() < 0.3 else "3",
        urgency="1" if urgent else "2" if rng.random() < 0.6 else "3",
        category=rng.choice(demand.categories) if demand.categories else "",
        steps=tuple(steps),
        code=demand.codes[min(int(rng.expovariate(1.3)), len(demand.codes) - 1)],
        rating=_rating(rng, organisation, person, end, quality),
        event=event,
    )


def _steps(rng, demand, opened, urgent) -> tuple[list[Step], float]:
    """Return what happens, and how well it went: 0 (badly) to 1."""
    move = _clock if demand.at_night and urgent else _worked
    if rng.random() < 0.025:
        return [Step(move(opened, rng.uniform(10, 300)), "cancelled")], 0.5
    at = move(opened, rng.lognormvariate(math.log(6 if urgent else 16), 0.9))
    steps = [Step(at, "responded")]
    if rng.random() < demand.second_line:
        at = move(at, rng.uniform(2, 25))
        steps.append(Step(at, "handed", "2"))
        if rng.random() < 0.08:
            at = move(at, rng.uniform(30, 240))
            steps.append(Step(at, "handed", "3"))
    usual = demand.minutes * (0.55 if urgent else _QUEUE)
    minutes = usual * rng.lognormvariate(0, 0.65)
    if rng.random() < 0.05:
        minutes *= rng.uniform(3, 7)
    if rng.random() < 0.015:
        # A few stay for weeks, and stand at the top of every list.
        minutes += rng.uniform(4000, 13000)
    if rng.random() < 0.14:
        at, pause = _pause(rng, demand, move(at, minutes * 0.3), steps)
        minutes += pause
    at = move(at, minutes * 0.7)
    steps.append(Step(at, "resolved"))
    quality = 1 / (1 + (minutes / usual / 2.5) ** 2)
    if rng.random() < 0.04:
        at = _worked(at, rng.uniform(60, 900))
        steps.append(Step(at, "reopened"))
        at = _worked(at, demand.minutes * rng.uniform(0.4, 1.5))
        steps.append(Step(at, "resolved"))
        quality *= 0.35
    confirmed = rng.random() < 0.45
    wait = rng.uniform(0.02, 1.5) if confirmed else 3
    steps.append(Step(at + timedelta(days=wait), "closed"))
    return steps, quality


def _pause(rng, demand, at, steps) -> tuple[datetime, float]:
    """Let the ticket wait for somebody; return when it goes on, and what it cost."""
    reasons = {"requester": 5, "date": 2}
    if demand.minutes > 50:
        reasons |= {"supplier": 2, "parts": 3}
    reason = rng.choices(list(reasons), list(reasons.values()))[0]
    steps.append(Step(at, "paused", reason))
    on = _worked(at, rng.lognormvariate(math.log(420), 0.8))
    steps.append(Step(on, "resumed"))
    return on, demand.minutes * 0.3


def _rating(rng, organisation, person, end, quality) -> Rating | None:
    if end is None or end.kind != "closed" or rng.random() > 0.36:
        return None
    stars = round(min(5, max(1, rng.gauss(2.1 + 2.6 * quality, 0.95))))
    words = ""
    if rng.random() < (0.55 if stars <= 2 else 0.22):
        voices = organisation.praise if stars >= 4 else organisation.blame
        words = rng.choice(voices)[person.language]
    return Rating(end.at + timedelta(minutes=rng.uniform(1, 600)), stars, words)


def outages(first: date, days: int) -> list[date]:
    """Return the three days on which the information system fails: working days."""
    found = []
    for share in (0.22, 0.55, 0.87):
        day = first + timedelta(days=round(days * share))
        while day.weekday() >= 5:
            day += timedelta(days=1)
        found.append(day)
    return found


def _of_outage(rng, organisation, asked, day) -> list[Story]:
    demand = next(one for one in asked if one.service == "hospital-information-system")
    start = datetime.combine(day, time(9, 5))
    return [
        replace(
            _story(
                rng,
                organisation,
                replace(demand, minutes=95),
                start + timedelta(minutes=rng.expovariate(1 / 18)),
                event="outage",
            ),
            channel=rng.choice(("phone", "phone", "portal")),
        )
        for _number in range(46)
    ]


def _cut(story: Story, until: datetime) -> Story:
    """Leave out what has not happened yet."""
    steps = tuple(step for step in story.steps if step.at < until)
    rating = story.rating
    if rating and rating.at >= until:
        rating = None
    return replace(story, steps=steps, rating=rating)


def _clock(start: datetime, minutes: float) -> datetime:
    return start + timedelta(minutes=minutes)


def _worked(start: datetime, minutes: float) -> datetime:
    """Return the moment after minutes of work, Mondays to Fridays."""
    left = timedelta(minutes=minutes)
    for number in range(_MAX_DAYS_OPEN):
        day = start.date() + timedelta(days=number)
        if day.weekday() >= 5:
            continue
        for begin, end in _WORK:
            at = max(datetime.combine(day, begin), start)
            span = datetime.combine(day, end) - at
            if span <= timedelta(0):
                continue
            if left <= span:
                return at + left
            left -= span
    return start + timedelta(days=_MAX_DAYS_OPEN)
