"""Charts for printed reports are well-formed, in proportion, and harmless."""

import math
from xml.etree import ElementTree

from hypothesis import given
from hypothesis import strategies as st
from itsm_helpdesk.tools import chart_svg
from itsm_helpdesk.tools.chart_svg import Series

SVG = "{http://www.w3.org/2000/svg}"
# What XML can hold at all; control characters never come from a database text.
texts = st.text(
    st.characters(
        blacklist_categories=("Cs", "Cc"), blacklist_characters="\ufffe\uffff"
    ),
    max_size=40,
)
numbers = st.floats(0, 1e9, allow_nan=False)


def drawn(svg, tag):
    """Return the elements of a kind."""
    return ElementTree.fromstring(svg).findall(f".//{SVG}{tag}")


@given(st.lists(st.tuples(texts, numbers, numbers), max_size=30), st.booleans())
def test_columns_are_well_formed(points, stacked):
    labels = [label for label, _a, _b in points]
    series = [
        Series("a", [p[1] for p in points]),
        Series("<b>", [p[2] for p in points]),
    ]
    svg = chart_svg.columns(labels, series, stacked=stacked)
    bars = drawn(svg, "rect")[2:]
    assert len(bars) == 2 * len(points)
    for bar in bars:
        assert float(bar.get("height")) >= 0
        assert float(bar.get("y")) >= 25.9


@given(st.lists(st.tuples(texts, numbers), max_size=20))
def test_rows_and_rings_are_well_formed(points):
    labels, values = [p[0] for p in points], [p[1] for p in points]
    assert len(drawn(chart_svg.rows(labels, values), "rect")) == len(points)
    assert len(drawn(chart_svg.ring(labels, values), "rect")) == len(points)


def test_columns_are_in_proportion():
    svg = chart_svg.columns(["a", "b"], [Series("n", [50, 100])], top=100)
    low, high = (float(bar.get("height")) for bar in drawn(svg, "rect"))
    assert math.isclose(low * 2, high, rel_tol=0.01)


def test_a_missing_value_is_no_column():
    svg = chart_svg.columns(["a", "b"], [Series("n", [None, 4])])
    assert float(drawn(svg, "rect")[0].get("height")) == 0


def test_texts_are_escaped():
    evil = '<script>alert("1")</script>'
    for svg in (
        chart_svg.columns([evil], [Series(evil, [1]), Series(evil, [2])]),
        chart_svg.rows([evil], [1], texts=[evil]),
        chart_svg.ring([evil], [1], middle=evil),
    ):
        assert not drawn(svg, "script")
        assert "<script" not in svg


@given(st.floats(1e-6, 1e12))
def test_axis_ends_above_the_highest(highest):
    end = chart_svg.nice_end(highest)
    assert end >= highest * (1 - 1e-9)
    assert end <= highest * 2.51


def test_an_axis_of_nothing():
    assert chart_svg.nice_end(0) == 1
    assert chart_svg.nice_end(float("nan")) == 1


def test_long_texts_are_cut():
    assert chart_svg.cut("short", 100) == "short"
    long = chart_svg.cut("消化内科与肝病中心住院部", 80)
    assert long.endswith("…")
    assert len(long) < 10


def test_a_whole_ring():
    """One share of all is a full turn, which an arc cannot say."""
    (path,) = drawn(chart_svg.ring(["all"], [7]), "path")
    assert "nan" not in path.get("d").lower()
