"""Converters: texts, numbers, choices, dates and zones."""

from datetime import date, datetime, timedelta, timezone

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from itsm_helpdesk.tools.tabular import (
    ChoiceMap,
    DateFormat,
    TabularError,
    as_text,
    guess_date_format,
    parse_date,
    parse_datetime,
    required,
    to_boolean,
    to_float,
    to_integer,
    to_text,
    to_utc,
)

STEADY = settings(derandomize=True, deadline=None, max_examples=200)
NEW_YORK = "America/New_York"


def code_of(call, *args, **kwargs):
    with pytest.raises(TabularError) as caught:
        call(*args, **kwargs)
    return caught.value.code


@pytest.mark.parametrize("mark", ["?", "-", "N/A", "null", "无", "  ", "", None, "？"])
def test_unknown_marks_are_empty(mark):
    assert to_text(mark) is None


def test_text_is_stripped_and_collapsed():
    assert to_text("  a \t b\u3000c ") == "a b c"
    assert to_text("a  b\r\n\n c ", multiline=True) == "a b\n\nc"
    assert to_text("-", unknown=()) == "-"
    assert to_text(12.0) == "12"
    assert to_text(0) == "0"
    assert as_text(datetime(2016, 2, 29, 1, 16)) == "2016-02-29 01:16:00"


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("１，２３４．５", 1234.5),
        ("1,234,567", 1234567.0),
        ("-.5", -0.5),
        ("\u22127", -7.0),
        ("1e3", 1000.0),
        (3, 3.0),
        ("?", None),
    ],
)
def test_float(value, expected):
    assert to_float(value) == expected


@pytest.mark.parametrize(
    "value",
    ["1,5", "12,34,567", "1.2.3", "abc", "1 2", "nan", "inf", True, "1_0", "9" * 70],
)
def test_what_is_no_number_is_refused(value):
    assert code_of(to_float, value) == "bad_number"


def test_decimal_comma_is_by_choice_only():
    assert to_float("1.234,5", decimal_comma=True) == 1234.5
    assert to_float("1,5", decimal_comma=True) == 1.5
    assert to_float("1.5", decimal_comma=True) == 1.5


def test_integers_are_exact_and_whole():
    assert to_integer("12345678901234567890") == 12345678901234567890
    assert to_integer("1,000.0") == 1000
    assert to_integer(7.0) == 7
    assert to_integer(None) is None
    assert code_of(to_integer, "1.5") == "bad_number"
    assert code_of(to_integer, float("inf")) == "bad_number"


@pytest.mark.parametrize(
    ("value", "expected"),
    [("TRUE", True), ("是", True), ("Y", True), (1, True), ("√", True), (False, False),
     ("否", False), ("0", False), ("?", None), (None, None)],
)  # fmt: skip
def test_boolean(value, expected):
    assert to_boolean(value) is expected


def test_boolean_refuses_the_rest():
    assert code_of(to_boolean, "maybe") == "bad_boolean"


def test_required():
    assert required(to_text)("x") == "x"
    assert code_of(required(to_text), "?") == "required"


LEVELS = ChoiceMap({"1": ("High", "高"), "2": ("Medium", "中"), "3": ("Low",)})


@pytest.mark.parametrize(
    "value", ["2 - Medium", "2", 2, 2.0, "中", " MEDIUM ", "２", "2-中", "7 - Medium"]
)
def test_choice(value):
    assert LEVELS.resolve(value) == "2"


def test_choice_by_number_alone_and_refusals():
    assert LEVELS.resolve("3 - Moderate") == "3"
    assert LEVELS.resolve("?") is None
    assert code_of(LEVELS.resolve, "Urgent") == "bad_choice"
    assert code_of(LEVELS.resolve, "9 - Urgent") == "bad_choice"
    assert code_of(LEVELS.resolve, "1 - Medium") == "choice_conflict"
    assert code_of(ChoiceMap, {"a": ("X",), "b": ("x",)}) == "choice_overlap"


def test_choice_overrides_and_meaningless_numbers():
    choices = ChoiceMap(
        {"0": ("Low",), "1": ("High",)}, {"1 - High": "0", "tbd": None}, numbers=False
    )
    assert choices.resolve("1 - high") == "0"
    assert choices.resolve("TBD") is None
    assert choices.resolve("0 - High") == "1"
    assert code_of(choices.resolve, "1 - Top") == "bad_choice"


DAY = datetime(2016, 2, 29)
DMY = DateFormat("dmy")


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("29-02-2016 01:16", DAY + timedelta(hours=1, minutes=16)),
        ("29.02.2016", DAY),
        ("2016-02-29", DAY),
        ("2016/2/29 1:16", DAY + timedelta(hours=1, minutes=16)),
        ("2016年2月29日 3时5分", DAY + timedelta(hours=3, minutes=5)),
        ("2016年2月29日下午3时5分", DAY + timedelta(hours=15, minutes=5)),
        ("2016年2月29日下午15:05", DAY + timedelta(hours=15, minutes=5)),
        ("2016/2/29 星期一 上午 12:05:09", DAY + timedelta(minutes=5, seconds=9)),
        ("２０１６－０２－２９", DAY),
        ("20160229", DAY),
        (20160229, DAY),
        ("20160229 011600", DAY + timedelta(hours=1, minutes=16)),
        ("20160229011600", DAY + timedelta(hours=1, minutes=16)),
        ("29 Feb 2016 3:05 PM", DAY + timedelta(hours=15, minutes=5)),
        ("Mon, 29 February 2016", DAY),
        ("Feb 29, 2016 12:00 am", DAY),
        ("2016-02-28T24:00", DAY),
        ("2016-02-29T01:16:07.25", DAY + timedelta(seconds=4567.25)),
        (date(2016, 2, 29), DAY),
        ("?", None),
    ],
)
def test_dates(value, expected):
    assert parse_datetime(value, DMY) == expected


