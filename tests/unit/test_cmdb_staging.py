"""Raw values of ledgers and scanners become values of items."""

from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from itsm_cmdb.tools.quantities import quantity
from itsm_cmdb.tools.staging import Spec, choice_words, convert, difference, plain, same
from itsm_helpdesk.tools.tabular import TabularError


def spec(kind, **vals):
    return Spec("key", "Label", kind, **vals)


CHOICES = choice_words(
    [("in_use", "In Use"), ("in_use", "在用"), ("spare", "Spare"), ("other", "spare")]
)


@pytest.mark.parametrize(
    ("text", "unit", "number"),
    [
        ("16 GB", "GB", 16),
        ("1.5TB", "GB", 1536),
        ("1.5TB", "TB", 1.5),
        ("８ＧＢ", "GB", 8),
        ("16384 MB", "GB", 16),
        ("512G", "GB", 512),
        ("32 GiB", "GB", 32),
        ("8核", "core", 8),
        ("8", "GB", 8),
        ("1,024 MB", "GB", 1),
        ("10 Gbps", "Mbps", 10000),
        ("2.4GHz", "MHz", 2400),
        ("3kVA", "kVA", 3),
        ("3年", "months", 36),
        (16, "GB", 16),
    ],
)
def test_quantities(text, unit, number):
    assert quantity(text, unit) == pytest.approx(number)


@pytest.mark.parametrize("text", ["16 kg", "16 apples", "GB", "1..5GB", "1 GB 2"])
def test_quantities_refused(text):
    with pytest.raises(TabularError):
        quantity(text, "GB")


@given(st.integers(0, 10**6))
def test_units_agree(number):
    assert quantity(f"{number} TB", "GB") == quantity(f"{number * 1024} GB", "GB")


@pytest.mark.parametrize(
    ("kind", "raw", "value"),
    [
        ("char", "  ＡＢ  1 ", "ＡＢ 1"),
        ("char", "N/A", None),
        ("char", 12.0, "12"),
        ("integer", "16", 16),
        ("boolean", "是", True),
        ("boolean", "No", False),
        ("boolean", "无", False),
        ("boolean", 1, True),
        ("date", "2024年3月5日", "2024-03-05"),
        ("date", 45356, "2024-03-05"),
        ("date", "45356", "2024-03-05"),
        ("date", "20240305", "2024-03-05"),
        ("date", "25/03/2024", "2024-03-25"),
        ("date", date(2024, 3, 5), "2024-03-05"),
        ("date", "05/05/2024", "2024-05-05"),
        ("datetime", "2024-03-05T10:00:00+08:00", "2024-03-05 02:00:00"),
        ("datetime", datetime(2024, 3, 5, 1), "2024-03-05 01:00:00"),
        ("many2many", "A；B, A", ["A", "B"]),
        ("many2one", "Dell", "Dell"),
    ],
)
def test_conversions(kind, raw, value):
    assert convert(spec(kind), raw) == value


def test_choices():
    words = spec("selection", choices=CHOICES)
    assert convert(words, " 在用 ") == "in_use"
    assert convert(words, "IN_USE") == "in_use"
    assert convert(words, "无") is None
    # A label of two keys means neither, unless it is a key itself.
    assert convert(words, "spare") == "spare"
    tags = spec("tags", choices=CHOICES)
    assert convert(tags, "在用、other") == ["in_use", "other"]


@pytest.mark.parametrize(
    ("kind", "raw", "code"),
    [
        ("date", "03/04/2024", "ambiguous_date"),
        ("date", "yesterday", "bad_date"),
        ("integer", "1.5", "bad_number"),
        ("integer", 2**31, "bad_number"),
        ("integer", True, "bad_number"),
        ("float", float("inf"), "bad_number"),
        ("float", 1e300, "bad_number"),
        ("boolean", "maybe", "bad_boolean"),
        ("selection", "elsewhere", "bad_choice"),
        ("char", {"a": 1}, "bad_value"),
        ("char", "x" * 5000, "too_long"),
        ("many2many", ["x"] * 500, "too_many_values"),
        ("many2many", [{}], "bad_value"),
    ],
)
def test_refusals(kind, raw, code):
    with pytest.raises(TabularError) as caught:
        convert(spec(kind), raw)
    assert caught.value.code == code


