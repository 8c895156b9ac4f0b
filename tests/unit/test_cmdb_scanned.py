"""What a scanner or a person typed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from itsm_cmdb.tools import scanned


@pytest.mark.parametrize(
    "text",
    [
        "https://desk.example.com/ci/Ab_3-x",
        "http://10.0.0.1:8069/ci/Ab_3-x/",
        " HTTPS://desk.example.com/zh_CN/ci/Ab_3-x?src=label ".replace(
            "HTTPS", "https"
        ),
        "/ci/Ab_3-x",
    ],
)
def test_label_address(text):
    assert scanned.read(text) == scanned.Scanned("Ab_3-x", ())


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        ("pc-17", ("pc-17", "PC-17")),
        ("ＰＣ－１７", ("PC-17",)),
        ("AB 12\r\n", ("AB 12", "AB12")),
        ("\x00", ()),
        ("", ()),
        (None, ()),
    ],
)
def test_codes(text, terms):
    assert scanned.read(text) == scanned.Scanned(None, terms)


@given(st.text())
def test_anything(text):
    read = scanned.read(text)
    assert read.token is None or not read.terms
    # “ß” and its like grow in capitals, a little.
    assert all(term and "\0" not in term for term in read.terms)
