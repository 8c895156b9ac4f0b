"""Where a request that came to the wrong desk most likely belongs.

Three witnesses are heard: the words of the request, what was made of requests that
came the same wrong way before, and services of the same kind at other desks. Every
other desk is named at least once, at the end of the list, so that the right one is
always there.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

WORDS, HISTORY, ALIKE, DESK = "words", "history", "alike", "desk"
# What each witness is worth at most.
_WEIGHTS = {WORDS: 1.0, HISTORY: 1.5, ALIKE: 0.3, DESK: 0.05}

# A service or a team, by its id.
SERVICE, TEAM = "service", "team"
Place = tuple[str, int]


@dataclass
class Proposal:
    """A place where the request may belong, and why."""

    place: Place
    score: float = 0.0
    reasons: list[str] = field(default_factory=list)


def rank(
    words: Iterable[int],
    history: Mapping[Place, int],
    alike: Iterable[int],
    desks: Iterable[Place],
    limit: int,
) -> list[Proposal]:
    """Return the places where a request may belong, the likeliest first.

    :param words: services that its words mean, the best first
    :param history: how often what came the same wrong way went where
    :param alike: services of the same kind
    :param desks: a place for each other desk, in their order
    :param limit: how many proposals of services; desks not named by them follow

    >>> [(p.place, p.reasons) for p in rank([7, 8], {("service", 8): 3}, [], [], 5)]
    [(('service', 8), ['words', 'history']), (('service', 7), ['words'])]
    """
    found: dict[Place, Proposal] = {}

    def testify(place: Place, reason: str, share: float) -> None:
        proposal = found.setdefault(place, Proposal(place))
        proposal.reasons.append(reason)
        proposal.score += _WEIGHTS[reason] * share

    for position, service_id in enumerate(words):
        testify((SERVICE, service_id), WORDS, 1 / (1 + position))
    total = sum(history.values())
    for place, count in history.items():
        testify(place, HISTORY, count / total)
    for service_id in alike:
        testify((SERVICE, service_id), ALIKE, 1)
    ranked = sorted(found.values(), key=lambda one: -one.score)[:limit]
    named = {proposal.place for proposal in ranked}
    ranked += [
        Proposal(place, _WEIGHTS[DESK], [DESK]) for place in desks if place not in named
    ]
    return ranked


def seems_wrong(words: Iterable[int], own: Iterable[int], history: int) -> bool:
    """Tell whether a request seems to be at the wrong desk.

    :param words: services that its words mean, the best first
    :param own: services of the desk that has it
    :param history: how many like it were moved away before

    >>> seems_wrong([7], [1, 2], 0), seems_wrong([7, 1], [1, 2], 0)
    (True, False)
    """
    words, own = list(words), frozenset(own)
    if history >= 3:
        return not words or words[0] not in own
    return bool(words) and own.isdisjoint(words)
