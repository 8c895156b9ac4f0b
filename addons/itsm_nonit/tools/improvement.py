"""What a service lets its users down with: rules on the figures of a period.

Pure functions; no database, no Odoo. Each kind of finding takes one measure from the
figures of a service. A rule says beyond which limit it is worth a decision, and how
many cases there must be before a share says anything at all.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

BREACH = "breach"
WRONG_DESK = "wrong_desk"
REOPEN = "reopen"
RATING = "rating"
WAIT = "wait"
DUPLICATES = "duplicates"
UNUSED = "unused"

KINDS = (BREACH, WRONG_DESK, REOPEN, RATING, WAIT, DUPLICATES, UNUSED)
# Of these, little is bad.
_TOO_LITTLE = frozenset({RATING})


@dataclass(frozen=True)
class Figures:
    """How a service did in a period.

    :param tickets: tickets that came in for it
    :param measured: those with a promise that was kept or broken
    :param breached: those of them with a broken promise
    :param wrong_desk: tickets sent for it that belonged to another desk
    :param ended: tickets that were resolved at least once
    :param reopened: those of them that were not solved by then
    :param rated: ratings, and their average in ``rating`` (1 to 5)
    :param answered: tickets with a first answer, and their average wait for it
    :param repeated: reports by further people of what a ticket was about already
    :param days_offered: for how long it has been in the catalogue
    """

    tickets: int = 0
    measured: int = 0
    breached: int = 0
    wrong_desk: int = 0
    ended: int = 0
    reopened: int = 0
    rated: int = 0
    rating: float = 0.0
    answered: int = 0
    answer_hours: float = 0.0
    repeated: int = 0
    days_offered: float = 0.0


@dataclass(frozen=True)
class Rule:
    """When a measure is worth a decision.

    :param limit: beyond it there is something to improve (unused: the number of
        tickets that is too few to keep the service)
    :param minimum: cases that there must be (unused: days in the catalogue)
    """

    kind: str
    limit: float
    minimum: float = 1


@dataclass(frozen=True)
class Finding:
    """Something to improve: the measure, the limit that it passed, out of how many."""

    kind: str
    value: float
    limit: float
    cases: int


def _share(part: float, whole: float) -> tuple[float, int]:
    return (100.0 * part / whole if whole else 0.0), int(whole)


def measure(kind: str, figures: Figures) -> tuple[float, int]:
    """Return a measure and the number of cases that it is taken from.

    >>> measure(BREACH, Figures(measured=8, breached=2))
    (25.0, 8)
    """
    if kind == BREACH:
        return _share(figures.breached, figures.measured)
    if kind == WRONG_DESK:
        # Those that went on are no longer among its tickets.
        return _share(figures.wrong_desk, figures.tickets + figures.wrong_desk)
    if kind == REOPEN:
        return _share(figures.reopened, figures.ended)
    if kind == RATING:
        return figures.rating, figures.rated
    if kind == WAIT:
        return figures.answer_hours, figures.answered
    if kind == DUPLICATES:
        return _share(figures.repeated, figures.tickets)
    if kind == UNUSED:
        return float(figures.tickets), figures.tickets
    raise ValueError(f"unknown kind of finding: {kind}")


def find(figures: Figures, rules: Iterable[Rule]) -> list[Finding]:
    """Return what there is to improve with a service, in the order of the rules.

    >>> find(Figures(rated=5, rating=2.4), [Rule(RATING, limit=3.5, minimum=3)])
    [Finding(kind='rating', value=2.4, limit=3.5, cases=5)]
    """
    findings = []
    for rule in rules:
        value, cases = measure(rule.kind, figures)
        if rule.kind == UNUSED:
            is_bad = figures.days_offered >= rule.minimum and value <= rule.limit
        else:
            beyond = (
                value < rule.limit if rule.kind in _TOO_LITTLE else value > rule.limit
            )
            is_bad = beyond and cases > 0 and cases >= rule.minimum
        if is_bad:
            findings.append(Finding(rule.kind, value, rule.limit, cases))
    return findings
