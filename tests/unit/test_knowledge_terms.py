"""The terms that articles are found by."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from itsm_knowledge.tools import search_terms
from itsm_knowledge.tools.search_terms import (
    MAX_TERM,
    any_of,
    bag,
    fold,
    query,
    rarity,
    stem,
    telling,
    terms,
    vector,
    words,
)

TEXTS = st.text(
    st.one_of(
        st.characters(codec="utf-8"),
        st.sampled_from("打印机不能 ＶＰＮ'’\\-._ printers"),
    )
)
# A lexeme as PostgreSQL reads it: quotes and backslashes within are doubled.
LEXEME = r"'(?:[^'\\]|''|\\\\)+'"


@pytest.mark.parametrize(
    "forms",
    [
        "print prints printed printing",
        "printer printers printer's",
        "policy policies",
        "reset resets resetting",
        "configure configures configured configuring",
        "crash crashes crashed crashing",
        "box boxes",
        "call calls called calling",
        "try tried tries",
        "café cafe CAFÉ ｃａｆｅ",
        "wi-fi wifi Wi-Fi",
        "e-mail email",
    ],
)
def test_forms_of_a_word_meet(forms):
    first, *others = (set(terms(form)) for form in forms.split())
    for other in others:
        assert first & other, forms


@pytest.mark.parametrize("word", ["access", "status", "his", "vpn", "usb", "sap"])
def test_short_and_singular_words_stay(word):
    assert stem(word) == word


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("0x80070005", ["0x80070005"]),
        ("Error 0X80070005!", ["error", "0x80070005"]),
        ("KB5021233", ["kb5021233"]),
        ("打印机", ["打印", "印机"]),
        ("章", ["章"]),
        ("重置VPN密码", ["重置", "vpn", "密码"]),
        ("ＶＰＮ　密码", ["vpn", "密码"]),
        ("HP-4250", ["hp", "4250", "hp4250"]),
        ("", []),
        ("?! ...", []),
    ],
)
def test_terms(text, found):
    assert list(terms(text)) == found


def test_single_characters_are_found():
    assert set(terms("章")) <= set(terms("申请公章", singles=True))


def test_small_words_are_left_out_where_others_tell_more():
    assert query("How do I reset my password?").terms == ("reset", "password")
    assert query("how to").terms == ("how", "to")
    assert query("It doesn't print, does it?").terms == ("print",)
    assert query("如何重置密码").terms[-2:] == ("置密", "密码")
    assert "如何" not in query("如何重置密码").terms


def test_the_word_being_typed():
    assert query("reset pass", typing=True).open_end == "pass"
    assert query("reset pass ", typing=True).open_end == "pass"
    assert query("reset 密码", typing=True).open_end == ""
    assert query("reset pass").open_end == ""


def test_weights_and_places():
    parts = [("VPN", "A"), ("Remote", "B"), ("vpn remote", "D")]
    assert vector(parts) == "'remot':2B,4 'vpn':1A,3"
    assert bag(["vpn VPN", "remote"]) == "'remot' 'vpn'"
    assert any_of(["vpn", "o'k"]) == "'vpn' | 'o''k'"


def test_a_long_text_stays_within_what_the_database_takes():
    made = vector([("word " * 40_000, "A")])
    places = made.removeprefix("'word':").split(",")
    assert len(places) <= 255
    long = vector([(" ".join(f"w{i}" for i in range(20_000)), "D")])
    assert max(map(int, re.findall(r":(\d+)", long))) < 16_384


def test_rare_terms_choose():
    counts = {"vpn": 3, "password": 40, "error": 9000}
    assert telling(counts, 100) == ["vpn", "password"]
    assert telling({"error": 9000}, 100) == ["error"]
    assert telling({}, 100) == []
    assert rarity(0, 10) > rarity(10, 10) > 0


@given(TEXTS)
def test_terms_are_fit_for_an_index(text):
    for term in terms(text, singles=True):
        assert 0 < len(term) <= MAX_TERM
        assert not re.search(r"[\s\0']", term)


@given(TEXTS)
def test_folding_twice_changes_nothing(text):
    assert fold(fold(text)) == fold(text)


@given(TEXTS, TEXTS)
def test_what_is_written_is_found(before, after):
    """Whatever part of words somebody looks for, the document has its terms."""
    document = set(terms(f"{before} {after}", singles=True))
    assert set(query(after).terms) <= document


@given(TEXTS)
def test_vectors_have_the_database_s_form(text):
    assert re.fullmatch(rf"(?:{LEXEME}:[\d,ABC]+ ?)*", vector([(text, "A")]))
    assert re.fullmatch(rf"(?:{LEXEME} ?)*", bag([text]))
    asked = any_of(query(text).terms)
    assert re.fullmatch(rf"(?:{LEXEME}(?: \| )?)*", asked)


@given(st.permutations(["printer", "jams", "on", "floor"]))
def test_the_order_of_words_is_not_counted(order):
    assert words(" ".join(order)) == words("on printers floor jam")


@given(TEXTS)
def test_a_query_is_bounded(text):
    asked = query(text * 50, typing=True)
    assert len(asked.terms) <= search_terms.MAX_QUERY_TERMS
    assert len(asked.open_end) <= MAX_TERM
