"""A service-level clock: a pure function of events, terms and working time.

Nothing here remembers a running sum. A clock is read anew from the record's whole
life, so re-prioritising, another policy, a corrected time or an edited calendar
never lose a pause: the same events always give the same answer.

All moments are naive UTC, all amounts are whole seconds.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from . import life
from .life import Situation
from .terms import OLA, RESOLUTION, RESPONSE, SLA, UC, Target, Terms
from .worktime import ALWAYS, Timeline

RUNNING, PAUSED, STOPPED = "running", "paused", "stopped"
MET, BREACHED, CANCELLED = "met", "breached", "cancelled"


@dataclass(frozen=True)
class Segment:
    """A stretch of time in which nothing changed.

    :param phase: ``running``, ``paused``, or ``stopped`` (ended, and reopened later)
    :param cause: why it is paused or stopped: a pause's reason, or an ended state;
        what the record waited for meanwhile, if it ran on
    :param working: seconds on the clock's timeline; they count while running
    """

    start: datetime
    end: datetime
    phase: str
    cause: Any
    priority: str | None
    team: int | None
    user: int | None
    supplier: int | None
    working: int


@dataclass(frozen=True)
class Spell:
    """One run of a clock: a life, a team's turn, a supplier's hand-off.

    :param party: id of the team or supplier; None for a customer's clock
    :param moments: situations of the spell with the moment each began
    :param handed_at: when another party took over, if one did
    """

    party: int | None
    moments: tuple[tuple[datetime, Situation], ...]
    handed_at: datetime | None = None

    @property
    def started_at(self) -> datetime:
        """The moment from which time counts."""
        return self.moments[0][0]


@dataclass(frozen=True)
class Reading:
    """What a clock shows.

    :param deadline: the moment at which the time is used up; None while it stands
        still with time left. Of a clock that stopped in time: the moment at which it
        would have been
    :param budget: promised seconds; None when nothing is promised any more
    :param elapsed: used seconds
    :param breached: the deadline passed before the clock stopped
    :param relaxed: it was late already under an earlier, stricter priority
    :param runs_from: the moment from which it goes on running; None while it stands
        still
    """

    state: str
    started_at: datetime
    stopped_at: datetime | None
    deadline: datetime | None
    budget: int | None
    elapsed: int
    breached: bool
    relaxed: bool
    priority: str | None
    target: Target | None
    segments: tuple[Segment, ...]
    runs_from: datetime | None
    timeline: Timeline = field(compare=False, repr=False, default=ALWAYS)

    @property
    def remaining(self) -> int | None:
        """Seconds left; negative when overdrawn, None when nothing is promised."""
        return None if self.budget is None else self.budget - self.elapsed

    @property
    def warning_at(self) -> datetime | None:
        """The moment at which the warning percentage of the time is used up."""
        if self.target is None or self.budget is None:
            return None
        return self.moment_of(self.budget * self.target.warning // 100)

    def moment_of(self, seconds: int) -> datetime | None:
        """Return the moment at which that many seconds are (or will be) used up.

        None when the clock stands still, or stopped, before.
        """
        return _moment_of(self.segments, seconds, self.timeline, self.runs_from)


def spells(
    moments: Iterable[tuple[datetime, Situation]],
    kind: str,
    metric: str,
    on_reopen: str = "continue",
) -> list[Spell]:
    """Return the runs of the clocks of a kind, in order.

    A customer's clock has one for the whole life, or one more after each reopening
    when the terms restart it. A team's has one for each turn in which the team
    holds the record, a supplier's one for each hand-off.

    :param moments: the record's life, from :func:`life.live`
    """
    party_of = _PARTIES[kind]
    restarts = on_reopen == "restart" and metric == RESOLUTION
    found: list[Spell] = []
    current: list[tuple[datetime, Situation]] = []
    party: int | None = None

    def finish(handed_at: datetime | None = None) -> None:
        if current:
            found.append(Spell(party or None, tuple(current), handed_at))
            current.clear()

    previous = Situation()
    for at, situation in moments:
        if restarts and previous.ended and not situation.ended:
            finish()
        holder = party_of(situation)
        if current and holder != party:
            finish(None if _is_over(current[-1][1], kind, metric) else at)
        # Nothing starts on what has ended; it may be reopened later.
        if current or (holder is not None and not situation.ended):
            party = holder
            current.append((at, situation))
        previous = situation
    finish()
    return [_until_answer(spell, kind, metric) for spell in found]


_PARTIES: dict[str, Callable[[Situation], int | None]] = {
    SLA: lambda situation: 0,
    OLA: lambda situation: situation.team,
    UC: lambda situation: situation.supplier,
}


def read(
    spell: Spell,
    terms: Terms,
    metric: str,
    timeline: Timeline,
    now: datetime,
    *,
    detached_at: datetime | None = None,
) -> Reading:
    """Return what a clock shows at ``now``.

    :param timeline: the working time of the policy
    :param detached_at: when the policy ceased to apply: a clock that had not
        stopped by then is cancelled
    """
    stopped_at, ending = _stop(spell, terms.kind, metric)
    if detached_at and (stopped_at is None or stopped_at > detached_at):
        stopped_at, ending = max(detached_at, spell.started_at), CANCELLED
    last = spell.moments[-1][1]
    target = terms.target(metric, last.priority)
    measured = target.timeline(timeline) if target else timeline
    until = stopped_at or max(now, spell.moments[-1][0])
    segments = _segments(spell, terms, metric, measured, until)
    phase, _cause = _phase(last, terms, metric)
    runs_from = until if stopped_at is None and phase == RUNNING else None
    budget = target.budget(spell.started_at, measured) if target else None
    deadline = None
    if budget is not None:
        # Of a clock that stopped in time: when it would have run out.
        ahead = stopped_at if ending != CANCELLED else None
        deadline = _moment_of(segments, budget, measured, runs_from or ahead)
    breached = _is_breached(deadline, stopped_at, now)
    if ending == CANCELLED or target is None:
        state = CANCELLED
    elif breached:
        state = BREACHED
    else:
        state = MET if stopped_at else phase
    return Reading(
        state=state,
        started_at=spell.started_at,
        stopped_at=stopped_at,
        deadline=deadline,
        budget=budget,
        elapsed=sum(s.working for s in segments if s.phase == RUNNING),
        breached=breached,
        relaxed=_was_late_before(spell, terms, metric, timeline, segments, deadline),
        priority=last.priority,
        target=target,
        segments=segments,
        runs_from=runs_from,
        timeline=measured,
    )


def is_going(spell: Spell, kind: str, metric: str) -> bool:
    """Tell whether a spell's clock still waits for something to happen."""
    return _stop(spell, kind, metric)[0] is None


