"""How a team did against its targets: points for each criterion.

Pure functions; no database, no Odoo.
"""

from __future__ import annotations

from collections.abc import Iterable

# Of these, less is better; of all others, more.
LESS_IS_BETTER = frozenset({"answer_hours", "reopen_share", "old_share"})


def is_met(criterion: str, actual: float, target: float) -> bool:
    """Tell whether a target is reached.

    >>> is_met("rating", 4.5, 4.0), is_met("reopen_share", 4.5, 4.0)
    (True, False)
    """
    if criterion in LESS_IS_BETTER:
        return actual <= target
    return actual >= target


def points(
    criterion: str, actual: float | None, target: float, weight: float
) -> float | None:
    """Return the points of a criterion: all when the target is met, else in proportion.

    None where there was nothing to measure: it counts neither for nor against.

    >>> points("rating", 2.0, 4.0, 10)
    5.0
    >>> points("answer_hours", 8.0, 4.0, 10)
    5.0
    """
    if actual is None:
        return None
    if is_met(criterion, actual, target):
        return float(weight)
    part = target / actual if criterion in LESS_IS_BETTER else max(actual, 0.0) / target
    return round(weight * max(part, 0.0), 1)


def score(lines: Iterable[tuple[float | None, float]]) -> float | None:
    """Return the points as a share of those that could be had, in percent.

    :param lines: points (None: not measured) and weight of each criterion

    >>> score([(10, 10), (5, 10), (None, 80)])
    75.0
    """
    measured = [(got, weight) for got, weight in lines if got is not None]
    whole = sum(weight for _got, weight in measured)
    if not whole:
        return None
    return round(100.0 * sum(got for got, _weight in measured) / whole, 1)
