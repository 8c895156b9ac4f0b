"""Conflicts equal what somebody finds who looks at each quarter of an hour."""

from datetime import datetime, timedelta

from hypothesis import assume, given, settings
from hypothesis import strategies as st
from itsm_change.tools import conflicts
from itsm_change.tools import occurrences as occ
from itsm_cmdb.tools.impact import DOWN, Edge, Group, Member, Network
from schedule_strategies import DAYS, TICK, opened, rules
from test_cmdb_impact import NODES, Facts, graphs, reference, sources_of

STATE = {"degraded": 1, "down": 2}
times = st.tuples(st.integers(0, 60), st.integers(1, 30))


def interval(pair, day=DAYS[0]):
    """Return a time from a number of quarters and a length."""
    return day + pair[0] * TICK, day + sum(pair) * TICK


@st.composite
def windows_of_change(draw, day=DAYS[0]):
    """Return the time of a change and of its outage within it."""
    start, length = draw(times)
    first = draw(st.integers(0, length - 1))
    last = draw(st.integers(first + 1, length))
    return (
        interval((start, length), day),
        interval((start + first, last - first), day),
    )


@st.composite
def bookings(draw, number, graph=None, day=DAYS[0]):
    """Return a change; what it touches follows from the graph if there is one."""
    sources = draw(sources_of)
    touched = dict(sources)
    if graph:
        found = reference(sources, graph)
        touched |= {node: STATE[state] for node, (state, _far) in found.items()}
    else:
        touched |= draw(sources_of)
    window, outage = draw(windows_of_change(day))
    implementer = draw(st.none() | st.integers(1, 2))
    change = conflicts.Booking(
        number, window, outage, frozenset(sources), touched, implementer
    )
    return change, sources


def ticks(time):
    """Return the quarters of an hour of a time."""
    return {time[0] + n * TICK for n in range(int((time[1] - time[0]) / TICK))}


def network_of(graph):
    edges, groups = graph
    return Network(edges, [Group(*facts) for facts in groups])


def broken_by(graph, one, two):
    """Return what the code under test says of the redundancy of two changes."""
    network = network_of(graph)
    return conflicts.lost_redundancy(network, network.spread(one), network.spread(two))


def states(sources, graph):
    """Return ``{node: state}`` by the plain reference."""
    found = reference(sources, graph)
    return {node: STATE[state] for node, (state, _far) in found.items()}


def brute_pair(graph, one, two):
    """Return ``{(kind, item)}`` of two changes, quarter by quarter."""
    (a, a_sources), (b, b_sources) = one, two
    alone = states(a_sources, graph), states(b_sources, graph)
    union = {
        node: max(a_sources.get(node, 0), b_sources.get(node, 0))
        for node in a_sources.keys() | b_sources.keys()
    }
    fresh = {
        node
        for node, state in states(union, graph).items()
        if state > max(alone[0].get(node, 0), alone[1].get(node, 0))
    }
    found = set()
    for tick in ticks(a.window) | ticks(b.window):
        works = tick in ticks(a.window), tick in ticks(b.window)
        disturbs = tick in ticks(a.outage), tick in ticks(b.outage)
        if all(works):
            found |= {("same_item", item) for item in a.chosen & b.chosen}
            if a.implementer and a.implementer == b.implementer:
                found.add(("implementer", None))
        both = a.chosen & b.chosen
        if disturbs[0] and works[1]:
            found |= {("impact", i) for i in (b.chosen & set(a.touched)) - both}
        if disturbs[1] and works[0]:
            found |= {("impact", i) for i in (a.chosen & set(b.touched)) - both}
        if all(disturbs):
            found |= {("redundancy", node) for node in fresh}
    return found


@settings(max_examples=400, deadline=None)
@given(st.data(), graphs())
def test_pairs_equal_brute_force(data, graph):
    one, two = (data.draw(bookings(number, graph)) for number in (1, 2))
    broken = broken_by(graph, one[1], two[1])
    found = set()
    for hit in conflicts.pair_hits(one[0], two[0], broken):
        assert hit.other == 2
        found |= {(hit.kind, item) for item in (hit.items or (None,))}
    assert found == brute_pair(graph, one, two)


