"""What each kind of question takes and refuses."""

from form_strategies import OPTIONS, TODAY
from itsm_helpdesk.tools.form import (
    definition,
    files,
    moments,
    posting,
    reading,
    references,
    values,
)
from itsm_helpdesk.tools.form.files import FileFact

MISSING = object()


def ask(kind, value, zone="UTC", sent=(), **more):
    """Return the answer to one question, or the code of its problem."""
    question = {"key": "a", "type": kind, "label": "A", "options": OPTIONS, **more}
    form = {"questions": [question]}
    result = reading.read(
        form, {"a": value}, today=TODAY, zone=zone, files={"a": sent} if sent else None
    )
    if result.problems:
        return result.problems["a"].code
    return result.answers.get("a", MISSING)


def test_read_takes_all_that_a_browser_or_a_client_may_write():
    for kind, value, expected, more in [
        ("char", "  a \t b\n", "a b", {}),
        ("char", "\x00a\u202eb\ud800", "ab", {}),
        ("char", "e\u0301", "\u00e9", {}),
        ("char", 12, "12", {}),
        ("char", False, MISSING, {}),
        ("char", "\x00", MISSING, {}),
        ("text", " a\r\n\tb\u2028c ", "a\n\tb\nc", {}),
        ("number", "1,234", 1234, {}),
        ("number", "１２", 12, {}),
        ("number", 5.0, 5, {}),
        ("number", 0, 0, {"required": True}),
        ("number", "-0", 0, {}),
        ("number", ".5", 0.5, {"decimals": 1}),
        ("number", "5", 5.0, {"decimals": 1}),
        ("number", 3, 3, {"minimum": 3, "maximum": 3}),
        ("money", "12.30", 12.3, {}),
        ("money", 1, 1.0, {}),
        ("date", " 2026-06-15 ", "2026-06-15", {"minimum": 0}),
        ("date", "2026-06-15", "2026-06-15", {"minimum": 50_000}),
        ("datetime", "2026-06-15T08:00", "2026-06-15 08:00:00", {}),
        ("datetime", "2026-06-15T08:00:30Z", "2026-06-15 08:00:30", {}),
        ("datetime", "2026-06-15 08:00:30", "2026-06-15 08:00:30", {}),
        ("boolean", True, True, {}),
        ("boolean", "on", True, {}),
        ("boolean", 1, True, {}),
        ("boolean", "no", False, {}),
        ("boolean", None, False, {}),
        ("choice", "red", "red", {}),
        ("choice", "", MISSING, {}),
        ("choices", ["blue", "", "red", "blue"], ["red", "blue"], {}),
        ("choices", "blue", ["blue"], {}),
        ("choices", [""], MISSING, {}),
        ("person", "7", 7, {}),
        ("record", 7, 7, {}),
        ("file", ["3", 3, 4], [3, 4], {}),
        ("file", "3", [3], {}),
        ("note", "x", MISSING, {}),
    ]:
        found = ask(kind, value, **more)
        assert found == expected, (kind, value)
        assert type(found) is type(expected), (kind, value)


