"""Find services by the words that people use, and rank them.

Texts are cut into terms: words of letters and digits, and pairs of neighbouring
characters where a script has no spaces (Chinese, Japanese), each with the weight of the
text that it stands in. A term of the query is worth the more, the fewer services have
it, so “a” or 申请 (“apply for”) count little. Words match whole, by their beginning, by
a part of them, or – if they have four letters or more – with a slip in typing (shared
trigrams). Terms that no service knows are passed over: people write sentences.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

# Characters of scripts without spaces between words.
_DENSE = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003134f"
_RUNS = re.compile(rf"[{_DENSE}]+|[^\W_{_DENSE}]+")
_DENSE_CHAR = re.compile(rf"[{_DENSE}]")
# What a match of a word is worth.
_WHOLE, _BEGINNING, _WITHIN, _SLIP = 1.0, 0.8, 0.5, 0.5
# Shorter words match too much by a part or with a slip.
_MIN_BEGINNING, _MIN_WITHIN, _MIN_SLIP = 2, 3, 4
_MIN_LIKENESS = 0.3
# A query that is the name, begins it, or stands in it.
_IS_NAME, _BEGINS_NAME, _IN_NAME = 3.0, 1.6, 1.3
# What is worth less than this share of the best is not shown.
_FLOOR = 0.1
MAX_TERM = 200
_MAX_TERMS = 40


@dataclass(frozen=True)
class Text:
    """A text of a service and what a match in it is worth."""

    text: str
    weight: float
    is_name: bool = False


@dataclass
class Index:
    """The words of all services, worked up once for many queries."""

    # {term: {service id: weight}}
    postings: dict[str, dict[int, float]] = field(default_factory=dict)
    # {word: its trigrams}, for slips in typing
    likenesses: dict[str, frozenset[str]] = field(default_factory=dict)
    # What stands in one word of letters; the others are found as they are.
    words: list[str] = field(default_factory=list)
    names: dict[int, list[str]] = field(default_factory=dict)
    order: dict[int, int] = field(default_factory=dict)


def build(services: Iterable[tuple[int, Iterable[Text]]]) -> Index:
    """Return the index of some services, given in their usual order."""
    index = Index()
    for place, (service_id, texts) in enumerate(services):
        index.order[service_id] = place
        for text in texts:
            folded = fold(text.text)
            if text.is_name and folded:
                index.names.setdefault(service_id, []).append(folded)
            for term in _all_terms(folded):
                weights = index.postings.setdefault(term, {})
                weights[service_id] = max(weights.get(service_id, 0), text.weight)
    index.words = [term for term in index.postings if not _DENSE_CHAR.match(term)]
    index.likenesses = {
        word: trigrams(word) for word in index.words if len(word) >= _MIN_SLIP
    }
    return index


def search(
    index: Index, query: str, allowed: set[int] | frozenset[int] | None = None
) -> list[int]:
    """Return the ids of the services that fit a query, the best first.

    :param allowed: ids that may be found; None for all
    """
    folded = fold(query[:MAX_TERM])
    scores: dict[int, float] = defaultdict(float)
    known = len(index.order if allowed is None else allowed)
    for term in list(dict.fromkeys(_terms(folded)))[:_MAX_TERMS]:
        found = _matches(index, term, allowed)
        rarity = math.log(1 + known / len(found)) if found else 0
        for service_id, worth in found.items():
            scores[service_id] += rarity * worth
    for service_id in scores:
        scores[service_id] *= _name_factor(index, service_id, folded)
    least = _FLOOR * max(scores.values(), default=0)
    return sorted(
        (service_id for service_id, score in scores.items() if score >= least),
        key=lambda id_: (-round(scores[id_], 6), index.order[id_]),
    )


def fold(text: str) -> str:
    """Return a text as it is compared: width, case, accents and blanks do not matter.

    >>> fold("  Café  ＶＰＮ ")
    'cafe vpn'
    """
    plain = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", text))
    plain = "".join(char for char in plain if not unicodedata.combining(char))
    return " ".join(unicodedata.normalize("NFKC", plain).casefold().split())


def _terms(folded: str) -> Iterator[str]:
    """Yield the terms of a query.

    >>> list(_terms("new 笔记本 pc"))
    ['new', '笔记', '记本', 'pc']
    """
    for run in _RUNS.findall(folded):
        if len(run) > 1 and _DENSE_CHAR.match(run):
            yield from (run[at : at + 2] for at in range(len(run) - 1))
        else:
            yield run


def _all_terms(folded: str) -> set[str]:
    """Return the terms by which a text is found; also single characters of its own."""
    return {*_terms(folded), *_DENSE_CHAR.findall(folded)}


def trigrams(word: str) -> frozenset[str]:
    """Return the groups of three letters, with the ends of the word.

    >>> sorted(trigrams("ab"))
    [' ab', '  a', 'ab ']
    """
    padded = f"  {word} "
    return frozenset(padded[at : at + 3] for at in range(len(padded) - 2))


def _matches(
    index: Index, term: str, allowed: set[int] | frozenset[int] | None
) -> dict[int, float]:
    """Return ``{service id: worth}`` of what has a term or one like it."""
    found: dict[int, float] = {}
    for word, quality in _alike(index, term):
        for service_id, weight in index.postings[word].items():
            if allowed is None or service_id in allowed:
                found[service_id] = max(found.get(service_id, 0), weight * quality)
    return found


def _alike(index: Index, term: str) -> Iterator[tuple[str, float]]:
    """Yield the words of the index that a term may mean, and how well."""
    if _DENSE_CHAR.match(term):
        if term in index.postings:
            yield term, _WHOLE
        return
    near = trigrams(term) if len(term) >= _MIN_SLIP else frozenset()
    for word in index.words:
        quality = _quality(term, word)
        if not quality and near and word in index.likenesses:
            quality = _slip_quality(term, near, word, index.likenesses[word])
        if quality:
            yield word, quality


def _slip_quality(
    term: str, near: frozenset[str], word: str, grams: frozenset[str]
) -> float:
    """Return what a match with a slip in typing is worth, 0 for none."""
    if abs(len(term) - len(word)) <= 1 and is_one_slip(term, word):
        return _SLIP
    likeness = _likeness(near, grams)
    return _SLIP * likeness if likeness >= _MIN_LIKENESS else 0


def is_one_slip(one: str, other: str) -> bool:
    """Tell whether a letter was left out, added, changed, or swapped with the next.

    >>> is_one_slip("lapotp", "laptop"), is_one_slip("labtob", "laptop")
    (True, False)
    """
    start = 0
    while start < min(len(one), len(other)) and one[start] == other[start]:
        start += 1
    left, right = one[start:], other[start:]
    return (
        left[1:] == right
        or left == right[1:]
        or left[1:] == right[1:]
        or (left[:2] == right[1::-1] and left[2:] == right[2:])
    )


def _quality(term: str, word: str) -> float:
    if word == term:
        return _WHOLE
    if len(term) >= _MIN_BEGINNING and word.startswith(term):
        return _BEGINNING
    # “printers” means “printer” too.
    if len(word) >= _MIN_SLIP and term.startswith(word):
        return _WITHIN
    if len(term) >= _MIN_WITHIN and term in word:
        return _WITHIN
    return 0


def _likeness(one: frozenset[str], other: frozenset[str]) -> float:
    shared = len(one & other)
    return shared / (len(one) + len(other) - shared) if shared else 0


def _name_factor(index: Index, service_id: int, folded: str) -> float:
    factor = 1.0
    for name in index.names.get(service_id, ()):
        if name == folded:
            factor = max(factor, _IS_NAME)
        elif name.startswith(folded):
            factor = max(factor, _BEGINS_NAME)
        elif folded in name:
            factor = max(factor, _IN_NAME)
    return factor
