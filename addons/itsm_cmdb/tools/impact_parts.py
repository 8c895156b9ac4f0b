"""What an impact analysis is made of: relations, groups, states and reasons."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

UP, DEGRADED, DOWN = 0, 1, 2
STATES = ("up", "degraded", "down")
HARD, SOFT, GROUP, SOURCE = "hard", "soft", "group", "source"
# Weights are added up as whole millionths: such sums have no order.
_SCALE = 1_000_000
# An edge is one number: dependant, relation, hard. Ids have 31 bits.
SHIFT = 32


class Edge(NamedTuple):
    """``dependant`` depends on ``provider``; rows of a cursor serve as well."""

    provider: int
    dependant: int
    relation: int
    hard: bool
    group: int | None = None


class Member(NamedTuple):
    """A provider in a group. One that does not work is lost from the start."""

    relation: int
    provider: int
    weight: float
    works: bool = True


class Cause(NamedTuple):
    """Why an item got its state: by which provider, relation, rule and group."""

    provider: int | None
    relation: int | None
    rule: str
    group: int | None = None


class Step(NamedTuple):
    """A station of the way from a source to an item."""

    node: int
    state: str
    cause: Cause


class Group:
    """Providers that stand in for one another, and how many of them are needed."""

    __slots__ = (
        "dependant",
        "full",
        "id",
        "lost",
        "members",
        "minimum",
        "total",
        "unit",
    )

    def __init__(
        self,
        id: int,
        dependant: int,
        minimum: float,
        full: float = 0.0,
        percent: bool = False,
        members: Iterable[Member] = (),
    ) -> None:
        self.id, self.dependant = id, dependant
        self.members = tuple(members)
        self.total = sum(scaled(member.weight) for member in self.members)
        # Percents are compared without a division: nothing is rounded.
        self.unit = 100 * _SCALE if percent else 1
        per = self.total if percent else 1
        self.minimum = scaled(minimum) * per
        self.full = max(scaled(full) * per, self.minimum)
        self.lost = sum(scaled(m.weight) for m in self.members if not m.works)

    @property
    def weight(self) -> float:
        """The weight of all members."""
        return self.weight_of(self.total)

    @staticmethod
    def weight_of(millionths: int) -> float:
        """Return a weight as people write it."""
        return millionths / _SCALE

    @property
    def needed(self) -> float:
        """The weight that is needed."""
        return self.minimum / self.unit / _SCALE

    def given(self, lost: int, dim: int) -> int:
        """Return the state that the group gives its item.

        :param lost: weight of the members that are down
        :param dim: weight of the members that are not fully up
        """
        if lost > self.lost and (self.total - lost) * self.unit < self.minimum:
            return DOWN
        worse = dim > self.lost and (self.total - dim) * self.unit < self.full
        return DEGRADED if worse else UP


def scaled(weight: float) -> int:
    """Return a weight in whole millionths."""
    return round(weight * _SCALE)


def packed(dependant: int, relation: int, hard: bool) -> int:
    """Return what a relation hits as one number; ids are positive."""
    return dependant << SHIFT | relation << 1 | bool(hard)


def unpacked(hit: int) -> tuple[int, int, bool]:
    """Return ``(dependant, relation, hard)`` of a number that :func:`packed` made."""
    return hit >> SHIFT, (hit & (1 << SHIFT) - 1) >> 1, bool(hit & 1)
