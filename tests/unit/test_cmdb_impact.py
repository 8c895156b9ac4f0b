"""Impact: equals a plain reference on any graph, and obeys its laws."""

from fractions import Fraction
from itertools import pairwise
from typing import NamedTuple

from hypothesis import given
from hypothesis import strategies as st
from itsm_cmdb.tools.impact import (
    DEGRADED,
    DOWN,
    STATES,
    UP,
    Cause,
    Edge,
    Group,
    Member,
    spread,
)

NODES = range(1, 9)
nodes = st.integers(NODES[0], NODES[-1])
states = st.sampled_from([DEGRADED, DOWN])
weights = st.sampled_from([0.1, 0.2, 0.3, 0.5, 1.0, 2.0, 2.5])
works = st.sampled_from([True, True, True, False])
sources_of = st.dictionaries(nodes, states, min_size=1, max_size=3)


class Facts(NamedTuple):
    """A group as somebody would note it down."""

    id: int
    dependant: int
    minimum: float
    full: float
    percent: bool
    members: tuple


@st.composite
def group_facts(draw, number):
    """Return a group; the same provider may be its member twice."""
    dependant, percent = draw(nodes), draw(st.booleans())
    amounts = st.integers(1, 100) if percent else st.sampled_from([0.3, 0.6, 1, 2, 4])
    drawn = draw(st.lists(st.tuples(nodes, weights, works), min_size=1, max_size=5))
    members = tuple(
        Member(1000 * number + place, *facts) for place, facts in enumerate(drawn)
    )
    full = draw(st.just(0) | amounts)
    return Facts(number, dependant, draw(amounts), full, percent, members)


@st.composite
def graphs(draw):
    """Return relations and groups; rings and parallel relations are usual."""
    drawn = draw(st.lists(st.tuples(nodes, nodes, st.booleans()), max_size=16))
    edges = [
        Edge(provider, dependant, number, hard)
        for number, (provider, dependant, hard) in enumerate(drawn, 1)
    ]
    count = draw(st.integers(0, 4))
    return edges, [draw(group_facts(number)) for number in range(1, count + 1)]


def answer(sources, graph, immune=frozenset()):
    """Return the outcome under test."""
    edges, groups = graph
    return spread(sources, edges, [Group(*facts) for facts in groups], immune)


def group_gives(facts, state):
    """Return what a group gives its item, by the words of the rule."""
    worst = max((state[m.provider] for m in facts.members if m.works), default=UP)
    total = sum(Fraction(str(m.weight)) for m in facts.members)
    share = total / 100 if facts.percent else 1
    needed = Fraction(str(facts.minimum)) * share
    full = max(Fraction(str(facts.full)) * share, needed)

    def weight_up_to(worst):
        return sum(
            Fraction(str(m.weight))
            for m in facts.members
            if m.works and state[m.provider] <= worst
        )

    if worst == DOWN and weight_up_to(DEGRADED) < needed:
        return DOWN
    return DEGRADED if worst > UP and weight_up_to(UP) < full else UP


def reference(sources, graph, immune=frozenset()):
    """Return ``{node: (state, distance)}``: every node in every round, nothing kept."""
    edges, groups = graph
    state = {node: UP if node in immune else sources.get(node, UP) for node in NODES}
    distance = {node: 0 for node in NODES if state[node] > UP}
    for number in range(1, 100):
        now = dict(state)
        for edge in edges:
            given_on = state[edge.provider]
            if not edge.hard:
                given_on = {UP: UP, DEGRADED: UP, DOWN: DEGRADED}[given_on]
            now[edge.dependant] = max(now[edge.dependant], given_on)
        for facts in groups:
            now[facts.dependant] = max(now[facts.dependant], group_gives(facts, state))
        now.update(dict.fromkeys(immune & now.keys(), UP))
        for node in NODES:
            if now[node] > UP:
                distance.setdefault(node, number)
        if now == state:
            break
        state = now
    return {n: (STATES[state[n]], distance[n]) for n in NODES if state[n] > UP}


