"""The browser and the server read the conditions of a form alike.

Both get the same generated cases, all in one go: the browser's half of the code runs in
node, or in Chromium where there is no node.
"""

import json
import shutil
import subprocess
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from itsm_helpdesk.tools.form import conditions

SCRIPT = (
    Path(__file__).resolve().parents[2]
    / "addons/itsm_helpdesk/static/src/form/conditions.js"
)
# What each half is asked to do: a JSON list of [function, arguments].
RUN = """
const run = (cases) => cases.map(([name, ...args]) => {
    const found = twin[name](...args);
    return name === "standing"
        ? { hidden: [...found.hidden].sort(), required: [...found.required].sort() }
        : found;
});
"""
CASES = 1500
KEYS = ("a", "b", "c", "d", "constructor", "__proto__")

# ----------------------------------------------------------------------
# Cases
# ----------------------------------------------------------------------

# Values that differ for one reader and not for another, and their likes.
words = st.sampled_from(
    [
        *("", " ", "\t\n", "\u3000", "\u00a0x", "x", "X", "ｘ", "x y", "x  y", "xy"),
        *("straße", "STRASSE", "ß", "ﬁ", "FI", "ς", "σ", "Σ", "ΟΔΟΣ", "οδος"),
        *("ı", "I", "i", "İ", "i̇", "é", "e\u0301", "É", "Å", "\u212b", "ǆ", "ǅ"),
        *("打印机", "打印", "机", "Ⅷ", "viii", "①", "1", "½", "😀", "\u200d", "\ufeff"),
        *("5", "5.0", "05", " 5 ", "５", "+5", "-5", "5.", ".5", "1e3", "1,000", "٥"),
        *("9007199254740993", "0.1", "0.10", "NaN", "Infinity", "1" * 39, "1" * 41),
        *("true", "TRUE", "yes", "no", "false", "0", "on", "是"),
        *("2026-01-31", "2026-01-31 00:00:00", "2026-01-31T08:00", "2026-01-31 08:00"),
        *("2026-02-30", "2026-1-31", "2026-01-31 08:00:00", "2026-01-31 08:00:00Z"),
    ]
)
texts = words | st.text("aAxXß éΣς打5０.-+ \t", max_size=4)
numbers = (
    st.integers(-10, 10)
    | st.sampled_from([2**53, 2**53 + 1, 2**63, 10**22, 10**400, -(10**400)])
    | st.sampled_from([0.0, -0.0, 0.1, 5.0, 1e300, 5e-324, 1.5])
)
scalars = st.none() | st.booleans() | numbers | texts
rows = st.dictionaries(st.sampled_from(KEYS), scalars, max_size=2)
answer_values = scalars | st.lists(scalars | rows | st.lists(scalars), max_size=4)
answers = st.dictionaries(st.sampled_from(KEYS), answer_values, max_size=5)

ops = st.sampled_from([*conditions.OPS, "toString", "unknown", 5, None])
rules = st.fixed_dictionaries(
    {"question": st.sampled_from(KEYS), "op": st.sampled_from(conditions.OPS)},
    optional={"value": answer_values},
)
odd_rules = st.fixed_dictionaries(
    {}, optional={"question": scalars, "op": ops, "value": answer_values, "x": scalars}
)


def groups(parts):
    """Return groups of parts, among them some that are malformed."""
    return st.fixed_dictionaries(
        {"rules": st.lists(parts, max_size=4) | scalars},
        optional={"match": st.sampled_from(["all", "any", "none", None])},
    )


parts = st.recursive(rules | odd_rules | scalars, groups, max_leaves=6)
nothing = st.sampled_from([None, False, {}])
some_conditions = groups(rules) | rules | parts | nothing
questions = st.lists(
    st.fixed_dictionaries(
        {
            "key": st.sampled_from(KEYS),
            "type": st.sampled_from(["char", "boolean", "section", "note", "choices"]),
        },
        optional={
            "shown_if": some_conditions,
            "required_if": some_conditions,
            "required": st.sampled_from([True, False, None]),
        },
    ),
    max_size=6,
)
cases = st.one_of(
    st.tuples(st.just("holds"), some_conditions, answers),
    st.tuples(st.just("holds"), st.builds(lambda r: {"rules": [r]}, rules), answers),
    st.tuples(st.just("standing"), questions, answers),
)