def test_read_names_what_it_refuses():
    for kind, value, code, more in [
        ("char", None, "required", {"required": True}),
        ("char", ["a"], "not_text", {}),
        ("char", True, "not_text", {}),
        ("char", 10**20, "not_text", {}),
        ("char", "x" * 6, "too_long", {"max_length": 5}),
        ("char", "x" * 1_001, "too_long", {}),
        ("text", "x" * 20_001, "too_long", {"max_length": 99_999}),
        ("text", "x" * 100_000, "too_long", {}),
        ("char", "ab", "pattern", {"pattern": "[a-z]"}),
        ("char", "x" * 201, "too_long", {"pattern": "x*"}),
        ("number", "five", "not_number", {}),
        ("number", "1e3", "not_number", {}),
        ("number", "1" * 41, "not_number", {}),
        ("number", [1], "not_number", {}),
        ("number", True, "not_number", {}),
        ("number", float("nan"), "not_number", {}),
        ("number", float("inf"), "not_number", {}),
        ("number", 10**400, "too_large", {}),
        ("number", "-" + "9" * 30, "too_small", {}),
        ("number", 4, "too_large", {"maximum": 3}),
        ("number", 2, "too_small", {"minimum": 3}),
        ("number", 2.5, "not_whole", {}),
        ("number", "2.55", "decimals", {"decimals": 1}),
        ("money", "2.555", "decimals", {}),
        ("date", "15.6.2026", "not_date", {}),
        ("date", "2026-02-30", "not_date", {}),
        ("date", 20260615, "not_date", {}),
        ("date", "1899-12-31", "year", {}),
        ("date", "2101-01-01", "year", {}),
        ("date", "2026-06-14", "too_early", {"minimum": 0}),
        ("date", "2026-06-17", "too_late", {"maximum": 1}),
        ("datetime", "2026-06-15", "not_datetime", {}),
        ("datetime", 5, "not_datetime", {}),
        ("datetime", "2026-06-15T25:00", "not_datetime", {}),
        ("datetime", "0001-01-01T00:00", "year", {}),
        ("boolean", "maybe", "not_boolean", {}),
        ("boolean", [1], "not_boolean", {}),
        ("boolean", "no", "required", {"required": True}),
        ("choice", "pink", "not_offered", {}),
        ("choice", ["red"], "not_offered", {}),
        ("choices", ["red", "pink"], "not_offered", {}),
        ("person", "Mei", "unknown_record", {}),
        ("person", -1, "unknown_record", {}),
        ("person", 2**31, "unknown_record", {}),
        ("person", True, "unknown_record", {}),
        ("file", [1, 2, 3], "too_many_files", {"max_files": 2}),
        ("file", [], "required", {"required": True}),
        ("table", "x", "not_rows", {"columns": []}),
        ("table", ["x"], "not_rows", {"columns": []}),
        ("table", [{}] * 201, "too_many_rows", {"max_rows": 999, "columns": []}),
        ("table", [], "required", {"required": True, "columns": []}),
    ]:
        assert ask(kind, value, **more) == code, (kind, value)


def test_local_times_meet_clock_changes():
    berlin = "Europe/Berlin"
    # The hour that never was moves on; of the hour that comes twice the first counts.
    assert ask("datetime", "2026-03-29T02:30", berlin) == "2026-03-29 01:30:00"
    assert ask("datetime", "2026-10-25T02:30", berlin) == "2026-10-25 00:30:00"
    # The day that counts is the person's own.
    late = "2026-06-14T23:30"
    assert ask("datetime", late, "America/New_York", minimum=0) == "too_early"
    assert moments.local_text("2026-06-15 08:00:00", berlin) == "2026-06-15T10:00"
    for untouched in ("2026-06-15T08:00", "x", None, 5, "0001-01-01 00:00:00"):
        assert moments.local_text(untouched, berlin) == untouched
    assert moments.local_text("2026-13-15 08:00:00", berlin) == "2026-13-15 08:00:00"


def test_files_are_judged_by_name_and_content():
    pdf = FileFact("a.pdf", 10, "application/pdf")
    assert ask("file", [4], sent=[pdf]) == [4, {"name": "a.pdf"}]
    assert ask("file", None, sent=[FileFact("a.txt", 1, "text/x-python")])
    for file, code in [
        (FileFact("a.pdf", 10, "text/html"), "file_disguised"),
        (FileFact("a.pdf", 0, ""), "file_empty"),
        (FileFact("a.pdf", 2**30, ""), "file_too_large"),
        (FileFact("a.exe", 5, ""), "file_program"),
    ]:
        assert ask("file", None, sent=[file]) == code
    png = FileFact("a.PNG", 5, "image/png")
    assert ask("file", None, sent=[png], extensions=["pdf"]) == "file_extension"
    assert ask("file", None, sent=[png], extensions=[" .Png"]) == [{"name": "a.PNG"}]
    assert files.kept({"id": 3}) == []


