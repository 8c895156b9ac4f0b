"""Totals made of the figures of smaller groups are those of the rows themselves."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from itsm_helpdesk.tools.roll_up import finish, parts_of, roll_up

AGGREGATES = ["__count", "hours:sum", "hours:avg", "hours:max", "hours:min"]
SPECS = ["service", "month"]
hours = st.none() | st.integers(-1000, 1000)
records = st.lists(
    st.tuples(st.sampled_from("abc"), st.integers(1, 3), hours), max_size=40
)


def told_of(rows):
    """Return the aggregates of rows, counted from themselves."""
    known = [row[2] for row in rows if row[2] is not None]
    if not known:
        return (len(rows), False, False, False, False)
    mean = sum(known) / len(known)
    return (len(rows), sum(known), mean, max(known), min(known))


def groups_of(rows, places):
    """Return ``{key: rows}``."""
    groups = {}
    for row in rows:
        groups.setdefault(tuple(row[place] for place in places), []).append(row)
    return groups


def cells_of(rows, parts):
    """Return what the database tells of the finest groups."""
    cells = []
    for key, members in groups_of(rows, [0, 1]).items():
        known = [row[2] for row in members if row[2] is not None]
        told = {
            "__count": len(members),
            "hours:sum": sum(known) if known else False,
            "hours:count": len(known),
            "hours:max": max(known, default=False),
            "hours:min": min(known, default=False),
        }
        cells.append((*key, *(told[part] for part in parts)))
    return cells


@given(records, st.sampled_from([[], [0], [1], [0, 1], [1, 0]]))
def test_totals_are_those_of_the_rows(rows, places):
    parts = parts_of(AGGREGATES)
    group_by = [SPECS[place] for place in places]
    totals = roll_up(cells_of(rows, parts), SPECS, parts, group_by)
    found = finish(totals, len(places), parts, AGGREGATES)
    expected = [
        (*key, *told_of(members)) for key, members in groups_of(rows, places).items()
    ]
    assert sorted(found) == sorted(expected)


def test_an_average_is_that_of_the_rows_not_of_the_groups():
    cells = [("a", 30, 3), ("b", 10, 1), ("c", False, 0)]
    parts = parts_of(["hours:avg"])
    assert finish(roll_up(cells, ["service"], parts, []), 0, parts, ["hours:avg"]) == [
        (10.0,)
    ]


def test_lists_are_put_together():
    cells = [("a", [2, 1]), ("b", [2, None]), ("c", [])]
    parts = ["currency:array_agg_distinct"]
    assert roll_up(cells, ["service"], parts, []) == [([1, 2, None],)]


@pytest.mark.parametrize("aggregate", ["hours:median", "user:count_distinct"])
def test_what_does_not_follow_from_parts(aggregate):
    assert parts_of(["__count", aggregate]) is None


def test_parts_are_asked_for_once():
    assert parts_of(["hours:avg", "hours:sum", "__count"]) == [
        "hours:sum",
        "hours:count",
        "__count",
    ]
