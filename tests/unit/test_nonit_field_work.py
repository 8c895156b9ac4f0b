"""What a phone sends of work in the field is read with suspicion."""

import math
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from itsm_nonit.tools import field_work

KEY = "0123456789abcdef0123456789abcdef"
NOW = datetime(2026, 3, 2, 10, 0, 0)


def raw(verb="start", **vals):
    """Return an entry as a phone sends it."""
    return {"key": KEY, "verb": verb, "ticket_id": 7, "age": 0, **vals}


def test_entry_is_read():
    """All parts arrive; of the two the task counts."""
    values = {"outcome": "done", "note": " ok\0 ", "code": "solved", "more": 1}
    entry = field_work.read(raw("finish", task_id=3, age=90.5, values=values))
    assert (entry.key, entry.verb) == (KEY, "finish")
    assert (entry.task_id, entry.ticket_id) == (3, 0)
    assert entry.age == timedelta(seconds=90.5)
    assert not entry.forced
    assert entry.values == {"outcome": "done", "note": "ok", "code": "solved"}
    assert field_work.read(raw(forced=True)).forced
    assert not field_work.read(raw(forced="yes")).forced


@pytest.mark.parametrize(
    ("entry", "part"),
    [
        (None, "entry"),
        ([], "entry"),
        (raw(key=""), "key"),
        (raw(key=12), "key"),
        (raw(key="x" * 65), "key"),
        (raw(key="'; DROP TABLE visit; --"), "key"),
        (raw("unlink"), "verb"),
        (raw(["start"]), "verb"),
        (raw(ticket_id=0), "ticket_id"),
        (raw(ticket_id=True), "ticket_id"),
        (raw(ticket_id=-1), "ticket_id"),
        (raw(ticket_id=2**31), "ticket_id"),
        (raw(task_id="3"), "task_id"),
        (raw(age="1"), "age"),
        (raw(age=True), "age"),
        (raw(age=math.nan), "age"),
        (raw(age=math.inf), "age"),
        (raw(values=[1]), "values"),
        (raw("check", values={"done": True}), "check_id"),
        (raw("photo", values={"kind": "during", "data": "x"}), "kind"),
        (raw("photo", values={"kind": ["after"], "data": "x"}), "kind"),
        (raw("photo", values={"kind": "after"}), "data"),
        (raw("photo", values={"kind": "after", "data": b"x"}), "data"),
        (raw("part", values={"product_id": 1, "quantity": -1}), "quantity"),
        (raw("part", values={"product_id": 1, "quantity": math.nan}), "quantity"),
        (raw("part", values={"product_id": 1, "quantity": 1e9}), "quantity"),
        (raw("part", values={"product_id": 1}), "quantity"),
        (raw("part", values={"quantity": 1}), "product_id"),
        (raw("sign", values={"name": " ", "data": "x"}), "name"),
        (raw("sign", values={"name": "x" * 121, "data": "x"}), "name"),
        (raw("finish", values={"outcome": "cancelled"}), "outcome"),
        (raw("finish", values={"outcome": "done", "note": 1}), "note"),
        (raw("finish", values={"outcome": "done", "note": "x" * 4001}), "note"),
        (raw("finish"), "outcome"),
    ],
)
def test_what_is_no_entry_is_refused(entry, part):
    """The part that is wrong is named."""
    with pytest.raises(field_work.Unreadable) as caught:
        field_work.read(entry)
    assert str(caught.value) == part


def test_too_large_picture(monkeypatch):
    """The limit is of what is sent."""
    monkeypatch.setattr(field_work, "MAX_PICTURE", 4)
    values = {"kind": "after", "data": "abcd"}
    assert field_work.read(raw("photo", values=values)).values["data"] == "abcd"
    with pytest.raises(field_work.Unreadable):
        field_work.read(raw("photo", values={"kind": "after", "data": "abcde"}))


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner)
    ),
    max_leaves=8,
)


@given(
    st.fixed_dictionaries(
        {},
        optional={
            "key": st.just(KEY) | ANYTHING,
            "verb": st.sampled_from(sorted(field_work.VERBS)) | ANYTHING,
            "task_id": ANYTHING,
            "ticket_id": st.integers(1, 9) | ANYTHING,
            "age": ANYTHING,
            "values": ANYTHING,
        },
    )
)
def test_nothing_breaks_the_reader(entry):
    """Whatever comes is read or refused, and what is read is within its limits."""
    try:
        read = field_work.read(entry)
    except field_work.Unreadable:
        return
    assert read.verb in field_work.VERBS
    assert bool(read.task_id) != bool(read.ticket_id)
    assert timedelta() <= read.age <= field_work.MAX_AGE


def test_moment_follows_what_went_before():
    """An entry is never before the one that it follows, nor in a far past."""
    minute = timedelta(minutes=1)
    assert field_work.moment(NOW, 5 * minute, None) == NOW - 5 * minute
    assert field_work.moment(NOW, 5 * minute, NOW - minute) == NOW - minute
    assert field_work.moment(NOW, timedelta(days=400), None) == NOW - field_work.MAX_AGE


def test_minutes_are_rounded_once():
    """Three spells of 20 seconds are a minute; a running one does not count yet."""
    third = timedelta(seconds=20)
    spells = [(NOW + n * 2 * third, NOW + n * 2 * third + third) for n in range(3)]
    assert field_work.minutes(spells) == 1
    assert field_work.minutes([*spells, (NOW, None)]) == 1
    assert field_work.minutes([(NOW, NOW - third)]) == 0
    assert field_work.minutes([]) == 0


@pytest.mark.parametrize(
    ("hours", "problem"),
    [
        ([], None),
        ([(7, 8), (8, 9)], None),
        ([(8, 8)], "backward"),
        ([(9, 8)], "backward"),
        ([(9, 11)], "future"),
        ([(7, 9), (8, 10)], "overlap"),
    ],
)
def test_spells_that_cannot_be(hours, problem):
    """Touching is no overlap; nobody worked until later than now."""
    day = NOW.replace(hour=0)
    spells = [
        (day + timedelta(hours=start), day + timedelta(hours=end))
        for start, end in hours
    ]
    assert field_work.spell_problem(spells, NOW) == problem