def _is_breached(
    deadline: datetime | None, stopped_at: datetime | None, now: datetime
) -> bool:
    """Tell whether the time ran out; what stops on the deadline is in time."""
    if deadline is None:
        return False
    return deadline < stopped_at if stopped_at else deadline <= now


def _is_over(situation: Situation, kind: str, metric: str) -> bool:
    """Tell whether the clock of a kind and metric has nothing more to wait for."""
    if situation.ended:
        return True
    if metric == RESPONSE:
        # A team answers by taking the record; a customer waits for a word.
        return bool(situation.user) if kind == OLA else situation.responded
    return False


def _until_answer(spell: Spell, kind: str, metric: str) -> Spell:
    """Cut a response spell after its answer: what happens later is not its matter."""
    if metric != RESPONSE:
        return spell
    for index, (_at, situation) in enumerate(spell.moments):
        cancelled = situation.ended == life.CANCELLED
        if _is_over(situation, kind, metric) and not cancelled:
            return Spell(spell.party, spell.moments[: index + 1])
    return spell


def _stop(spell: Spell, kind: str, metric: str) -> tuple[datetime | None, str | None]:
    """Return when the clock stopped and how; None while it has not."""
    if spell.handed_at:
        return spell.handed_at, life.HANDED
    stop = None
    for at, situation in spell.moments:
        if not _is_over(situation, kind, metric):
            stop = None
        elif stop is None:
            stop = at, situation.ended or life.RESPONDED
        elif situation.ended in (None, life.CANCELLED):
            # Not ended and over: it was answered while it was cancelled.
            stop = stop[0], situation.ended or life.RESPONDED
    return stop or (None, None)


def _segments(
    spell: Spell, terms: Terms, metric: str, timeline: Timeline, until: datetime
) -> tuple[Segment, ...]:
    """Return the spell cut at every change, up to where the clock stands."""
    borders = [*(at for at, _situation in spell.moments[1:]), until]
    found = []
    for (start, situation), border in zip(spell.moments, borders, strict=True):
        end = min(border, until)
        if end <= start:
            continue
        phase, cause = _phase(situation, terms, metric)
        found.append(
            Segment(
                start=start,
                end=end,
                phase=phase,
                cause=cause,
                priority=situation.priority,
                team=situation.team,
                user=situation.user,
                supplier=situation.supplier,
                working=timeline.between(start, end),
            )
        )
    return tuple(found)


def _phase(situation: Situation, terms: Terms, metric: str) -> tuple[str, Any]:
    """Return whether a clock runs in a situation, and if not, why."""
    if _is_over(situation, terms.kind, metric):
        return STOPPED, situation.ended or life.RESPONDED
    # A supplier's time goes on while the record waits for the supplier.
    if situation.pause is not None and terms.pauses and terms.kind != UC:
        return PAUSED, situation.pause
    return RUNNING, situation.waits


def _moment_of(
    segments: Sequence[Segment],
    seconds: int,
    timeline: Timeline,
    runs_from: datetime | None,
) -> datetime | None:
    """Return the moment at which ``seconds`` of running time are used up."""
    left = seconds
    for segment in segments:
        if segment.phase != RUNNING:
            continue
        if segment.working >= left:
            return timeline.add(segment.start, left) if left else segment.start
        left -= segment.working
    # No time at all is used up at once, not when work next begins.
    return timeline.add(runs_from, left) if runs_from and left else runs_from


def _was_late_before(
    spell: Spell,
    terms: Terms,
    metric: str,
    timeline: Timeline,
    segments: Sequence[Segment],
    deadline: datetime | None,
) -> bool:
    """Tell whether the time ran out under an earlier priority that allowed less."""
    final = terms.target(metric, spell.moments[-1][1].priority)
    for index, segment in enumerate(segments):
        target = terms.target(metric, segment.priority)
        if target is None or target == final:
            continue
        measured = target.timeline(timeline)
        budget = target.budget(spell.started_at, measured)
        if budget is None:
            continue
        under_it = [
            replace(s, working=measured.between(s.start, s.end))
            for s in segments[: index + 1]
        ]
        due = _moment_of(under_it, budget, measured, None)
        if due and due < segment.end and (deadline is None or due < deadline):
            return True
    return False
