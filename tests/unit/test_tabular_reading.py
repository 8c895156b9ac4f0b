"""Reading well-meant files: every kind, encoding and delimiter, real values."""

import csv
import io
from datetime import datetime, time

import openpyxl
import pytest
import xlsxwriter
import xlwt
from hypothesis import given, settings
from hypothesis import strategies as st
from itsm_helpdesk.tools.tabular import (
    DELIMITERS,
    Limits,
    TabularError,
    decode,
    guess_delimiter,
    open_table,
    serial_to_datetime,
)

STEADY = settings(derandomize=True, deadline=None, max_examples=60)

CHINESE = "网络故障已经解决用户电脑不能打印机器重新启动"
ENCODINGS = ("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "gb18030")
WORDS = st.text(alphabet="abcXYZ019 _=+@'\",;|\t\n" + CHINESE, max_size=12)
# Written between plain columns, so that the column count is certain while quotes,
# breaks and foreign delimiters are not.
TABLES = st.lists(st.tuples(WORDS, WORDS), min_size=1, max_size=8)


def csv_bytes(rows, delimiter=",", encoding="utf-8", quoting=csv.QUOTE_MINIMAL):
    buffer = io.StringIO(newline="")
    csv.writer(buffer, delimiter=delimiter, quoting=quoting).writerows(rows)
    return buffer.getvalue().encode(encoding)


def xlsx_bytes(rows):
    buffer = io.BytesIO()
    options = {"strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(buffer, options) as book:
        sheet = book.add_worksheet("Data")
        moment = book.add_format({"num_format": "yyyy-mm-dd hh:mm"})
        for number, row in enumerate(rows):
            for column, value in enumerate(row):
                if isinstance(value, datetime):
                    sheet.write_datetime(number, column, value, moment)
                elif isinstance(value, str):
                    sheet.write_string(number, column, value)
                elif value is not None:
                    sheet.write(number, column, value)
    return buffer.getvalue()


def xls_bytes(rows):
    book = xlwt.Workbook()
    sheet = book.add_sheet("Data")
    moment = xlwt.easyxf(num_format_str="YYYY-MM-DD HH:MM")
    for number, row in enumerate(rows):
        for column, value in enumerate(row):
            if isinstance(value, datetime):
                sheet.write(number, column, value, moment)
            elif value is not None:
                sheet.write(number, column, value)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def trimmed(rows):
    """Rows as the reader promises them: no empty tails, ``""`` as None."""
    result = []
    for row in rows:
        cells = [None if cell == "" else cell for cell in row]
        while cells and cells[-1] is None:
            cells.pop()
        result.append(tuple(cells))
    while result and not result[-1]:
        result.pop()
    return result


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize("delimiter", DELIMITERS)
def test_csv_round_trip_in_each_encoding_and_delimiter(encoding, delimiter):
    @settings(STEADY, max_examples=15)
    @given(TABLES)
    def round_trip(table):
        rows = [("编号", "状态", "说明", "时间")]
        rows += [(f"n{i}", a, b, "完") for i, (a, b) in enumerate(table)]
        content = csv_bytes(rows, delimiter, encoding)
        book = open_table(content, "x.csv")
        assert book.delimiter == delimiter
        assert list(book.rows()) == trimmed(rows)
        assert not book.warnings

    round_trip()


TEXT_CELLS = st.text(
    alphabet=st.one_of(
        st.sampled_from("=+-@_x005F" + CHINESE),
        st.characters(codec="utf-8", exclude_characters="\x00\r"),
    ),
    min_size=1,
    max_size=10,
).filter(lambda text: text.isprintable())
MOMENTS = st.datetimes(datetime(1901, 1, 1), datetime(2200, 1, 1)).map(
    lambda value: value.replace(microsecond=0)
)
CELLS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**50), 2**50),
    st.floats(-1e9, 1e9).map(lambda number: round(number, 3)),
    TEXT_CELLS,
    MOMENTS,
)
SHEETS = st.lists(st.lists(CELLS, max_size=6), min_size=1, max_size=8)


def number_free(rows):
    """Whole floats become ints, as sheets cannot tell them apart."""
    return [
        tuple(
            int(cell) if isinstance(cell, float) and cell.is_integer() else cell
            for cell in row
        )
        for row in trimmed(rows)
    ]