def generated():
    """Return many cases; plain JSON, as a form travels."""
    found = []

    @settings(
        max_examples=CASES,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(cases)
    def collect(case):
        found.append(case)

    collect()
    return json.loads(json.dumps(found))


def crossed():
    """Return every op on every pair of some values that are alike."""
    values = [
        *(None, "", [], [None], False, True, 0, 1, 5, "5", "5.0", "05", 5.5, "x", "X"),
        *(
            ["x"],
            ["x", "y"],
            ["y", "x"],
            "yes",
            "straße",
            "STRASSE",
            "xy",
            "true",
            "\u338f",
            "KG",
        ),
        *("2026-01-31", "2026-01-31 00:00:00", "2026-02-01T08:00", [1, "1"], [{}], {}),
    ]
    return [
        [
            "holds",
            {"rules": [{"question": "a", "op": op, "value": value}]},
            {"a": answer},
        ]
        for op in conditions.OPS
        for value in values
        for answer in values
    ]


def odd():
    """Return conditions of few or no rules, and keys that objects have by nature."""
    rule = {"question": "a", "op": "is_set"}
    return [
        ["holds", condition, {"a": answer}]
        for answer in (None, "x")
        for condition in (
            *(None, False, {}, [], "", 0, True, rule, [rule], {"rules": None}),
            *({"match": match, "rules": []} for match in ("all", "any", "none")),
            *({"match": match, "rules": [rule, {}]} for match in ("all", "any")),
            {"rules": [{"question": "toString", "op": "is_set"}]},
            {"rules": [{"question": "a", "op": "toString"}]},
        )
    ]


def deep(depth):
    """Return a condition that is nested so deep, around a rule that holds."""
    part = {"question": "a", "op": "is_empty"}
    for _level in range(depth):
        part = {"rules": [part]}
    return ["holds", part, {}]


# ----------------------------------------------------------------------
# Both halves
# ----------------------------------------------------------------------


def here(asked):
    """Return the server's answers."""
    found = []
    for name, *args in asked:
        answer = getattr(conditions, name)(*args)
        if name == "standing":
            answer = {
                "hidden": sorted(answer.hidden),
                "required": sorted(answer.required),
            }
        found.append(answer)
    return found


def in_node(node, asked):
    """Return the browser's answers, from node."""
    script = f"""
        import * as twin from {json.dumps(SCRIPT.as_uri())};
        import {{ readFileSync }} from "node:fs";
        {RUN}
        console.log(JSON.stringify(run(JSON.parse(readFileSync(0, "utf8")))));
    """
    done = subprocess.run(
        [node, "--input-type=module", "--no-warnings", "-e", script],
        input=json.dumps(asked),
        capture_output=True,
        text=True,
        check=False,
    )
    assert not done.returncode, done.stderr
    return json.loads(done.stdout)


def in_chromium(asked):
    """Return the browser's answers, from Chromium."""
    from dev.browser import launch

    with launch() as browser:
        page = browser.new_page()
        return page.evaluate(
            """async ([source, run, cases]) => {
                const url = URL.createObjectURL(
                    new Blob([source], { type: "text/javascript" })
                );
                const twin = await import(url);
                return new Function("twin", "cases", run + "return run(cases);")(
                    twin, JSON.parse(cases)
                );
            }""",
            [SCRIPT.read_text(), RUN, json.dumps(asked)],
        )


def there(asked):
    """Return the browser's answers from what the machine has."""
    node = shutil.which("node")
    if node:
        return in_node(node, asked)
    pytest.importorskip("playwright", reason="neither node nor a browser")
    from dev.browser import find_browser

    if not find_browser():
        pytest.skip("neither node nor a browser")
    return in_chromium(asked)


def test_browser_and_server_agree():
    asked = [*crossed(), *odd(), *generated(), *(deep(depth) for depth in range(1, 13))]
    server, browser = here(asked), there(asked)
    # One result for all, and many cases: a comparison that finds nothing to compare
    # would hold for ever.
    assert len(server) > 5000
    assert {True, False} <= {each for each in server if isinstance(each, bool)}
    wrong = [
        {"case": case, "server": mine, "browser": theirs}
        for case, mine, theirs in zip(asked, server, browser, strict=True)
        if mine != theirs
    ]
    assert not wrong, json.dumps(wrong[:3], indent=1)


def test_twins_offer_the_same_operators():
    text = SCRIPT.read_text()
    offered = text[text.index("const OPS") :]
    for op in conditions.OPS:
        assert f"{op}:" in offered or f"    {op},\n" in offered, op
