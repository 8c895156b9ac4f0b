"""Forms and patterns that are refused before anybody fills them in."""

import pytest
from form_strategies import OPTIONS
from itsm_helpdesk.tools.form import checking, conditions, patterns
from itsm_helpdesk.tools.form.problems import Problem


@pytest.mark.parametrize(
    "pattern",
    ["[A-Z]{2}[0-9]{4}", r"\w+@\w+\.\w+", r"\d{3}(-\d{3})*", "(ab|cd)?x", "", ".*x.*"],
)
def test_ordinary_patterns_are_taken(pattern):
    assert patterns.check(pattern) is None


@pytest.mark.parametrize(
    ("pattern", "code"),
    [
        ("(a+)+", "pattern_complex"),
        ("(a|b?)*x", "pattern_complex"),
        ("a*a*a*a*b", "pattern_complex"),
        ("((a|a)(b|b)){40}", "pattern_complex"),
        ("(?=a)b", "pattern_complex"),
        (r"(a)\1", "pattern_complex"),
        ("[", "pattern_broken"),
        ("a{99999999999}", "pattern_broken"),
        ("a" * 201, "pattern_long"),
    ],
)
def test_patterns_that_could_be_slow_are_not_used(pattern, code):
    assert patterns.check(pattern).code == code
    assert not patterns.fits(pattern, "a")


def test_the_slowest_pattern_that_is_taken_ends():
    """One that is not taken would still be at it when the suite is over."""
    slow = "[a-z]*[a-z]*[a-z]*x"
    assert patterns.check(slow) is None
    assert not patterns.fits(slow, "a" * patterns.MAX_TEXT)


def codes(*questions):
    return [
        (path, each.code) for path, each in checking.check({"questions": questions})
    ]


EMPLOYEE = {"kind": "employee"}


def question(kind="char", key="a", **more):
    return {"key": key, "type": kind, "label": "A", **more}


def test_a_sound_form_has_no_findings():
    rule = {"question": "a", "op": "equals", "value": "red"}
    assert not codes(
        question("choice", options=OPTIONS, default={"kind": "fixed", "value": "red"}),
        question("number", "n", shown_if={"rules": [rule]}, minimum=1, maximum=1),
        question(
            "choices", "c", options=OPTIONS, default={"kind": "fixed", "value": "red"}
        ),
        question("date", "d", default={"kind": "today"}),
        question(
            "datetime", "w", default={"kind": "fixed", "value": "2026-01-01T08:00"}
        ),
        question(
            "table", "t", columns=[question(), question(key="b", required_if=rule)]
        ),
        question("char", "p", pattern="[a-z]+", default={"kind": "employee"}),
        question("record", "r", model="res.country"),
        question("person", "who", default=EMPLOYEE | {"value": "manager"}),
        question(
            "record",
            "firm",
            model="res.company",
            default=EMPLOYEE | {"value": "company"},
        ),
        question(
            "date", "past", minimum=0, default={"kind": "fixed", "value": "1999-12-31"}
        ),
        question("note", "x"),
    )


@pytest.mark.parametrize(
    ("expected", "questions"),
    [
        ("key_form", [question(key="A")]),
        ("key_form", [question(key=None)]),
        ("key_twice", [question(), question()]),
        ("type_unknown", [question("colour")]),
        ("columns", [question("table")]),
        ("label_missing", [{"key": "a", "type": "char", "label": " "}]),
        ("options", [question("choice")]),
        ("option_twice", [question("choice", options=[{"key": "x"}, {"key": "X"}])]),
        ("option_twice", [question("choice", options=[{"key": ""}])]),
        ("limits_crossed", [question("number", minimum=2, maximum=1)]),
        ("limit_max_length", [question(max_length=1_001)]),
        ("limit_max_rows", [question("table", columns=[question()], max_rows=201)]),
        ("limit_max_files", [question("file", max_files=-1)]),
        ("limit_decimals", [question("number", decimals=7)]),
        ("pattern_place", [question("text", pattern="a")]),
        ("pattern_complex", [question(pattern="(a+)+")]),
        ("model_missing", [question("record")]),
        ("default", [question("number", default={"kind": "fixed", "value": "x"})]),
        ("default", [question("file", default={"kind": "fixed", "value": "x"})]),
        ("default", [question("date", default={"kind": "fixed", "value": "soon"})]),
        ("default", [question("number", default=EMPLOYEE | {"value": "name"})]),
        ("default", [question("person", default=EMPLOYEE | {"value": "department"})]),
        ("default", [question("location", default=EMPLOYEE | {"value": "company"})]),
        ("default", [question(default={"kind": "today"})]),
        ("default", [question(default={"kind": "magic"})]),
        ("condition_form", [question(shown_if="x")]),
        ("too_many_questions", [question()] * 301),
    ],
)
def test_mistakes_are_found(expected, questions):
    assert expected in [code for _path, code in codes(*questions)]


def test_mistakes_in_columns_have_their_path():
    columns = [question("file"), question(key="b", label="")]
    assert codes(question("table", "t", columns=columns)) == [
        ("t.a", "type_unknown"),
        ("t.b", "label_missing"),
    ]


BEFORE = {
    "n": question("number", "n"),
    "d": question("date", "d"),
    "b": question("boolean", "b"),
    "c": question("choice", "c", options=OPTIONS),
    "m": question("choices", "m", options=OPTIONS),
    "f": question("file", "f"),
    "x": question("char", "x"),
    "s": question("section", "s"),
}


@pytest.mark.parametrize(
    ("key", "op", "value", "code"),
    [
        ("n", "at_most", 5, None),
        ("n", "equals", "5", None),
        ("n", "equals", "five", "condition_value"),
        ("n", "one_of", [1, 2], None),
        ("n", "equals", [1, 2], "condition_value"),
        ("n", "equals", None, "condition_value"),
        ("n", "contains", 1, "condition_op"),
        ("d", "less", "2026-01-01", None),
        ("d", "less", "soon", "condition_value"),
        ("b", "equals", True, None),
        ("b", "equals", "maybe", "condition_value"),
        ("c", "equals", "red", None),
        ("c", "equals", "pink", "condition_value"),
        ("m", "equals", ["red", "blue"], None),
        ("m", "contains", "red", None),
        ("f", "is_set", None, None),
        ("f", "equals", "x", "condition_op"),
        ("x", "contains", "y", None),
        ("x", "greater", 5, "condition_op"),
        ("x", "like", 5, "condition_op"),
        ("x", None, 5, "condition_op"),
        ("s", "is_set", None, "condition_question"),
        ("later", "is_set", None, "condition_question"),
        (5, "is_set", None, "condition_question"),
    ],
)
def test_rules_are_checked(key, op, value, code):
    rule = {"question": key, "op": op, "value": value}
    for condition in (rule, {"match": "any", "rules": [rule]}):
        found = [each.code for each in conditions.check(condition, BEFORE)]
        assert found == ([code] if code else [])


def test_groups_are_checked():
    rule = {"question": "x", "op": "is_set"}
    assert conditions.check(None, {}) == conditions.check({}, {}) == []
    for broken in ("x", [rule], {"rules": rule}, {"match": "no", "rules": [rule]}):
        assert conditions.check(broken, BEFORE) == [Problem("condition_form")]
    deep = rule
    for _level in range(conditions.MAX_DEPTH):
        deep = {"rules": [deep]}
    assert [each.code for each in conditions.check(deep, BEFORE)] == ["condition_deep"]
