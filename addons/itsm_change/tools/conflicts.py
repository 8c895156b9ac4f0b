"""What speaks against a change at a time: other changes, freezes, maintenance windows.

Pure: the caller has fetched the other changes and the windows of the time; here it is
decided what is a conflict. Each rule is a function, so that each can be read alone.

A change *works* on its chosen items during its whole window. What it *touches* (they
themselves, and what depends on them) it disturbs during its outage.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from .occurrences import Interval, covers, overlaps

SAME_ITEM = "same_item"
IMPACT = "impact"
REDUNDANCY = "redundancy"
IMPLEMENTER = "implementer"
OUTSIDE_MAINTENANCE = "outside_maintenance"
FREEZE = "freeze"
KINDS = (SAME_ITEM, IMPACT, REDUNDANCY, IMPLEMENTER, OUTSIDE_MAINTENANCE, FREEZE)
# Those of two changes.
PAIR_KINDS = (SAME_ITEM, IMPACT, REDUNDANCY, IMPLEMENTER)

INFORM, WARN, BLOCK = "inform", "warn", "block"
SEVERITIES = (INFORM, WARN, BLOCK)

_GROUP = "group"


@dataclass(frozen=True)
class Booking:
    """A change as far as its time matters.

    :param window: when it is made
    :param outage: when it disturbs what it touches
    :param chosen: items that it is made on
    :param touched: ``{item: state}`` of what it disturbs, the chosen ones too
    :param implementer: who leads the work
    """

    id: int
    window: Interval
    outage: Interval
    chosen: frozenset[int] = frozenset()
    touched: Mapping[int, int] = field(default_factory=dict)
    implementer: int | None = None

    def at(self, window: Interval, outage: Interval) -> Booking:
        """Return the same change at another time."""
        return Booking(
            self.id, window, outage, self.chosen, self.touched, self.implementer
        )


@dataclass(frozen=True)
class Window:
    """A freeze or a maintenance window.

    :param is_freeze: else it is for maintenance
    :param times: when it is open
    :param items: which of the changes' items it is for; None: whatever is changed
    :param chosen_only: it is for changes made on the items, not for what touches them
    """

    id: int
    is_freeze: bool
    times: tuple[Interval, ...]
    items: frozenset[int] | None = None
    chosen_only: bool = False

    def concerned(self, change: Booking) -> frozenset[int]:
        """Return the items of a change that the window is for."""
        mine = change.chosen
        if not self.chosen_only:
            mine |= change.touched.keys()
        return mine if self.items is None else mine & self.items


@dataclass(frozen=True)
class Broken:
    """An item that gets worse by two changes than by either alone, by a group.

    :param state: what becomes of it
    :param first: ways from the one change's items to members of the group
    :param second: ways from the other's
    :param beyond: what else gets worse through it
    """

    item: int
    state: int
    group: int
    first: tuple[tuple[int, ...], ...]
    second: tuple[tuple[int, ...], ...]
    beyond: tuple[int, ...] = ()


@dataclass(frozen=True)
class Hit:
    """Something that speaks against a change at a time.

    :param item: the item that it is about, if there is one
    :param items: all of them
    :param windows: maintenance windows that would do, or the freeze
    """

    kind: str
    other: int | None = None
    item: int | None = None
    items: tuple[int, ...] = ()
    windows: tuple[int, ...] = ()
    time: Interval | None = None
    broken: Broken | None = None


# ----------------------------------------------------------------------
# Two changes
# ----------------------------------------------------------------------


def pair_hits(
    change: Booking, other: Booking, broken: Iterable[Broken] = ()
) -> list[Hit]:
    """Return what speaks against two changes at their times.

    :param broken: what loses its redundancy if they disturb at the same time
    """
    hits = []
    if overlaps(change.window, other.window):
        hits += [
            Hit(SAME_ITEM, other.id, item, (item,))
            for item in sorted(change.chosen & other.chosen)
        ]
        if change.implementer and change.implementer == other.implementer:
            hits.append(Hit(IMPLEMENTER, other.id))
    hits += [Hit(IMPACT, other.id, item, (item,)) for item in _impacted(change, other)]
    if overlaps(change.outage, other.outage):
        hits += [
            Hit(REDUNDANCY, other.id, each.item, (each.item, *each.beyond), broken=each)
            for each in broken
        ]
    return hits


def _impacted(change: Booking, other: Booking) -> list[int]:
    """Return the items that one change works on while the other disturbs them.

    Items that both work on are told of as such.
    """
    found: set[int] = set()
    for one, two in ((change, other), (other, change)):
        if overlaps(one.outage, two.window):
            found.update(two.chosen & one.touched.keys())
    return sorted(found - (change.chosen & other.chosen))


def lost_redundancy(network, first, second, works=frozenset()) -> list[Broken]:
    """Return what two changes take away together though neither does alone.

    Both are outcomes of ``network`` (see ``itsm_cmdb.tools.impact``). Where every
    relation hands on a state by itself, two changes do no more than each alone: only
    groups add up. So this starts from what the worse of both does to each item, and
    looks whether any group falls then.

    :param works: items that are known to work whatever the analysis says
    """
    worse = {
        node: max(first.state.get(node, 0), second.state.get(node, 0))
        for node in first.state.keys() | second.state.keys()
    }
    both = network.spread(worse, frozenset(works) - worse.keys())
    fresh = {node for node, state in both.state.items() if state > worse.get(node, 0)}
    if not fresh:
        return []
    roots: dict[int, list] = {}
    for node in sorted(fresh):
        causes = [each for each in both.why(node) if each.rule == _GROUP]
        if causes and not fresh.intersection(each.provider for each in causes):
            roots[node] = causes
    beyond = _beyond(both, fresh, roots)
    return [
        _broken(node, both, causes, first, second, beyond[node])
        for node, causes in roots.items()
    ]


def _beyond(both, fresh, roots) -> dict[int, list[int]]:
    """Return what gets worse through each of the items that lose their redundancy."""
    beyond: dict[int, list[int]] = {root: [] for root in roots}
    root_of = {root: root for root in roots}
    left = sorted(fresh - roots.keys(), key=lambda n: (both.distance(n), n))
    # What gets worse and is no root got it from something that gets worse as well, in
    # an earlier round: so each turn finds the root of some, until none are left.
    while left:
        found = {}
        for node in left:
            known = (each.provider for each in both.why(node))
            root = next((root_of[id_] for id_ in known if id_ in root_of), None)
            if root is not None:
                found[node] = root
                beyond[root].append(node)
        root_of |= found
        left = [node for node in left if node not in found]
    return beyond


def _broken(node, both, causes, first, second, beyond) -> Broken:
    group = min(each.group for each in causes)
    members = [each.provider for each in causes if each.group == group]
    return Broken(
        node,
        both.state[node],
        group,
        _ways(first, second, members),
        _ways(second, first, members),
        tuple(beyond),
    )


def _ways(outcome, other, members) -> tuple[tuple[int, ...], ...]:
    """Return how a change gets at members, those first that only it takes away."""
    mine = [m for m in dict.fromkeys(members) if m in outcome.state]
    own = [m for m in mine if outcome.state[m] > other.state.get(m, 0)]
    return tuple(
        tuple(step.node for step in outcome.path(member)) for member in own or mine[:1]
    )


# ----------------------------------------------------------------------
# Windows
# ----------------------------------------------------------------------


def window_hits(change: Booking, windows: Iterable[Window]) -> list[Hit]:
    """Return the freezes that a change falls into, and what it does out of hours."""
    windows = list(windows)
    return [
        *freeze_hits(change, (each for each in windows if each.is_freeze)),
        *maintenance_hits(change, (each for each in windows if not each.is_freeze)),
    ]


def freeze_hits(change: Booking, freezes: Iterable[Window]) -> list[Hit]:
    """Return the freezes that a change falls into; each once, at its first time."""
    hits = []
    for freeze in freezes:
        time = next((t for t in freeze.times if overlaps(t, change.window)), None)
        # One for everything is not for any item in particular.
        items = frozenset() if freeze.items is None else freeze.concerned(change)
        if time and (items or freeze.items is None):
            hits.append(_window_hit(FREEZE, change, items, (freeze.id,), time))
    return hits


def maintenance_hits(change: Booking, windows: Iterable[Window]) -> list[Hit]:
    """Return which items have maintenance windows and are changed outside of them.

    An item may have several windows; one of them, or some that touch each other, must
    hold all the time. What is worked on needs it for the whole window of the change,
    what is only touched for the outage. Items that have the same windows are one hit.
    """
    windows = list(windows)
    of_item: dict[int, list[Window]] = {}
    for window in windows:
        for item in window.concerned(change):
            of_item.setdefault(item, []).append(window)
    outside: dict[tuple[int, ...], list[int]] = {}
    kept: dict[tuple, bool] = {}
    if not of_item:
        return _nothing_outside(change, windows)
    for item, mine in sorted(of_item.items()):
        time = change.window if item in change.chosen else change.outage
        key = time, tuple(sorted(each.id for each in mine))
        if key not in kept:
            kept[key] = covers((t for each in mine for t in each.times), time)
        if not kept[key]:
            outside.setdefault(key[1], []).append(item)
    return [
        _window_hit(OUTSIDE_MAINTENANCE, change, items, ids)
        for ids, items in sorted(outside.items())
    ]


def _nothing_outside(change: Booking, windows: Iterable[Window]) -> list[Hit]:
    """Return the hit of a change that names no items: windows for all hold for it."""
    general = [each for each in windows if each.items is None]
    times = (time for each in general for time in each.times)
    if not general or covers(times, change.window):
        return []
    ids = tuple(sorted(each.id for each in general))
    return [_window_hit(OUTSIDE_MAINTENANCE, change, (), ids)]


def _window_hit(kind, change, items, windows, time=None) -> Hit:
    """Return a hit of windows, which names what the change is made on first."""
    items = tuple(sorted(items, key=lambda item: (item not in change.chosen, item)))
    return Hit(kind, None, items[0] if items else None, items, windows, time)


# ----------------------------------------------------------------------
# How much it matters
# ----------------------------------------------------------------------


def severity(hit: Hit, rule: str, other_is_settled: bool, is_excepted: bool) -> str:
    """Return how much a hit matters to a change.

    Of two changes the one that is settled (scheduled, or being made) has its time; one
    that is only planned does not stand in anybody's way, but is warned of.

    :param rule: what the rule for such conflicts says
    :param is_excepted: an approved exception lets the change into the window
    """
    if is_excepted:
        return INFORM
    if hit.kind in PAIR_KINDS and not other_is_settled and rule == BLOCK:
        return WARN
    return rule


def worst(severities: Iterable[str]) -> str | None:
    """Return the worst of some severities."""
    return max(severities, key=SEVERITIES.index, default=None)
