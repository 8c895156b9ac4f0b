"""A record's past, told by snapshots of it, as events.

Other systems export what a record looked like after each update. What differs from
one snapshot to the next is what happened. Pure functions; no database, no Odoo.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from . import life

OPEN = "open"
PAUSED = life.PAUSED
RESOLVED = life.RESOLVED
CLOSED = life.CLOSED
CANCELLED = life.CANCELLED

Step = tuple[datetime, str, Mapping[str, Any]]
Change = tuple[str, Mapping[str, Any]]

_ENDED = (RESOLVED, CLOSED, CANCELLED)
# Facts of a snapshot, and the kind of event that changes each.
_FACTS = {
    "priority": life.PRIORITISED,
    "team": life.HANDED,
    "user": life.ASSIGNED,
}
_LASTING = (life.PAUSED, life.RESUMED)
# Events that tell of policies and corrections, not of the record.
NOTES = (*life.ATTACHMENTS, life.VOIDED)


@dataclass(frozen=True)
class Snapshot:
    """What a record looked like from a moment on.

    :param at: naive UTC moment; None when it is not known: then that of the
        snapshot before
    :param phase: ``open``, ``paused``, ``resolved``, ``closed`` or ``cancelled``;
        None: as before
    :param pause: data of a pause's event: ``reason``, and ``stops`` where known
    :param priority: None: as before
    :param team: None: as before
    :param user: None: nobody
    """

    at: datetime | None
    phase: str | None = None
    pause: Mapping[str, Any] = field(default_factory=dict)
    priority: str | None = None
    team: Any = None
    user: Any = None


@dataclass(frozen=True)
class Dates:
    """Moments that a record states of itself, each None when it does not."""

    opened: datetime | None = None
    responded: datetime | None = None
    resolved: datetime | None = None
    closed: datetime | None = None


@dataclass(frozen=True)
class Story:
    """What happened to a record.

    :param steps: ``(moment, kind, data)`` of each event, in order
    :param dates: what was stated, made to agree with the steps
    :param moved: how many moments lay before the one before, and were moved up to it
    """

    steps: tuple[Step, ...]
    dates: Dates
    moved: int = 0


@dataclass
class _Draft:
    """A step whose moment may still move away from what was said of it."""

    at: datetime
    kind: str
    data: Mapping[str, Any]
    said: datetime | None = None

    def __post_init__(self) -> None:
        self.said = self.at

    def date(self, moment: datetime | None) -> None:
        """Take a moment that is stated, where there is one."""
        self.at = self.said = moment or self.at


def tell(snapshots: Sequence[Snapshot], dates: Dates) -> Story:
    """Return the events that lead through the snapshots.

    The first one tells the facts at the opening. When a snapshot was saved says when
    something happened, but what the record states of itself says it better: the
    solution that holds happened at ``dates.resolved`` and the end at
    ``dates.closed``. Where such a date contradicts the history – it lies before the
    last pause, resumption or reopening – it gives way, and the story's dates say so.
    A change of priority, team or assignee that was saved after the solution's date
    but before the solution itself happened at that date at the latest.

    :param snapshots: at least one, in order
    """
    opened = dates.opened or next((s.at for s in snapshots if s.at), None)
    if opened is None:
        raise ValueError("nothing says when the record opened")
    drafts = _drafts(snapshots, opened)
    for draft in _dated(drafts, dates):
        _settle(drafts, draft)
    _in_order(drafts)
    if dates.responded:
        _answer(drafts, dates.responded)
    return Story(
        steps=tuple((draft.at, draft.kind, draft.data) for draft in drafts),
        dates=_agreed(drafts, dates),
        moved=sum(draft.said is not None and draft.at > draft.said for draft in drafts),
    )


def changes(before: Snapshot, after: Snapshot) -> Iterator[Change]:
    """Yield what happened between two snapshots, in a sensible order.

    A record is reopened before anything else happens to it, and ends last.
    """
    ends = after.phase in _ENDED and after.phase != before.phase
    follows = before.phase == RESOLVED and after.phase in (CLOSED, CANCELLED)
    if before.phase in _ENDED and after.phase != before.phase and not follows:
        yield life.REOPENED, {}
    for name, kind in _FACTS.items():
        if getattr(before, name) != getattr(after, name):
            yield kind, {name: getattr(after, name)}
    if after.phase == PAUSED:
        if before.phase != PAUSED or before.pause != after.pause:
            yield life.PAUSED, after.pause
    elif before.phase == PAUSED and after.phase == OPEN:
        yield life.RESUMED, {}
    if ends:
        yield str(after.phase), {}


def carry_on(
    known: Iterable[life.Event],
    story: Story,
    goal: Snapshot,
    now: datetime,
) -> list[Step]:
    """Return the steps to append to a life that has begun already.

    Those of the story that are newer than what is known; and what then still differs
    from ``goal`` happens now, an end at the date that the record states.

    :param known: effective events, in order
    :param goal: how the record stands
    """
    known = [event for event in known if event.kind not in NOTES]
    latest = max(event.at for event in known)
    there = [(e.kind, dict(e.data)) for e in known if e.at == latest]
    situation = life.Situation()
    for event in known:
        situation = life.after(situation, event)
    steps = []
    for step in story.steps:
        at, kind, data = step
        if at == latest and (kind, dict(data)) in there:
            there.remove((kind, dict(data)))
            continue
        following = life.after(situation, life.Event(at, kind, data))
        if kind == life.RESPONDED:
            # A solution is an answer too.
            wanted = all(e.kind != kind for e in known) and all(
                at < e.at for e in known if e.kind in (RESOLVED, CLOSED)
            )
        else:
            news = following != situation or kind in _LASTING
            wanted = at >= latest and news and kind != life.OPENED
        if wanted:
            steps.append(step)
            situation = following
    return steps + _missing(situation, goal, [*known, *_events(steps)], story, now)


def _missing(
    situation: life.Situation,
    goal: Snapshot,
    events: Sequence[life.Event],
    story: Story,
    now: datetime,
) -> list[Step]:
    """Return the steps from a situation to how the record stands."""
    turned = max(event.at for event in events if event.kind not in _FACTS.values())
    now = max(now, events[-1].at)
    if goal.phase == PAUSED and not goal.pause.get("stops", True):
        goal = replace(goal, phase=OPEN)
    stated = {RESOLVED: story.dates.resolved, CLOSED: story.dates.closed}
    stated[CANCELLED] = stated[CLOSED]
    steps = []
    for kind, data in changes(_snapshot(situation), goal):
        at = max(stated.get(kind) or now, turned)
        steps.append((at, kind, data))
        turned = at if kind not in _FACTS.values() else turned
    return steps


def _snapshot(situation: life.Situation) -> Snapshot:
    """Return a situation as a snapshot."""
    pause = situation.pause
    phase = situation.ended or (OPEN if pause is None else PAUSED)
    return Snapshot(
        None,
        phase,
        {}
        if pause is None
        else {"reason": None if pause is True else pause} | {"stops": True},
        situation.priority,
        situation.team,
        situation.user,
    )


def _events(steps: Iterable[Step]) -> list[life.Event]:
    return [life.Event(at, kind, data) for at, kind, data in steps]


def _drafts(snapshots: Sequence[Snapshot], opened: datetime) -> list[_Draft]:
    """Return the steps with the moments at which the snapshots were saved."""
    before = replace(snapshots[0], phase=OPEN, pause={})
    facts = {name: getattr(before, name) for name in _FACTS}
    drafts, at = [_Draft(opened, life.OPENED, facts)], opened
    for row in snapshots:
        row = replace(
            row,
            phase=row.phase or before.phase,
            pause=row.pause if row.phase else before.pause,
            priority=row.priority or before.priority,
            team=row.team or before.team,
        )
        at = row.at or at
        drafts += [_Draft(at, kind, data) for kind, data in changes(before, row)]
        before = row
    return drafts


def _dated(drafts: list[_Draft], dates: Dates) -> list[_Draft]:
    """Return the solution and the end that hold, put at the stated dates."""
    since = max((i for i, d in enumerate(drafts) if d.kind == life.REOPENED), default=0)
    last = drafts[since:]
    end = next((d for d in last if d.kind in (CLOSED, CANCELLED)), None)
    solution = next((d for d in last if d.kind == RESOLVED), None)
    if end and end.kind == CLOSED and not solution and dates.resolved:
        solution = _Draft(dates.resolved, RESOLVED, {})
        drafts.insert(drafts.index(end), solution)
    if solution:
        solution.date(dates.resolved)
    if end:
        end.date(dates.closed)
    return [draft for draft in (solution, end) if draft]


def _settle(drafts: list[_Draft], dated: _Draft) -> None:
    """Fit a dated step between what turned the record before it and what follows."""
    earlier = drafts[: next(i for i, d in enumerate(drafts) if d is dated)]
    turns = [d for d in earlier if d.kind not in _FACTS.values()]
    _in_order(turns)
    dated.at = max(dated.at, turns[-1].at)
    for draft in earlier:
        draft.at = min(draft.at, dated.at)


def _in_order(drafts: Sequence[_Draft]) -> None:
    """Move moments up to the one before where they lie before it."""
    at = drafts[0].at
    for draft in drafts:
        draft.at = at = max(draft.at, at)


def _answer(drafts: list[_Draft], responded: datetime) -> None:
    """Put the first response at its place."""
    answer = _Draft(responded, life.RESPONDED, {})
    answer.at = max(responded, drafts[0].at)
    drafts.insert(sum(draft.at <= answer.at for draft in drafts), answer)


def _agreed(drafts: Iterable[_Draft], dates: Dates) -> Dates:
    """Return the stated dates as the steps have them."""
    found = dates
    for draft in drafts:
        if draft.kind == life.OPENED:
            found = replace(found, opened=draft.at)
        elif draft.kind == life.RESPONDED:
            found = replace(found, responded=draft.at)
        elif draft.kind == RESOLVED:
            found = replace(found, resolved=draft.at)
        elif draft.kind in (CLOSED, CANCELLED):
            found = replace(found, closed=draft.at)
        elif draft.kind == life.REOPENED:
            found = replace(found, resolved=dates.resolved, closed=dates.closed)
    return found
