"""No service file does harm: what is wrong is refused and named."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from itsm_helpdesk.tools import service_file
from itsm_helpdesk.tools.form import conditions
from itsm_helpdesk.tools.service_file import reader
from itsm_helpdesk.tools.service_file.limits import (
    MAX_COMMAS,
    MAX_DEPTH,
    MAX_GROUPS,
    MAX_PROBLEMS,
)
from service_file_strategies import (
    LARGE,
    codes,
    document,
    documents,
    question,
    refusal,
    service,
    when,
)


def bytes_of(data):
    return json.dumps(data).encode()


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "empty"),
        (b" \n\t", "empty"),
        (b"\x89PNG\r\n\x1a\n", "not_utf8"),
        (b"Number,Subject\n1,Printer", "not_json"),
        (b"<svg onload='alert(1)'/>", "not_json"),
        (b"{}", "other_format"),
        (b"[]", "other_format"),
        (b"null", "other_format"),
        (b'"itsm-services"', "other_format"),
        (b'{"format": "itsm-services"}', "other_format"),
        (b'{"format": "itsm-services", "version": true}', "other_format"),
        (b'{"format": "itsm-services", "version": 0}', "other_format"),
        (b'{"format": "itsm-services", "version": "1"}', "other_format"),
        (b'{"format": "itsm-services", "version": 2}', "newer_version"),
        (b'{"format": ["itsm-services"], "version": 1}', "other_format"),
        (b'{"a": 1, "a": 2}', "duplicate_key"),
        (b'{"a": NaN}', "bad_number"),
        (b'{"a": -Infinity}', "bad_number"),
        (b'{"a": 1' + b"0" * 5000 + b"}", "bad_number"),
        (b"[" * 100_000, "too_deep"),
        (b'{"a":' * 100_000, "too_deep"),
        (b"[" * (MAX_GROUPS + 1), "too_many_values"),
        (b"[" + b"1," * (MAX_COMMAS + 1) + b"1]", "too_many_values"),
        (b" " * service_file.MAX_BYTES + b"{}", "too_large"),
    ],
    ids=lambda value: value if isinstance(value, str) else repr(value[:30]),
)
def test_other_files_are_refused(content, code):
    assert refusal(content) == code


def test_a_byte_order_mark_does_no_harm():
    content = b"\xef\xbb\xbf" + bytes_of(document(service()))
    assert service_file.read(content)["services"][0]["code"] == "laptop"


def test_depth_is_limited_without_recursion():
    deep = value = {}
    for _level in range(100_000):
        value["a"] = value = {}
    assert codes(deep) == {("", "too_deep")}
    flat = document(service())
    assert service_file.MAX_DEPTH == MAX_DEPTH
    assert not codes(flat)


S = "services[laptop]"


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (document(), (("services", "needed"))),
        (document(services="x"), ("services", "wrong_type")),
        (document(5), ("services[1]", "wrong_type")),
        (document({"name": {"en_US": "X"}}), ("services[X].code", "needed")),
        (document({"code": "x"}), ("services[x].name", "needed")),
        (
            document({"code": "x", "name": {"en_US": ""}}),
            ("services[x].name", "needed"),
        ),
        (document(service(code=7)), ("services[Laptop].code", "wrong_type")),
        (document(service(state="published")), (S, "unknown_key")),
        (document(service(id=4)), (S, "unknown_key")),
        (document(service(), services_2=[]), ("", "unknown_key")),
        (document(service(), service()), ("services", "duplicate")),
        (document(service(name="Laptop")), (f"{S}.name", "wrong_type")),
        (document(service(name={"en_US": 5})), (f"{S}.name.en_US", "wrong_type")),
        (document(service(name={"../x": "A"})), (f"{S}.name", "bad_language")),
        (
            document(service(description={"en_US": "a\0b"})),
            (f"{S}.description.en_US", "bad_character"),
        ),
        (
            document(service(description={"en_US": "\ud800"})),
            (f"{S}.description.en_US", "bad_character"),
        ),
        (
            document(service(details={"en_US": "x" * 200_001})),
            (f"{S}.details.en_US", "too_long"),
        ),
        (document(service(icon="fa-x onload=")), (f"{S}.icon", "bad_form")),
        (document(service(cost=float("inf"))), (f"{S}.cost", "wrong_type")),
        (document(service(cost=-1)), (f"{S}.cost", "out_of_range")),
        (document(service(cost=True)), (f"{S}.cost", "wrong_type")),
        (document(service(sequence=1.5)), (f"{S}.sequence", "wrong_type")),
        (document(service(sequence=10**30)), (f"{S}.sequence", "out_of_range")),
        (document(service(for_others="yes")), (f"{S}.for_others", "wrong_type")),
        (document(service(picture="not base64!")), (f"{S}.picture", "not_base64")),
        (document(service(picture="PHN2Zz4=")), (f"{S}.picture", "not_a_picture")),
        (
            document(service(picture="A" * 6_000_000)),
            (f"{S}.picture", "picture_too_large"),
        ),
        (document(service(owner="root")), (f"{S}.owner", "wrong_type")),
        (document(service(questions={})), (f"{S}.questions", "wrong_type")),
        (document(service(questions=[{}] * 2001)), (f"{S}.questions", "too_many")),
        (
            document(service(questions=[question("Q 1")])),
            (f"{S}.questions[Q 1].key", "bad_form"),
        ),
        (
            document(service(questions=[question("a"), question("a")])),
            (f"{S}.questions[a]", "duplicate"),
        ),
        (
            document(service(questions=[question("a", shown_if=when("a"))])),
            (f"{S}.questions[a].shown_if", "not_before"),
        ),
        (
            document(
                service(
                    questions=[
                        question("a", required_if=when("b")),
                        question("b", shown_if=when("a")),
                    ]
                )
            ),
            (f"{S}.questions[a].required_if", "not_before"),
        ),
        (
            document(
                service(
                    questions=[
                        question("a"),
                        question("t", columns=[question("c", shown_if=when("a"))]),
                    ]
                )
            ),
            (f"{S}.questions[t].columns[c].shown_if", "not_before"),
        ),
        (
            document(
                service(
                    questions=[
                        question("t", columns=[question("c", columns=[question("d")])])
                    ]
                )
            ),
            (f"{S}.questions[t].columns[c]", "unknown_key"),
        ),
        (
            document(service(questions=[question("a", shown_if=when("a", "eval"))])),
            (f"{S}.questions[a].shown_if.rules[1]", "bad_condition"),
        ),
        (
            document(service(questions=[question("a", shown_if={"or": []})])),
            (f"{S}.questions[a].shown_if", "bad_condition"),
        ),
        (
            document(
                service(
                    questions=[question("a", shown_if=when("b", "equals", value={}))]
                )
            ),
            (f"{S}.questions[a].shown_if.rules[1].value", "bad_condition"),
        ),
        (
            document(service(questions=[question("a", set="Contact")])),
            (f"{S}.questions[a].set", "unknown_set"),
        ),
        (
            document(
                service(),
                question_sets=[
                    {"name": {"en_US": "A"}, "questions": [question("x", set="B")]},
                    {"name": {"en_US": "B"}, "questions": [question("y", set="A")]},
                ],
            ),
            ("question_sets[A].questions", "circle"),
        ),
        (
            document(service(plan=[{"key": "t1", "name": {"en_US": "Do"}}] * 2)),
            (f"{S}.plan", "duplicate"),
        ),
        (
            document(
                service(plan=[{"key": "t1", "name": {"en_US": "Do"}, "after": ["t9"]}])
            ),
            (f"{S}.plan[t1].after", "unknown_task"),
        ),
        (
            document(
                service(
                    plan=[
                        {"key": "t1", "name": {"en_US": "A"}, "after": ["t2"]},
                        {"key": "t2", "name": {"en_US": "B"}, "after": ["t1"]},
                    ]
                )
            ),
            (f"{S}.plan[t1].after", "circle"),
        ),
        (
            document(service(orders=[{"service": "laptop"}])),
            (f"{S}.orders", "circle"),
        ),
        (
            document(
                service(orders=[{"service": "b"}]),
                service("b", orders=[{"service": "laptop"}]),
            ),
            ("services[b].orders", "circle"),
        ),
        (
            document(service(orders=[{"service": "b", "mapping": {"a": "B C"}}])),
            (f"{S}.orders[1].mapping.a", "bad_form"),
        ),
        (
            document(service(), approval_policies=[{"name": {"en_US": "A"}}] * 2),
            ("approval_policies", "duplicate"),
        ),
    ],
    ids=lambda value: "-".join(value) if isinstance(value, tuple) else "",
)
def test_what_is_wrong_is_named_with_its_place(data, expected):
    assert expected in codes(data)


def test_questions_of_a_set_count_as_asked_before():
    sets = [{"name": {"en_US": "Contact"}, "questions": [question("phone")]}]
    contact = question("contact", type="set", set="Contact")
    after = question("b", shown_if=when("phone"))
    good = document(service(questions=[contact, after]), question_sets=sets)
    assert not codes(good)
    bad = document(service(questions=[after, contact]), question_sets=sets)
    assert (f"{S}.questions[b].shown_if", "not_before") in codes(bad)
    twice = document(
        service(questions=[contact, question("phone")]), question_sets=sets
    )
    assert (f"{S}.questions[phone]", "duplicate") in codes(twice)


def test_conditions_within_conditions_end():
    condition = when("a")
    for _level in range(conditions.MAX_DEPTH):
        condition = {"match": "any", "rules": [condition]}
    data = document(service(questions=[question("a"), question("b")]))
    data["services"][0]["questions"][1]["shown_if"] = condition
    assert "too_deep" in {code for _path, code in codes(data)}


def test_long_chains_need_no_recursion():
    services = [
        service(f"s{n:04}", orders=[{"service": f"s{n + 1:04}"}]) for n in range(3000)
    ]
    assert not codes(document(*services))
    services[-1]["orders"] = [{"service": "s0000"}]
    assert {code for _path, code in codes(document(*services))} == {"circle"}


def test_problems_do_not_pile_up():
    data = document(*[{"code": f"s{n}"} for n in range(500)])
    assert len(service_file.validate(data)) == MAX_PROBLEMS


def test_an_older_file_is_brought_up_to_date(monkeypatch):
    def with_texts(data):
        return {**data, "services": [{"code": "a", "name": {"en_US": data["title"]}}]}

    monkeypatch.setattr(reader, "VERSION", 2)
    monkeypatch.setattr(reader, "UPGRADES", {1: with_texts})
    old = {"format": "itsm-services", "version": 1, "title": "Old"}
    assert service_file.upgrade(old)["version"] == 2
    assert service_file.upgrade(old)["services"][0]["name"] == {"en_US": "Old"}


@pytest.mark.parametrize(
    ("domain", "expected"),
    [
        ("", False),
        ("[]", False),
        ("[('service_id', '=', 4)]", True),
        ("['|', ('desk_id', 'in', [3, 4]), ('name', '=', 'x')]", True),
        ("[('department_id', 'child_of', 2)]", True),
        ("[('id', '=', 2)]", True),
        ("[('service_id.name', '=', 'Laptop')]", False),
        ("[('service_id', '=', False)]", False),
        ("[('cost', '>', 100)]", False),
        ("not a filter", False),
        ("__import__('os')", False),
        ("(" * 5000, False),
    ],
)
def test_filters_that_name_records_by_number(domain, expected):
    assert service_file.records_by_number(domain) is expected


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.text(max_size=8), inner, max_size=3)
    ),
    max_leaves=8,
)


def places(value, path=()):
    """Return the paths to all values in ``value``."""
    items = (
        value.items()
        if isinstance(value, dict)
        else enumerate(value)
        if isinstance(value, list)
        else ()
    )
    found = [path] if path else []
    for name, item in items:
        found += places(item, (*path, name))
    return found


def judged(data):
    """Refuse or accept; accepted content can be written and read."""
    if not service_file.validate(data):
        content = service_file.write(data)
        assert service_file.write(service_file.read(content)) == content


@LARGE
@given(documents(), anything, st.data())
def test_a_wrong_value_anywhere_is_refused_or_kept(data, value, draw):
    path = draw.draw(st.sampled_from(places(data)))
    place = data
    for name in path[:-1]:
        place = place[name]
    place[path[-1]] = value
    judged(data)


@LARGE
@given(anything)
def test_anything_is_refused_in_peace(value):
    judged(value)
    judged(document(value))
    judged(document(service(questions=[value], plan=[value], orders=[value])))
    judged(document(service(questions=[question("a"), question("b", shown_if=value)])))


@LARGE
@given(st.binary(max_size=60))
def test_any_bytes_are_refused_in_peace(content):
    with pytest.raises(service_file.FileRefused):
        service_file.read(content)