TABLE = {
    "key": "t",
    "type": "table",
    "label": "T",
    "columns": [
        {"key": "x", "type": "char", "label": "X", "required": True},
        {"key": "n", "type": "number", "label": "N"},
        {
            "key": "h",
            "type": "char",
            "label": "H",
            "required": True,
            "shown_if": {"rules": [{"question": "n", "op": "greater", "value": 5}]},
        },
        {"key": "b", "type": "boolean", "label": "B"},
    ],
}


def test_each_row_of_a_table_stands_for_itself():
    rows = [
        {"x": "one", "n": "9", "h": "more", "zz": "?"},
        {"x": "", "n": "", "b": ""},
        {"x": "two", "n": 1, "h": "hidden", "b": "1"},
        {"n": 9},
        {"n": "many"},
        {"b": "maybe"},
    ]
    result = reading.read({"questions": [TABLE]}, {"t": rows}, today=TODAY)
    assert result.answers["t"] == [
        {"x": "one", "n": 9, "h": "more", "b": False},
        {"x": "two", "n": 1, "b": True},
        {"n": 9, "b": False},
    ]
    assert {path: each.code for path, each in result.problems.items()} == {
        "t.3.x": "required",
        "t.3.h": "required",
        "t.4.x": "required",
        "t.4.n": "not_number",
        "t.5.x": "required",
        "t.5.b": "not_boolean",
    }
    assert set(result.ignored) == {"t.0.zz", "t.2.h"}
    assert "t.2.h" in result.hidden and "t.1.x" not in result.required


def test_hidden_sections_hide_all_up_to_the_next():
    form = {
        "questions": [
            {"key": "a", "type": "boolean", "label": "A"},
            {
                "key": "s",
                "type": "section",
                "label": "S",
                "shown_if": {
                    "rules": [{"question": "a", "op": "equals", "value": True}]
                },
            },
            {"key": "b", "type": "char", "label": "B", "required": True},
            {"key": "f", "type": "file", "label": "F"},
            {"key": "s2", "type": "section", "label": "S2"},
            {"key": "c", "type": "char", "label": "C"},
        ]
    }
    raw = {"b": "forged", "c": "kept", "s2": "x", "zz": 1}
    sent = {"f": [FileFact("a.txt", 5)]}
    result = reading.read(form, raw, today=TODAY, files=sent)
    assert result.answers == {"a": False, "c": "kept"}
    assert result.hidden == {"s", "b", "f"} and not result.problems
    assert result.ignored == ["b", "f", "s2", "zz"] and not result.uploads
    shown = reading.read(form, {**raw, "a": "1"}, today=TODAY, files=sent)
    assert shown.answers["b"] == "forged" and set(shown.uploads) == {"f"}
    assert reading.read(form, ["no", "dict"], today=TODAY).answers == {"a": False}


def test_posted_fields_become_raw_values():
    columns = [
        {"key": "x", "type": "char"},
        {"key": "who", "type": "person"},
        {"key": "tags", "type": "choices"},
    ]
    form = {
        "questions": [
            {"key": "a", "type": "char"},
            {"key": "c", "type": "choices"},
            {"key": "who", "type": "person"},
            {"key": "other", "type": "person"},
            {"key": "f", "type": "file"},
            {"key": "t", "type": "table", "columns": columns},
        ]
    }
    items = [
        *(("q_a", "first"), ("q_a", "last"), ("q_c", "red"), ("q_c", "blue")),
        *(("q_who", ""), ("n_who", "Mei"), ("q_other", "5"), ("n_other", "Otto")),
        *(("q_f", "3"), ("q_f", "4"), ("q_a.0.x", "no table"), ("q_t", "no cell")),
        *(("q_t.7.x", "second"), ("q_t.2.x", "first"), ("q_t.2.zz", "?")),
        *(("n_t.2.who", "Ria"), ("q_t.7.tags", "red"), ("q_t.7.tags", "blue")),
        *(("q_unknown", "?"), ("csrf_token", "?"), ("q_c", object()), ("q_A", "?")),
    ]
    assert posting.read(form, items) == {
        "a": "last",
        "c": ["red", "blue"],
        "who": "Mei",
        "other": "5",
        "f": ["3", "4"],
        "t": [
            {"x": "first", "who": "Ria"},
            {"x": "second", "tags": ["red", "blue"]},
        ],
    }
    flood = posting.read(form, ((f"q_t.{n}.x", "x") for n in range(5_000)))
    assert len(flood["t"]) == definition.MAX_ROWS + 1


