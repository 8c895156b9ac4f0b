"""An asset ledger of desktops as an old Excel file, and as rows for ``base_import``."""

import csv
import io

import xlwt

HEADER = (
    *("资产编号", "设备名称", "序列号", "规格型号", "品牌", "内存(GB)", "购置日期"),
    *("原值（元）", "存放地点", "使用状况", "备注"),
)
MAKERS = ("Dell", "HP", "联想", "华为")


def _row(number):
    day = (2015 + number % 10, number % 12 + 1, number % 28 + 1)
    return [
        f"PC-{number:06}",
        f"台式机 {number:06}",
        f"SN{number:08X}",
        f"OptiPlex {3000 + number % 20 * 100}",
        MAKERS[number % 4],
        (8, "16G", "32 GB", 4)[number % 4],
        (
            "{}.{}.{}".format(*day),
            "{}年{}月{}日".format(*day),
            40_000 + number % 5_000,
        )[number % 3],
        (4500, "￥5,200.00", "0.48万")[number % 3],
        f"楼 {number % 12} 房间 {number % 300}",
        ("在用", "闲置", "维修", "报废")[number % 7 % 4],
        None if number % 5 else "自动生成的行",
    ]


def workbook(rows):
    """Return the bytes of an .xls with a title above the columns."""
    book = xlwt.Workbook(encoding="utf-8")
    sheet = book.add_sheet("台式机台账")
    sheet.write_merge(0, 0, 0, len(HEADER) - 1, "信息科台式机台账")
    for line, row in enumerate([HEADER, *map(_row, range(rows))], 1):
        for column, value in enumerate(row):
            if value is not None:
                sheet.write(line, column, value)
    output = io.BytesIO()
    book.save(output)
    return output.getvalue()


def plain_rows(rows):
    """Return ``(fields, CSV)`` of such rows in the form that ``base_import`` reads.

    Dates, amounts and names are made plain beforehand, which the ledger leaves to us;
    the memory is left out, as it cannot be told an attribute.
    """
    names = [
        *("asset_code", "name", "serial_number", "model_id", "manufacturer_id"),
        *("purchase_date", "purchase_value", "location_id", "class_id/.id", "note"),
    ]
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(names)
    for number in range(rows):
        (
            code,
            name,
            serial,
            model,
            maker,
            _memory,
            _date,
            _value,
            place,
            _status,
            note,
        ) = _row(number)
        writer.writerow(
            [
                *(f"B{code}", name, f"B{serial}", model, maker),
                *("2020-01-31", "4500.00", place, "{class_id}", note or ""),
            ]
        )
    return names, text.getvalue()