def test_what_hangs_on_the_lost_and_on_a_source_is_told_too():
    """Item 4 falls by item 2, which loses its redundancy, and by 1, which fails."""
    four = tuple(Member(10 + n, n, 0.1, True) for n in (1, 3, 5, 6))
    groups = [
        Facts(1, 2, 0.3, 0, False, four),
        Facts(2, 4, 0.3, 0, False, (four[0], Member(20, 2, 0.3, True))),
    ]
    (broken,) = broken_by(([], groups), {1: 1}, {3: 1})
    assert (broken.item, broken.beyond) == (2, (4,))


@given(st.data(), graphs())
def test_pairs_are_the_same_from_either_side(data, graph):
    one, two = (data.draw(bookings(number, graph)) for number in (1, 2))

    def facts(hits):
        return {(hit.kind, hit.items) for hit in hits}

    there = conflicts.pair_hits(one[0], two[0], broken_by(graph, one[1], two[1]))
    back = conflicts.pair_hits(two[0], one[0], broken_by(graph, two[1], one[1]))
    assert facts(there) == facts(back)


@settings(max_examples=300)
@given(sources_of, sources_of, graphs())
def test_ways_lead_from_each_change_to_its_members(first, second, graph):
    _edges, groups = graph
    members = {(f.id, m.provider) for f in groups for m in f.members}
    dependant = {f.id: f.dependant for f in groups}
    for each in broken_by(graph, first, second):
        assert dependant[each.group] == each.item
        for ways, sources in ((each.first, first), (each.second, second)):
            assert ways
            for way in ways:
                assert way[0] in sources
                assert (each.group, way[-1]) in members


def test_two_of_three():
    """The example that people have in mind: each alone does no harm."""
    members = [Member(n, n, 1.0) for n in (1, 2, 3)]
    group = Facts(7, 8, 2.0, 0.0, False, tuple(members))
    edges = [Edge(4, 1, 11, True), Edge(5, 2, 12, True), Edge(8, 6, 13, True)]
    graph = edges, [group]
    assert broken_by(graph, {4: DOWN}, {4: DOWN}) == []
    (broken,) = broken_by(graph, {4: DOWN}, {5: DOWN})
    assert (broken.item, broken.state, broken.group) == (8, DOWN, 7)
    assert (broken.first, broken.second) == (((4, 1),), ((5, 2),))
    assert broken.beyond == (6,)


def test_what_falls_through_another_group_is_beyond():
    """Only the item whose own members both changes take away is named."""
    below = Facts(1, 3, 1.0, 0.0, False, (Member(1, 1, 1.0), Member(2, 2, 1.0)))
    above = Facts(2, 5, 2.0, 0.0, False, (Member(3, 3, 1.0), Member(4, 4, 1.0)))
    (broken,) = broken_by(([], [below, above]), {1: DOWN}, {2: DOWN})
    assert (broken.item, broken.beyond) == (3, (5,))


def test_what_is_known_to_work_saves_the_group():
    graph = [], [Facts(7, 8, 1.0, 0.0, False, (Member(1, 1, 1.0), Member(2, 2, 1.0)))]
    network = network_of(graph)
    first, second = network.spread({1: DOWN}), network.spread({2: DOWN})
    assert conflicts.lost_redundancy(network, first, second)
    assert not conflicts.lost_redundancy(network, first, second, {8})


# ----------------------------------------------------------------------
# Windows
# ----------------------------------------------------------------------


