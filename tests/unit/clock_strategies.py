"""Readable lives of records for the tests of clocks, and strategies that draw them.

The working time here is a second, slow implementation of what the clock needs from
a timeline, so that the clock is not tested against its own helper.
"""

from datetime import datetime, timedelta

from hypothesis import strategies as st
from itsm_sla.tools import clock, life, terms
from itsm_sla.tools.life import Event

HOUR = 3600
MONDAY = datetime(2026, 3, 2)
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


class Office:
    """Monday to Friday, 9 to 12 and 13 to 18 o'clock, in UTC: 8 hours a day."""

    HOURS = ((9, 12), (13, 18))

    def _intervals(self, moment):
        day = moment.replace(hour=0, minute=0, second=0)
        while True:
            if day.weekday() < 5:
                for first, last in self.HOURS:
                    yield day + timedelta(hours=first), day + timedelta(hours=last)
            day += timedelta(days=1)

    def between(self, start, end):
        """Return the working seconds from start to end."""
        total = 0
        for first, last in self._intervals(start):
            if first >= end:
                return total
            total += max(0, int((min(last, end) - max(first, start)).total_seconds()))

    def add(self, start, seconds):
        """Return the first moment by which the seconds have been worked."""
        if not seconds:
            return start
        for first, last in self._intervals(start):
            here = int((last - max(first, start)).total_seconds())
            if here >= seconds:
                return max(first, start) + timedelta(seconds=seconds)
            seconds -= max(0, here)

    def end_of_working_day(self, start, count):
        """Return when the count-th working day after that of start ends."""
        for _first, last in self._intervals(start):
            if last.hour == 18 and last > start:
                if not count:
                    return last
                count -= 1


OFFICE = Office()


def at(text):
    """Return a moment: ``"tue 14:30"``, or ``"2 mon 9:00"`` in the second week."""
    *week, day, time = text.split()
    days = 7 * (int(week[0]) - 1 if week else 0) + DAYS.index(day)
    hour, minute, *second = map(int, time.split(":"))
    return MONDAY + timedelta(
        days=days, hours=hour, minutes=minute, seconds=sum(second)
    )


def record(*steps):
    """Return events from ``(when, kind, data)``, numbered as they are given.

    A record opens with priority 2 in the hands of team 1 if nothing else is said.
    """
    events = []
    for number, (when, kind, *data) in enumerate(steps, start=1):
        facts = data[0] if data else {}
        if kind == life.OPENED:
            facts = {"priority": "2", "team": 1, **facts}
        moment = at(when) if isinstance(when, str) else when
        events.append(Event(moment, kind, facts, id=number))
    return events


def hours(*budgets, kind=terms.SLA, metric=terms.RESOLUTION, **options):
    """Return terms that promise working hours, for priority 1, 2, … or for all."""
    names = [""] if len(budgets) == 1 else [str(n + 1) for n in range(len(budgets))]
    targets = {
        (metric, name): terms.Target(terms.WORKING, int(budget * HOUR))
        for name, budget in zip(names, budgets, strict=True)
    }
    return terms.Terms(kind, targets, **options)


def spells_of(events, promise, metric=terms.RESOLUTION):
    """Return the spells that a promise has in a record's life."""
    moments = life.live(life.effective(events))
    return clock.spells(moments, promise.kind, metric, promise.on_reopen)


def reading(events, promise, now, metric=terms.RESOLUTION, spell=-1, **options):
    """Return what a clock on a record shows; the last spell's unless told."""
    now = at(now) if isinstance(now, str) else now
    found = spells_of(events, promise, metric)[spell]
    return clock.read(found, promise, metric, OFFICE, now, **options)


def outcome(shown):
    """Return what a customer sees of a reading: nothing about how it came about."""
    return (
        shown.state,
        shown.started_at,
        shown.stopped_at,
        shown.deadline,
        shown.budget,
        shown.elapsed,
        shown.breached,
        shown.warning_at,
    )


# Often the same second, the edges of a working day, and anything between.
gaps = st.one_of(
    st.sampled_from([0, 0, HOUR, 3 * HOUR, 5 * HOUR, 9 * HOUR, 15 * HOUR, 72 * HOUR]),
    st.integers(0, 100 * HOUR),
)
starts = st.one_of(
    st.sampled_from([9, 12, 13, 18, 33, 105, 130]).map(lambda hour: hour * HOUR),
    st.integers(0, 168 * HOUR),
).map(lambda seconds: MONDAY + timedelta(seconds=seconds))
priorities = st.sampled_from(["1", "2", "3"])
budgets = st.one_of(
    st.integers(1, 12).map(lambda number: number * 4 * HOUR),
    st.integers(1, 80 * HOUR),
)

pausing = st.one_of(
    st.builds(lambda reason: (life.PAUSED, {"reason": reason}), st.integers(1, 3)),
    st.just((life.RESUMED, {})),
)
prioritising = st.builds(lambda p: (life.PRIORITISED, {"priority": p}), priorities)
handing = st.one_of(
    st.builds(lambda team: (life.HANDED, {"team": team}), st.integers(1, 3)),
    st.builds(
        lambda user: (life.ASSIGNED, {"user": user}), st.none() | st.integers(1, 3)
    ),
)
ending = st.sampled_from(
    [(kind, {}) for kind in (life.RESOLVED, life.CLOSED, life.CANCELLED, life.REOPENED)]
)
supplying = st.builds(
    lambda supplier: (life.SUPPLIED, {"supplier": supplier}),
    st.none() | st.integers(1, 2),
)
answering = st.just((life.RESPONDED, {}))
anything = st.one_of(pausing, prioritising, handing, ending, supplying, answering)


@st.composite
def lives(draw, *steps, max_size=8):
    """Draw a record's life of the given kinds of steps, in any order at all."""
    moment = draw(starts)
    taken = [(moment, life.OPENED, {"priority": draw(priorities)})]
    for gap, (kind, data) in draw(
        st.lists(st.tuples(gaps, st.one_of(*steps)), max_size=max_size)
    ):
        moment += timedelta(seconds=gap)
        taken.append((moment, kind, data))
    return record(*taken)


def promises(**options):
    """Draw terms with a target for each priority."""
    return st.builds(
        lambda amounts: terms.Terms(
            options.get("kind", terms.SLA),
            {
                (metric, str(number)): terms.Target(terms.WORKING, amount)
                for metric in terms.METRICS
                for number, amount in enumerate(amounts, start=1)
            },
            options.get("on_reopen", "continue"),
        ),
        st.tuples(budgets, budgets, budgets),
    )


def later(events, seconds=0):
    """Return a moment so long after the last event."""
    return events[-1].at + timedelta(seconds=seconds)


def add(events, when, kind, data=None, replaces=None):
    """Return the events with one more, which is the newest."""
    newest = max(event.id for event in events) + 1
    return [*events, Event(when, kind, data or {}, newest, replaces)]


def running_time(events, now):
    """Return the working time until now by a running sum: an independent oracle."""
    total, since, paused, ended = 0, None, False, False
    for event in [*events, Event(now, "now")]:
        if since is not None and not paused and not ended:
            total += OFFICE.between(since, event.at)
        since = event.at
        if event.kind in (life.RESOLVED, life.CLOSED, life.CANCELLED):
            ended, paused = True, False
        elif event.kind == life.REOPENED:
            ended, paused = False, False
        elif event.kind in (life.PAUSED, life.RESUMED):
            paused = event.kind == life.PAUSED
    return total
