"""Finding services by the words that people use."""

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st
from itsm_helpdesk.tools.catalogue_search import Text, build, fold, search, trigrams

SERVICES = {
    1: ("Laptop or desktop computer", "notebook, PC, 电脑, 笔记本", "A computer."),
    2: ("Printer repair", "toner, paper jam, 打印机", "We repair your printer."),
    3: ("New employee", "onboarding, joiner, 入职", "Account, phone and computer."),
    4: ("Wi-Fi for guests", "WLAN, internet, 无线网络", "A voucher for a day."),
    5: ("申请用章", "公章, 合同章, 盖章", "申请在合同上盖章。"),
    6: ("申请会议室", "会议, 房间", "申请一间会议室。"),
    7: ("Password", "login, 密码重置", "A new password for your account."),
}


@pytest.fixture(scope="module")
def index():
    return build(
        (
            id_,
            [Text(name, 10, is_name=True), Text(words, 8), Text(description, 2)],
        )
        for id_, (name, words, description) in SERVICES.items()
    )


@pytest.mark.parametrize(
    ("query", "first"),
    [
        ("laptop", 1),
        ("NOTEBOOK", 1),
        ("pc", 1),
        ("电脑", 1),
        ("我需要一台电脑", 1),
        ("printer", 2),
        ("printers", 2),
        ("pirnter", 2),
        ("prnter", 2),
        ("my printer does not print", 2),
        ("paper", 2),
        ("onbording", 3),
        ("入职", 3),
        ("new employee", 3),
        ("wifi guests", 4),
        ("ｗｌａｎ", 4),
        ("网络", 4),
        ("无线网", 4),
        ("章", 5),
        ("盖章", 5),
        ("申请盖章", 5),
        ("会议室", 6),
        ("密码", 7),
        ("pass", 7),
    ],
)
def test_first(index, query, first):
    assert search(index, query)[:1] == [first]


@pytest.mark.parametrize("query", ["", "   ", "xyzzy", "，。!?", "飞机", "q"])
def test_nothing(index, query):
    assert search(index, query) == []


def test_what_is_common_counts_little(index):
    """Two services have 申请; who asks for a room as well wants the room only."""
    assert set(search(index, "申请")) == {5, 6}
    assert search(index, "申请会议室") == [6]


def test_a_name_comes_before_a_mention(index):
    assert search(index, "computer") == [1, 3]
    assert search(index, "password") == [7]


def test_only_what_is_allowed(index):
    assert search(index, "computer", {3}) == [3]
    assert search(index, "computer", frozenset()) == []


def test_equal_ones_keep_their_order():
    same = [Text("Desk lamp", 10, is_name=True)]
    assert search(build([(3, same), (1, same), (2, same)]), "lamp") == [3, 1, 2]


def test_accents_case_and_width():
    index = build([(1, [Text("Büromöbel", 10)]), (2, [Text("Café", 10)])])
    assert search(index, "buromobel") == [1]
    assert search(index, "CAFE") == [2]


def test_japanese_keeps_its_words():
    index = build([(1, [Text("パソコン", 10)]), (2, [Text("プリンター", 10)])])
    assert search(index, "プリンタ") == [2]


@given(st.text(max_size=300))
def test_any_text_is_a_query(query):
    index = build(
        (id_, [Text(text, 1) for text in texts]) for id_, texts in SERVICES.items()
    )
    assert set(search(index, query)) <= set(SERVICES)
    assert fold(fold(query)) == fold(query)


@given(st.text(string.ascii_lowercase, min_size=8, max_size=12), st.integers(1, 6))
def test_a_letter_that_is_missing(word, at):
    """A slip in a long word is forgiven, unless the word is one letter repeated."""
    slipped = word[:at] + word[at + 1 :]
    shared = trigrams(word) & trigrams(slipped)
    all_of_them = trigrams(word) | trigrams(slipped)
    found = search(build([(1, [Text(word, 5)])]), slipped)
    assert found == [1] or len(shared) < 0.3 * len(all_of_them)
