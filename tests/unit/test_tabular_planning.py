"""Headers, matching, plans, fingerprints and the error sheet."""

import doctest
import io
import os
import pickle
from dataclasses import replace
from datetime import datetime, timezone
from functools import partial
from importlib import import_module
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from itsm_helpdesk.tools import tabular
from itsm_helpdesk.tools.tabular import (
    Column,
    Directory,
    Entry,
    ErrorRow,
    FieldSpec,
    PlanOptions,
    Reason,
    SourceRow,
    TabularError,
    check_headers,
    distinct_names,
    find_header_row,
    fingerprint,
    guess_date_format,
    guess_mapping,
    normalize_header,
    open_table,
    parse_datetime,
    plan_import,
    read_records,
    required,
    row_histories,
    to_integer,
    to_text,
    write_error_sheet,
)

STEADY = settings(derandomize=True, deadline=None, max_examples=200)


def code_of(call, *args, **kwargs):
    with pytest.raises(TabularError) as caught:
        call(*args, **kwargs)
    return caught.value.code


def test_the_documented_usage_runs():
    names = ("errors", "headers", "values", "matching", "plan", "fingerprint")
    modules = [import_module(f"{tabular.__name__}.{name}") for name in names]
    for module in (tabular, *modules):
        result = doctest.testmod(module)
        assert result.attempted
        assert not result.failed


def test_engine_needs_no_odoo():
    folder = Path(tabular.__file__).parent
    for path in folder.glob("*.py"):
        assert "odoo" not in path.read_text(encoding="utf-8").casefold(), path.name


@pytest.mark.parametrize(
    "header",
    ["Opened at", "opened_at", "* OPENED AT", "Opened at (UTC)", "Ｏｐｅｎｅｄ　ａｔ：",
     "Opened-at【必填】", "Opened at （小时）"],
)  # fmt: skip
def test_headers_are_reduced_to_their_words(header):
    assert normalize_header(header) == "openedat"


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([("Number", "State"), ("A1", "New")], 0),
        ([("Report for May",), (), ("编号", "状态", "时间"), ("A1", "新", 5)], 2),
        ([("Printed", datetime(2016, 1, 1)), ("No", "State", "By", "At"),
          ("1", "a", "b", "c")], 1),
        ([("Title", "Title", "Title"), ("A", "B", "C")], 1),
        ([("Name",), ("x",)], 0),
    ],
)  # fmt: skip
def test_header_row_is_found(rows, expected):
    assert find_header_row(rows) == expected


def test_header_row_missing():
    assert code_of(find_header_row, [(1, 2), (3, 4)]) == "header_missing"
    assert code_of(find_header_row, []) == "header_missing"
    rows = [()] * 20 + [("Number", "State")]
    assert code_of(find_header_row, rows) == "header_missing"


FIELDS = [
    FieldSpec("number", "Number", ("编号", "单号", "工单编号")),
    FieldSpec("state", "State", ("状态",)),
    FieldSpec("opened", "Opened at", ("打开时间", "创建时间"), "datetime"),
    FieldSpec("closed", "Closed at", ("关闭时间",), "datetime"),
    FieldSpec("group", "Assignment group", ("处理组",)),
]


@pytest.mark.parametrize(
    ("header", "field", "reason"),
    [
        ("单 号", "number", "exact"),
        ("*State", "state", "exact"),
        ("opened_at", "opened", "exact"),
        ("incident_state", "state", "contains"),
        ("工单状态", "state", "contains"),
        ("Closd at", "closed", "similar"),
        ("创建时间（UTC）", "opened", "exact"),
    ],
)
def test_mapping_is_guessed(header, field, reason):
    guess = guess_mapping([header], FIELDS)[0]
    assert (guess.field, guess.reason) == (field, reason)


def test_mapping_leaves_strangers_out():
    assert guess_mapping(["Colour", None, "", "at", 5], FIELDS) == {}


def test_each_field_gets_its_best_column():
    guesses = guess_mapping(["Old state", "State", "状态"], FIELDS)
    assert {column: guess.field for column, guess in guesses.items()} == {1: "state"}


@STEADY
@given(st.lists(st.text("opened at state number group 状态时间", max_size=12)))
def test_mapping_is_deterministic_and_injective(headers):
    guesses = guess_mapping(headers, FIELDS)
    fields = [guess.field for guess in guesses.values()]
    assert len(fields) == len(set(fields))
    assert guess_mapping(headers, FIELDS) == guesses
    assert all(0 < guess.score <= 1 for guess in guesses.values())


