"""Files meant to harm: bombs, lies, damage; never anything but a TabularError."""

import io
import time
import tracemalloc
import zipfile

import pytest
import xlwt
from hypothesis import given, settings
from hypothesis import strategies as st
from itsm_helpdesk.tools.tabular import Limits, TabularError, open_table
from itsm_helpdesk.tools.tabular.kind import OLE_MAGIC
from itsm_helpdesk.tools.tabular.limits import MIB

STEADY = settings(derandomize=True, deadline=None, max_examples=150)
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
REL = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE_REL = "http://schemas.openxmlformats.org/package/2006/relationships"
HEAD = f'<worksheet xmlns="{MAIN}"><sheetData>'
TAIL = "</sheetData></worksheet>"
PARTS = {
    "[Content_Types].xml": "<Types/>",
    "_rels/.rels": (
        f'<Relationships xmlns="{PACKAGE_REL}"><Relationship Id="r" '
        f'Type="{REL}/officeDocument" Target="xl/workbook.xml"/></Relationships>'
    ),
    "xl/workbook.xml": (
        f'<workbook xmlns="{MAIN}" xmlns:r="{REL}"><sheets>'
        '<sheet name="S" sheetId="1" r:id="r1"/></sheets></workbook>'
    ),
    "xl/_rels/workbook.xml.rels": (
        f'<Relationships xmlns="{PACKAGE_REL}"><Relationship Id="r1" '
        f'Type="{REL}/worksheet" Target="worksheets/sheet1.xml"/>'
        f'<Relationship Id="r2" Type="{REL}/sharedStrings" '
        'Target="sharedStrings.xml"/></Relationships>'
    ),
}
SHEET = "xl/worksheets/sheet1.xml"


def package(sheet=HEAD + TAIL, **extra):
    """A hand-written .xlsx; ``sheet`` is text or an iterable of byte chunks."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as zipped:
        for name, text in {**PARTS, **extra}.items():
            zipped.writestr(name, text)
        with zipped.open(SHEET, "w") as stream:
            chunks = [sheet.encode()] if isinstance(sheet, str) else sheet
            for chunk in chunks:
                stream.write(chunk)
    return buffer.getvalue()


def code_of(content, limits=None, filename="x.xlsx"):
    """Code of the refusal when ``content`` is opened and read whole."""
    with pytest.raises(TabularError) as caught:
        list(open_table(content, filename, limits or Limits()).rows())
    return caught.value.code


def wrapped(rows):
    yield HEAD.encode()
    yield from rows
    yield TAIL.encode()


def test_hand_written_package_is_sound():
    sheet = HEAD + '<row r="1"><c r="A1"><v>5</v></c></row>' + TAIL
    assert list(open_table(package(sheet)).rows()) == [(5,)]


def test_bomb_by_its_own_statement():
    content = package(**{"xl/media/never-read": "0" * 9 * MIB})
    assert code_of(content, Limits(max_uncompressed_bytes=8 * MIB)) == "zip_bomb"


def test_bomb_by_ratio():
    zeros = (b" " * MIB for _ in range(12))
    assert code_of(package(wrapped(zeros))) == "zip_bomb"


def lying(content, stated):
    """``content`` with the sheet's size field replaced in both headers."""
    data = bytearray(content)
    name = SHEET.encode()
    local = data.find(name) - 30
    central = data.rfind(name) - 46
    assert data[central : central + 4] == b"PK\x01\x02"
    data[local + 22 : local + 26] = stated.to_bytes(4, "little")
    data[central + 24 : central + 28] = stated.to_bytes(4, "little")
    return bytes(data)


@pytest.mark.parametrize("stated", [10, 200, 5000])
def test_lying_sizes_never_unpack_more_than_stated(stated):
    row = b"<row><c><v>1</v></c></row>"
    content = lying(package(wrapped(row * 1000 for _ in range(400))), stated)
    tracemalloc.start()
    code = code_of(content)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert code == "broken_file"
    assert peak < 4 * MIB


