"""Analyses as the server gives them to the picture of impact."""

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

CASES = 400


def item(key, distance, kind=1, state="up", **values):
    """Return an item as the analysis gives it."""
    return {
        "id": key,
        "name": f"Item {key}",
        "code": f"C{key}",
        "class_id": kind,
        "class_name": f"Class {kind}",
        "icon": "fa-cube",
        "state": state,
        "distance": distance,
        "masked": False,
        "why": "",
        "is_source": distance == 0,
        **values,
    }


def edge(provider, dependant, strength="hard", group=False):
    """Return a relation as the analysis gives it."""
    return {
        "id": provider * 10_000 + dependant,
        "from": provider,
        "to": dependant,
        "strength": strength,
        "group": group,
        "type_name": "Depends on",
    }


def case(nodes, edges, groups=(), start=None, **view):
    """Return what to draw, and what the reader chose."""
    chosen = {
        "direction": "impact",
        "hiddenClasses": [],
        "hiddenStates": [],
        "collapsed": [],
        "opened": [],
        "grouped": True,
    }
    return {
        "data": {"nodes": nodes, "edges": edges, "groups": list(groups)},
        "view": chosen | view,
        "screen": {"width": 1000, "height": 600},
        "start": start,
    }


@st.composite
def crowds(draw, nodes):
    """Add items that are all alike to ``nodes``; return what leads to them."""
    pairs = set()
    for _crowd in range(draw(st.integers(1, 2))):
        near = draw(st.sampled_from(nodes))
        kind, state = draw(st.integers(1, 2)), draw(st.sampled_from(["down", "up"]))
        for _each in range(draw(st.sampled_from([4, 6, 7, 9]))):
            nodes.append(item(len(nodes) + 1, near["distance"] + 1, kind, state))
            pairs.add((near["id"], nodes[-1]["id"]))
    return pairs


@st.composite
def graphs(draw):
    """Return a graph in which each item has a nearer neighbour, as in an analysis."""
    direction = draw(st.sampled_from(["impact", "dependencies", "neighbours"]))
    distances = [0, *sorted(draw(st.lists(st.integers(1, 4), max_size=40)))]
    ranks = {each: rank for rank, each in enumerate(sorted(set(distances)))}
    states = st.sampled_from(["down", "degraded", "up", "unknown"])
    nodes = [
        item(key, ranks[distance], draw(st.integers(1, 2)), draw(states))
        for key, distance in enumerate(distances, 1)
    ]
    by_rank = {}
    for each in nodes:
        by_rank.setdefault(each["distance"], []).append(each["id"])
    pairs = {
        (draw(st.sampled_from(by_rank[each["distance"] - 1])), each["id"])
        for each in nodes
        if each["distance"]
    }
    keys = st.integers(1, len(nodes))
    pairs |= set(draw(st.lists(st.tuples(keys, keys), max_size=10)))
    alike = draw(crowds(nodes))
    if direction == "dependencies":
        pairs, alike = ({(far, near) for near, far in each} for each in (pairs, alike))
    edges = [
        edge(near, far, draw(st.sampled_from(["hard", "soft"])))
        for near, far in sorted(pairs)
        if near != far
    ]
    edges += [edge(near, far) for near, far in sorted(alike)]
    return case(
        nodes,
        edges,
        direction=direction,
        hiddenClasses=draw(st.sampled_from([[], [1], [2], [1, 2]])),
        hiddenStates=draw(st.sampled_from([[], ["up"], ["down", "degraded"]])),
        collapsed=draw(st.lists(keys, max_size=3, unique=True)),
        grouped=draw(st.booleans()),
        start=draw(keys),
    )


def generated():
    """Return many cases."""
    found = []

    @settings(
        max_examples=CASES,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(graphs())
    def collect(one):
        found.append(one)

    collect()
    return found


def star(count, **view):
    """Return a case of one source that so many alike depend on."""
    nodes = [item(1, 0, state="down")]
    nodes += [item(key, 1, 2, "down") for key in range(2, count + 2)]
    return case(nodes, [edge(1, key) for key in range(2, count + 2)], **view)
