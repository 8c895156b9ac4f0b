"""What voices amount to: the outcome of a line, a step and an approval.

A voice is one person's say in one line, whoever spoke for them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

APPROVE, REJECT = "approve", "reject"
OPEN, GRANTED, REFUSED = "open", "granted", "refused"
ANY, ALL, AT_LEAST, PERCENT, VETO = "any", "all", "at_least", "percent", "veto"
RULES = (ANY, ALL, AT_LEAST, PERCENT, VETO)


@dataclass(frozen=True)
class Voice:
    """One person's say.

    ``decision`` is None while they are silent. ``order`` is the rank of the decision
    in time: anything that can be compared.
    """

    decision: str | None = None
    order: Any = 0


def needed(rule: str, count: int, minimum: int = 1, percent: float = 100) -> int:
    """Return how many of ``count`` voices must agree.

    More may be needed than there are: such a line cannot be granted.
    """
    if rule == ANY:
        return 1
    if rule == AT_LEAST:
        return max(1, minimum)
    if rule == PERCENT:
        # To a tenth of a percent, as people type it: 2 of 3 are 66.7 %.
        enough = (n for n in range(1, count) if round(100 * n / count, 1) >= percent)
        return next(enough, max(1, count))
    return count


def people_needed(rule: str, minimum: int = 1, *, present: int = 0) -> int:
    """Return how many people a line must have, so that it can be decided.

    :param present: how many it had; where all must agree, each who leaves is replaced
    """
    if rule == AT_LEAST:
        return max(1, minimum)
    return max(1, present) if rule == ALL else 1


def line_outcome(
    rule: str, voices: Iterable[Voice], minimum: int = 1, percent: float = 100
) -> str:
    """Return the outcome of a line: open, granted or refused.

    - any: the first decision counts;
    - all, veto: one rejection refuses, all approvals grant;
    - at_least, percent: granted when enough agree, refused when enough no longer can.

    That silence agrees under a veto rule is the step's business: only the end of the
    step, or of its objection period, says that it was silence.
    """
    voices = list(voices)
    if not voices:
        return OPEN
    made = sorted(
        (voice for voice in voices if voice.decision), key=lambda voice: voice.order
    )
    approvals = sum(voice.decision == APPROVE for voice in made)
    rejections = len(made) - approvals
    if rule == ANY:
        if not made:
            return OPEN
        return GRANTED if made[0].decision == APPROVE else REFUSED
    if rule in (ALL, VETO) and rejections:
        return REFUSED
    wanted = needed(rule, len(voices), minimum, percent)
    if approvals >= wanted:
        return GRANTED
    return REFUSED if len(voices) - rejections < wanted else OPEN


def step_outcome(lines: Sequence[tuple[str, str]]) -> str:
    """Return the outcome of a step from ``(rule, outcome)`` of its lines.

    Lines with a veto rule do not hold a step up as long as it has others: who had a
    veto until the others agreed was silent. A step of nothing else waits for them.
    """
    outcomes = [outcome for _rule, outcome in lines]
    if REFUSED in outcomes:
        return REFUSED
    others = [outcome for rule, outcome in lines if rule != VETO] or outcomes
    return GRANTED if all(outcome == GRANTED for outcome in others) else OPEN


def only_vetoes(rules: Iterable[str]) -> bool:
    """Tell whether a step has nothing but veto lines: its time-out grants it."""
    rules = list(rules)
    return bool(rules) and all(rule == VETO for rule in rules)


def silence(rule: str, action_rejects: bool) -> str | None:
    """Return what silence means at a time-out: a decision, or None for nothing."""
    if rule == VETO:
        return APPROVE
    return REJECT if action_rejects else None
