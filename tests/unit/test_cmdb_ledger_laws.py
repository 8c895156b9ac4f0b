"""What holds for any ledger, found by generating them."""

import io
from datetime import date

import xlwt
from hypothesis import given, settings
from hypothesis import strategies as st
from itsm_cmdb.tools import ledger

STEADY = settings(derandomize=True, deadline=None, max_examples=120)
DAYS = st.dates(date(1955, 1, 1), date(2110, 12, 31))
FORMS = st.sampled_from(
    (
        "{0.year}.{0.month}.{0.day}",
        "{0.year}-{0.month:02}-{0.day:02}",
        "{0.year}/{0.month}/{0.day}",
        "{0.year}年{0.month}月{0.day}日",
        "{0.year}{0.month:02}{0.day:02}",
        " {0.year} - {0.month} - {0.day} ",
    )
)
FULL_WIDTH = str.maketrans("0123456789", "０１２３４５６７８９")


@STEADY
@given(DAYS, FORMS, st.booleans())
def test_a_day_is_read_whatever_its_form(day, form, wide):
    text = form.format(day)
    assert ledger.to_date(text.translate(FULL_WIDTH) if wide else text) == day


@STEADY
@given(DAYS, st.sampled_from((int, float, str)))
def test_a_day_number_is_read(day, kind):
    serial = (day - date(1899, 12, 30)).days
    assert ledger.to_date(kind(serial)) == day


@STEADY
@given(
    st.integers(0, 10**11),
    st.sampled_from(("{}", "￥{}", "{}元", "RMB {}", "¥{} 元")),
    st.booleans(),
)
def test_an_amount_is_read_whatever_its_dress(cents, form, grouped):
    text = f"{cents / 100:,.2f}" if grouped else f"{cents / 100:.2f}"
    assert ledger.to_money(form.format(text)) == cents / 100


@STEADY
@given(st.integers(0, 99_999_999), st.sampled_from(("万", "万元", "w")))
def test_ten_thousands(number, word):
    assert ledger.to_money(f"{number / 100}{word}") == round(number * 100.0, 2)


CELLS = st.one_of(st.none(), st.integers(0, 9), st.sampled_from(("a", "b", "合计")))
RANGES = st.tuples(*[st.integers(0, 7)] * 4)


@STEADY
@given(
    st.lists(st.lists(CELLS, max_size=6).map(tuple), max_size=8),
    st.lists(RANGES, max_size=6),
)
def test_merges_only_fill_empty_cells(rows, ranges):
    ranges = [(min(a, b), max(a, b), min(c, d), max(c, d)) for a, b, c, d in ranges]
    filled = list(ledger.Merges(ranges).fill(rows))
    assert len(filled) == len(rows)
    for before, after in zip(rows, filled, strict=True):
        assert bool(after) <= bool(before)
        for index, cell in enumerate(before):
            if cell is not None:
                assert after[index] == cell


@STEADY
@given(
    st.integers(1, 5), st.integers(0, 4), st.integers(0, 3), st.text("ab", min_size=1)
)
def test_a_tall_merge_of_an_old_workbook_is_found_and_filled(height, top, column, text):
    book = xlwt.Workbook()
    sheet = book.add_sheet("s")
    if height > 1:
        sheet.write_merge(top, top + height - 1, column, column, text)
    else:
        sheet.write(top, column, text)
    for row in range(10):
        sheet.write(row, 9, row)
    output = io.BytesIO()
    book.save(output)
    opened = ledger.tabular.open_table(output.getvalue())
    rows = list(ledger.Merges(opened.merged("s")).fill(opened.rows("s")))
    assert [row[column] for row in rows] == [
        text if top <= number < top + height else None for number in range(10)
    ]


CHOICES = st.text(
    st.characters(codec="utf-8", exclude_categories=("C",)), min_size=1, max_size=20
)


@STEADY
@given(st.lists(st.lists(st.one_of(st.none(), CHOICES, DAYS, st.booleans(),
                                   st.integers(-(2**53), 2**53)), max_size=5),
                max_size=6))  # fmt: skip
def test_what_is_written_is_read(rows):
    columns = [ledger.OutColumn(f"Column {n}") for n in range(5)]
    content = ledger.write_workbook([ledger.OutSheet("Data", columns, rows)])
    read = list(ledger.tabular.open_table(content).rows("Data"))[1:]
    wanted = [[None if cell == "" else cell for cell in row] for row in rows]
    for number, row in enumerate(wanted):
        found = list(read[number]) if number < len(read) else []
        found += [None] * (len(row) - len(found))
        for cell, other in zip(row, found, strict=True):
            if isinstance(cell, date):
                other = other.date()
            assert other == cell and isinstance(other, bool) == isinstance(cell, bool)