def test_doubled_headers_matter_only_when_used():
    headers = ["State", "state ", "Number"]
    check_headers(headers, [0, 2])
    assert code_of(check_headers, headers, [0, 1]) == "header_ambiguous"


def test_directory():
    people = Directory(
        [
            Entry(3, "Li Na", ("lina@example.org", "")),
            Entry(1, "Wang Wei"),
            Entry(2, "ＷＡＮＧ  wei"),
            Entry(4, "lina@example.org"),
        ]
    )
    found = people.resolve(["li na", "wang wei", "LINA@example.org", "Bob", "", "Bob"])
    assert {name: (match.kind, match.ids) for name, match in found.items()} == {
        "li na": ("exact", (3,)),
        "wang wei": ("ambiguous", (1, 2)),
        "LINA@example.org": ("ambiguous", (3, 4)),
        "Bob": ("missing", ()),
        "": ("missing", ()),
    }
    people.add(Entry(9, "Bob"))
    assert people.match("BOB").id == 9
    assert people.match("wang wei").id is None


def test_names_to_create_are_taken_once():
    assert distinct_names(["Bob", " bob ", None, "ＢＯＢ", "Al"]) == ["Bob", "Al"]


COLUMNS = [
    Column(0, "key", to_text),
    Column(1, "count", to_integer),
    Column(2, "note", required(to_text)),
]


def test_all_reasons_of_a_row_are_collected():
    rows = [("Key", "Count", "Note"), ("a", "x"), (), ("b", "1", "n")]
    records = list(read_records(rows, COLUMNS))
    assert [record.number for record in records] == [2, 4]
    assert [(r.field, r.error.code) for r in records[0].reasons] == [
        ("count", "bad_number"),
        ("note", "required"),
    ]
    plan = plan_import(records, {}, PlanOptions(("key",)))
    assert plan.counts == {
        "create": 1, "update": 0, "unchanged": 0, "refused": 1, "superseded": 0,
    }  # fmt: skip
    assert plan.rows[0].reasons == records[0].reasons
    assert str(plan.rows[0].reasons[0]) == "count: 'x' is not a number."


def source(*values, start=2):
    """Rows of (key, counter, note); a note of ``BAD`` makes the row refused."""
    rows = []
    for number, (key, count, note) in enumerate(values, start):
        bad = (Reason(TabularError("bad_choice", value=note), "note"),)
        given = {"key": key, "count": count, "note": note}
        rows.append(SourceRow(number, given, bad if note == "BAD" else ()))
    return rows


def outcomes(rows, existing=None, **options):
    plan = plan_import(rows, existing or {}, PlanOptions(("key",), **options))
    return [row.outcome for row in plan.rows]


def test_which_row_of_a_key_wins():
    rows = source(("a", 3, "x"), ("A ", 1, "y"), ("b", 1, "z"))
    assert outcomes(rows) == ["superseded", "create", "create"]
    assert outcomes(rows, keep="first") == ["create", "superseded", "create"]
    assert outcomes(rows, order_by="count") == ["create", "superseded", "create"]
    assert outcomes(rows, keep="refuse") == ["refused", "refused", "create"]
    plan = plan_import(rows, {}, PlanOptions(("key",)))
    assert plan.rows[0].winner == 3
    plan = plan_import(rows, {}, PlanOptions(("key",), keep="refuse"))
    assert plan.rows[0].reasons[0].error.params == {"rows": "3"}


def test_refused_rows_do_not_speak_for_their_key():
    rows = source(("a", 1, "x"), ("a", 2, "BAD"), ("", 1, "n"))
    assert outcomes(rows) == ["create", "refused", "refused"]
    plan = plan_import(rows, {}, PlanOptions(("key",)))
    assert plan.rows[2].reasons[0].error.code == "key_missing"


def test_order_column_of_mixed_types_does_not_fail():
    aware = datetime(2016, 1, 1, tzinfo=timezone.utc)
    values = [aware, None, datetime(2016, 1, 1), "x", 5, float("nan"), ""]
    rows = source(*[("a", value, "n") for value in values])
    plan = plan_import(rows, {}, PlanOptions(("key",), order_by="count"))
    assert plan.counts["create"] == 1
    assert plan.rows[3].outcome == "create"


def test_changes_say_old_and_new():
    existing = {("a",): {"key": "A", "count": 1, "note": "old"}}
    rows = source(("a", 1, "new"))
    (row,) = plan_import(rows, existing, PlanOptions(("key",))).rows
    assert (row.outcome, row.changes) == ("update", {"note": ("old", "new")})
    assert outcomes(source(("a", 1, "old")), existing) == ["unchanged"]
    assert outcomes(source(("a", True, "old")), existing) == ["update"]
    skipped = frozenset(("note",))
    assert outcomes(rows, existing, skip_fields=skipped) == ["unchanged"]


