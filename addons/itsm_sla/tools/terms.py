"""What a service-level policy promises, as plain values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from .worktime import ALWAYS, Timeline

RESPONSE, RESOLUTION = "response", "resolution"
METRICS = (RESPONSE, RESOLUTION)
SLA, OLA, UC = "sla", "ola", "uc"
WORKING, ELAPSED, END_OF_DAY = "working", "elapsed", "end_of_day"


@dataclass(frozen=True)
class Target:
    """What is promised.

    :param measure: ``working`` seconds, ``elapsed`` seconds around the clock, or
        ``end_of_day``: until the end of the n-th working day after the start
    :param amount: seconds; for ``end_of_day`` the number of days, 0 for the same
    :param warning: percentage of the time from which a clock counts as in danger
    """

    measure: str
    amount: int
    warning: int = 75

    def timeline(self, timeline: Timeline) -> Timeline:
        """Return the timeline that this target is measured on."""
        return ALWAYS if self.measure == ELAPSED else timeline

    def budget(self, start: datetime, timeline: Timeline) -> int | None:
        """Return the seconds that the target allows from ``start``.

        None when the calendar has no working time to count.
        """
        if self.measure != END_OF_DAY:
            return self.amount
        end = timeline.end_of_working_day(start, self.amount)
        return timeline.between(start, end) if end else None


@dataclass(frozen=True)
class Terms:
    """What a policy version says.

    :param kind: ``sla`` (customer), ``ola`` (team) or ``uc`` (supplier)
    :param targets: ``{(metric, priority): target}``; priority ``""`` is for all
        priorities that have no target of their own
    :param on_reopen: ``continue`` the clock, or ``restart`` with a new one
    :param pauses: whether pauses stop these clocks
    """

    kind: str
    targets: Mapping[tuple[str, str], Target] = field(default_factory=dict)
    on_reopen: str = "continue"
    pauses: bool = True

    def target(self, metric: str, priority: str | None) -> Target | None:
        """Return what is promised for a metric at a priority, if anything."""
        return self.targets.get((metric, priority or "")) or self.targets.get(
            (metric, "")
        )

    def promises(self, metric: str) -> bool:
        """Tell whether there is a target for the metric at any priority."""
        return any(of == metric for of, _priority in self.targets)

    def as_json(self) -> dict[str, Any]:
        """Return the terms in a form that JSON holds; equal terms give equal JSON."""
        return {
            "kind": self.kind,
            "on_reopen": self.on_reopen,
            "pauses": self.pauses,
            "targets": [
                [metric, priority, target.measure, target.amount, target.warning]
                for (metric, priority), target in sorted(self.targets.items())
            ],
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Terms:
        """Return the terms that :meth:`as_json` gave."""
        return cls(
            kind=data["kind"],
            targets={
                (metric, priority): Target(measure, amount, warning)
                for metric, priority, measure, amount, warning in data["targets"]
            },
            on_reopen=data["on_reopen"],
            pauses=data["pauses"],
        )
