"""Placeholders in texts that people write: values are filled in, nothing else."""

from hypothesis import given
from hypothesis import strategies as st
from itsm_helpdesk.tools import placeholders

NAMES = st.from_regex(r"[a-z]{1,8}", fullmatch=True)
VALUES = st.dictionaries(NAMES, st.text(max_size=20), max_size=4)


@given(st.text(max_size=200).filter(lambda text: "{{" not in text), VALUES)
def test_texts_without_placeholders_stay(text, values):
    assert placeholders.fill(text, values) == text
    assert placeholders.names(text) == []


@given(VALUES, st.text(alphabet="xyz ", max_size=10))
def test_each_name_becomes_its_value(values, between):
    text = between.join(placeholders.written(f" {name} ") for name in values)
    assert placeholders.names(text) == list(values)
    assert placeholders.fill(text, values) == between.join(values.values())


@given(NAMES, st.text(max_size=50))
def test_values_are_not_filled_in_again(name, rest):
    value = placeholders.written(name) + rest
    assert placeholders.fill(placeholders.written(name), {name: value}) == value


@given(st.text(max_size=200), VALUES)
def test_nothing_breaks_it(text, values):
    filled = placeholders.fill(text, values, lambda value: value.upper())
    for name in placeholders.names(text):
        if name not in values:
            assert name in filled


def test_odd_ones():
    assert placeholders.fill(None, {}) == ""
    assert placeholders.names("{{}}", "{{a b}}", "{ {a} }", "{{{a}}}") == [
        "",
        "a b",
        "a",
    ]
    assert placeholders.fill("{{__class__}}", {"a": "b"}) == "{{__class__}}"
