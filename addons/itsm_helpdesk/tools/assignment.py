"""Choose the agent for the next ticket: round robin or least loaded.

Pure functions over ids, so that fairness can be property-tested.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

ROUND_ROBIN = "round_robin"
LEAST_LOADED = "least_loaded"


def rotate(members: Sequence[int], last: int | None) -> list[int]:
    """Return ``members`` in the order in which they are next, after ``last``.

    A ``last`` who has left the team does not restart the round: the order is by
    id, so the next one is the first with a greater id.
    """
    ordered = sorted(members)
    if last is None:
        return ordered
    following = [member for member in ordered if member > last]
    return following + [member for member in ordered if member <= last]


def distribute(
    method: str,
    count: int,
    members: Sequence[int],
    last: int | None,
    loads: Mapping[int, int],
) -> list[int]:
    """Return the member ids for ``count`` tickets, in order.

    :param method: ``round_robin``; anything else takes the least loaded
    :param count: how many tickets are to be assigned
    :param members: ids of the members who are at work now
    :param last: member who got the previous ticket
    :param loads: open tickets by member; missing means none
    :return: one id for each ticket; empty when nobody is at work
    """
    if not members:
        return []
    load = {member: loads.get(member, 0) for member in members}
    chosen = []
    for _index in range(count):
        queue = rotate(list(load), last)
        # Ties go round, so that two idle agents do not leave all to one of them.
        last = queue[0] if method == ROUND_ROBIN else min(queue, key=load.__getitem__)
        load[last] += 1
        chosen.append(last)
    return chosen
