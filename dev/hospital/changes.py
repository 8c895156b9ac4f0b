"""The changes of two years: patches, replacements, releases, and how they ended."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from pathlib import Path

from .demand import DAYS
from .equipment import Equipment
from .organisation import LANGUAGES, Words

# One to two in a week, more of them in quiet months.
_EVERY_DAYS = 2.6
_TYPES = {"standard": 62, "normal": 32, "emergency": 6}
_CODES = {
    "standard": {"successful": 95, "with_issues": 4, "rolled_back": 1},
    "normal": {"successful": 82, "with_issues": 11, "rolled_back": 5, "failed": 2},
    "emergency": {"successful": 70, "with_issues": 18, "rolled_back": 8, "failed": 4},
}
_RISKS = {
    "standard": {"low": 1},
    "normal": {"low": 4, "medium": 5, "high": 1},
    "emergency": {"medium": 4, "high": 6},
}
# How long before the work it was asked for, in days.
_LEAD = {"standard": 4, "normal": 13, "emergency": 0.1}


@dataclass(frozen=True)
class PlannedChange:
    """A change that is over.

    :param language: in which its words are written
    :param category: key of a category of ``itsm_change``
    :param item: name of the item that is changed
    """

    language: str
    subject: str
    reason: str
    category: str
    item: str
    type: str
    risk: str
    code: str
    asked: datetime
    start: datetime
    end: datetime
    ended: datetime
    has_outage: bool


@dataclass(frozen=True)
class _Kind:
    category: str
    item_kind: str
    minutes: int
    subject: Words
    reason: Words


def changes(
    equipment: Equipment, until: datetime, days: int = DAYS, seed: int = 26
) -> Iterator[PlannedChange]:
    """Yield the changes of the days before a moment, in the order they were made."""
    rng = random.Random(seed)
    path = Path(__file__).with_name("changes.json")
    kinds = [_Kind(**row) for row in json.loads(path.read_text(encoding="utf-8"))]
    items = _by_kind(equipment, {kind.item_kind for kind in kinds})
    day = until - timedelta(days=days)
    while True:
        day += timedelta(days=rng.expovariate(1 / _EVERY_DAYS))
        change = _change(rng, rng.choice(kinds), items, day)
        if change.ended >= until:
            return
        yield change


def _by_kind(equipment, kinds) -> dict[str, Sequence[str]]:
    return {
        kind: [item.name for item in equipment.items if item.kind == kind]
        for kind in kinds
    }


def _change(rng, kind, items, day) -> PlannedChange:
    type_ = _draw(rng, _TYPES)
    # Emergencies come when they come, the rest waits for the evening.
    hour = time(rng.randrange(9, 17)) if type_ == "emergency" else time(19)
    start = datetime.combine(day.date(), hour)
    minutes = kind.minutes * rng.uniform(0.5, 1.1)
    language = rng.choice((*LANGUAGES, "zh_CN"))
    item = rng.choice(items[kind.item_kind])
    return PlannedChange(
        language=language,
        subject=f"{kind.subject[language]} ({item})",
        reason=kind.reason[language],
        category=kind.category,
        item=item,
        type=type_,
        risk=_draw(rng, _RISKS[type_]),
        code=_draw(rng, _CODES[type_]),
        asked=start - timedelta(days=_LEAD[type_] * rng.uniform(0.6, 1.8)),
        start=start,
        end=start + timedelta(minutes=round(kind.minutes / 30) * 30 or 30),
        ended=start + timedelta(minutes=minutes),
        has_outage=rng.random() < 0.3,
    )


def _draw(rng, weights):
    return rng.choices(list(weights), list(weights.values()))[0]
