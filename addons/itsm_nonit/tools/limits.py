"""Monthly limits of goods: which one counts, what is used up, what is too much.

A limit is for one product or for a category with all below it, and for one department
with all below it or, without one, for each department by itself. Where several limits
are about the same thing, that of the nearest department counts: a department may have
more, or less, than the others. Limits of a product and of its category both count.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

# Amounts are decimal fractions; sums of them are not exact.
TOLERANCE = 1e-6


@dataclass(frozen=True)
class Limit:
    """What a department may have of something in a month."""

    id: int
    quantity: float
    product: int | None = None
    category: int | None = None
    department: int | None = None
    beyond: str = "refuse"


@dataclass(frozen=True)
class Amount:
    """So much of a product for a department.

    ``categories`` and ``departments``: the own one first, then those above it.
    """

    product: int
    quantity: float
    categories: Sequence[int] = ()
    departments: Sequence[int] = ()


@dataclass(frozen=True)
class Pool:
    """What is counted together: a limit, and whose month it is where it is for each."""

    limit: Limit
    department: int | None


@dataclass(frozen=True)
class Use:
    """How a pool stands: all that was asked of it, and the part of these requests."""

    pool: Pool
    total: float
    own: float

    @property
    def left(self) -> float:
        """What was left before these requests."""
        return max(self.pool.limit.quantity - (self.total - self.own), 0.0)

    @property
    def is_beyond(self) -> bool:
        """Tell whether more was asked than the limit allows."""
        return self.total > self.pool.limit.quantity + TOLERANCE


def governing(limits: Iterable[Limit], amount: Amount) -> list[Limit]:
    """Return the limits that count for an amount, in the order in which they came."""
    nearness = {id_: place for place, id_ in enumerate(amount.departments)}
    best: dict[tuple, tuple[int, Limit]] = {}
    for limit in limits:
        if not _is_about(limit, amount):
            continue
        if limit.department is not None and limit.department not in nearness:
            continue
        place = nearness.get(limit.department, len(nearness))
        thing = (limit.product, limit.category, limit.beyond)
        if thing not in best or place < best[thing][0]:
            best[thing] = (place, limit)
    return [limit for _place, limit in best.values()]


def _is_about(limit: Limit, amount: Amount) -> bool:
    if limit.product is not None:
        return limit.product == amount.product
    return limit.category in amount.categories


def pools(limits: Sequence[Limit], amounts: Iterable[Amount]) -> dict[Pool, float]:
    """Return how much of each pool the amounts use up."""
    used: dict[Pool, float] = defaultdict(float)
    for amount in amounts:
        for limit in governing(limits, amount):
            used[pool_of(limit, amount)] += amount.quantity
    return dict(used)


def pool_of(limit: Limit, amount: Amount) -> Pool:
    """Return where an amount is counted under a limit."""
    if limit.department is not None:
        return Pool(limit, limit.department)
    return Pool(limit, amount.departments[0] if amount.departments else None)


def uses(
    limits: Sequence[Limit], own: Sequence[Amount], everything: Iterable[Amount]
) -> list[Use]:
    """Return how the pools stand that ``own`` amounts are counted in.

    :param everything: all amounts of the month, the own ones too
    """
    mine, total = pools(limits, own), pools(limits, everything)
    return [Use(pool, total.get(pool, 0.0), part) for pool, part in mine.items()]
