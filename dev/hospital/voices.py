"""What people say beyond their stars, and what the desk makes of it."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from .articles import life
from .demand import Story
from .organisation import Words

LOW = 2
_WAYS = {"mail": 44, "portal": 31, "qr_desk": 8, "qr_badge": 9, "work_sheet": 8}
_GOOD = {"fast": 9, "friendly": 7, "competent": 6, "informed": 4, "tidy": 2}
_BAD = {
    "slow": 9,
    "again": 5,
    "no_news": 6,
    "sent_about": 3,
    "unfriendly": 1,
    "unclear": 3,
}
_PLEASED = {"answered": 4, "delivered": 5, "visited": 3, "confirmed": 1, "asked": 1}
_ANGRY = {"answered": 3, "delivered": 4, "visited": 2, "confirmed": 2, "asked": 1}
_OUTCOMES = {"content": 62, "understood": 24, "not_content": 8, "silent": 6}
# One low rating in so many is not the end of it.
_COMPLAINS = 42
_FRESH = timedelta(days=9)


@dataclass(frozen=True)
class FollowUp:
    """What a team leader did about a low rating, as far as they came."""

    heard_at: datetime | None
    made_good_at: datetime | None
    answered_at: datetime | None
    heard: str
    made_good: str
    answer: str
    outcome: str

    @property
    def state(self) -> str:
        """Return the state of ``itsm.rating.followup``."""
        if self.answered_at:
            return "answered"
        if self.made_good_at:
            return "good"
        return "heard" if self.heard_at else "open"


@dataclass(frozen=True)
class Voice:
    """What belongs to a rating.

    :param reasons: keys of ``itsm.rating.reason``
    :param pleased: key of the touchpoint that was best; empty: not said
    """

    way: str
    reasons: Sequence[str]
    pleased: str
    angry: str
    follow_up: FollowUp | None


@dataclass(frozen=True)
class Complaint:
    """A complaint about how a ticket was dealt with."""

    name: str
    text: str
    end: str
    opened: datetime
    answered: datetime
    resolved: datetime


class Voices:
    """Says what people say: the same story is followed by the same words."""

    def __init__(self, until: datetime):
        self._until = until
        self._words: Mapping = life()

    def of(self, story: Story) -> Voice:
        """Return what belongs to the rating of a story."""
        rng = _chance_of(story)
        stars = story.rating.stars
        reasons = []
        if stars >= 3 and rng.random() < 0.6:
            reasons.append(_draw(rng, _GOOD))
        if stars <= 3 and rng.random() < 0.85:
            reasons.append(_draw(rng, _BAD))
        return Voice(
            way=_draw(rng, _WAYS),
            reasons=reasons,
            pleased=_draw(rng, _PLEASED) if stars > 3 and rng.random() < 0.3 else "",
            angry=_draw(rng, _ANGRY) if stars < 3 and rng.random() < 0.7 else "",
            follow_up=self._follow_up(rng, story) if stars <= LOW else None,
        )

    def complaints(self, story: Story) -> Iterator[Complaint]:
        """Yield the complaint that follows a story, if any and if it is over."""
        rng = _chance_of(story)
        rating = story.rating
        if not rating or rating.stars > LOW or rng.randrange(_COMPLAINS):
            return
        language = story.person.language
        words = rng.choice(self._words["complaints"])
        opened = rating.at + timedelta(hours=rng.uniform(0.5, 6))
        answered = opened + timedelta(hours=rng.uniform(0.3, 4))
        resolved = opened + timedelta(hours=rng.uniform(20, 90))
        if resolved < self._until:
            yield Complaint(
                name=words["name"][language],
                text=words["text"][language],
                end=rng.choice(self._words["complaint_ends"])[language],
                opened=opened,
                answered=answered,
                resolved=resolved,
            )

    def _follow_up(self, rng, story) -> FollowUp:
        language = story.person.language
        moments, at = [], story.rating.at
        for hours in (9, 14, 8):
            at += timedelta(hours=rng.expovariate(1 / hours))
            moments.append(at if at < self._until else None)
        if self._until - story.rating.at < _FRESH:
            # Of what is new, some waits for its next step.
            came = rng.choice((0, 1, 2, 3, 3))
            moments = [at if n < came else None for n, at in enumerate(moments)]
        heard, good, answered = moments

        def say(kind, happened):
            found: Sequence[Words] = self._words[kind]
            said = rng.choice(found)[language]
            return said if happened else ""

        return FollowUp(
            heard,
            good,
            answered,
            say("heard", heard),
            say("made_good", good),
            say("answer", answered),
            _draw(rng, _OUTCOMES) if answered else "",
        )


def _chance_of(story) -> random.Random:
    """Return the same chance for the same story on each day."""
    return random.Random(f"{story.opened} {story.person.login} {story.service}")


def _draw(rng, weights):
    return rng.choices(list(weights), list(weights.values()))[0]
