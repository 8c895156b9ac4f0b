"""Articles of the knowledge base, and who read and used them."""

from __future__ import annotations

import json
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from .organisation import LANGUAGES, Words

# How often an article of popularity 1 is read, in days.
_EVERY_DAYS = 26
_USES = {"viewed": 80, "deflected": 11, "linked": 5, "inserted": 4}
# One in so many readers says whether it helped.
_SAYS = 9


@dataclass(frozen=True)
class Use:
    """A reading or a use of an article; ``kind`` as in ``itsm.article.use``."""

    at: datetime
    kind: str


@dataclass(frozen=True)
class Comment:
    """What a reader says; most only say whether it helped."""

    at: datetime
    helpful: bool
    words: str
    language: str


@dataclass(frozen=True)
class Article:
    """An article in both languages.

    :param category: key of a category of the demo data of ``itsm_knowledge``
    :param service: code of the service it is about
    """

    category: str
    service: str
    kind: str
    audience: str
    title: Words
    summary: Words
    keywords: Words
    steps: Sequence[Words]
    published: datetime
    uses: Sequence[Use]
    comments: Sequence[Comment]


def articles(until: datetime, seed: int = 41) -> list[Article]:
    """Return the articles as they stand at a moment."""
    rng = random.Random(seed)
    voices = life()
    path = Path(__file__).with_name("articles.json")
    rows = json.loads(path.read_text(encoding="utf-8"))
    return [_article(rng, voices, row, until) for row in rows]


def life() -> Mapping:
    """Return the words of what happens beside the tickets."""
    path = Path(__file__).with_name("life.json")
    return json.loads(path.read_text(encoding="utf-8"))


def _article(rng, voices, row, until) -> Article:
    popularity, age = row.pop("popularity"), row.pop("age")
    published = until - timedelta(days=age, hours=rng.uniform(0, 8))
    for_staff = row["audience"] == "everyone"
    uses = sorted(
        (
            Use(_moment(rng, published, until), _kind(rng, for_staff))
            for _number in range(round(popularity * age / _EVERY_DAYS))
        ),
        key=lambda use: use.at,
    )
    comments = [_comment(rng, voices, use.at, until) for use in uses[::_SAYS]]
    return Article(**row, published=published, uses=uses, comments=comments)


def _moment(rng, start, end) -> datetime:
    """Return a moment in between; of late more is read than in the beginning."""
    return start + (end - start) * rng.random() ** 0.75


def _kind(rng, for_staff) -> str:
    kind = rng.choices(list(_USES), list(_USES.values()))[0]
    return "linked" if kind == "deflected" and not for_staff else kind


def _comment(rng, voices, at, until) -> Comment:
    helpful = rng.random() < 0.84
    language = rng.choice((*LANGUAGES, "zh_CN"))
    words = ""
    if rng.random() < (0.12 if helpful else 0.35):
        found = voices["helped" if helpful else "not_helped"]
        words = rng.choice(found)[language]
    at = min(at + timedelta(minutes=rng.uniform(1, 15)), until)
    return Comment(at, helpful, words, language)
