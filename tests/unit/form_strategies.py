"""Forms and what may be sent for them, as hypothesis strategies."""

from datetime import date

from hypothesis import strategies as st
from itsm_helpdesk.tools.form import definition
from itsm_helpdesk.tools.form.files import FileFact

TODAY = date(2026, 6, 15)
OPTIONS = [{"key": key, "label": key} for key in ("red", "green", "blue")]
FILES = [
    FileFact("a.pdf", 10, "application/pdf"),
    FileFact("b.PNG", 10, "image/png"),
    FileFact("c.pdf", 10, "text/html"),
    FileFact("run.exe", 10),
    FileFact("empty.txt", 0),
]

# Anything that JSON can say.
scalars = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.sampled_from([10**400, 2**31, 1e308, 0.1, -0.0, float("inf"), float("nan")])
    | st.floats()
    | st.text(max_size=20)
    | st.sampled_from(["\ud800", "\0", "x" * 30_000, "１２", "1,234.5", "yes", "red"])
)
json_values = st.recursive(
    scalars,
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner)
    ),
    max_leaves=8,
)

# What fits each type, more or less.
_GOOD = {
    "char": st.text(max_size=12),
    "text": st.text(max_size=30),
    "number": st.integers(-20, 20) | st.sampled_from(["5", " 1,000 ", "１２", "x"]),
    "money": st.sampled_from([1, 2.5, "3.25", "-0", "1.234", 0]),
    "date": st.dates(date(1890, 1, 1), date(2110, 1, 1)).map(str),
    "datetime": st.datetimes().map(lambda m: m.isoformat(timespec="minutes"))
    | st.sampled_from(["2026-03-29T02:30", "2026-10-25T02:30", "2026-06-15 08:00:00"]),
    "boolean": st.sampled_from([True, False, "1", "on", "no", "", None]),
    "choice": st.sampled_from(["red", "green", "pink", ""]),
    "choices": st.lists(
        st.sampled_from(["red", "blue", "blue", "pink", ""]), max_size=4
    ),
    "file": st.lists(st.integers(1, 9), max_size=3),
    **dict.fromkeys(definition.REFERENCES, st.integers(0, 9) | st.just("3")),
}
_ASKED = [kind for kind in definition.TYPES if kind not in definition.NO_COLUMN]

_KEYS = ("a", "b", "c", "d", "e", "f")


@st.composite
def conditions_on(draw, keys):
    """Return a condition on earlier questions, or none."""
    if not keys:
        return None
    rule = st.fixed_dictionaries(
        {
            "question": st.sampled_from(keys),
            "op": st.sampled_from(["is_set", "is_empty", "equals", "differs", "less"]),
            "value": st.sampled_from([True, "red", 5, "x", None]),
        }
    )
    return draw(
        st.none()
        | st.fixed_dictionaries(
            {
                "match": st.sampled_from(["all", "any"]),
                "rules": st.lists(rule, max_size=2),
            }
        )
    )


@st.composite
def question_lists(draw, kinds, keys=_KEYS):
    """Return questions with conditions on those before them."""
    found = []
    for number in range(draw(st.integers(1, len(keys)))):
        kind = draw(st.sampled_from(kinds))
        before = [each["key"] for each in found]
        question = {
            "key": keys[number],
            "type": kind,
            "label": keys[number].upper(),
            "shown_if": draw(conditions_on(before)),
            "required_if": draw(conditions_on(before)),
            "required": draw(st.booleans()),
            "options": OPTIONS,
            "model": "res.country",
            "decimals": draw(st.sampled_from([0, 2])),
            "max_files": 3,
        }
        if kind in (*definition.NUMBERS, *definition.MOMENTS):
            question["minimum"] = draw(st.sampled_from([None, -5, 0]))
            question["maximum"] = draw(st.sampled_from([None, 3, 40_000]))
        if kind == "table":
            columns = question_lists(_ASKED, ("x", "y", "z"))
            question.update(columns=draw(columns), max_rows=3)
        found.append(question)
    return found


forms = st.builds(lambda asked: {"questions": asked}, question_lists(definition.TYPES))


@st.composite
def values_for(draw, question):
    """Return something for a question: fitting, empty, or anything."""
    if question["type"] == "table":
        row = st.fixed_dictionaries(
            {each["key"]: values_for(each) for each in question["columns"]}
        )
        return draw(st.lists(row | st.just({}), max_size=4) | json_values)
    good = _GOOD.get(question["type"], st.just("x"))
    return draw(good | good | st.sampled_from([None, "", False]) | json_values)


@st.composite
def sent_forms(draw):
    """Return a form and what was sent for it."""
    form = draw(forms)
    raw = {each["key"]: draw(values_for(each)) for each in form["questions"]}
    raw.update(draw(st.dictionaries(st.sampled_from(["zz", "__proto__"]), scalars)))
    for key in draw(st.sets(st.sampled_from(_KEYS), max_size=2)):
        raw.pop(key, None)
    return form, raw


uploads = st.dictionaries(
    st.sampled_from(_KEYS), st.lists(st.sampled_from(FILES), min_size=1, max_size=3)
)
zones = st.sampled_from(["UTC", "Asia/Shanghai", "Europe/Berlin", "America/St_Johns"])
