"""How risky a change is: likelihood × consequence.

Pure data and functions. Each side is the weighted mean of the points of its factors,
from 0 to 10, so the score goes from 0 to 100. What a factor's value is worth is a
table of bands that a change manager edits. The values are gathered by the record.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import fsum

LIKELIHOOD = "likelihood"
CONSEQUENCE = "consequence"
SIDES = (LIKELIHOOD, CONSEQUENCE)
LEVELS = ("low", "medium", "high")
MOST = 10.0

# The factors of each side, and whether a higher value of theirs means more risk.
FACTORS: dict[str, dict[str, bool]] = {
    LIKELIHOOD: {
        "questionnaire": True,
        "team_failures": True,
        "template_failures": True,
        "novelty": False,
        "lead_time": False,
        "backout": False,
    },
    CONSEQUENCE: {
        "criticality": True,
        "people": True,
        "redundancy": True,
        "working_time": True,
        "freeze": True,
    },
}
SIDE_OF = {key: side for side, keys in FACTORS.items() for key in keys}
IS_RISING = {key: rises for keys in FACTORS.values() for key, rises in keys.items()}

Band = tuple[float, float]


@dataclass(frozen=True)
class Factor:
    """One factor and what its values are worth.

    :param weight: how much it counts among the factors of its side; 0: not at all
    :param bands: pairs of a value and the points from that value on
    :param unknown: points where nothing is known
    """

    key: str
    weight: float
    bands: tuple[Band, ...]
    unknown: float = MOST


@dataclass(frozen=True)
class Line:
    """What one factor came to; ``share`` is its part of the side's mean."""

    key: str
    value: float | None
    weight: float
    points: float
    share: float


@dataclass(frozen=True)
class Result:
    """An assessment: both sides, their product, the level, and one line a factor."""

    likelihood: float
    consequence: float
    score: float
    level: str
    lines: tuple[Line, ...]


def is_in_order(key: str, bands: Iterable[Band]) -> bool:
    """Tell whether points never fall where the factor's risk rises."""
    ordered = [points for _start, points in sorted(bands)]
    if not IS_RISING[key]:
        ordered.reverse()
    return ordered == sorted(ordered)


def points_of(factor: Factor, value: float | None) -> float:
    """Return what a value is worth; below the first band it counts as the first."""
    if value is None or not factor.bands:
        return _within(factor.unknown)
    bands = sorted(factor.bands)
    points = bands[0][1]
    for start, worth in bands:
        if value >= start:
            points = worth
    return _within(points)


def level_of(score: float, medium: float, high: float) -> str:
    """Return the level of a score; ``high`` wins where both begin at the same."""
    if score >= high:
        return LEVELS[2]
    return LEVELS[1] if score >= medium else LEVELS[0]


def assess(
    factors: Iterable[Factor],
    values: Mapping[str, float | None],
    medium: float,
    high: float,
) -> Result:
    """Return how risky a change with such values is.

    :param values: for each factor; what is not there is not known
    :param medium: score from which on the risk is medium
    :param high: score from which on the risk is high
    """
    factors = [factor for factor in factors if factor.key in SIDE_OF]
    sides = {side: _side(side, factors, values) for side in SIDES}
    means = {side: mean for side, (mean, _lines) in sides.items()}
    # What is compared is what people read.
    score = round(means[LIKELIHOOD] * means[CONSEQUENCE], 1)
    return Result(
        likelihood=means[LIKELIHOOD],
        consequence=means[CONSEQUENCE],
        score=score,
        level=level_of(score, medium, high),
        lines=tuple(line for _mean, lines in sides.values() for line in lines),
    )


def failure_rate(ended: int, failed: int, least: int) -> float | None:
    """Return the share of failures in percent; None where too few ended to tell."""
    return None if ended < max(least, 1) else 100.0 * failed / ended


def answers_share(answers: Sequence[tuple[float | None, float]]) -> float | None:
    """Return which share of the worst answers' points was reached, in percent.

    :param answers: pairs of an answer's points and the most that the question has;
        what nobody answered counts as the worst
    """
    most = fsum(worst for _points, worst in answers)
    if most <= 0:
        return None
    reached = fsum(worst if points is None else points for points, worst in answers)
    return 100.0 * reached / most


def _side(side, factors, values):
    """Return the mean of a side and the lines of its factors.

    A side of which nobody weighs anything says nothing, so it counts in full.
    """
    mine = [factor for factor in factors if SIDE_OF[factor.key] == side]
    weights = {factor.key: max(factor.weight, 0.0) for factor in mine}
    # Exact sums: the order of the factors must not decide about a threshold.
    total = fsum(weights.values())
    lines = []
    for factor in mine:
        points = points_of(factor, values.get(factor.key))
        share = weights[factor.key] * points / total if total else 0.0
        value = values.get(factor.key)
        lines.append(Line(factor.key, value, weights[factor.key], points, share))
    mean = fsum(line.share for line in lines) if total else MOST
    return round(_within(mean), 6), lines


def _within(points: float) -> float:
    return min(max(points, 0.0), MOST)
