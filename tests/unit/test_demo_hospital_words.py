"""The addons' demo texts have Chinese words that fit."""

import json
import re
from pathlib import Path

from lxml import html

ROOT = Path(__file__).parents[2]
WORDS = json.loads(
    (ROOT / "dev" / "hospital" / "words_zh.json").read_text(encoding="utf-8")
)
PLACEHOLDER = re.compile(r"\{+\w+\}+")


def test_placeholders_are_kept():
    for english, chinese in WORDS.items():
        assert sorted(PLACEHOLDER.findall(chinese)) == sorted(
            PLACEHOLDER.findall(english)
        )


def test_marks_are_kept():
    """A page has the same elements in both languages, in the same order."""
    pages = {text: words for text, words in WORDS.items() if text.startswith("<")}
    assert pages
    for english, chinese in pages.items():
        assert _tags(english) == _tags(chinese)


def test_nothing_is_left_in_english():
    for english, chinese in WORDS.items():
        speaks = re.search("[\u4e00-\u9fff]", chinese)
        assert speaks or PLACEHOLDER.search(english), english


def _tags(page):
    return [node.tag for node in html.fragment_fromstring(page, "div").iter()]
