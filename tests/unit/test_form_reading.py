"""Laws of reading a form, for whatever was sent."""

import json

from form_strategies import TODAY, json_values, sent_forms, uploads, zones
from hypothesis import given, settings
from itsm_helpdesk.tools.form import (
    conditions,
    definition,
    posting,
    reading,
    references,
)

LESS = settings(deadline=None, max_examples=100)


def read(form, raw, **options):
    return reading.read(form, raw, today=TODAY, **options)


def top(result):
    """Return the hidden questions, without cells."""
    return {path for path in result.hidden if "." not in path}


@LESS
@given(sent_forms(), uploads, zones)
def test_reading_answers_again_changes_nothing(sent, files, zone):
    form, raw = sent
    first = read(form, raw, zone=zone, files=files)
    again = read(form, first.answers, zone=zone, files=first.uploads)
    assert again.answers == first.answers
    assert top(again) == top(first)
    assert not again.ignored
    # What is wrong or hidden is not among the answers and uploads.
    assert {problem.code for problem in again.problems.values()} <= {"required"}


@LESS
@given(sent_forms(), uploads)
def test_hidden_and_unknown_are_never_kept(sent, files):
    form, raw = sent
    result = read(form, raw, files=files)
    asked = {each["key"]: each for each in definition.questions(form)}
    for key, answer in result.answers.items():
        assert key in asked and key not in result.hidden
        assert asked[key]["type"] not in conditions.SILENT
        for row in answer if asked[key]["type"] == "table" else ():
            assert row and set(row) <= {each["key"] for each in asked[key]["columns"]}
            assert not conditions.standing(asked[key]["columns"], row).hidden & set(row)
    places = {path.split(".")[0] for path in result.problems}
    assert not places & result.hidden
    assert not set(result.uploads) & result.hidden
    assert {key for key in raw if key not in asked} <= set(result.ignored)


@LESS
@given(sent_forms(), uploads)
def test_required_ones_have_an_answer_or_a_problem(sent, files):
    form, raw = sent
    result = read(form, raw, files=files)
    assert not result.required & result.hidden
    for path in result.required:
        if "." not in path:
            answer = result.answers.get(path)
            wrong = any(place.split(".")[0] == path for place in result.problems)
            assert wrong or (answer is not None and answer is not False)
    for path, problem in result.problems.items():
        assert problem.code != "required" or path in result.required


@LESS
@given(sent_forms(), zones)
def test_answers_are_plain_json_of_their_type(sent, zone):
    form, raw = sent
    result = read(form, raw, zone=zone)
    assert json.loads(json.dumps(result.answers, allow_nan=False)) == result.answers
    kinds = {each["key"]: each["type"] for each in definition.questions(form)}
    expected = {
        "char": str,
        "text": str,
        "number": (int, float),
        "money": float,
        "date": str,
        "datetime": str,
        "boolean": bool,
        "choice": str,
        **dict.fromkeys(definition.REFERENCES, int),
    }
    for key, answer in result.answers.items():
        assert isinstance(answer, expected.get(kinds[key], list))
        # A yes/no question says no, all others say nothing at all.
        assert kinds[key] == "boolean" or answer not in ("", [], None)


@LESS
@given(sent_forms(), zones)
def test_earlier_answers_can_be_sent_as_they_are_shown(sent, zone):
    form, raw = sent
    answers = read(form, raw, zone=zone).answers
    typed = reading.prefill(form, answers, zone)
    again = read(form, typed, zone=zone).answers
    assert set(again) == set(answers)


@LESS
@given(sent_forms(), json_values)
def test_nothing_that_is_sent_breaks_reading(sent, anything):
    form, raw = sent
    for values in (anything, {**raw, "a": anything, "b": [anything, {"x": anything}]}):
        known = {
            path: reference.ids
            for path, reference in references.wanted(form, values).items()
        }
        read(form, values, known=known)
        read(form, values, known={})


@LESS
@given(sent_forms())
def test_only_known_records_are_taken(sent):
    form, raw = sent
    wanted = references.wanted(form, raw)
    nobody = read(form, raw, known={})
    everybody = read(form, raw, known={path: ref.ids for path, ref in wanted.items()})
    assert everybody.answers == read(form, raw).answers
    for key, question in definition.flatten(form):
        if "." not in key and question["type"] in definition.REFERENCES:
            assert key not in nobody.answers


@LESS
@given(sent_forms())
def test_a_browser_sends_what_a_client_says(sent):
    form, raw = sent
    items = []
    simple = {}
    for question in definition.questions(form):
        value = raw.get(question["key"])
        if question["type"] in ("char", "choice", "date") and isinstance(value, str):
            items.append((f"q_{question['key']}", value))
            simple[question["key"]] = value
    assert posting.read(form, items) == simple
