"""Ledgers of items as people make them: sheets, headers, merged cells, odd rows."""

import io
import sys
from datetime import date, datetime
from pathlib import Path

import pytest
import xlsxwriter
from itsm_cmdb.tools import ledger
from itsm_cmdb.tools.ledger import words

sys.path.insert(
    0, str(Path(__file__).resolve().parents[2] / "addons" / "itsm_cmdb" / "tests")
)
import ledgers

TabularError = ledger.tabular.TabularError
TYPES = {
    "class": "class",
    "serial_number": "identifier",
    "asset_code": "identifier",
    "purchase_date": "date",
    "purchase_value": "money",
}
CLASSES = ledger.ClassNames(
    {
        "server": ["Server"],
        "desktop": ["Desktop"],
        "laptop": ["Laptop"],
        "application": ["Application"],
        "printer": ["Printer"],
        "rack": ["Rack"],
        "switch": ["Switch"],
    }
)
FIELDS = (
    *(
        ledger.LedgerField(
            key, key.replace("_", " ").title(), names, TYPES.get(key, "char")
        )
        for key, names in words.HEADERS.items()
    ),
    ledger.LedgerField(
        "attributes.memory",
        "Memory",
        ledger.attribute_words("memory"),
        "integer",
        "GB",
    ),
    ledger.LedgerField("attributes.kind", "Type"),
)
VOCABULARY = ledger.Vocabulary(
    FIELDS,
    CLASSES,
    {
        "server": frozenset({"attributes.memory"}),
        "desktop": frozenset({"attributes.memory"}),
        "rack": frozenset({"attributes.kind"}),
    },
)


def read(content, sheet=None, filename="ledger.xls", **known):
    """Return what is seen of a sheet, its rows, and what was passed over."""
    book = ledger.tabular.open_table(content, filename)
    name = sheet or book.sheets[0].name
    look = ledger.look_at_sheet(book, name, VOCABULARY, **known)
    fields = {each.key: each for each in (*FIELDS, *ledger.RELATION_FIELDS)}
    columns = [
        ledger.FedColumn(
            column.index,
            column.goes_to,
            ledger.converter(
                fields[column.goes_to], ledger.Reading(column.unit, column.order)
            ),
        )
        for column in look.columns
        if column.goes_to
    ]
    passed = ledger.PassedOver()
    rows = list(
        ledger.read_rows(book, name, look.header_row, columns, passed_over=passed)
    )
    return look, rows, passed.counts


def feeds(look):
    """Return ``{header: key}`` of the columns that are read."""
    return {column.header: column.goes_to for column in look.columns if column.goes_to}


@pytest.mark.parametrize("kind", ["xls", "xlsx"])
def test_finance_ledger(kind):
    content = ledgers.finance_ledger()
    if kind == "xlsx":
        rows, merges = ledgers.finance_rows()
        content = ledgers.xlsx({"服务器台账": rows}, {"服务器台账": merges})
    look, rows, passed = read(content)
    assert (look.kind, look.class_code, look.header_row) == ("items", "server", 2)
    assert "序号" not in feeds(look)
    assert passed == {"total": 2, "footer": 1}
    assert [row.number for row in rows] == [4, 5, 6, 8, 9, 10]
    assert [row.values.get("department_id") for row in rows] == ["信息科"] * 3 + [
        "体检中心"
    ] * 3
    assert {row.values["purchase_date"] for row in rows[:4]} == {date(2019, 3, 5)}
    assert {row.values["purchase_date"] for row in rows[4:]} == {date(2012, 7, 1)}
    assert [row.values["purchase_value"] for row in rows] == [
        *(128000, 128000, 98000, 66000, 45000.5, 45000)
    ]
    assert rows[1].values["serial_number"] == "SN-A002"
    assert rows[2].values["name"] == "备份服务器"
    assert "serial_number" not in rows[5].values


def test_two_header_rows_and_a_column_of_classes():
    look, rows, _passed = read(ledgers.mixed_ledger())
    assert look.header_row == 2
    assert feeds(look) == {
        "资产信息 / 资产编号": "asset_code",
        "资产信息 / 名称": "name",
        "资产信息 / SN号": "serial_number",
        "设备类型": "class",
        "放置 / 地点": "location_id",
        "放置 / 使用人": "custodian_id",
        "启用日期": "purchase_date",
        "状态": "status",
    }
    assert [CLASSES.find(row.word) for row in rows] == [
        *("desktop", "printer", "laptop", None, "switch")
    ]


