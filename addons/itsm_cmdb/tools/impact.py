"""What fails when something fails: a fixpoint over three states.

States are ordered: up < degraded < down. An item gets worse through its providers:

* a *hard* relation hands on the provider's state;
* a *soft* one makes of down degraded, and of degraded nothing;
* members of a *group* act through it only. While the members that are not down weigh
  less than what is needed, the item is down; while those that are fully up weigh less
  than full service takes (which is never less than what is needed), it is degraded. A
  group that falls short already says nothing until another of its members gets worse.

All providers are looked at in rounds, each on what the round before left. So the
answer does not depend on the order of rows, and an item's distance is the first round
that hit it. Each rule can only make things worse, so it ends, whatever rings there are.

What is down depends on what else is down only. Hence each reason given for a state
leads back to a source: see :meth:`Outcome.path`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping

from .impact_parts import (
    DEGRADED,
    DOWN,
    GROUP,
    HARD,
    SHIFT,
    SOFT,
    SOURCE,
    STATES,
    UP,
    Cause,
    Edge,
    Group,
    Member,
    Step,
    packed,
    scaled,
    unpacked,
)

__all__ = [
    "DEGRADED",
    "DOWN",
    "GROUP",
    "HARD",
    "SOFT",
    "SOURCE",
    "STATES",
    "UP",
    "Cause",
    "Edge",
    "Group",
    "Member",
    "Network",
    "Outcome",
    "Reached",
    "Step",
    "spread",
]


class Network:
    """Relations and groups, laid out for analyses from any sources."""

    def __init__(self, edges: Iterable[tuple], groups: Iterable[Group] = ()) -> None:
        self._keep_groups(groups)
        self._out: dict[int, list[int]] = defaultdict(list)
        for provider, dependant, relation, hard, group in edges:
            if group is None or not self._stands_for(group, dependant):
                self._out[provider].append(packed(dependant, relation, hard))

    @classmethod
    def of_hits(
        cls, hits: Mapping[int, list[int]], groups: Iterable[Group] = ()
    ) -> Network:
        """Return the network of ``{provider: [what it hits, packed]}``.

        Hits by relations that are in a group are negative. This is what a large graph
        comes as: no object is made of a relation.
        """
        network = cls((), groups)
        network._out = hits
        group_of = {
            member.relation: group.id
            for group in network.groups.values()
            for member in group.members
        }
        for provider, own in hits.items():
            if own and min(own) < 0:
                hits[provider] = [
                    abs(hit)
                    for hit in own
                    if hit > 0 or not network._is_grouped(-hit, group_of)
                ]
        return network

    def _keep_groups(self, groups: Iterable[Group]) -> None:
        self.groups = {group.id: group for group in groups}
        self._into: dict[int, list[tuple[int, int]]] | None = None
        self._groups_of: dict[int, list[Group]] | None = None
        self._memberships: dict[int, list[tuple[int, int]]] = defaultdict(list)
        for group in self.groups.values():
            for member in group.members:
                if member.works:
                    weight = scaled(member.weight)
                    self._memberships[member.provider].append((group.id, weight))

    def _is_grouped(self, hit: int, group_of: Mapping[int, int]) -> bool:
        dependant, relation, _hard = unpacked(hit)
        return self._stands_for(group_of.get(relation), dependant)

    def _stands_for(self, key: int | None, dependant: int) -> bool:
        """Tell whether a group stands for an edge; one of two ways may be in none."""
        group = self.groups.get(key)
        return group is not None and group.dependant == dependant

    def spread(
        self,
        sources: Mapping[int, int],
        immune: frozenset[int] | set[int] = frozenset(),
    ) -> Outcome:
        """Return what the failing ``sources`` (``{node: state}``) do.

        :param immune: nodes that are known to work: they neither fail nor pass it on
        """
        outcome = Outcome(self, sources, immune)
        state, out, memberships = outcome.state, self._out, self._memberships
        changed = [(node, UP, given) for node, given in state.items()]
        number = 0
        while changed:
            number += 1
            coming: dict[int, int] = {}
            touched = set()
            for node, old, new in changed:
                # A soft relation takes one step off the state.
                soft = new - 1
                for hit in out.get(node, ()):
                    given = new if hit & 1 else soft
                    dependant = hit >> SHIFT
                    if given > coming.get(dependant, UP):
                        coming[dependant] = given
                for group, weight in memberships.get(node, ()):
                    outcome._count(group, weight, old, new)
                    touched.add(group)
            for key in touched:
                group = self.groups[key]
                given = group.given(outcome.lost[key], outcome.dim[key])
                if given > coming.get(group.dependant, UP):
                    coming[group.dependant] = given
            changed = outcome._take(coming, number)
        return outcome

    def into(self, node: int) -> list[tuple[int, int, bool]]:
        """Return ``(provider, relation, hard)`` of what acts on a node directly."""
        if self._into is None:
            self._into = defaultdict(list)
            for provider, hits in self._out.items():
                for hit in hits:
                    self._into[hit >> SHIFT].append((provider, hit))
        return [
            (provider, *unpacked(hit)[1:]) for provider, hit in self._into.get(node, ())
        ]

    def stands_on(self, node: int) -> set[int]:
        """Return the providers each of which takes a node down by failing."""
        return {provider for provider, _relation, hard in self.into(node) if hard}

    def providers_of(self, node: int) -> set[int]:
        """Return what a node depends on directly, through groups too."""
        found = {provider for provider, _relation, _hard in self.into(node)}
        for group in self.groups_of(node):
            found.update(member.provider for member in group.members)
        return found

    @property
    def size(self) -> int:
        """The number of relations."""
        return sum(map(len, self._out.values())) + sum(
            map(len, self._memberships.values())
        )

    def groups_of(self, node: int) -> list[Group]:
        """Return the groups that a node depends on."""
        if self._groups_of is None:
            self._groups_of = {}
            for group in self.groups.values():
                self._groups_of.setdefault(group.dependant, []).append(group)
        return self._groups_of.get(node, [])


class Reached:
    """What became of an item: ``state`` (by name), ``distance`` and ``why``."""

    __slots__ = ("_node", "_outcome", "distance", "state")

    def __init__(self, outcome: Outcome, node: int) -> None:
        self._outcome, self._node = outcome, node
        self.state = STATES[outcome.state[node]]
        self.distance = outcome.distance(node)

    @property
    def why(self) -> tuple[Cause, ...]:
        """Return what gave the item its state; worked out when asked for."""
        return self._outcome.why(self._node)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Reached) and self._facts() == other._facts()

    def __hash__(self) -> int:
        return hash(self._facts())

    def __repr__(self) -> str:
        return f"Reached{self._facts()!r}"

    def _facts(self) -> tuple:
        return self.state, self.distance, self.why


class Outcome(Mapping):
    """What failing sources do: ``{node: Reached}`` of all that is hit, sources too."""

    def __init__(
        self, network: Network, sources: Mapping[int, int], immune: Iterable[int]
    ) -> None:
        self.network = network
        self.immune = immune
        self.state = {
            node: state
            for node, state in sources.items()
            if state > UP and node not in immune
        }
        self._degraded_at = {n: 0 for n, s in self.state.items() if s == DEGRADED}
        self._down_at = {n: 0 for n, s in self.state.items() if s == DOWN}
        self._cause: dict[int, Cause] = {}
        self._heads: dict[int, tuple[list[int], int]] = {}
        # Weights of the groups' members that are down, or not fully up.
        self.lost: dict[int, int] = {}
        self.dim: dict[int, int] = {}

    def __getitem__(self, node: int) -> Reached:
        if node not in self.state:
            raise KeyError(node)
        return Reached(self, node)

    def __iter__(self) -> Iterator[int]:
        return iter(self.state)

    def __len__(self) -> int:
        return len(self.state)

    def __contains__(self, node: object) -> bool:
        return node in self.state

    def distance(self, node: int) -> int:
        """Return the first round that hit a node; 0 for a source."""
        # What was degraded before it went down was so in an earlier round.
        number = self._degraded_at.get(node)
        return self._down_at[node] if number is None else number

    def why(self, node: int) -> tuple[Cause, ...]:
        """Return what gave a node its state, in the round in which it got it."""
        state = self.state[node]
        number = self._since(node)
        if not number:
            return (Cause(None, None, SOURCE),)
        before = number - 1
        causes = [
            Cause(provider, relation, HARD if hard else SOFT)
            for provider, relation, hard in self.network.into(node)
            if provider in self.state
            and self._state_at(provider, before) - (not hard) == state
        ]
        for group in self.network.groups_of(node):
            causes += self._why_group(group, state, before)
        return tuple(sorted(causes, key=_cause_key))

    def cause(self, node: int) -> Cause:
        """Return the reason for a node's state that is nearest to a source."""
        if node not in self._cause:
            self._cause[node] = min(self.why(node), key=self._nearness)
        return self._cause[node]

    def path(self, node: int) -> list[Step]:
        """Return a shortest chain of reasons, from a source to ``node``."""
        steps = []
        while True:
            cause = self.cause(node)
            steps.append(Step(node, STATES[self.state[node]], cause))
            if cause.provider is None:
                return steps[::-1]
            node = cause.provider

    def ends(self, node: int, size: int) -> tuple[list[int], bool]:
        """Return up to ``size`` nodes of a path, and whether the middle is left out.

        Ways of many nodes share their beginning, so all of them take no longer than
        the longest, whatever its length.
        """
        half, above = size // 2, [node]
        while above[-1] not in self._heads:
            provider = self.cause(above[-1]).provider
            if provider is None:
                self._heads[above[-1]] = [above[-1]], 1
            else:
                above.append(provider)
        for each in reversed(above[:-1]):
            head, length = self._heads[self.cause(each).provider]
            head = head if len(head) > size else [*head, each]
            self._heads[each] = head, length + 1
        head, length = self._heads[node]
        if length <= size:
            return head, False
        tail = [node]
        while len(tail) < half:
            tail.append(self.cause(tail[-1]).provider)
        return head[:half] + tail[::-1], True

    def working(self, group: Group) -> float:
        """Return the weight of a group's members that are not down."""
        lost = self.lost.get(group.id, group.lost)
        return group.weight_of(group.total - lost)

    # What follows serves the spreading

    def _count(self, group: int, weight: int, old: int, new: int) -> None:
        """Count a member that got worse."""
        if group not in self.lost:
            self.lost[group] = self.dim[group] = self.network.groups[group].lost
        if old == UP:
            self.dim[group] += weight
        if new == DOWN:
            self.lost[group] += weight

    def _take(self, coming: Mapping[int, int], number: int) -> list[tuple]:
        """Let a round's news come true; return ``(node, old, new)`` of what changed."""
        state, changed = self.state, []
        for node, new in coming.items():
            old = state.get(node, UP)
            if new > old and node not in self.immune:
                state[node] = new
                (self._down_at if new == DOWN else self._degraded_at)[node] = number
                changed.append((node, old, new))
        return changed

    # What follows serves the reasons

    def _since(self, node: int) -> int:
        """Return the round in which a node got the state it has now."""
        rounds = self._down_at if self.state[node] == DOWN else self._degraded_at
        return rounds[node]

    def _state_at(self, node: int, number: int) -> int:
        if node not in self.state:
            return UP
        if self._down_at.get(node, number + 1) <= number:
            return DOWN
        return DEGRADED if self._degraded_at.get(node, number + 1) <= number else UP

    def _why_group(self, group: Group, state: int, number: int) -> list[Cause]:
        """Return the members through which a group gave its item a state."""
        hit = [
            (member, self._state_at(member.provider, number))
            for member in group.members
            if member.works
        ]
        lost = group.lost + sum(scaled(m.weight) for m, worse in hit if worse == DOWN)
        dim = group.lost + sum(scaled(m.weight) for m, worse in hit if worse > UP)
        if group.given(lost, dim) != state:
            return []
        return [
            Cause(member.provider, member.relation, GROUP, group.id)
            for member, worse in hit
            if worse > UP and (state == DEGRADED or worse == DOWN)
        ]

    def _nearness(self, cause: Cause) -> tuple:
        known = cause.provider is not None
        return (self._since(cause.provider) if known else 0, *_cause_key(cause))


def _cause_key(cause: Cause) -> tuple:
    return cause.provider or 0, cause.relation or 0, cause.rule


def spread(
    sources: Mapping[int, int],
    edges: Iterable[tuple],
    groups: Iterable[Group] = (),
    immune: frozenset[int] | set[int] = frozenset(),
) -> Outcome:
    """Return what failing ``sources`` do, over relations and groups."""
    return Network(edges, groups).spread(sources, immune)
