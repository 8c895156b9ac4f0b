"""Ledgers as people make them: old Excel, titles over the table, dates of all forms.

Each function returns the bytes of a workbook. Nothing of Odoo is needed.
"""

import io
import random
from datetime import date

import xlsxwriter
import xlwt

FINANCE = [
    *("序号", "固定资产编号", "资产名称", "规格型号", "品牌", "序列号 ", "内存（GB）"),
    *("购置日期", "原值（元）", "使用部门", "使用人", "存放地点", "使用状况", "备注"),
]


def xls(**sheets):
    """Return an .xls of ``name=[[cell, …], …]``; ``merges`` are in ``_merges``."""
    book = xlwt.Workbook(encoding="utf-8")
    day = xlwt.easyxf(num_format_str="YYYY/M/D")
    for name, content in sheets.items():
        rows, merges = content if isinstance(content, tuple) else (content, ())
        sheet = book.add_sheet(name, cell_overwrite_ok=True)
        covered = set()
        for top, bottom, left, right in merges:
            value = rows[top][left]
            sheet.write_merge(top, bottom, left, right, value)
            covered.add((top, left))
        for number, row in enumerate(rows):
            for column, value in enumerate(row):
                if value is None or (number, column) in covered:
                    continue
                if isinstance(value, date):
                    sheet.write(number, column, value, day)
                else:
                    sheet.write(number, column, value)
    output = io.BytesIO()
    book.save(output)
    return output.getvalue()


def xlsx(sheets, merges=None):
    """Return an .xlsx of ``{name: rows}`` with ``{name: merged ranges}``."""
    output = io.BytesIO()
    with xlsxwriter.Workbook(output) as book:
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name)
            for number, row in enumerate(rows):
                for column, value in enumerate(row):
                    if isinstance(value, date):
                        sheet.write_datetime(number, column, value, day)
                    elif isinstance(value, str):
                        sheet.write_string(number, column, value)
                    elif value is not None:
                        sheet.write(number, column, value)
            for top, bottom, left, right in (merges or {}).get(name, ()):
                sheet.merge_range(top, left, bottom, right, rows[top][left] or "")
    return output.getvalue()


def finance_rows():
    """Return rows of servers as the finance office keeps them, and what is merged.

    A title and a line of notes stand above the columns, departments are merged down,
    dates are of six forms, one row adds up, and people signed below.
    """
    return (
        [
            ["第一医院信息设备固定资产台账", *[None] * 13],
            ["单位：信息科", *[None] * 6, "打印日期：2026年3月1日", *[None] * 6],
            FINANCE,
            [1, "GZ-0001", "HIS数据库服务器", "R740", "Dell", "SN-A001", "256G",
             "2019.3.5", "￥128,000.00", "信息科", "王芳", "机房 A01", "在用", None],
            [2, "GZ-0002", "PACS 服务器", "R740", "Dell", "ＳＮ－Ａ００２", 128,
             "2019年3月5日", "12.8万", None, "李雷", "机房 A01", "正常", " "],
            [3, "GZ-0003", "备份服务器 ", "R540", "Dell", "SN-A003", "1TB",
             43529, 98000, None, None, "机房 A02", "闲置", "待定"],
            [None, "小 计", *[None] * 6, 354000, *[None] * 5],
            [4, "GZ-0004", "体检服务器", "RH2288", "华为", "SN-A004", "64 GB",
             20190305, "66000元", "体检中心", "韩梅梅", "体检楼 302", "维修中", None],
            [5, "GZ-0005", "旧 OA 服务器", "X3650", "IBM", "N/A", "32",
             date(2012, 7, 1), "45,000.50", None, None, "体检楼 302", "已报废", None],
            [6, "GZ-0006", "临床服务器", "X3650", "IBM", "无", "32",
             "2012年7月", "45000", None, None, "体检楼 302", "借出", None],
            ["合  计", *[None] * 7, 509000.5, *[None] * 5],
            ["制表人：张三", *[None] * 4, "审核：李四", *[None] * 8],
        ],
        [(0, 0, 0, 13), (3, 5, 9, 9), (7, 9, 9, 9)],
    )  # fmt: skip


def finance_ledger():
    """Return the servers of the finance office as an old Excel file."""
    return xls(服务器台账=finance_rows())