@pytest.mark.parametrize("write", [xlsx_bytes, xls_bytes])
def test_workbook_round_trip(write):
    @settings(STEADY)
    @given(SHEETS)
    def round_trip(rows):
        book = open_table(write(rows), "x." + write.__name__.removesuffix("_bytes"))
        read = list(book.rows("Data"))
        assert read == number_free(rows)
        kinds = [[type(cell) for cell in row] for row in read]
        assert kinds == [[type(cell) for cell in row] for row in number_free(rows)]

    round_trip()


def test_numbers_that_overflow_xlwt_integers_survive():
    rows = [(2**50, -(2**31) - 1, 0.125)]
    assert list(open_table(xls_bytes(rows)).rows()) == rows


@settings(STEADY, max_examples=30)
@given(SHEETS)
def test_xlsx_reads_as_openpyxl_does(rows):
    content = xlsx_bytes(rows)
    sheet = openpyxl.load_workbook(io.BytesIO(content), data_only=True).active
    expected = number_free(sheet.iter_rows(values_only=True))
    assert list(open_table(content).rows()) == expected


def openpyxl_bytes(fill):
    book = openpyxl.Workbook()
    fill(book)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def test_formula_cells_give_stored_results_only():
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer) as book:
        sheet = book.add_worksheet()
        sheet.write_formula(0, 0, "=1+1", None, 42)
        sheet.write_formula(0, 1, '=HYPERLINK("http://x.example")', None, "link")
        sheet.write_formula(0, 2, "=1/0", None, "#DIV/0!")
        sheet.write(0, 3, "end")
    book = open_table(buffer.getvalue())
    assert list(book.rows()) == [(42, "link", None, "end")]
    assert [(note.code, note.row, note.column) for note in book.warnings] == [
        ("error_cell", 1, 2)
    ]


def test_formula_never_calculated_is_noted():
    def fill(book):
        book.active.append(["=1+1", "x"])

    book = open_table(openpyxl_bytes(fill))
    assert list(book.rows()) == [(None, "x")]
    assert [note.code for note in book.warnings] == ["formula_without_value"]
    assert str(book.warnings[0]) == "The formula in cell A1 has no stored result."


def test_xls_formula_without_result_is_not_executed():
    book = xlwt.Workbook()
    book.add_sheet("A").write(0, 0, xlwt.Formula("1+1"))
    book.get_sheet(0).write(0, 1, "x")
    buffer = io.BytesIO()
    book.save(buffer)
    assert list(open_table(buffer.getvalue()).rows()) == [(None, "x")]


def test_xls_error_cells_are_empty_and_noted():
    book = xlwt.Workbook()
    book.add_sheet("A").row(0).set_cell_error(0, "#N/A!")
    book.get_sheet(0).write(0, 1, "x")
    buffer = io.BytesIO()
    book.save(buffer)
    opened = open_table(buffer.getvalue())
    assert list(opened.rows()) == [(None, "x")]
    assert str(opened.warnings[0]) == "Cell A1 holds the error #N/A; read as empty."


@pytest.mark.parametrize(
    ("serial", "expected"),
    [
        (1, datetime(1900, 1, 1)),
        (59, datetime(1900, 2, 28)),
        (61, datetime(1900, 3, 1)),
        (42429.5, datetime(2016, 2, 29, 12)),
        (0.5, time(12)),
    ],
)
def test_serials_follow_the_sheet_with_its_false_leap_day(serial, expected):
    assert serial_to_datetime(serial) == expected


def test_csv_formulas_stay_text():
    rows = list(open_table(b"a,b\n=1+1,@x\n-2,+3\n").rows())
    assert rows[1:] == [("=1+1", "@x"), ("-2", "+3")]


def test_sheets_hidden_flags_and_choice():
    def fill(book):
        book.active.title = "Hidden"
        book.active.sheet_state = "hidden"
        book.create_sheet("数据").append(["x"])

    book = open_table(openpyxl_bytes(fill))
    assert [(info.name, info.hidden) for info in book.sheets] == [
        ("Hidden", True),
        ("数据", False),
    ]
    assert list(book.rows()) == [("x",)]
    assert list(book.rows("Hidden")) == []
    with pytest.raises(TabularError) as caught:
        book.rows("none")
    assert caught.value.code == "sheet_missing"


