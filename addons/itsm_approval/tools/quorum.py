"""What voices amount to: the outcome of a line, a step and an approval.

A voice is one person's say in one line. Some voices come from an escalation and speak
for others who were silent; whoever decides first, the silent person or the one who
speaks for them, has decided.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

APPROVE, REJECT = "approve", "reject"
OPEN, GRANTED, REFUSED = "open", "granted", "refused"
ANY, ALL, AT_LEAST, PERCENT, VETO = "any", "all", "at_least", "percent", "veto"
RULES = (ANY, ALL, AT_LEAST, PERCENT, VETO)


@dataclass(frozen=True)
class Voice:
    """One person's say.

    ``decision`` is None while they are silent. ``order`` is the rank of the decision
    in time. ``is_escalation``: the voice speaks for the silent voice with the key
    ``stands_for``, or for every silent one of the line if that is None.
    """

    key: int
    decision: str | None = None
    order: int = 0
    is_escalation: bool = False
    stands_for: int | None = None


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


def decisions(voices: Iterable[Voice]) -> list[tuple[int, str | None]]:
    """Return ``(order, decision)`` of the line's own voices.

    A silent one takes the decision of whoever speaks for it, the earliest first.
    """
    voices = list(voices)
    speakers = sorted(
        (voice for voice in voices if voice.is_escalation and voice.decision),
        key=lambda voice: voice.order,
    )
    found: list[tuple[int, str | None]] = []
    for voice in voices:
        if voice.is_escalation:
            continue
        decision, order = voice.decision, voice.order
        for speaker in speakers:
            if decision or speaker.stands_for not in (None, voice.key):
                continue
            decision, order = speaker.decision, speaker.order
        found.append((order, decision))
    return found


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
    cast = decisions(voices)
    if not cast:
        return OPEN
    made = sorted((order, decision) for order, decision in cast if decision)
    approvals = sum(decision == APPROVE for _order, decision in made)
    rejections = len(made) - approvals
    if rule == ANY:
        if not made:
            return OPEN
        return GRANTED if made[0][1] == APPROVE else REFUSED
    if rule in (ALL, VETO) and rejections:
        return REFUSED
    wanted = needed(rule, len(cast), minimum, percent)
    if approvals >= wanted:
        return GRANTED
    return REFUSED if approvals + len(cast) - len(made) < wanted else OPEN


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
