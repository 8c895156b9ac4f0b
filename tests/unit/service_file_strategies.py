"""Service files for tests: small ones by hand, sound ones of all kinds by chance."""

import base64

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from itsm_helpdesk.tools import service_file
from itsm_helpdesk.tools.form import conditions
from itsm_helpdesk.tools.service_file import schema, values

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
