"""Attributes as properties, and which values they take."""

import json
from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from itsm_cmdb.tools import class_properties as properties

OPTIONS = (("a", "First"), ("b", "Second"))
KEYS = st.from_regex(r"[a-z][a-z0-9_]{0,12}", fullmatch=True).filter(properties.is_key)
TYPES = (
    "char",
    "text",
    "integer",
    "float",
    "boolean",
    "date",
    "datetime",
    "selection",
    "tags",
    "many2one",
)
# Values that each type takes, as they are stored.
GOOD = {
    "char": st.text(st.characters(exclude_characters="\n"), min_size=1),
    "text": st.text(min_size=1),
    "integer": st.integers(-(2**53), 2**53),
    "float": st.floats(allow_nan=False, allow_infinity=False) | st.integers(-9, 9),
    "boolean": st.booleans(),
    "date": st.dates(min_value=date(1000, 1, 1)).map(str),
    "datetime": st.datetimes(min_value=datetime(1000, 1, 1)).map(
        lambda each: each.replace(microsecond=0).isoformat(" ")
    ),
    "selection": st.sampled_from(["a", "b"]),
    "tags": st.lists(st.sampled_from(["a", "b"]), unique=True),
    "many2one": st.integers(1, 2**31),
}
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda each: st.lists(each) | st.dictionaries(st.text(), each),
    max_leaves=5,
)


def attribute(kind="char", key="it", **facts):
    """Return an attribute of a type, with options if it needs them."""
    options = OPTIONS if kind in ("selection", "tags") else ()
    return properties.Attribute(key, "It", kind, options=options, **facts)


def reasons(kind, value, **facts):
    """Return why a value of a type is refused."""
    found = properties.problems([attribute(kind, **facts)], {"it": value})
    return [each.reason for each in found]


@given(st.data(), st.sampled_from(TYPES), st.booleans())
def test_good_values_are_taken(data, kind, required):
    value = data.draw(
        GOOD[kind].filter(lambda each: not required or not properties.is_empty(each))
        if kind != "boolean"
        else GOOD[kind]
    )
    assert reasons(kind, value, required=required) == []


@given(JSON, st.sampled_from(TYPES))
def test_any_value_is_taken_or_refused_once(value, kind):
    assert len(reasons(kind, value)) <= 1


@pytest.mark.parametrize(
    ("kind", "value", "reason"),
    [
        ("char", 7, "text"),
        ("char", "one\ntwo", "line"),
        ("text", ["a"], "text"),
        ("integer", 1.5, "whole"),
        ("integer", True, "whole"),
        ("integer", "4", "whole"),
        ("integer", 2**53 + 1, "whole"),
        ("float", "4.5", "number"),
        ("float", float("nan"), "number"),
        ("float", float("inf"), "number"),
        ("boolean", "yes", "flag"),
        ("date", "2026-02-30", "date"),
        ("date", "20260201", "date"),
        ("date", "2026-02-01 10:00:00", "date"),
        ("datetime", "2026-02-01", "datetime"),
        ("datetime", "2026-02-01T10:00:00+08:00", "datetime"),
        ("selection", "c", "choice"),
        ("selection", "First", "choice"),
        ("tags", "a", "choices"),
        ("tags", ["a", "c"], "choices"),
        ("many2one", [3, "Name"], "record"),
        ("many2one", -1, "record"),
    ],
)
def test_refused_values(kind, value, reason):
    assert reasons(kind, value) == [reason]


@pytest.mark.parametrize("empty", [None, False, "", "  ", []])
def test_required(empty):
    assert reasons("char", empty) == []
    assert reasons("char", empty, required=True) == ["required"]


def test_zero_and_no_are_answers():
    assert reasons("integer", 0, required=True) == []
    assert reasons("boolean", False, required=True) == []


def test_unknown_keys_are_ignored():
    """Values of archived attributes stay where they are."""
    assert not list(properties.problems([attribute()], {"gone": object()}))


@pytest.mark.parametrize(
    ("key", "fine"),
    [
        ("memory", True),
        ("cpu_2", True),
        ("2nd", False),
        ("Memory", False),
        ("a.b", False),
        ("内存", False),
        ("", False),
        ("note_html", False),
        ("memory\n", False),
    ],
)
def test_keys(key, fine):
    assert properties.is_key(key) is fine


def test_definition_of_each_type():
    made = properties.definition(
        [
            attribute("integer", "memory", unit="GB", required=True, help="RAM"),
            attribute("selection", "tier"),
            attribute("tags", "roles"),
            attribute("many2one", "vendor", comodel="res.partner"),
        ]
    )
    assert made == [
        {
            "name": "memory",
            "string": "It",
            "type": "integer",
            "required": True,
            "suffix": "GB",
            "help": "RAM",
        },
        {
            "name": "tier",
            "string": "It",
            "type": "selection",
            "selection": [["a", "First"], ["b", "Second"]],
        },
        {
            "name": "roles",
            "string": "It",
            "type": "tags",
            "tags": [["a", "First", 1], ["b", "Second", 2]],
        },
        {
            "name": "vendor",
            "string": "It",
            "type": "many2one",
            "comodel": "res.partner",
        },
    ]


@given(st.lists(st.tuples(KEYS, st.sampled_from(TYPES)), unique_by=lambda e: e[0]))
def test_definition_survives_storage(specs):
    """What is compared with the stored definition is what JSON gives back."""
    made = properties.definition(attribute(kind, key) for key, kind in specs)
    assert json.loads(json.dumps(made)) == made


def test_relabelled():
    made = properties.definition([attribute("selection", "tier", unit="U")])
    chinese = properties.Attribute(
        "tier", "等级", "selection", unit="级", options=(("a", "一"), ("b", "二"))
    )
    stray = {"name": "stray", "string": "Stray", "type": "char"}
    shown = properties.relabelled([*made, stray], {"tier": chinese})
    assert shown == [
        {
            "name": "tier",
            "string": "等级",
            "type": "selection",
            "suffix": "级",
            "selection": [["a", "一"], ["b", "二"]],
        },
        stray,
    ]
    assert made[0]["string"] == "It"
