"""A service file is read as it was written, and no file does harm."""

import base64
import json
import random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from itsm_helpdesk.tools import service_file
from itsm_helpdesk.tools.form import conditions
from itsm_helpdesk.tools.service_file import reader, schema, values
from itsm_helpdesk.tools.service_file.conditions import Condition
from itsm_helpdesk.tools.service_file.limits import (
    MAX_COMMAS,
    MAX_DEPTH,
    MAX_GROUPS,
    MAX_PROBLEMS,
)

PNG = base64.b64encode(b"\x89PNG\r\n\x1a\n and so on").decode()
LANGUAGES = ("en_US", "zh_CN", "de_DE", "sr@latin")
LARGE = settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


def document(*services, **parts):
    return {"format": "itsm-services", "version": 1, "services": [*services], **parts}


def service(code="laptop", **parts):
    return {"code": code, "name": {"en_US": "Laptop"}, **parts}


def question(key, **parts):
    return {"key": key, "type": "char", "label": {"en_US": key}, **parts}


def when(key, op="is_set", **parts):
    return {"rules": [{"question": key, "op": op, **parts}]}


def codes(data):
    return {(problem.path, problem.code) for problem in service_file.validate(data)}


def refusal(content):
    """Return the code why bytes are refused."""
    with pytest.raises(service_file.FileRefused) as caught:
        service_file.read(content)
    return caught.value.problems[0].code


# ----------------------------------------------------------------------
# Sound files
# ----------------------------------------------------------------------

words = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=12)
texts = st.dictionaries(st.sampled_from(LANGUAGES), words, max_size=3)
names = st.text("abcXYZ 龙é<&", min_size=1, max_size=8)
named = texts.map(lambda value: {**value, "en_US": value.get("en_US") or "Name"})
keys = st.from_regex(r"[a-z][a-z0-9_]{0,5}", fullmatch=True)
scalars = st.one_of(
    st.integers(-9, 9), words, st.booleans(), st.floats(-1e9, 1e9), st.none()
)


def kind_strategy(kind):
    """Return sound values of a kind, also such that say the same in another way."""
    if isinstance(kind, values.Flag):
        return st.booleans()
    if isinstance(kind, values.Number):
        low, high = max(kind.minimum, -1e6), min(kind.maximum, 1e6)
        whole = st.integers(int(low), int(high))
        return whole if kind.whole else whole | st.floats(low, high) | whole.map(float)
    if isinstance(kind, values.Line):
        return st.from_regex(kind.pattern, fullmatch=True) if kind.pattern else words
    if isinstance(kind, values.Choice):
        return st.sampled_from(kind.values)
    if isinstance(kind, values.Texts):
        return texts
    if isinstance(kind, values.Picture):
        return st.sampled_from(["", PNG])
    if isinstance(kind, values.Pairs):
        return st.dictionaries(keys, keys, max_size=2)
    if isinstance(kind, values.Listing):
        return st.lists(kind_strategy(kind.kind), max_size=2)
    if isinstance(kind, values.Shape):
        return shape(kind)
    # What conditions may name depends on the form: see ``conditions_on``.
    return st.none()


def shape(kind, **fixed):
    """Return sound objects of a kind; ``fixed`` replaces what must fit the rest."""
    parts = {name: kind_strategy(inner) for name, inner in kind.kinds.items()}
    parts.update(fixed)
    for name in kind.required:
        if isinstance(kind.kinds[name], values.Texts):
            parts[name] = named
    needed = {name: parts.pop(name) for name in kind.required}
    return st.fixed_dictionaries(needed, optional=parts)


def conditions_on(before):
    """Return conditions on the questions ``before``."""
    if not before:
        return st.sampled_from([None, {}, {"rules": []}])
    operand = scalars | st.lists(scalars, max_size=2) | st.just({"record": "Radiology"})
    rule = st.fixed_dictionaries(
        {"question": st.sampled_from(before), "op": st.sampled_from(conditions.OPS)},
        optional={"value": operand},
    )
    return st.recursive(
        st.just({"rules": []}),
        lambda inner: st.fixed_dictionaries(
            {"rules": st.lists(rule | inner, max_size=2)},
            optional={"match": st.sampled_from(["all", "any"])},
        ),
        max_leaves=3,
    )


@st.composite
def forms(draw, kind=schema.QUESTION):
    """Return questions whose conditions name only what is asked before."""
    result = []
    for key in draw(st.lists(keys, unique=True, max_size=3)):
        before = [entry["key"] for entry in result]
        fixed = {
            "key": st.just(key),
            "set": st.just(""),
            "shown_if": conditions_on(before),
            "required_if": conditions_on(before),
            "options": st.lists(
                shape(schema.OPTION, key=keys), unique_by=lambda o: o["key"], max_size=2
            ),
        }
        if "columns" in kind.kinds:
            fixed["columns"] = forms(schema.COLUMN)
        result.append(draw(shape(kind, **fixed)))
    return result


@st.composite
def plans(draw):
    """Return tasks that wait only for tasks before them."""
    found = draw(st.lists(keys, unique=True, max_size=3))
    result = []
    for index, key in enumerate(found):
        earlier = st.lists(st.sampled_from(found[:index]), max_size=2)
        fixed = {
            "key": st.just(key),
            "after": earlier if index else st.just([]),
            "failure": st.lists(st.sampled_from(found), max_size=2),
            "condition": conditions_on(["q1", "q2"]),
        }
        result.append(draw(shape(schema.TASK, **fixed)))
    return result


@st.composite
def documents(draw):
    """Return sound content."""
    services = []
    for code in draw(st.lists(names, min_size=1, max_size=2, unique=True)):
        order = shape(schema.ORDER, service=st.just("elsewhere"))
        fixed = {
            "code": st.just(code),
            "questions": forms(),
            "plan": plans(),
            "orders": st.lists(order, max_size=2),
        }
        services.append(draw(shape(schema.SERVICE, **fixed)))
    paths = draw(
        st.lists(st.lists(names, min_size=1, max_size=2), unique_by=tuple, max_size=2)
    )
    return document(
        *services,
        categories=[draw(shape(schema.CATEGORY, path=st.just(p))) for p in paths],
        question_sets=draw(
            st.lists(
                st.fixed_dictionaries(
                    {"name": names.map(lambda n: {"en_US": n}), "questions": forms()}
                ),
                unique_by=lambda entry: entry["name"]["en_US"],
                max_size=2,
            )
        ),
        approval_policies=draw(
            st.lists(
                shape(schema.APPROVAL_POLICY),
                unique_by=lambda entry: entry["name"]["en_US"],
                max_size=2,
            )
        ),
    )


def shuffled(value, rng):
    """Return the same objects with their keys in another order."""
    if isinstance(value, dict):
        items = list(value.items())
        rng.shuffle(items)
        return {name: shuffled(item, rng) for name, item in items}
    if isinstance(value, list):
        return [shuffled(item, rng) for item in value]
    return value


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


# ----------------------------------------------------------------------
# Refusals
# ----------------------------------------------------------------------


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


# ----------------------------------------------------------------------
# Whatever comes
# ----------------------------------------------------------------------

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
