"""The plan of a request: which tasks may begin, which fall away, when it is done.

Pure functions on steps; no database, no Odoo. A step is one task with what it waits
for. Three rules make the whole:

* A step begins when all that it waits for has ended, whatever the end was; a step
  that was skipped or given up counts as ended.
* A step that fails says what becomes of the plan: it **stops** (nothing new begins
  until somebody decides), it **continues**, or it **branches**: other steps, made for
  that case, stand in for it. They begin after its failure only, fall away without
  one, and what waits for the failed step waits for them too.
* Only required steps hold the request; the others are help.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

WAITING = "waiting"
TODO = "todo"
DOING = "doing"
DONE = "done"
FAILED = "failed"
SKIPPED = "skipped"
CANCELLED = "cancelled"

STATES = (WAITING, TODO, DOING, DONE, FAILED, SKIPPED, CANCELLED)
OPEN_STATES = (WAITING, TODO, DOING)
STARTED_STATES = (TODO, DOING)
ENDED_STATES = (DONE, FAILED, SKIPPED, CANCELLED)

STOP = "stop"
CONTINUE = "continue"
BRANCH = "branch"

# From which states each verb leads where. A task that was reopened waits first; the
# plan then tells whether it may begin at once.
VERBS: dict[str, tuple[frozenset[str], str]] = {
    "start": (frozenset({TODO}), DOING),
    "done": (frozenset({TODO, DOING, FAILED}), DONE),
    "fail": (frozenset({TODO, DOING}), FAILED),
    "cancel": (frozenset({WAITING, TODO, DOING, FAILED}), CANCELLED),
    "reopen": (frozenset({DONE, FAILED, SKIPPED, CANCELLED}), WAITING),
}
# What a person means who drags a task into the column of a state.
VERB_FOR_TARGET = {
    TODO: "reopen",
    DOING: "start",
    DONE: "done",
    FAILED: "fail",
    CANCELLED: "cancel",
}


@dataclass(frozen=True)
class Step:
    """One task of a plan.

    :param id: anything that identifies it
    :param predecessors: ids of the steps that it waits for
    :param on_failure: what becomes of the plan when it fails
    :param branch: ids of the steps that stand in when it fails
    :param required: the request is not done without it
    :param due: when it should be ready; of started steps
    """

    id: int
    state: str = WAITING
    predecessors: frozenset[int] = frozenset()
    on_failure: str = STOP
    branch: frozenset[int] = frozenset()
    required: bool = True
    due: datetime | None = None

    @property
    def stand_ins(self) -> frozenset[int]:
        """Ids of the steps that its failure brings into play."""
        return self.branch if self.on_failure == BRANCH else frozenset()


@dataclass(frozen=True)
class Decision:
    """What is to happen in a plan now.

    :param start: ids of the steps that may begin, in the order of the plan
    :param skip: ids of the steps that fall away
    :param stopped_by: ids of the failed steps for which nothing new begins
    """

    start: tuple[int, ...] = ()
    skip: tuple[int, ...] = ()
    stopped_by: tuple[int, ...] = ()


def decide(steps: Iterable[Step]) -> Decision:
    """Return what is to happen in a plan, as its steps stand.

    Waiting for a step that the plan does not have is waiting for nothing.
    """
    network = _Network(steps)
    stopped_by = tuple(
        step.id
        for step in network.steps
        if step.state == FAILED and step.on_failure == STOP
    )
    if stopped_by:
        return Decision(stopped_by=stopped_by)
    states = {step.id: step.state for step in network.steps}
    start: list[int] = []
    skip: list[int] = []
    moved = True
    while moved:  # what falls away may let others begin or fall away
        moved = False
        for step in network.steps:
            if states[step.id] != WAITING:
                continue
            if network.falls_away(step, states):
                states[step.id] = SKIPPED
                skip.append(step.id)
                moved = True
            elif network.may_begin(step, states):
                states[step.id] = TODO
                start.append(step.id)
    return Decision(tuple(start), tuple(skip))


def is_finished(steps: Iterable[Step]) -> bool:
    """Tell whether what the request needs is done.

    No required step is open, none stopped the plan, and something was done: a plan
    of which all was skipped or given up has delivered nothing.
    """
    steps = list(steps)
    if any(step.state == FAILED and step.on_failure == STOP for step in steps):
        return False
    if any(step.required and step.state in OPEN_STATES for step in steps):
        return False
    if any(step.required and step.state in (DONE, FAILED) for step in steps):
        return True
    return not any(step.state in OPEN_STATES for step in steps) and any(
        step.state == DONE for step in steps
    )


def blockers(steps: Iterable[Step]) -> dict[int, list[int]]:
    """Return ``{id of a waiting step: ids of the open steps that it waits for}``."""
    network = _Network(steps)
    states = {step.id: step.state for step in network.steps}
    return {
        step.id: [
            other.id
            for other in network.steps
            if states[other.id] not in ENDED_STATES
            and other.id in network.waits_for(step, states)
        ]
        for step in network.steps
        if step.state == WAITING
    }


def find_cycle(steps: Iterable[Step]) -> list[int]:
    """Return the ids of steps that wait for each other in a ring, [] for none.

    A plan without a ring never stands still: whatever its steps end like, the rest
    begins or falls away, unless a failure stops it on purpose.
    """
    network = _Network(steps)
    path: list[int] = []
    finished: set[int] = set()
    # An explicit stack: plans may come from files, and be as deep as these like.
    for root in network.by_id:
        stack: list[tuple[int, Iterator[int]]] = []
        if root not in finished:
            path.append(root)
            stack.append((root, iter(sorted(network.may_wait_for(root)))))
        while stack:
            node, others = stack[-1]
            for other in others:
                if other in path:
                    return path[path.index(other) :]
                if other not in finished:
                    path.append(other)
                    stack.append((other, iter(sorted(network.may_wait_for(other)))))
                    break
            else:
                stack.pop()
                path.pop()
                finished.add(node)
    return []


def levels(steps: Iterable[Step]) -> list[list[int]]:
    """Return the ids in layers: each step waits for steps of earlier layers only.

    :raise ValueError: the steps wait for each other in a ring
    """
    network = _Network(steps)
    waiting = {id_: network.may_wait_for(id_) for id_ in network.by_id}
    layers: list[list[int]] = []
    while waiting:
        layer = [id_ for id_, others in waiting.items() if not others & waiting.keys()]
        if not layer:
            raise ValueError("The steps of the plan wait for each other.")
        layers.append(layer)
        for id_ in layer:
            del waiting[id_]
    return layers


def finish_times(
    steps: Iterable[Step], now: datetime, add: Callable[[int, datetime], datetime]
) -> dict[int, datetime]:
    """Return when waiting steps should be ready, along the longest way to each.

    What stands in for a failure is not counted on before there is one, and a plan
    that stands still promises nothing.

    :param add: returns the end of a step's own work, from its id and its beginning
    """
    network = _Network(steps)
    if any(step.state == FAILED and step.on_failure == STOP for step in network.steps):
        return {}
    states = {step.id: step.state for step in network.steps}
    known: dict[int, datetime] = {}
    ready: dict[int, datetime] = {}
    for layer in levels(network.steps):
        for id_ in layer:
            step = network.by_id[id_]
            if step.state in STARTED_STATES:
                known[id_] = max(now, step.due or now)
            elif step.state == WAITING and network.is_in_play(step, states):
                begins = [
                    known[other]
                    for other in network.waits_for(step, states)
                    if other in known
                ]
                known[id_] = ready[id_] = add(id_, max([now, *begins]))
    return ready


class _Network:
    """The steps of a plan with the ways between them."""

    def __init__(self, steps: Iterable[Step]) -> None:
        self.steps = list(steps)
        self.by_id = {step.id: step for step in self.steps}
        self._causes: dict[int, set[int]] = {}
        for step in self.steps:
            for id_ in step.stand_ins & self.by_id.keys():
                self._causes.setdefault(id_, set()).add(step.id)

    def is_in_play(self, step: Step, states: Mapping[int, str]) -> bool:
        """Tell whether a step is to be done, as far as failures decide that."""
        causes = self._causes.get(step.id)
        return not causes or any(states[id_] == FAILED for id_ in causes)

    def falls_away(self, step: Step, states: Mapping[int, str]) -> bool:
        """Tell whether none of the failures can come any more that it is for."""
        causes = self._causes.get(step.id)
        return (
            bool(causes)
            and not self.is_in_play(step, states)
            and all(states[id_] in ENDED_STATES for id_ in causes)
        )

    def may_begin(self, step: Step, states: Mapping[int, str]) -> bool:
        """Tell whether nothing is in the way of a step."""
        return self.is_in_play(step, states) and all(
            states[id_] in ENDED_STATES for id_ in self.waits_for(step, states)
        )

    def waits_for(self, step: Step, states: Mapping[int, str]) -> set[int]:
        """Return the ids of the steps that have to end first, as things stand."""
        return self._with_stand_ins(step, lambda id_: states[id_] == FAILED)

    def may_wait_for(self, id_: int) -> set[int]:
        """Return the ids of all steps that a step could come to wait for."""
        step = self.by_id[id_]
        return self._with_stand_ins(step, lambda _id: True) | self._causes.get(
            id_, set()
        )

    def _with_stand_ins(self, step: Step, failed: Callable[[int], bool]) -> set[int]:
        """Return its predecessors and what stands in for those that failed.

        What stands in for a step does not wait for its own kind through that step.
        """
        found: set[int] = set()
        waiting = list(step.predecessors & self.by_id.keys())
        while waiting:
            id_ = waiting.pop()
            if id_ in found:
                continue
            found.add(id_)
            stand_ins = self.by_id[id_].stand_ins
            if stand_ins and step.id not in stand_ins and failed(id_):
                waiting += stand_ins & self.by_id.keys()
        return found