def test_bytes_are_counted_while_unpacking():
    content = package(**{"xl/sharedStrings.xml": "<sst>" + " " * MIB + "</sst>"})
    limits = Limits(max_metadata_bytes=100)
    assert code_of(content, limits) == "zip_bomb"


def test_too_many_entries():
    extra = {f"x/{number}": "" for number in range(50)}
    assert code_of(package(**extra), Limits(max_entries=40)) == "zip_bomb"


def ten_million_empty_cells():
    """10 000 rows of 1 000 styled cells without values, then one value."""
    row = b"<row>" + b'<c s="1"/>' * 1000 + b"</row>"
    for _block in range(100):
        yield row * 100
    yield b"<row><c><v>1</v></c></row>"


def test_ten_million_empty_cells():
    head = b'<row><c><v>7</v></c></row><row><c r="ZZ2" s="1"/></row>'
    sheet = wrapped([head, *ten_million_empty_cells()])
    content = package(sheet)
    tracemalloc.start()
    started = time.process_time()
    book = open_table(content, "x.xlsx", Limits(max_ratio=2000))
    rows = list(book.rows())
    spent = time.process_time() - started
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert rows == [(7,)]
    assert [note.code for note in book.warnings] == ["stopped_at_empty_rows"]
    assert peak < 8 * MIB
    assert spent < 20


def test_two_million_empty_cells_in_one_row():
    cells = (b"<c/>" * 10_000 for _ in range(200))
    sheet = wrapped([b"<row>", *cells, b'</row><row><c r="A2"><v>1</v></c></row>'])
    tracemalloc.start()
    rows = list(open_table(package(sheet), limits=Limits(max_ratio=2000)).rows())
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert rows == [(), (1,)]
    assert peak < 8 * MIB


def test_claimed_dimension_is_not_believed():
    sheet = HEAD.replace("<sheetData>", '<dimension ref="A1:XFD1048576"/><sheetData>')
    sheet += '<row r="1"><c r="A1"><v>1</v></c></row>' + TAIL
    assert list(open_table(package(sheet)).rows()) == [(1,)]


def test_far_row_ends_the_sheet():
    sheet = HEAD + "<row><c><v>1</v></c></row>"
    sheet += '<row r="99999999"><c><v>1</v></c></row>' + TAIL
    book = open_table(package(sheet))
    assert list(book.rows()) == [(1,)]
    assert [note.code for note in book.warnings] == ["stopped_at_empty_rows"]


def test_row_numbers_going_back_do_not_overwrite():
    sheet = HEAD + '<row r="5"><c><v>1</v></c></row>'
    sheet += '<row r="2"><c><v>2</v></c></row>' + TAIL
    assert list(open_table(package(sheet)).rows())[4:] == [(1,), (2,)]


def test_row_column_and_time_limits():
    rows = package(wrapped([b"<row><c><v>1</v></c></row>" * 20]))
    assert code_of(rows, Limits(max_rows=10)) == "too_many_rows"
    assert code_of(b"a\n" * 20, Limits(max_rows=10)) == "too_many_rows"
    wide = package(HEAD + '<row><c r="ZZ1"><v>1</v></c></row>' + TAIL)
    assert code_of(wide) == "too_many_columns"
    assert code_of(b"a" + b",a" * 400) == "too_many_columns"
    assert code_of(rows, Limits(max_seconds=0)) == "too_slow"
    assert code_of(rows, Limits(max_bytes=100)) == "too_large"


LAUGHS = (
    '<!DOCTYPE lolz [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">'
    '<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">]>'
)
EXTERNAL = '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>'


