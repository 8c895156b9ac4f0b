"""Laws of fingerprints, and of time that stands still."""

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from itsm_approval.tools.fingerprint import canonical, fingerprint
from itsm_approval.tools.timing import next_at, resumed

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.text(max_size=3), inner, max_size=3)
    ),
    max_leaves=6,
)
SUBJECTS = st.dictionaries(st.text(min_size=1, max_size=4), VALUES, max_size=5)
MOMENTS = st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1))


def rows(content, label=""):
    """Return a subject as records give it."""
    return [
        {"key": key, "label": label, "value": value, "text": label}
        for key, value in content.items()
    ]


@given(SUBJECTS)
def test_order_and_words_do_not_count(content):
    backwards = list(reversed(rows(content, "Étiquette")))
    assert fingerprint(backwards) == fingerprint(rows(content))


@given(SUBJECTS, SUBJECTS)
def test_same_sign_means_same_content(one, other):
    same = canonical(one) == canonical(other)
    assert (fingerprint(rows(one)) == fingerprint(rows(other))) == same


@given(SUBJECTS, st.text(min_size=1, max_size=4), st.integers())
def test_one_change_changes_the_sign(content, key, value):
    changed = {**content, key: [value, "changed"]}
    assert fingerprint(rows(changed)) != fingerprint(rows({**content, key: value}))


def test_equal_amounts_are_equal():
    assert canonical(2.0) == canonical(2)
    assert canonical({"a": {2, 1}}) == canonical({"a": {1, 2}})
    assert canonical((1, 2)) == canonical([1, 2])
    assert canonical(date(2026, 3, 2)) == '"2026-03-02"'


def test_a_missing_value_is_none():
    assert fingerprint([{"key": "a"}]) == fingerprint([{"key": "a", "value": None}])


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_what_is_no_number_is_refused(value):
    with pytest.raises(ValueError):
        canonical(value)


# ----------------------------------------------------------------------
# Time
# ----------------------------------------------------------------------


def between(start, end):
    return (end - start) / timedelta(hours=1)


def add(moment, hours):
    return moment + timedelta(hours=hours)


@given(st.lists(st.none() | MOMENTS))
def test_next_is_the_earliest(moments):
    known = [moment for moment in moments if moment]
    assert next_at(*moments) == (min(known) if known else None)


@given(MOMENTS, MOMENTS, st.timedeltas(timedelta(0), timedelta(days=9)))
def test_what_was_left_is_left_again(moment, paused_at, pause):
    now = paused_at + pause
    after = resumed(moment, paused_at, now, between, add)
    if moment <= paused_at:
        assert after == moment
    else:
        assert abs((after - now) - (moment - paused_at)) < timedelta(seconds=1)


def test_no_moment():
    day = datetime(2026, 3, 2)
    assert resumed(None, day, day, between, add) is None
