"""Cut texts into the terms that articles are found by, in any script.

PostgreSQL's own parsers know no Chinese, and what they make of English depends on how a
server is set up. So terms are made here, alike for what is written and for what is
asked, and the database is handed vectors that are ready:

- words of letters and digits: lower case, without accents, with a light stem
  (“printers”, “printing” → ``print``; “policies” → ``policy``);
- codes and numbers as they are (``0x80070005``, ``kb5021``), and what is written with a
  hyphen, dot or underscore also as one (“wi-fi” → ``wi``, ``fi``, ``wifi``);
- pairs of neighbouring characters where a script has no spaces, and in documents also
  single ones, so that a question of one character finds something.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

# Characters of scripts without spaces between words.
_DENSE = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003134f"
_WORD = rf"[^\W_{_DENSE}]+"
_RUNS = re.compile(rf"[{_DENSE}]+|{_WORD}(?:['’._\-/]{_WORD})*")
_PARTS = re.compile(r"['’._\-/]")
_DENSE_CHAR = re.compile(rf"[{_DENSE}]")
_VOWEL = re.compile("[aeiouy]")
# A term is stored in an index: nobody looks for a longer one.
MAX_TERM = 40
# What somebody types or pastes into a search; the rest says nothing new.
MAX_QUERY = 500
MAX_QUERY_TERMS = 24
# Positions in PostgreSQL's vectors end here; what comes later counts as the last.
_MAX_POSITION = 16_383
# Words that say nothing about what is meant, where others do.
_SMALL_WORDS = """
a am an and any are as at be been but by can cannot could did didn do does doesn doing
done don for from get got had has have he help hello hi her his how i if in is isn it
its just me my need no not of on or our please she should so some that the their them
there they this to too up us want was we were what when where which who why will with
would you your
"""
# The same for Chinese: “how”, “what”, “why”, “please”, “may I ask”, “my”, “no way to”.
_SMALL_DENSE = frozenset(
    [
        "如何",
        "怎么",
        "怎样",
        "么样",
        "什么",
        "为什",
        "为何",
        "请问",
        "请教",
        "我的",
        "我们",
        "无法",
        "不能",
        "不了",
        "可以",
        "能否",
        "是否",
        "一下",
        "一个",
        "这个",
        "那个",
        "哪里",
        "没有",
        "需要",
        "出现",
        "时候",
        "的时",
        "怎么",
        "么办",
        "么做",
    ]
)


@dataclass(frozen=True)
class Query:
    """What somebody looks for: terms in order, and the word still being typed."""

    terms: tuple[str, ...]
    # The last word of letters, which may go on; empty where there is none.
    open_end: str = ""


def fold(text: str) -> str:
    """Return a text as it is compared: width, case, accents and blanks do not matter.

    >>> fold("  Café  ＶＰＮ ")
    'cafe vpn'
    """
    plain = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", text))
    plain = "".join(char for char in plain if not unicodedata.combining(char))
    plain = unicodedata.normalize("NFKC", plain).casefold()
    # What casefold makes of some letters folds once more (“İ”).
    plain = unicodedata.normalize("NFKC", plain).replace("\0", " ")
    return " ".join(plain.split())


def is_dense(term: str) -> bool:
    """Tell whether a term is of a script without spaces."""
    return bool(_DENSE_CHAR.match(term))


def stem(word: str) -> str:
    """Return what the forms of an English word share; others stay nearly as they are.

    >>> [stem(word) for word in "printers printing policies access resetting".split()]
    ['printer', 'print', 'policy', 'access', 'reset']
    """
    if len(word) < 4 or not word.isascii() or not word.isalpha():
        return word
    word = _singular(word)
    for ending in ("ing", "ed"):
        rest = word.removesuffix(ending)
        if rest != word and len(rest) > 2 and _VOWEL.search(rest):
            # “resetting” → “reset”, but “calling” → “call”.
            doubled = rest[-1] == rest[-2] and rest[-1] not in "flsz"
            word = rest[:-1] if doubled else rest
            break
    # “configure” and “configuring” meet without their “e”.
    return word[:-1] if len(word) > 3 and word[-1] == "e" else word


def _singular(word: str) -> str:
    """Return a word without the ending of its plural, third person or past."""
    for ending, instead in (("ies", "y"), ("ied", "y")):
        if word.endswith(ending) and len(word) > 4:
            return word.removesuffix(ending) + instead
    if word.endswith(("ches", "shes", "sses", "xes", "zes")):
        return word[:-2]
    if word.endswith("s") and not word.endswith(("ss", "us", "is")):
        return word[:-1]
    return word


_SMALL = frozenset(map(stem, _SMALL_WORDS.split())) | _SMALL_DENSE


def _word_terms(run: str) -> Iterator[str]:
    """Yield the terms of letters and digits, perhaps written with hyphens or dots."""
    parts = _PARTS.split(run)
    if len(parts) == 2 and parts[1] in ("s", "t", "re", "ll", "ve", "d", "m"):
        # “user’s” is “user”, “doesn't” is “doesn”.
        parts = parts[:1]
    for part in parts:
        yield stem(part)[:MAX_TERM]
    if len(parts) > 1:
        yield "".join(parts)[:MAX_TERM]


def terms(text: str, singles: bool = False) -> Iterator[str]:
    """Yield the terms of a text in order.

    :param singles: also each character of dense scripts, as documents have them

    >>> list(terms("New 笔记本 pc-s, Wi-Fi"))
    ['new', '笔记', '记本', 'pc', 'wi', 'fi', 'wifi']
    """
    for run in _RUNS.findall(fold(text)):
        if not is_dense(run):
            yield from _word_terms(run)
            continue
        if len(run) > 1:
            yield from (run[at : at + 2] for at in range(len(run) - 1))
        if singles or len(run) == 1:
            yield from run


def query(text: str, typing: bool = False) -> Query:
    """Return what a text looks for, without words that say nothing.

    :param typing: the text may end within a word
    """
    found = list(dict.fromkeys(terms(text[:MAX_QUERY])))
    telling = [term for term in found if term not in _SMALL] or found
    open_end = ""
    if typing:
        last = re.search(rf"{_WORD}$", fold(text[:MAX_QUERY]))
        open_end = last.group()[:MAX_TERM] if last else ""
        if open_end and stem(open_end) not in telling and telling == found:
            telling.append(stem(open_end))
    return Query(tuple(telling[:MAX_QUERY_TERMS]), open_end)


def words(text: str) -> str:
    """Return what was looked for as it is counted: order and small words are nothing.

    >>> words("The printers, printing!") == words("printing printers")
    True
    """
    return " ".join(sorted(query(text).terms))


def vector(parts: Iterable[tuple[str, str]]) -> str:
    """Return a text that PostgreSQL reads as a ``tsvector``.

    :param parts: pairs of a text and its weight, from “A” to “D”

    >>> vector([("Printer", "A"), ("printers jam", "D")])
    "'jam':3 'printer':1A,2"
    """
    places: dict[str, list[str]] = {}
    at = 0
    for text, weight in parts:
        mark = "" if weight == "D" else weight
        for term in terms(text, singles=True):
            at = min(at + 1, _MAX_POSITION)
            spots = places.setdefault(term, [])
            # PostgreSQL keeps no more than this of one term.
            if len(spots) < 250:
                spots.append(f"{at}{mark}")
    return " ".join(
        f"{_quoted(term)}:{','.join(spots)}" for term, spots in sorted(places.items())
    )


def bag(texts: Iterable[str]) -> str:
    """Return the different terms of texts as a ``tsvector`` without places."""
    found = {term for text in texts for term in terms(text, singles=True)}
    return " ".join(map(_quoted, sorted(found)))


def any_of(found: Iterable[str]) -> str:
    """Return a text that PostgreSQL reads as a ``tsquery``: one of the terms."""
    return " | ".join(map(_quoted, found))


def _quoted(term: str) -> str:
    return "'{}'".format(term.replace("\\", "\\\\").replace("'", "''"))


def rarity(count: int, total: int) -> float:
    """Return what a term is worth that stands in ``count`` of ``total`` articles.

    >>> rarity(1, 1000) > rarity(500, 1000) > 0
    True
    """
    return math.log(1 + (max(total, count) + 1) / (count + 1))


def telling(counts: Mapping[str, int], enough: int) -> list[str]:
    """Return the terms that choose the articles to look at: the rarest ones.

    :param counts: ``{term: articles with it}``
    :param enough: articles to look at; a further common term is left out
    """
    chosen: list[str] = []
    seen = 0
    for term in sorted(counts, key=lambda term: (counts[term], term)):
        if chosen and seen + counts[term] > enough:
            break
        chosen.append(term)
        seen += counts[term]
    return chosen