def test_relations_sheet():
    content = ledgers.with_relations()
    look, rows, _passed = read(content, "关系", "book.xlsx")
    assert look.kind == "relations"
    assert rows[0].values == {
        "source": "挂号系统",
        "type": "depends_on",
        "target": "app01",
    }
    look, rows, _passed = read(content, "应用系统", "book.xlsx")
    assert (look.kind, look.class_code) == ("items", "application")
    assert rows[0].values == {"name": "挂号系统"}


def test_header_far_down_and_repeated_on_each_page():
    header = ["Asset Number", "Asset Name", "Serial Number"]
    rows = [[f"note {n}", None, None] for n in range(60)]
    rows += [header, ["A-1", "one", "S1"], header, ["A-2", "two", "S2"], []]
    look, found, passed = read(ledgers.xls(Laptops=rows))
    assert (look.header_row, look.class_code) == (60, "laptop")
    assert [row.values["asset_code"] for row in found] == ["A-1", "A-2"]
    assert passed == {"header": 1}


def test_section_titles_in_the_body_are_no_items():
    header = ["资产编号", "设备名称", "序列号", "存放地点"]
    rows = [
        header,
        ["一、门诊", *[None] * 3],
        ["A-1", "电脑", "S1", "101"],
        ["二、住院", *[None] * 3],
        ["A-2", "电脑", "S2", "201"],
    ]
    content = ledgers.xls(台式机=(rows, [(1, 1, 0, 3), (3, 3, 0, 3)]))
    _look, found, passed = read(content)
    assert [row.number for row in found] == [3, 5]
    assert passed == {"title": 2}


@pytest.mark.parametrize(
    ("cells", "is_total"),
    [
        (["合  计", None, 3], True),
        (["总计：", None, 3], True),
        ([None, "小计(12台)", 3], True),
        (["Total", None, 3], True),
        (["Total Station", "x", 3], False),
        (["合计器", "x", 3], False),
    ],
)
def test_totals(cells, is_total):
    content = ledgers.xls(Servers=[["Asset Name", "Serial Number", "Price"], cells])
    _look, rows, passed = read(content)
    assert passed.get("total", 0) == is_total
    assert bool(rows) != is_total


def test_own_label_goes_before_words_of_others():
    """A class may call an attribute what other ledgers call something else."""
    look, _rows, _passed = read(
        ledgers.xls(Racks=[["Name", "Type", "Serial Number"], ["R", "x", "S"]])
    )
    assert feeds(look)["Type"] == "attributes.kind"


def test_told_columns_are_not_guessed():
    content = ledgers.xls(
        Servers=[["Asset Number", "Asset Name", "Remarks"], ["A", "B", "C"]]
    )
    told = {"Asset Number": "serial_number", "Remarks": ""}
    look, _rows, _passed = read(content, told=told)
    assert feeds(look) == {"Asset Number": "serial_number", "Asset Name": "name"}


def test_sheet_without_columns_is_left_out():
    look = ledger.look_at_sheet(
        ledger.tabular.open_table(ledgers.xls(说明=[["请勿修改"], ["谢谢"]])),
        "说明",
        VOCABULARY,
    )
    assert look.kind == "ignored"


def test_unit_of_the_column():
    rows = [["设备名称", "序列号", "内存(MB)", "原值(万元)"], ["a", "s", 16384, 1.2]]
    _look, found, _passed = read(ledgers.xls(服务器=rows))
    assert found[0].values["attributes.memory"] == "16384 mb"
    assert found[0].values["purchase_value"] == 12000


def test_what_cannot_be_read_stays_for_the_staging():
    rows = [["设备名称", "序列号", "购置日期", "原值"], ["a", "s", "去年春天", "很贵"]]
    _look, found, _passed = read(ledgers.xls(服务器=rows))
    assert found[0].values["purchase_date"] == "去年春天"
    assert found[0].values["purchase_value"] == "很贵"


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("2019.3.5", "2019-03-05"),
        ("2019年3月5日", "2019-03-05"),
        ("2019 / 3 / 5", "2019-03-05"),
        ("２０１９－０３－０５", "2019-03-05"),
        ("20190305", "2019-03-05"),
        (20190305, "2019-03-05"),
        (43529, "2019-03-05"),
        ("43529", "2019-03-05"),
        (43529.0, "2019-03-05"),
        ("2019-03-05 00:00:00", "2019-03-05"),
        (datetime(2019, 3, 5, 14), "2019-03-05"),
        ("2019年3月", "2019-03-01"),
        ("2019.11", "2019-11-01"),
        (2019.2, "2019-02-01"),
        ("无", None),
    ],
)
def test_dates(value, expected):
    found = ledger.to_date(value)
    assert (found and found.isoformat()) == expected