def test_merged_cells_keep_the_first_only():
    def fill(book):
        book.active.append(["a", "b", "c"])
        book.active.merge_cells("A1:B1")

    assert list(open_table(openpyxl_bytes(fill)).rows()) == [("a", None, "c")]


def test_row_numbers_agree_with_the_sheet_over_gaps():
    def fill(book):
        book.active["B2"] = "x"
        book.active["A5"] = "y"

    rows = list(open_table(openpyxl_bytes(fill)).rows())
    assert rows == [(), (None, "x"), (), (), ("y",)]


def test_1904_dates_and_spans():
    def fill(book):
        book.epoch = openpyxl.utils.datetime.MAC_EPOCH
        book.active["A1"] = datetime(2016, 2, 29, 1, 16)
        book.active["B1"] = 1.5
        book.active["B1"].number_format = "[h]:mm"

    rows = list(open_table(openpyxl_bytes(fill)).rows())
    assert rows == [(datetime(2016, 2, 29, 1, 16), 1.5)]


def test_content_decides_over_extension():
    content = xlsx_bytes([("a", "b")])
    book = open_table(content, "ledger.xls")
    assert book.kind == "xlsx"
    assert [note.code for note in book.warnings] == ["extension_mismatch"]
    book = open_table(b"a,b\n1,2\n", "ledger.xlsx")
    assert book.kind == "csv"
    assert list(book.rows()) == [("a", "b"), ("1", "2")]
    assert open_table(xls_bytes([("a",)]), "l.csv").warnings
    assert not open_table(b"a,b\n", "LEDGER.CSV").warnings


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("name;low;high\nx;1,5;2,5\ny;3,5;4,5\n", ";"),
        ("Report of May\n\na,b,c\n1,2,3\n", ","),
        ('a;"b,c,d";e\nf;"g,h,i";j\n', ";"),
        ("a\tb, c\td\n1\t2\t3\n", "\t"),
        ("one\ntwo\n", ","),
        ("a|b\n1|2,3\n", "|"),
    ],
)
def test_delimiter_is_found_out(text, expected):
    assert guess_delimiter(text) == expected


def test_sep_line_is_obeyed_and_dropped():
    book = open_table(b"sep=;\r\na;b\r\n1,5;2\r\n")
    assert list(book.rows()) == [("a", "b"), ("1,5", "2")]


def test_delimiter_and_encoding_may_be_given():
    content = "a;b,ü\n".encode("cp1252")
    book = open_table(content, encoding="cp1252", delimiter=",")
    assert list(book.rows()) == [("a;b", "ü")]
    for wrong in ({"encoding": "no-such"}, {"delimiter": "x"}):
        with pytest.raises(TabularError):
            open_table(content, **wrong)


@pytest.mark.parametrize(
    ("content", "encoding", "text"),
    [
        ("é,è\nÄrger,Müller".encode("cp1252"), "cp1252", "é,è\nÄrger,Müller"),
        ("Renée Béla,Müller".encode("cp1252"), "cp1252", "Renée Béla,Müller"),
        ("Café crème déjà".encode("cp1252"), "cp1252", "Café crème déjà"),
        ("网络故障".encode("gb18030"), "gb18030", "网络故障"),
        ("\ufeff网".encode("utf-32-le"), "utf-32", "网"),
        ("网,络\n".encode("utf-16-be"), "utf-16-be", "网,络\n"),
        (b"plain\x1a", "utf-8", "plain"),
    ],
)
def test_encoding_is_found_out(content, encoding, text):
    assert decode(content)[:2] == (text, encoding)


def test_few_damaged_bytes_are_replaced_and_counted():
    content = ("网络故障,已经解决\n" * 10).encode() + b"\xe7\xbd\n"
    book = open_table(content)
    assert book.encoding == "utf-8"
    assert book.warnings[0].params == {"count": 1}


def test_long_cells_are_cut_with_a_notice():
    limits = Limits(max_cell_chars=5)
    for content in (b"abcdefgh,x\n", xlsx_bytes([("abcdefgh", "x")])):
        book = open_table(content, limits=limits)
        assert list(book.rows()) == [("abcde", "x")]
        assert [note.code for note in book.warnings] == ["cell_truncated"]
