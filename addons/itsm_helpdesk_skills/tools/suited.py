"""Choose who is best suited for a ticket by the skills that it needs.

A pure function over ids, so that it can be tested alone.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

# A skill and the least level of it, in percent of mastery.
Need = tuple[int, int]


def meets(levels: Mapping[int, int], need: Need) -> bool:
    """Tell whether somebody with these levels by skill meets a need."""
    skill, least = need
    return skill in levels and levels[skill] >= least


def best_suited(
    people: Sequence[int],
    needs: Collection[Need],
    levels: Mapping[int, Mapping[int, int]],
) -> list[int]:
    """Return who of these people meets most of the needs, in their order.

    Where nobody meets any, all are as good as each other: a ticket does not wait
    because a skill is missing.

    :param levels: for each person the level of each skill that they have
    """
    met = {
        person: sum(meets(levels.get(person, {}), need) for need in needs)
        for person in people
    }
    most = max(met.values(), default=0)
    return [person for person in people if met[person] == most]