@pytest.mark.parametrize("value", [2019.1, "19.3.5", 1200, "2019.13.1", "长期", True])
def test_no_dates(value):
    with pytest.raises(TabularError):
        ledger.to_date(value)


def test_order_of_a_column_of_dates():
    assert ledger.guess_order(["03/04/2019", "25/04/2019"]) == "dmy"
    assert ledger.guess_order(["03/04/2019"]) == ""
    assert ledger.guess_order(["2019.3.5", 43529, datetime(2019, 3, 5)]) == "ymd"
    with pytest.raises(TabularError) as caught:
        ledger.to_date("03/04/2019", "")
    assert caught.value.code == "ambiguous_date"


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("￥12,000.00", 12000),
        ("¥ 1.2万元", 12000),
        ("12,000元整", 12000),
        ("RMB 300", 300),
        ("３００．５", 300.5),
        ("(1,200)", -1200),
        (0, 0),
        ("-", None),
    ],
)
def test_money(value, expected):
    assert ledger.to_money(value) == expected


def test_names_of_classes():
    assert CLASSES.within("信息科服务器机柜清单") == "rack"
    assert CLASSES.within("laptops 2024") == "laptop"
    assert CLASSES.within("Sheet1") is None
    own = ledger.ClassNames({"server": ["Server"]}, {"小型机": "server"})
    assert own.find(" 小型机 ") == "server"


def test_merged_ranges_of_xlsx_with_prefix_and_swapped_ends():
    from itsm_helpdesk.tools.tabular.merged import ranges_in_xlsx

    xml = b'<x:mergeCells><x:mergeCell ref="B2:A1"/><x:mergeCell ref="AA3:AA9"/>'
    pieces = [xml[i : i + 7] for i in range(0, len(xml), 7)]
    expected = [(0, 1, 0, 1), (2, 8, 26, 26)]
    assert list(ranges_in_xlsx([xml])) == expected
    assert list(ranges_in_xlsx(pieces)) == expected


def test_hostile_merges_are_harmless():
    whole = (0, 1_048_575, 0, 16_383)
    merges = ledger.Merges([whole] * 50_000 + [(0, 1_048_575, 7, 7)] * 50_000)
    rows = [("a", "b"), ("c",), *[("x",)] * 5_000]
    filled = list(merges.fill(rows))
    assert len(filled) == len(rows)
    assert max(map(len, filled)) <= 8


def test_damaged_record_lists_end():
    from itsm_helpdesk.tools.tabular.merged import ranges_in_xls

    bof = b"\x09\x08\x10\x00" + b"\x00" * 16
    assert list(ranges_in_xls(bof + b"\xe5\x00\xff\xff\x01", 0)) == []
    body = b"\x01\x00" + b"\x00\x00\x02\x00\x01\x00\x01\x00"
    record = b"\xe5\x00" + len(body).to_bytes(2, "little") + body
    assert list(ranges_in_xls(bof + record, 0)) == [(0, 2, 1, 1)]


def test_workbook_is_read_back_as_it_was_written():
    columns = [
        ledger.OutColumn("Asset Number", "identifier", "help", True),
        ledger.OutColumn("Asset Name", choices=("a", "b")),
        ledger.OutColumn("Status", choices=tuple(f"choice {n}" for n in range(99))),
        ledger.OutColumn("Purchase Date", "date"),
    ]
    rows = [["=1+1", "https://x", "在用", date(2020, 2, 29)], ["007", "@", None, None]]
    content = ledger.write_workbook([ledger.OutSheet("Servers", columns, rows)])
    book = ledger.tabular.open_table(content)
    assert [sheet.name for sheet in book.sheets if not sheet.hidden] == ["Servers"]
    found = list(book.rows("Servers"))
    assert found[1] == ("=1+1", "https://x", "在用", datetime(2020, 2, 29))
    assert found[2] == ("007", "@")


def test_names_of_sheets():
    names = ledger.sheet_names(["a/b:c*?[]", "A B C", "", "x" * 50, "x" * 60])
    assert names == ["a b c", "A B C (2)", "Sheet", "x" * 31, "x" * 27 + " (2)"]
    with xlsxwriter.Workbook(io.BytesIO()) as book:
        for name in names:
            book.add_worksheet(name)
