"""What a column of a ledger can feed, and the words by which it is found."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from .engine import tabular
from .words import CLASS_WORDS, RELATION_HEADERS, STRENGTH_WORDS

# Feeds no field: says which class the row's item has.
CLASS_KEY = "class"


@dataclass(frozen=True)
class LedgerField:
    """A field of items, or of relations.

    :param key: name of the field, or ``attributes.<key>``
    :param labels: its names in other languages; ``aliases`` are words of ledgers
    :param type: ``char``, ``identifier``, ``text``, ``integer``, ``float``, ``money``,
        ``boolean``, ``date``, ``datetime``, ``selection``, ``tags``, ``record`` (by
        name), ``records``, ``class``
    :param unit: in which the field counts, such as GB
    :param options: for a choice, its keys with the words that mean them
    """

    key: str
    label: str
    aliases: tuple[str, ...] = ()
    type: str = "char"
    unit: str = ""
    options: Mapping[str, tuple[str, ...]] = field(default_factory=dict, hash=False)
    labels: tuple[str, ...] = ()

    def spec(self) -> object:
        """The field in the form that the tabular engine guesses with."""
        names = (*self.labels, *self.aliases)
        return tabular.FieldSpec(self.key, self.label, names, self.type)

    def exact_names(self) -> tuple[set[str], set[str], set[str]]:
        """Names of columns that mean this field, as they compare, the surest first."""
        own, others, words = (
            {tabular.normalize_header(name) for name in names} - {""}
            for names in ((self.label, self.key), self.labels, self.aliases)
        )
        return own, others, words


RELATION_FIELDS = tuple(
    LedgerField(
        key,
        key.capitalize(),
        words,
        {"weight": "float", "strength": "selection"}.get(key, "char"),
        options=STRENGTH_WORDS if key == "strength" else {},
    )
    for key, words in RELATION_HEADERS.items()
)


class ClassNames:
    """Finds the class that a word means, on a sheet's tab or in a cell.

    :param names: ``{code: names of the class in any language}``
    :param own: words that somebody gave a meaning, ``{word: code}``
    """

    def __init__(
        self, names: Mapping[str, Iterable[str]], own: Mapping[str, str] | None = None
    ) -> None:
        self._codes: dict[str, str] = {}
        for source in (
            own or {},
            {name: code for code, words in names.items() for name in (*words, code)},
            {word: code for code in names for word in CLASS_WORDS.get(code, ())},
        ):
            for word, code in source.items():
                self._codes.setdefault(_bare(word), code)
        self._codes.pop("", None)
        self._by_length = sorted(self._codes, key=lambda word: (-len(word), word))

    def find(self, word: object) -> str | None:
        """Code of the class that a cell names, None if none is meant."""
        return self._codes.get(_bare(word))

    def within(self, title: str) -> str | None:
        """Code of the class that the name of a sheet or a title speaks of.

        >>> names = ClassNames({"server": ["Server"], "laptop": ["Laptop"]})
        >>> names.within("2024年服务器台账"), names.within("Sheet1")
        ('server', None)
        """
        text = _bare(title)
        if text in self._codes:
            return self._codes[text]
        for word in self._by_length:
            # A short Latin word stands in too many others: "ap" in "laptop".
            if len(word) >= (2 if not word.isascii() else 4) and word in text:
                return self._codes[word]
        return None


def _bare(word: object) -> str:
    """Letters and digits of a word, an English plural without its ending."""
    text = "".join(char for char in tabular.normalize(word) if char.isalnum())
    return text[:-1] if text.isascii() and len(text) > 3 and text[-1:] == "s" else text
