"""When an escalation rule is due, by what a clock shows."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from .clock import Reading

PERCENT, BEFORE, AFTER = "percent", "before", "after"


@dataclass(frozen=True)
class Rule:
    """An escalation rule of a policy.

    :param metric: the metric it watches; None for each
    :param basis: ``percent`` of the promised time, or minutes ``before`` or ``after``
        the deadline, counted as the clock counts (working time where it does)
    """

    id: int
    metric: str | None
    basis: str
    amount: int

    def due_at(self, reading: Reading) -> datetime | None:
        """Return the moment at which the rule is (or was) due.

        None while the clock stands still before it, or when nothing is promised.
        """
        if reading.budget is None:
            return None
        if self.basis == PERCENT:
            seconds = reading.budget * self.amount // 100
        else:
            sign = -1 if self.basis == BEFORE else 1
            seconds = reading.budget + sign * self.amount * 60
        return reading.moment_of(max(seconds, 0))


def due_moments(
    rules: Iterable[Rule],
    metric: str,
    reading: Reading,
    fired: Collection[int],
    since: datetime,
) -> list[tuple[datetime, Rule]]:
    """Return the rules that wait for their moment, with it, soonest first.

    :param fired: ids of the rules that fired already
    :param since: moments before do not count: a clock that comes in with a past
        (an import, a policy for open records) raises no alarm about it
    """
    waiting = []
    for rule in rules:
        if rule.id in fired or rule.metric not in (None, metric):
            continue
        moment = rule.due_at(reading)
        if moment and moment >= since:
            waiting.append((moment, rule))
    return sorted(waiting, key=lambda pair: (pair[0], pair[1].id))
