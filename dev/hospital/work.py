"""Work of those who answer that is no ticket: meetings, rounds, projects, on call."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from .articles import life
from .organisation import Specialist

WEEKS = 52
# kind: (chance in a week by line of support, minutes from, minutes to, weekdays)
_HABITS = {
    "meeting": ((0.9, 0.9, 0.9), 30, 75, (0,)),
    "round": ((0.15, 0.55, 0.1), 45, 150, (1, 2, 3)),
    "maintenance": ((0.1, 0.5, 0.7), 60, 180, (2, 3, 4)),
    "project": ((0.05, 0.45, 0.8), 120, 420, (1, 2, 3, 4)),
    "training": ((0.12, 0.1, 0.08), 60, 180, (3,)),
    "on_call": ((0.05, 0.22, 0.35), 60, 240, (5, 6)),
    "documentation": ((0.2, 0.25, 0.25), 30, 120, (3, 4)),
    "administration": ((0.3, 0.15, 0.1), 20, 90, (4,)),
}


@dataclass(frozen=True)
class Work:
    """What somebody did on a day; ``kind`` as in ``itsm.work.kind``."""

    login: str
    day: date
    kind: str
    minutes: int
    note: str


def work(
    specialists: Sequence[Specialist], until: date, weeks: int = WEEKS
) -> Iterator[Work]:
    """Yield what was logged in the weeks before a day."""
    words = life()["work"]
    monday = until - timedelta(days=until.weekday())
    for number in range(weeks, -1, -1):
        first = monday - timedelta(weeks=number)
        # Each week has its own chance, so that tomorrow's demo tells the same past.
        rng = random.Random(first.toordinal())
        for person in specialists:
            for each in _of_week(rng, words, person, first):
                if each.day < until:
                    yield each


def _of_week(rng, words, person, first) -> Iterator[Work]:
    for kind, (chances, least, most, weekdays) in _HABITS.items():
        minutes = rng.randrange(least, most + 1, 15)
        day = first + timedelta(days=rng.choice(weekdays))
        note = rng.choice(words[kind]["notes"])[person.language]
        if rng.random() < chances[person.line - 1]:
            yield Work(person.login, day, kind, minutes, note)