@pytest.mark.parametrize("declaration", [LAUGHS, EXTERNAL, "<!DOCTYPE worksheet>"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
@pytest.mark.parametrize("part", [SHEET, "xl/sharedStrings.xml", "xl/workbook.xml"])
def test_declarations_are_refused_in_every_part(declaration, encoding, part):
    root = PARTS.get(part, "<sst><si><t>&c;</t></si></sst>")
    content = (declaration + root).encode(encoding)
    made = package([content]) if part == SHEET else package(**{part: content})
    assert code_of(made) == "forbidden_xml"


def test_endless_tag_is_not_buffered_whole():
    chunks = [b'<row a="', *(b"x" * MIB for _ in range(9)), b'"></row>']
    content = package(wrapped(chunks))
    assert code_of(content) == "broken_file"


def test_shared_text_out_of_range_is_a_notice():
    sheet = HEAD + '<row><c t="s"><v>99</v></c><c t="s"><v>-1</v></c>'
    sheet += "<c><v>nan</v></c><c><v>1e999</v></c><c><v>3</v></c></row>" + TAIL
    book = open_table(package(sheet))
    assert list(book.rows()) == [(None, None, None, None, 3)]
    assert [note.code for note in book.warnings] == ["bad_cell"] * 4


def test_reading_aids_and_escapes_in_shared_texts():
    strings = (
        "<sst><si><r><t>东</t></r><rPh><t>ひがし</t></rPh><r><t>京</t></r></si>"
        "<si><t>a_x000A_b_xD800_</t></si></sst>"
    )
    sheet = HEAD + '<row><c t="s"><v>0</v></c><c t="s"><v>1</v></c></row>' + TAIL
    content = package(sheet, **{"xl/sharedStrings.xml": strings})
    assert list(open_table(content).rows()) == [("东京", "a\nb_xD800_")]


def test_notices_are_bounded():
    cells = b"<row>" + b'<c t="e"><v>#N/A</v></c>' * 100 + b"</row>"
    book = open_table(package(wrapped([cells] * 10)), limits=Limits(max_notices=7))
    assert list(book.rows()) == []
    assert len(book.warnings) == 7
    assert book.warnings.dropped == 993


def test_too_many_sheets_and_strings():
    sheets = '<sheet name="S" r:id="r1"/>' * 20
    book = f'<workbook xmlns:r="{REL}"><sheets>{sheets}</sheets></workbook>'
    content = package(**{"xl/workbook.xml": book})
    assert code_of(content, Limits(max_sheets=10)) == "too_many_sheets"
    strings = {"xl/sharedStrings.xml": "<sst>" + "<si/>" * 20 + "</sst>"}
    assert code_of(package(**strings), Limits(max_strings=10)) == "too_many_strings"


def test_sheet_parts_outside_are_not_followed():
    relations = PARTS["xl/_rels/workbook.xml.rels"].replace(
        'Target="worksheets/sheet1.xml"',
        'TargetMode="External" Target="file:///etc/passwd"',
    )
    content = package(**{"xl/_rels/workbook.xml.rels": relations})
    assert code_of(content) == "not_a_workbook"


def test_entry_without_a_name_is_no_part():
    assert list(open_table(package(**{"/": ""})).rows()) == []


def zip_with(*names):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as zipped:
        for name in names:
            zipped.writestr(name, "<x/>")
    return buffer.getvalue()


OTHER_KINDS = [
    (b"", "empty"),
    (b" \r\n\0 ", "empty"),
    (b"\xef\xbb\xbf \n", "empty"),
    (b"<html><body><table><tr><td>1</td></tr></table>", "wrong_type"),
    (b"\xef\xbb\xbf\n <TABLE border=1><tr>", "wrong_type"),
    (b"<!DOCTYPE html PUBLIC>", "wrong_type"),
    (
        b'<?xml version="1.0"?><Workbook '
        + b'xmlns="urn:schemas-microsoft-com:office:spreadsheet">',
        "wrong_type",
    ),
    (b"%PDF-1.7 ...", "wrong_type"),
    (zip_with("mimetype", "content.xml"), "wrong_type"),
    (zip_with("xl/workbook.bin", "[Content_Types].xml"), "wrong_type"),
    (zip_with("word/document.xml", "[Content_Types].xml"), "wrong_type"),
    (zip_with("a.txt"), "wrong_type"),
    (zip_with("[Content_Types].xml"), "not_a_workbook"),
    (b"PK\x03\x04 but no zip", "broken_file"),
    (
        OLE_MAGIC + b"\0" * 600 + "EncryptedPackage".encode("utf-16-le"),
        "encrypted",
    ),
    (OLE_MAGIC + b"\0" * 2000, "broken_file"),
    (b"a,b\n1,\x00x\n", "nul_bytes"),
    (bytes(range(256)) * 4, "nul_bytes"),
    (bytes(range(1, 32)) * 40, "unknown_encoding"),
    (b'a,b\n"' + b"x" * 200_000, "field_too_long"),
]


@pytest.mark.parametrize(("content", "code"), OTHER_KINDS)
def test_other_kinds_are_refused_by_name(content, code):
    assert code_of(content, filename="x.xls") == code


def small_xls():
    book = xlwt.Workbook()
    sheet = book.add_sheet("A")
    for number in range(40):
        sheet.write(number, 0, f"text {number % 7}")
        sheet.write(number, 3, number / 3)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def test_far_xls_cell_does_not_fill_a_rectangle():
    book = xlwt.Workbook()
    sheet = book.add_sheet("A")
    sheet.write(0, 255, "far")
    for number in range(1, 20_000):
        sheet.write(number, 0, 1)
    buffer = io.BytesIO()
    book.save(buffer)
    tracemalloc.start()
    count = sum(1 for _row in open_table(buffer.getvalue()).rows())
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert count == 20_000
    assert peak < 20 * MIB


SMALL_XLS = small_xls()
SMALL_XLSX = package(
    HEAD
    + '<row r="1"><c r="A1" t="s"><v>0</v></c><c r="C1"><f>A1</f><v>1.5</v></c></row>'
    + '<row r="3"><c r="B3" t="inlineStr"><is><t>x</t></is></c></row>'
    + TAIL,
    **{"xl/sharedStrings.xml": "<sst><si><t>a</t></si></sst>"},
)


def read_or_refuse(content):
    """Read everything; a TabularError is an answer, any other error is not."""
    try:
        book = open_table(content, "x")
        for info in book.sheets:
            for row in book.rows(info.name):
                assert isinstance(row, tuple)
    except TabularError as error:
        assert str(error) != error.code
        return error.code
    return None


@pytest.mark.parametrize("part", [0.1, 0.5, 0.9, 0.99])
def test_truncated_xls_is_refused_or_read(part):
    codes = {read_or_refuse(SMALL_XLS[: int(len(SMALL_XLS) * part)])}
    assert codes <= {None, "broken_file", "not_a_workbook"}
    assert read_or_refuse(SMALL_XLS) is None


def test_truncated_xlsx_is_refused():
    for size in range(10, len(SMALL_XLSX) - 1, 97):
        assert read_or_refuse(SMALL_XLSX[:size]) == "broken_file"


MUTATIONS = st.lists(
    st.tuples(st.floats(0, 0.999), st.binary(min_size=1, max_size=6)),
    min_size=1,
    max_size=8,
)


def mutate(content, mutations):
    data = bytearray(content)
    for place, patch in mutations:
        start = int(place * len(data))
        data[start : start + len(patch)] = patch
    return bytes(data)


@STEADY
@given(MUTATIONS)
def test_mutated_xls_never_escapes(mutations):
    read_or_refuse(mutate(SMALL_XLS, mutations))


@STEADY
@given(MUTATIONS)
def test_mutated_xlsx_never_escapes(mutations):
    read_or_refuse(mutate(SMALL_XLSX, mutations))


@STEADY
@given(MUTATIONS, st.sampled_from([SHEET, *PARTS, "xl/sharedStrings.xml"]))
def test_mutated_xml_never_escapes(mutations, name):
    with zipfile.ZipFile(io.BytesIO(SMALL_XLSX)) as zipped:
        mutated = mutate(zipped.read(name), mutations)
    content = package([mutated]) if name == SHEET else package(**{name: mutated})
    read_or_refuse(content)


@STEADY
@given(
    st.sampled_from([b"", OLE_MAGIC, b"PK\x03\x04", b"\x09\x08\x10\x00", b"\xff\xfe"]),
    st.binary(max_size=400),
)
def test_random_bytes_never_escape(magic, content):
    read_or_refuse(magic + content)