@st.composite
def cases(draw):
    """Return a change and windows by rules in any zones, around one day."""
    day = draw(st.sampled_from(DAYS))
    change, _sources = draw(bookings(1, None, day))
    drawn = draw(st.lists(rules(day), min_size=1, max_size=3))
    first, last = day - timedelta(days=1), day + timedelta(days=3)
    windows = [
        conflicts.Window(
            number,
            draw(st.booleans()),
            tuple(occ.occurrences(rule, first, last)),
            draw(st.none() | st.frozensets(st.sampled_from(NODES), max_size=4)),
            draw(st.booleans()),
        )
        for number, rule in enumerate(drawn, 1)
    ]
    open_at = {
        number: set().union(*map(ticks, opened(rule, first, last)), set())
        for number, rule in enumerate(drawn, 1)
    }
    return change, windows, open_at


def concerned(window, change):
    """Return the items of a change that a window is for, by the words."""
    mine = set(change.chosen)
    if not window.chosen_only:
        mine |= set(change.touched)
    return mine if window.items is None else mine & window.items


@settings(max_examples=200, deadline=None)
@given(cases())
def test_windows_equal_brute_force(case):
    change, windows, open_at = case
    hits = conflicts.window_hits(change, windows)
    frozen = {
        window.id
        for window in windows
        if window.is_freeze
        and ticks(change.window) & open_at[window.id]
        and (window.items is None or concerned(window, change))
    }
    assert {h.windows[0] for h in hits if h.kind == "freeze"} == frozen
    outside = set()
    for item in change.touched:
        mine = [w for w in windows if not w.is_freeze and item in concerned(w, change)]
        time = ticks(change.window if item in change.chosen else change.outage)
        if mine and not time <= set().union(*(open_at[w.id] for w in mine)):
            outside.add(item)
    found = [h for h in hits if h.kind == "outside_maintenance"]
    assert {item for hit in found for item in hit.items} == outside
    assert sum(len(hit.items) for hit in found) == len(outside)


@given(cases())
def test_items_worked_on_are_named_first(case):
    change, windows, _open_at = case
    for hit in conflicts.window_hits(change, windows):
        if change.chosen.intersection(hit.items):
            assert hit.item in change.chosen


def at(hour, length):
    start = datetime(2026, 5, 1, hour)
    return start, start + timedelta(hours=length)


def test_a_change_without_items_keeps_to_windows_for_all():
    change = conflicts.Booking(1, at(10, 2), at(10, 2))
    general = conflicts.Window(5, False, (at(9, 2),))
    (hit,) = conflicts.window_hits(change, [general])
    assert (hit.kind, hit.windows, hit.items) == ("outside_maintenance", (5,), ())
    inside = change.at(at(9, 2), at(9, 2))
    assert not conflicts.window_hits(inside, [general])
    special = conflicts.Window(6, False, (at(9, 2),), frozenset({1}))
    assert not conflicts.window_hits(change, [special])


def test_what_is_worked_on_needs_the_window_all_the_time():
    """What is only touched needs it for the outage."""
    window = conflicts.Window(5, False, (at(10, 1),), frozenset({1, 2}))
    change = conflicts.Booking(1, at(10, 2), at(10, 1), frozenset({1}), {1: 2, 2: 2})
    (hit,) = conflicts.window_hits(change, [window])
    assert hit.items == (1,)


# ----------------------------------------------------------------------
# How much it matters
# ----------------------------------------------------------------------


@given(
    st.sampled_from(conflicts.KINDS),
    st.sampled_from(conflicts.SEVERITIES),
    st.booleans(),
    st.booleans(),
)
def test_severity(kind, rule, settled, excepted):
    found = conflicts.severity(conflicts.Hit(kind), rule, settled, excepted)
    if excepted:
        assert found == "inform"
    elif rule == "block" and kind in conflicts.PAIR_KINDS and not settled:
        assert found == "warn"
    else:
        assert found == rule


@given(st.lists(st.sampled_from(conflicts.SEVERITIES)))
def test_the_worst_counts(some):
    assume(some)
    found = conflicts.worst(some)
    assert found in some
    assert found == "block" or "block" not in some
    assert found != "inform" or set(some) == {"inform"}
    assert conflicts.worst([]) is None