def facts_of(outcome):
    """Return what the reference tells too."""
    return {node: (hit.state, hit.distance) for node, hit in outcome.items()}


@given(sources_of, graphs(), st.frozensets(nodes, max_size=2))
def test_it_equals_the_reference(sources, graph, immune):
    """States and distances are those of the plain reading of the rules."""
    assert facts_of(answer(sources, graph, immune)) == reference(sources, graph, immune)


@given(sources_of, sources_of, graphs())
def test_more_failures_never_make_anything_better(sources, more, graph):
    """More sources, or worse ones, leave nothing in a better state."""
    few = answer(sources, graph)
    both = {n: max(sources.get(n, UP), more.get(n, UP)) for n in sources | more}
    many = answer(both, graph)
    assert all(few.state[node] <= many.state[node] for node in few)


@given(sources_of, graphs(), st.randoms(use_true_random=False))
def test_the_order_of_rows_does_not_matter(sources, graph, chance):
    """Relations, members, groups and sources in any order give the same, why too."""
    edges, groups = graph
    mixed = [
        facts._replace(members=tuple(chance.sample(facts.members, len(facts.members))))
        for facts in chance.sample(groups, len(groups))
    ]
    items = list(sources.items())
    other = answer(
        dict(chance.sample(items, len(items))),
        (chance.sample(edges, len(edges)), mixed),
    )
    outcome = answer(sources, graph)
    assert dict(other) == dict(outcome)
    assert all(other.path(node) == outcome.path(node) for node in outcome)


@given(sources_of, graphs())
def test_every_reason_leads_back_to_a_source(sources, graph):
    """A path starts at a source and each of its steps stands on the one before."""
    outcome = answer(sources, graph)
    for node in outcome:
        steps = outcome.path(node)
        assert steps[-1].node == node
        assert steps[0].node in sources
        assert steps[0].cause == Cause(None, None, "source")
        for before, step in pairwise(steps):
            assert step.cause.provider == before.node
            assert step.cause in outcome[step.node].why
        assert len({step.node for step in steps}) == len(steps)


@given(sources_of, graphs())
def test_reasons_are_real(sources, graph):
    """What is given as a reason is a relation or a member that acts on the item."""
    edges, groups = graph
    known = {(e.dependant, e.provider, e.relation) for e in edges} | {
        (facts.dependant, member.provider, member.relation)
        for facts in groups
        for member in facts.members
    }
    outcome = answer(sources, graph)
    for node, hit in outcome.items():
        for cause in hit.why:
            if cause.rule == "source":
                assert sources[node] == outcome.state[node]
            else:
                assert (node, cause.provider, cause.relation) in known


def test_a_group_says_when_redundancy_is_lost():
    """Two of three are needed: one lost is borne, two are not."""
    group = Group(7, 9, 2, members=[Member(n, n, 1.0) for n in (1, 2, 3)])
    one = spread({1: DOWN}, [], [group])
    assert 9 not in one
    assert one.working(group) == 2
    two = spread({1: DOWN, 3: DOWN}, [], [group])
    assert two[9].state == "down"
    assert [cause.provider for cause in two[9].why] == [1, 3]
    assert {cause.group for cause in two[9].why} == {7}


def test_a_long_chain_and_a_large_ring_are_no_trouble():
    """Depth is bounded by nothing but the graph."""
    size = 50_000
    chain = [Edge(n, n + 1, n, True) for n in range(size)]
    outcome = spread({0: DOWN}, [*chain, Edge(size, 0, size, True)])
    assert len(outcome) == size + 1
    assert outcome[size].distance == size
    assert len(outcome.path(size)) == size + 1


@given(sources_of, graphs(), st.integers(2, 6))
def test_the_ends_of_a_path(sources, graph, size):
    """A short way is told whole; of a long one both ends."""
    outcome = answer(sources, graph)
    for node in outcome:
        nodes = [step.node for step in outcome.path(node)]
        told, is_cut = outcome.ends(node, size)
        half = size // 2
        assert is_cut == (len(nodes) > size)
        assert told == (nodes[:half] + nodes[-half:] if is_cut else nodes)