def test_blank_cells_keep_or_clear():
    existing = {("a",): {"key": "a", "count": 1, "note": "old"}}
    rows = source(("a", None, "old"))
    assert outcomes(rows, existing) == ["unchanged"]
    (row,) = plan_import(rows, existing, PlanOptions(("key",), blank="clear")).rows
    assert row.changes == {"count": (1, None)}
    (row,) = plan_import(rows, {}, PlanOptions(("key",), blank="clear")).rows
    assert row.changes == {"key": (None, "a"), "note": (None, "old")}


def applied(existing, plan):
    """What a faithful writer leaves behind after the plan."""
    result = {key: dict(values) for key, values in existing.items()}
    for row in plan.having("create", "update"):
        record = result.setdefault(row.key, {})
        record.update({name: new for name, (_old, new) in row.changes.items()})
    return result


VALUES = st.one_of(
    st.none(), st.booleans(), st.integers(-3, 3), st.sampled_from(["", "x", "y ", 0.5])
)
ROWS = st.lists(
    st.tuples(
        st.sampled_from(["a", "A", " a", "b", "c", "", None]),
        VALUES,
        st.one_of(VALUES, st.just("BAD")),
    ),
    max_size=12,
)
OPTIONS = st.builds(
    partial(PlanOptions, ("key",)),
    keep=st.sampled_from(["last", "first", "refuse"]),
    order_by=st.sampled_from([None, "count", "absent"]),
    blank=st.sampled_from(["keep", "clear"]),
)


@STEADY
@given(ROWS, ROWS, OPTIONS)
def test_planning_after_applying_changes_nothing(before, values, options):
    start = applied({}, plan_import(source(*before), {}, options))
    plan = plan_import(source(*values), start, options)
    again = plan_import(source(*values), applied(start, plan), options)
    assert again.counts["create"] == again.counts["update"] == 0
    written = len(plan.having("create", "update", "unchanged"))
    assert again.counts["unchanged"] == written
    for outcome in ("refused", "superseded"):
        assert again.counts[outcome] == plan.counts[outcome]
    assert sum(plan.counts.values()) == len(values)


@STEADY
@given(ROWS, OPTIONS, st.integers(0, 12))
def test_a_plan_cut_short_is_resumed_to_the_same_end(values, options, done):
    """Applying only a part, as a kill does, then planning anew completes it."""
    whole = plan_import(source(*values), {}, options)
    part = tabular.Plan(whole.rows[:done])
    halfway = applied({}, part)
    rest = plan_import(source(*values), halfway, options)
    assert applied(halfway, rest) == applied({}, whole)


def test_fingerprint_is_stable_and_telling():
    values = {"a": "x", "b": 1, "c": None, "d": datetime(2016, 2, 29), "e": (1, "y")}
    assert fingerprint(values) == fingerprint(dict(reversed(values.items())))
    assert fingerprint(["a", 1]) == fingerprint(("a", 1.0))
    distinct = [
        ["ab", "c"],
        ["a", "bc"],
        ["asc"],
        ["a", "c"],
        [None],
        [""],
        ["0"],
        [0],
        [False],
    ]
    distinct += [[], [["a"]], [datetime(2016, 1, 1)], ["d2016-01-01T00:00:00"]]
    assert len({fingerprint(item) for item in distinct}) == len(distinct)
    with pytest.raises(TypeError):
        fingerprint([object()])


def test_error_sheet_writes_texts_never_formulas():
    hostile = ("=1+1", "+1", "-1", "@x", "http://x.example", "\ud800", 2**60, 1.5)
    late = datetime(2016, 2, 29, tzinfo=timezone.utc)
    content = write_error_sheet(
        ["编号", "b"],
        [
            ErrorRow(7, hostile, ["first", "=second"]),
            ErrorRow(
                9, (True, None, datetime(2016, 2, 29, 1, 16), late), ["x" * 40_000]
            ),
        ],
        row_label="行",
    )
    sheet = openpyxl.load_workbook(io.BytesIO(content)).active
    rows = list(sheet.iter_rows())
    assert {cell.data_type for row in rows for cell in row} <= {"s", "n", "b", "d"}
    assert not any(cell.hyperlink for row in rows for cell in row)
    values = [[cell.value for cell in row] for row in rows]
    assert values[0] == ["编号", "b", *[None] * 6, "行", "Reason"]
    assert values[1] == [*hostile[:5], "?", str(2**60), 1.5, 7, "first\n=second"]
    assert values[2][2] == datetime(2016, 2, 29, 1, 16)
    assert len(values[2][-1]) == 32_767