def test_references_are_collected_by_question():
    record = {"type": "record", "model": "res.country", "domain": "[('id', '>', 0)]"}
    form = {
        "questions": [
            {"key": "who", "type": "person"},
            {"key": "land", **record},
            {"key": "f", "type": "file"},
            {"key": "a", "type": "char"},
            {"key": "t", "type": "table", "columns": [{"key": "land", **record}]},
        ]
    }
    raw = {
        "who": "5",
        "land": "nowhere",
        "f": ["3"],
        "a": "9",
        "t": [{"land": 1}, {"land": "2"}, "?"],
    }
    wanted = references.wanted(form, raw)
    assert {path: (each.model, each.ids) for path, each in wanted.items()} == {
        "who": ("hr.employee.public", {5}),
        "f": ("ir.attachment", {3}),
        "t.land": ("res.country", {1, 2}),
    }
    assert wanted["t.land"].domain == record["domain"]
    assert references.wanted(form, {"t": "x"}) == references.wanted(form, None) == {}
    # A record that one question offers is not an answer to the other.
    known = {"who": {5}, "t.land": {1}}
    raw["t"].pop()
    result = reading.read(form, raw, today=TODAY, known=known)
    assert set(result.problems) == {"land", "f", "t.1.land"}


def test_new_forms_start_with_their_defaults():
    facts = {"name": "Mei", "department": (4, "IT"), "phone": None}

    def start(kind, default, value=None):
        question = {
            "key": "a",
            "type": kind,
            "default": {"kind": default, "value": value},
        }
        form = {"questions": [question, {"key": "b", "type": "char"}]}
        return reading.defaults(form, facts, TODAY).get("a")

    assert start("char", "employee", "name") == "Mei"
    assert start("char", "employee", "department") == "IT"
    assert start("department", "employee", "department") == 4
    assert start("department", "employee", "name") is None
    assert start("char", "employee", "phone") is None
    assert start("date", "today") == "2026-06-15"
    assert start("datetime", "today") == "2026-06-15T09:00"
    assert start("choices", "fixed", "red, blue,") == ["red", "blue"]
    assert start("char", "fixed", "x") == "x"
    assert start("char", "none", "x") is None


def test_earlier_answers_are_prefilled_in_the_persons_zone():
    when = {"key": "w", "type": "datetime"}
    form = {
        "questions": [
            when,
            {"key": "t", "type": "table", "columns": [when]},
            {"key": "a", "type": "char"},
        ]
    }
    answers = {
        "w": "2026-06-15 08:00:00",
        "t": [{"w": "2026-06-15 09:00:00"}],
        "a": "x",
    }
    assert reading.prefill(form, answers, "Asia/Shanghai") == {
        "w": "2026-06-15T16:00",
        "t": [{"w": "2026-06-15T17:00"}],
        "a": "x",
    }
    assert reading.prefill(form, {"t": False}, "UTC") == {"t": False}


def test_boxes_are_ticked_by_what_ticks_them():
    assert all(map(values.is_true, (True, 1, "1", "ON", " yes ")))
    assert not any(map(values.is_true, (None, False, 0, "", "no", "x", [])))