def test_dates_with_zone_are_aware():
    moment = parse_datetime("2016-02-29T01:16:00+08:00")
    assert moment.utcoffset() == timedelta(hours=8)
    assert parse_datetime("2016-02-29 01:16Z").tzinfo == timezone.utc
    assert to_utc(moment, NEW_YORK) == datetime(2016, 2, 28, 17, 16)


@pytest.mark.parametrize(
    "value",
    ["30-02-2016", "02-29-2016", "29-02-16", "29-02/2016", "2016-02-29 25:00", "x",
     "2016-02-29 13:00 pm x", "0:30 pm 2016-02-29", "2016-02-29 13:05 pm", 42429,
     "2016-02-29+99:00", "29-02-2016 " + "0" * 99, True],
)  # fmt: skip
def test_what_is_no_date_is_refused(value):
    assert code_of(parse_datetime, value, DMY) == "bad_date"


def test_serials_only_where_allowed():
    form = DateFormat("ymd", serial=True)
    assert parse_datetime(42429, form) == DAY
    assert parse_datetime("42429.5", form) == DAY + timedelta(hours=12)
    assert parse_datetime(42429 - 1462, DateFormat(serial=True, date1904=True)) == DAY
    assert guess_date_format([42429, 42430]).format == form
    assert code_of(parse_datetime, 42429) == "bad_date"


def test_given_formats_are_tried_in_turn():
    forms = [DateFormat(pattern="%y%m%d"), DateFormat("mdy")]
    assert parse_date("160229", forms) == date(2016, 2, 29)
    assert parse_date("02/29/2016", forms) == date(2016, 2, 29)
    assert code_of(parse_date, "29/02/2016", forms) == "bad_date"


def test_one_value_proves_the_order_of_the_column():
    assert guess_date_format(["03-04-2016", "29-02-2016"]).format == DMY
    assert guess_date_format(["03-04-2016", "02-29-2016"]).format == DateFormat("mdy")
    assert guess_date_format(["2016-03-04", "Mar 4, 2016"]).format == DateFormat("ymd")


def test_undecided_columns_say_why():
    guess = guess_date_format(["03-04-2016", "?", None])
    assert (guess.format, guess.reason) == (None, "ambiguous")
    assert [form.order for form in guess.candidates] == ["dmy", "mdy"]
    assert guess_date_format(["29-02-2016", "02-29-2016"]).reason == "conflict"
    guess = guess_date_format(["x", "y"])
    assert (guess.reason, guess.unread) == ("no_dates", 2)


DATES = st.dates(date(1990, 1, 1), date(2030, 12, 31))
PATTERNS = {"dmy": "%d{0}%m{0}%Y", "mdy": "%m{0}%d{0}%Y", "ymd": "%Y{0}%m{0}%d"}


@STEADY
@given(
    st.lists(DATES, min_size=1, max_size=6),
    st.sampled_from(sorted(PATTERNS)),
    st.sampled_from("-/."),
)
def test_guess_never_swaps_day_and_month(days, order, separator):
    pattern = PATTERNS[order].format(separator)
    texts = [day.strftime(pattern) for day in days]
    guess = guess_date_format(texts)
    if guess.format is None:
        assert guess.reason == "ambiguous"
        assert all(day.day <= 12 for day in days)
        assert order in [form.order for form in guess.candidates]
    else:
        assert [parse_date(text, guess.format) for text in texts] == days


@STEADY
@given(st.text(max_size=30), st.sampled_from(["dmy", "mdy", "ymd"]))
def test_any_text_is_a_date_or_refused(text, order):
    try:
        parse_datetime(text, DateFormat(order, serial=True))
    except TabularError as error:
        assert error.code == "bad_date"


CONVERTERS = [to_text, to_float, to_integer, to_boolean, LEVELS.resolve]


@STEADY
@given(
    st.one_of(st.text(max_size=20), st.text("0123456789.,+-eE %", max_size=12),
              st.floats(), st.integers(), st.none(), st.datetimes()),
    st.sampled_from(CONVERTERS),
)  # fmt: skip
def test_any_value_converts_or_is_refused(value, convert):
    try:
        convert(value)
    except TabularError as error:
        assert error.code in ("bad_number", "bad_boolean", "bad_choice",
                              "choice_conflict")  # fmt: skip


def test_clock_changes():
    twice, never = datetime(2016, 11, 6, 1, 30), datetime(2016, 3, 13, 2, 30)
    assert to_utc(twice, NEW_YORK) == datetime(2016, 11, 6, 5, 30)
    assert to_utc(twice.replace(fold=1), NEW_YORK) == datetime(2016, 11, 6, 5, 30)
    assert to_utc(never, NEW_YORK) == datetime(2016, 3, 13, 7, 30)
    assert code_of(to_utc, twice, NEW_YORK, strict=True) == "ambiguous_time"
    assert code_of(to_utc, never, NEW_YORK, strict=True) == "missing_time"
    noon = datetime(2016, 3, 13, 12)
    assert to_utc(noon, NEW_YORK, strict=True) == datetime(2016, 3, 13, 16)


@pytest.mark.parametrize("name", ["Mars/Olympus", "../etc/passwd", "", "\0"])
def test_unknown_zone(name):
    assert code_of(to_utc, DAY, name) == "bad_timezone"


def test_utc_beyond_the_calendar():
    assert code_of(to_utc, datetime.max, NEW_YORK) == "bad_date"