def test_error_sheet_can_be_imported_again():
    cells = ("a", None, 5)
    content = write_error_sheet(["x", "y", "z"], [ErrorRow(3, cells, ["bad"])])
    rows = list(open_table(content).rows())
    assert rows == [("x", "y", "z", "Row", "Reason"), ("a", None, 5, 3, "bad")]


def test_errors_survive_pickling_and_misfitting_params():
    error = pickle.loads(pickle.dumps(TabularError("too_many_rows", limit=3)))
    assert (error.code, error.params) == ("too_many_rows", {"limit": 3})
    assert str(TabularError("too_many_rows")) == "too_many_rows"
    assert str(TabularError("new", a=1)) == "new: {'a': 1}"


REAL = Path(
    os.environ.get("ITSM_SERVICENOW_CSV")
    or Path(__file__).resolve().parents[3]
    / "shared/data/servicenow_incident_events.csv"
)


@pytest.mark.skipif(not REAL.exists(), reason="the real ledger is not at hand")
def test_real_ledger_plans_once_and_only_once():
    rows = list(open_table(REAL.read_bytes(), REAL.name).rows())
    assert {len(row) for row in rows} == {36}
    headers = list(rows[find_header_row(rows)])
    guess = guess_date_format(row[headers.index("opened_at")] for row in rows[1:])
    assert guess.format.order == "dmy"
    parse = partial(parse_datetime, formats=guess.format)
    columns = [
        Column(headers.index("number"), "number", required(to_text)),
        Column(headers.index("sys_mod_count"), "changes", to_integer),
        Column(headers.index("incident_state"), "state", to_text),
        Column(headers.index("opened_at"), "opened", parse),
        Column(headers.index("resolved_at"), "resolved", parse),
    ]
    records = list(read_records(rows, columns))
    plan = plan_import(records, {}, PlanOptions(("number",)))
    assert plan.counts["create"] == 600
    assert plan.counts["superseded"] == 4137 - 600
    options = PlanOptions(("number",))
    again = plan_import(records, applied({}, plan), options)
    assert again.counts["unchanged"] == 600


# ----------------------------------------------------------------------
# Histories
# ----------------------------------------------------------------------

HISTORY = PlanOptions(
    ("number",), order_by="count", history_by="at", forgiven=frozenset({"name_missing"})
)


def update(number, key="A", count=None, at=None, reason=None):
    """Return a row of a ledger of updates."""
    reasons = (Reason(TabularError(reason, value="x"), "team"),) if reason else ()
    moment = at and datetime(2026, 3, at)
    return SourceRow(number, {"number": key, "count": count, "at": moment}, reasons)


def test_rows_of_a_key_are_its_history_in_order():
    rows = [
        update(2, count=2, at=1),
        update(3, "B", at=3),
        update(4, count=1, at=9),
        update(5, "B", at=2),
        update(6, count=1, at=8),
        update(7, None),
    ]
    found = row_histories(rows, HISTORY)
    assert {n: history.numbers for n, history in found.items()} == {
        2: (6, 4, 2),
        3: (5, 3),
    }


def test_forgiven_faults_keep_only_the_last_row_from_speaking():
    rows = [
        update(2, at=1, reason="name_missing"),
        update(3, at=2, reason="bad_choice"),
        update(4, at=3),
        update(5, at=4, reason="name_missing"),
    ]
    found = row_histories(rows, HISTORY)
    assert found[4].numbers == (2, 4)
    assert found[4].left_out == 2
    assert row_histories(rows[:2], HISTORY) == {}


updates = st.lists(
    st.tuples(
        st.sampled_from("AB"),
        st.none() | st.integers(0, 3),
        st.none() | st.integers(1, 9),
        st.sampled_from([None, None, "name_missing", "bad_choice"]),
    ),
    max_size=8,
)


@given(updates, st.sampled_from(["last", "first", "refuse"]))
@STEADY
def test_a_history_ends_with_the_row_that_speaks(drawn, keep):
    rows = [update(n, *values) for n, values in enumerate(drawn, start=2)]
    options = replace(HISTORY, keep=keep)
    spoken = plan_import(rows, {}, options).having("create")
    found = row_histories(rows, options)
    assert sorted(found) == [plan.row.number for plan in spoken]
    assert all(history.numbers[-1] == number for number, history in found.items())
