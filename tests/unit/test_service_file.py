"""A service file is read as it was written."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from itsm_helpdesk.tools import service_file
from itsm_helpdesk.tools.form import conditions
from itsm_helpdesk.tools.service_file import schema, values
from itsm_helpdesk.tools.service_file.conditions import Condition
from service_file_strategies import (
    LARGE,
    document,
    documents,
    question,
    service,
    shuffled,
)


@LARGE
@given(documents())
def test_a_file_is_read_as_it_was_written(data):
    assert service_file.validate(data) == []
    content = service_file.write(data)
    assert service_file.read(content) == service_file.normal(data)
    assert service_file.write(service_file.read(content)) == content


@LARGE
@given(documents(), st.integers(0, 99))
def test_the_normal_form_has_one_face(data, seed):
    normal = service_file.normal(data)
    assert service_file.normal(normal) == normal
    assert service_file.validate(normal) == []
    other = shuffled(data, random.Random(seed))
    assert service_file.write(other) == service_file.write(data)


@LARGE
@given(documents())
def test_filled_says_the_same(data):
    """What a file leaves out is what its absence means."""
    full = service_file.filled(data)
    assert service_file.normal(full) == service_file.normal(data)
    assert service_file.filled(full) == full
    assert set(full) == set(schema.DOCUMENT.kinds)


@pytest.mark.parametrize(
    ("given_texts", "expected"),
    [
        ({}, {}),
        ({"en_US": "", "zh_CN": ""}, {}),
        ({"zh_CN": "电脑"}, {"en_US": "电脑"}),
        ({"zh_CN": "A", "en_US": "A", "de_DE": "B"}, {"en_US": "A", "de_DE": "B"}),
        ({"en_US": "", "de_DE": "B", "zh_CN": "C"}, {"en_US": "B", "zh_CN": "C"}),
    ],
)
def test_texts(given_texts, expected):
    assert values.Texts().normal(given_texts) == expected


def test_conditions_keep_their_meaning():
    rule = {"question": "a", "op": "equals", "value": 5.0}
    normal = Condition().normal
    assert normal({}) is normal({"match": "any", "rules": []}) is None
    assert normal(rule) == {"match": "all", "rules": [{**rule, "value": 5}]}
    # An empty group always holds, so it counts among others.
    nested = {"match": "any", "rules": [rule, {"match": "all", "rules": []}]}
    assert normal(nested)["rules"][1] == {"match": "all", "rules": []}
    answers = {"a": 4}
    assert conditions.holds(normal(nested), answers) is conditions.holds(
        nested, answers
    )


def test_tasks_are_counted():
    """The key of a task means nothing beyond its file."""
    task = {"name": {"en_US": "Do"}}
    plan = [
        {**task, "key": "order"},
        {**task, "key": "t1", "after": ["order"], "failure": ["last"]},
        {**task, "key": "last"},
    ]
    plan = service_file.normal(document(service(plan=plan)))["services"][0]["plan"]
    assert [entry["key"] for entry in plan] == ["t1", "t2", "t3"]
    assert plan[1]["after"] == ["t1"]
    assert plan[1]["failure"] == ["t3"]


def test_order_of_sets_means_nothing_but_that_of_questions_does():
    data = document(
        service(
            available={"jobs": ["Nurse", "Clerk", "Nurse"]},
            questions=[question("b"), question("a")],
        )
    )
    entry = service_file.normal(data)["services"][0]
    assert entry["available"]["jobs"] == ["Clerk", "Nurse"]
    assert [q["key"] for q in entry["questions"]] == ["b", "a"]