def test_difference():
    specs = {
        "name": spec("char"),
        "maker": spec("many2one"),
        "users": spec("many2many"),
        "size": spec("float"),
        "virtual": spec("boolean"),
        "seen": spec("datetime"),
        "note": spec("char"),
    }
    old = {
        "name": "A",
        "maker": [7, "Dell"],
        "users": [[2, "B"], [1, "A"]],
        "size": 1.5,
        "virtual": None,
        "seen": "2024-03-05T02:00:00",
        "note": "kept",
    }
    new = {
        "name": "B",
        "maker": 7,
        "users": [1, 2],
        "size": 1.5000000000001,
        "virtual": False,
        "seen": "2024-03-05 02:00:00",
        "note": None,
    }
    assert difference(old, new, specs) == {"name": ("A", "B")}


@given(
    st.dictionaries(
        st.sampled_from("abcd"), st.one_of(st.none(), st.text(max_size=3)), max_size=4
    ),
    st.dictionaries(
        st.sampled_from("abcd"), st.one_of(st.none(), st.text(max_size=3)), max_size=4
    ),
)
def test_applied_twice_changes_nothing(old, said):
    specs = {key: spec("char") for key in "abcd"}
    new = {key: convert(specs[key], value) for key, value in said.items()}
    after = old | {key: pair[1] for key, pair in difference(old, new, specs).items()}
    assert difference(after, new, specs) == {}


@given(st.floats(allow_nan=False, allow_infinity=False, width=32))
def test_plain_is_stable(number):
    assert same(plain(number, "float"), number, "float")


@pytest.mark.parametrize(
    ("kind", "raw", "value"),
    [
        ("ips", "10.0.0.9/24、１0.0.0.8", "10.0.0.8, 10.0.0.9"),
        ("ips", ["2001:DB8::1", "10.0.0.1"], "10.0.0.1, 2001:db8::1"),
        ("ips", "10.0.0.1/10.0.0.2", "10.0.0.1, 10.0.0.2"),
        ("ips", "自动获取", None),
        ("ips", "0.0.0.0 ::1", None),
        ("ips", "无", None),
        (
            "macs",
            "00 1B 21 3C 4D 5E / 001b213c4d5f",
            "00:1b:21:3c:4d:5e, 00:1b:21:3c:4d:5f",
        ),
        ("macs", "00:00:00:00:00:00", None),
        ("macs", [], None),
    ],
)
def test_addresses(kind, raw, value):
    assert convert(spec(kind), raw) == value
    if value:
        assert convert(spec(kind), value) == value


@pytest.mark.parametrize(
    ("kind", "raw", "code"),
    [
        ("ips", "10.0.0.256", "bad_address"),
        ("ips", 10.5, "bad_address"),
        ("ips", "10.0.0.1/33.2", "bad_address"),
        ("macs", "00:1b:21:3c:4d", "bad_mac"),
        ("macs", {"a": 1}, "bad_value"),
        ("ips", " ".join(f"10.0.{n}.1" for n in range(201)), "too_many_values"),
    ],
)
def test_addresses_refused(kind, raw, code):
    with pytest.raises(TabularError) as caught:
        convert(spec(kind), raw)
    assert caught.value.code == code


@given(st.lists(st.ip_addresses(), max_size=5))
def test_addresses_compare_as_sets(found):
    texts = [str(each) for each in found]
    one = convert(spec("ips"), texts)
    assert same(one, convert(spec("ips"), ",".join(reversed(texts))), "ips")
    assert same(one, convert(spec("ips"), texts + texts), "ips")
