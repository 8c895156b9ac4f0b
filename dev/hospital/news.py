"""What the desks told everybody in two years: outages, planned work, news."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from .articles import life
from .demand import DAYS, outages
from .organisation import Words

# Planned work is on the third Saturday evening of a month.
_EVENING = time(20)


@dataclass(frozen=True)
class Told:
    """One thing that was told to all: ``kind`` as in ``itsm.announcement.update``."""

    at: datetime
    kind: str
    body: Words | None = None


@dataclass(frozen=True)
class News:
    """An announcement that is over.

    :param service: code of the service it is about; empty: none
    :param read_share: how many of those it was for read it
    """

    kind: str
    name: Words
    body: Words
    service: str
    shown_from: datetime
    shown_to: datetime
    begins: datetime | None
    ends: datetime | None
    told: Sequence[Told]
    read_share: float
    asks: bool


def news(until: datetime, days: int = DAYS, seed: int = 44) -> list[News]:
    """Return what was told before a moment, in the order it was told."""
    rng = random.Random(seed)
    words = life()["news"]
    first = until.date() - timedelta(days=days)
    found = [_outage(words, day) for day in outages(first, days)]
    found += _planned(rng, words["planned"], first, until)
    found += [_info(rng, row, until) for row in words["info"] if row["days"] < days]
    return sorted(
        (each for each in found if each.shown_to < until),
        key=lambda each: each.shown_from,
    )


def _outage(words, day) -> News:
    begins = datetime.combine(day, time(9, 12))
    clear = begins + timedelta(minutes=104)
    outage = words["outage"]
    return News(
        kind="disturbance",
        name=outage["name"],
        body=outage["body"],
        service="hospital-information-system",
        shown_from=begins + timedelta(minutes=6),
        shown_to=clear + timedelta(hours=2),
        begins=begins,
        ends=clear,
        told=(
            Told(begins + timedelta(minutes=6), "first"),
            Told(begins + timedelta(minutes=48), "update", words["update"]),
            Told(clear, "all_clear", outage["clear"]),
        ),
        read_share=0.81,
        asks=False,
    )


def _planned(rng, kinds, first, until) -> Iterator[News]:
    number, day = 0, first.replace(day=1)
    while day < until.date():
        saturday = day + timedelta(days=(5 - day.weekday()) % 7 + 14)
        row = kinds[number % len(kinds)]
        begins = datetime.combine(saturday, _EVENING)
        shown = begins - timedelta(days=6, hours=10)
        yield News(
            kind="planned",
            name=row["name"],
            body=row["body"],
            service=row["service"],
            shown_from=shown,
            shown_to=begins + timedelta(hours=4),
            begins=begins,
            ends=begins + timedelta(minutes=rng.choice((60, 90, 120))),
            told=(Told(shown, "first"),),
            read_share=rng.uniform(0.6, 0.78),
            asks=row["service"] == "hospital-information-system",
        )
        number += 1
        day = (day + timedelta(days=32)).replace(day=1)


def _info(rng, row, until) -> News:
    shown = datetime.combine(until.date() - timedelta(days=row["days"]), time(9))
    return News(
        kind="info",
        name=row["name"],
        body=row["body"],
        service="",
        shown_from=shown,
        shown_to=shown + timedelta(days=21),
        begins=None,
        ends=None,
        told=(Told(shown, "first"),),
        read_share=rng.uniform(0.5, 0.7),
        asks=False,
    )
