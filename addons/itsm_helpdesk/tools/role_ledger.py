"""What roles give people and take from them again.

A *right* is one thing that somebody has or has not: an access group, a seat in a
team, the lead of a team, the management of a desk. Several roles may give the same
right, and people have rights that no role gave. The ledger has one row for each right
and each role that wants it for somebody, and the rules here keep two promises: a right
that was given by hand is never taken, and one that was taken by hand is not given
again by the same role.

Pure functions over ids, so that the promises can be property-tested.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from typing import NamedTuple

ASKED = "asked"
BLOCKED = "blocked"
ENDED = "ended"
GIVEN = "given"
HAD = "had"
REFUSED = "refused"
TAKEN = "taken"
WITHDRAWN = "withdrawn"

# Somebody has the right by such a row, or has it by hand beside it.
HOLDING = frozenset({GIVEN, HAD})


class Right(NamedTuple):
    """One thing that a user has or has not."""

    user: int
    kind: str
    target: int


# A right and the role that wants it.
Row = tuple[Right, int]


@dataclass
class Plan:
    """What to write: new states of rows, rights to give, rights to take."""

    states: dict[Row, str] = field(default_factory=dict)
    give: list[Right] = field(default_factory=list)
    take: list[Right] = field(default_factory=list)


def settle(
    wanted: Collection[Row],
    live: Mapping[Row, str],
    has: AbstractSet[Right],
    ask: AbstractSet[Row] = frozenset(),
    blocked: AbstractSet[Right] = frozenset(),
) -> Plan:
    """Return what brings the rights of some users in line with their roles.

    :param wanted: what the roles that they hold now give
    :param live: rows of the ledger that have not ended, with their states
    :param has: the rights that they have now, from wherever
    :param ask: rows that an administrator confirms first
    :param blocked: rights that cannot be given
    """
    noted = {row: _noted(row, state, live, has) for row, state in live.items()}
    ours = {right for (right, _role), state in noted.items() if state == GIVEN}
    after = {row: state for row, state in noted.items() if row in wanted}
    give = {}
    for row in wanted:
        right, _role = row
        state = after.get(row)
        if state not in (None, BLOCKED):
            continue
        after[row] = _begun(row, right in has, right in ours, ask, blocked)
        if after[row] == GIVEN and right not in has:
            give[right] = True
    kept = {right for (right, _role), state in after.items() if state in HOLDING}
    take = [right for right in ours if right in has and right not in kept]
    plan = Plan(give=sorted(give), take=sorted(take))
    for row, state in noted.items():
        if row not in wanted:
            gone = state == GIVEN and row[0] in take
            plan.states[row] = TAKEN if gone else ENDED
    for row, state in after.items():
        if live.get(row) != state:
            plan.states[row] = state
    return plan


def _noted(
    row: Row, state: str, live: Mapping[Row, str], has: AbstractSet[Right]
) -> str:
    """Return a row's state after what people did by hand since it was written."""
    right, _role = row
    if state in HOLDING and right not in has:
        return WITHDRAWN
    if state in (ASKED, BLOCKED) and right in has:
        others = (
            other_state for (other, _r), other_state in live.items() if other == right
        )
        return state if GIVEN in others else HAD
    return state


def _begun(
    row: Row, has: bool, ours: bool, ask: AbstractSet[Row], blocked: AbstractSet[Right]
) -> str:
    """Return the state in which a row begins."""
    if has and not ours:
        return HAD
    if row in ask:
        return ASKED
    if not has and row[0] in blocked:
        return BLOCKED
    return GIVEN