def mixed_ledger():
    """Return a ledger whose column tells the kind of device, with two header rows."""
    used = "在用"
    return xls(
        Sheet1=(
            [
                ["办公设备登记表", *[None] * 8],
                ["序号", "资产信息", None, None, "设备类型", "放置", None]
                + ["启用日期", "状态"],
                [None, "资产编号", "名称", "SN号", None, "地点", "使用人", None, None],
                [1, "BG-1", "前台电脑", "PC0001", "台式机", "门诊一楼", "王芳"]
                + ["2021/5/6", used],
                [2, "BG-2", "护士站打印机", "PR0001", "激光打印机", "门诊一楼", None]
                + ["2021-05-06", used],
                [3, "BG-3", "院长笔记本", "NB0001", "笔记本", "行政楼", "李雷"]
                + ["44322", used],
                [4, "BG-4", "神秘设备", "XX0001", "咖啡机", "行政楼", None, None, used],
                [5, "BG-5", "核心交换机", "SW0001", "交换机", "机房", None, None]
                + ["奇怪"],
            ],
            [
                (0, 0, 0, 8),
                (1, 2, 0, 0),
                (1, 1, 1, 3),
                (1, 2, 4, 4),
                (1, 1, 5, 6),
                (1, 2, 7, 7),
                (1, 2, 8, 8),
            ],
        )
    )


def departments_that_disagree():
    """Return sheets of two departments that say other things of the same device."""
    header = ["资产编号", "设备名称", "序列号", "存放地点", "原值"]
    return xls(
        信息科台式机=[
            header,
            ["TJ-1", "登记电脑", "SAME-1", "门诊 101", 5000],
            ["TJ-2", "收费电脑", "SAME-2", "门诊 102", 5000],
        ],
        财务科台式机=[
            header,
            ["TJ-1", "登记电脑", "SAME-1", "住院 201", 5000],
            ["TJ-2", "收费电脑", "SAME-2", "门诊 102", 5000],
        ],
    )


def duplicated_serials():
    """Return rows that share serial numbers: copied cells, and words that say none."""
    header = ["资产编号", "设备名称", "序列号"]
    return xls(
        笔记本=[
            header,
            ["DUP-1", "笔记本一", "DUPSN-77"],
            ["DUP-2", "笔记本二", "DUPSN-77"],
            ["DUP-3", "笔记本三", "无"],
            ["DUP-4", "笔记本四", "To be filled by O.E.M."],
            ["DUP-5", "笔记本五", "N/A"],
        ]
    )


def with_relations():
    """Return three sheets: servers, applications, and what runs on what."""
    return xlsx(
        {
            "服务器": [
                ["资产编号", "设备名称", "主机名"],
                ["REL-1", "应用服务器", "app01"],
                ["REL-2", "数据库服务器", "db01"],
            ],
            "应用系统": [["名称"], ["挂号系统"]],
            "关系": [
                ["源", "关系", "目标"],
                ["挂号系统", "depends_on", "app01"],
                ["REL-1", "depends_on", "数据库服务器"],
                ["挂号系统", "depends_on", "不存在"],
            ],
        }
    )


def with_addresses():
    """Return sheets of two classes with addresses as people write them."""
    return xls(
        服务器=[
            ["资产编号", "名称", "IP地址", "MAC地址", "管理IP"],
            ["IP-1", "应用", "10.8.0.1、10.8.0.2", "00-1B-21-08-00-01", "10.8.9.1"],
        ],
        打印机=[
            ["资产编号", "名称", "IP", "MAC"],
            ["IP-2", "打印机二", "１0.8.0.3/24", "001b21080003\n00:1B:21:08:00:04"],
            ["IP-3", "打印机三", "DHCP", "无"],
            ["IP-4", "打印机四", "10.8.0.", None],
        ],
    )


def large(rows, seed=7, kind="xls"):
    """Return a ledger of many desktops; only so many sheets as the format needs."""
    generator = random.Random(seed)
    header = [
        *("资产编号", "设备名称", "序列号", "规格型号", "品牌", "内存(GB)"),
        *("购置日期", "原值", "存放地点", "使用状况", "备注"),
    ]
    body = [large_row(number, generator) for number in range(rows)]
    if kind == "xlsx":
        return xlsx({"台式机": [header, *body]})
    book = xlwt.Workbook(encoding="utf-8")
    sheet = book.add_sheet("台式机")
    for number, row in enumerate([header, *body]):
        for column, value in enumerate(row):
            if value is not None:
                sheet.write(number, column, value)
    output = io.BytesIO()
    book.save(output)
    return output.getvalue()


def large_row(number, generator):
    """Return one row of a large ledger."""
    year, month, day = 2015 + number % 10, number % 12 + 1, number % 28 + 1
    return [
        f"PC-{number:06}",
        f"台式机 {number:06}",
        f"SN{number:08X}",
        f"OptiPlex {3000 + number % 20 * 100}",
        ("Dell", "HP", "联想", "华为")[number % 4],
        (8, "16G", "32 GB", 4)[number % 4],
        (f"{year}.{month}.{day}", f"{year}年{month}月{day}日", 40000 + number % 5000)[
            number % 3
        ],
        (4500, "￥5,200.00", "0.48万")[number % 3],
        f"楼 {number % 12} / 房间 {number % 300}",
        ("在用", "闲置", "维修", "报废")[min(generator.randrange(12) // 3, 3)],
        None if number % 5 else "自动生成的行",
    ]
