"""Look at the sheets of a workbook: what each holds, and what its columns feed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from .days import guess_order
from .engine import tabular
from .fields import CLASS_KEY, RELATION_FIELDS, ClassNames, LedgerField
from .header import Header, find_header, header_at
from .merged import Merges
from .units import header_unit
from .words import RELATION_SHEETS

# So many rows tell what a column holds.
SAMPLE_ROWS = 2_000
ITEMS, RELATIONS, IGNORED = "items", "relations", "ignored"
_MIN_ITEM_COLUMNS = 2
_RELATION_SHEETS = frozenset(map(tabular.normalize_header, RELATION_SHEETS))


@dataclass(frozen=True)
class Vocabulary:
    """What the configuration database knows of names.

    :param fields: all fields of items, of all classes, the most usual first
    :param classes: names of classes
    :param relation_fields: what the columns of a sheet of relations can feed
    :param class_keys: ``{code: keys of the attributes that the class has}``
    """

    fields: tuple[LedgerField, ...]
    classes: ClassNames
    class_keys: Mapping[str, frozenset[str]] = field(default_factory=dict)
    relation_fields: tuple[LedgerField, ...] = RELATION_FIELDS

    def known_names(self) -> set[str]:
        """All names of columns that mean something, as they compare."""
        return {
            name
            for each in (*self.fields, *self.relation_fields)
            for names in each.exact_names()
            for name in names
        }

    def of_class(self, code: str | None) -> list[LedgerField]:
        """The fields that items of a class have; of any class if none is given."""
        keys = self.class_keys.get(code) if code else None
        return [
            each
            for each in self.fields
            if keys is None
            or not each.key.startswith("attributes.")
            or each.key in keys
        ]


@dataclass(frozen=True)
class ColumnLook:
    """A column: where, its name, an example, what it feeds ("" for nothing)."""

    index: int
    header: str
    sample: str = ""
    goes_to: str = ""
    unit: str = ""
    order: str = "ymd"


@dataclass(frozen=True)
class SheetLook:
    """A sheet: what it holds, of which class, and its columns.

    ``header_row`` counts from 0; None where no header was found, with ``problem``.
    """

    name: str
    kind: str
    class_code: str | None = None
    header_row: int | None = None
    columns: tuple[ColumnLook, ...] = ()
    problem: Any = None


def look_at_sheet(
    book: Any,
    name: str,
    vocabulary: Vocabulary,
    *,
    header_row: int | None = None,
    kind: str | None = None,
    class_code: str | None = None,
    told: Mapping[str, str] | None = None,
) -> SheetLook:
    """Look at one sheet; what the caller knows already is taken as it is.

    :param told: ``{name of a column: what it feeds}`` of a profile, "" for nothing;
        only what it does not name is guessed
    """
    merges = Merges(book.merged(name))
    rows = list(islice(merges.fill(book.rows(name)), SAMPLE_ROWS))
    if not rows:
        return SheetLook(name, IGNORED)
    known = vocabulary.known_names()
    known |= {tabular.normalize_header(word) for word in told or ()}
    try:
        header = (
            find_header(rows, merges, known)
            if header_row is None
            else header_at(rows, merges, header_row)
        )
    except tabular.TabularError as error:
        return SheetLook(name, kind or IGNORED, class_code, None, (), error)
    if kind is None and _tells_relations(name, header, vocabulary):
        kind = RELATIONS
    if class_code is None and kind != RELATIONS:
        class_code = _class_of(name, rows[: header.row], vocabulary.classes)
    fields = (
        list(vocabulary.relation_fields)
        if kind == RELATIONS
        else vocabulary.of_class(class_code)
    )
    columns = _columns(header, rows[header.row + 1 :], fields, told or {})
    if kind is None:
        fed = sum(bool(column.goes_to) for column in columns)
        # Where the class is known, a list of names is enough.
        kind = ITEMS if fed >= (1 if class_code else _MIN_ITEM_COLUMNS) else IGNORED
    return SheetLook(name, kind, class_code, header.row, columns)


def _tells_relations(name: str, header: Header, vocabulary: Vocabulary) -> bool:
    guesses = _guesses(header.names, list(vocabulary.relation_fields), exact=True)
    fed = set(guesses.values())
    if not {"source", "type", "target"} <= fed:
        return False
    named = tabular.normalize_header(name) in _RELATION_SHEETS
    return named or len(header.names) <= len(RELATION_FIELDS) + 2


def _class_of(
    name: str, above: Sequence[Sequence[Any]], classes: ClassNames
) -> str | None:
    """The class that the sheet's name speaks of, else its title."""
    found = classes.within(name)
    for row in above if found is None else ():
        titles = [cell for cell in row if isinstance(cell, str)]
        found = found or (classes.within(titles[0]) if titles else None)
    return found


def _columns(
    header: Header,
    body: Sequence[Sequence[Any]],
    fields: list[LedgerField],
    told: Mapping[str, str],
) -> tuple[ColumnLook, ...]:
    by_key = {each.key: each for each in fields}
    said = {tabular.normalize_header(word): key for word, key in told.items()}
    goes_to: dict[int, str] = {}
    open_names: list[str] = list(header.names)
    for index, plain in enumerate(map(tabular.normalize_header, header.names)):
        if plain in said and said[plain] not in goes_to.values():
            open_names[index] = ""
            if said[plain] in by_key:
                goes_to[index] = said[plain]
    free = [each for each in fields if each.key not in goes_to.values()]
    goes_to |= _guesses(open_names, free)
    columns = []
    for index, name in enumerate(header.names):
        cells = [row[index] for row in body if index < len(row)]
        cells = [cell for cell in cells if cell is not None]
        target = by_key.get(goes_to.get(index, ""))
        is_date = target is not None and target.type in ("date", "datetime")
        columns.append(
            ColumnLook(
                index,
                name,
                tabular.as_text(cells[0])[:80] if cells else "",
                target.key if target else "",
                header_unit(name),
                guess_order(cells) if is_date else "ymd",
            )
        )
    return tuple(columns)


def _guesses(
    names: Sequence[str], fields: list[LedgerField], *, exact: bool = False
) -> dict[int, str]:
    """``{column: key}``: exact names first, by the order of fields, then likely ones.

    A name "Place / Room" is looked up as "Room", then as "Place".
    """
    chosen: dict[int, str] = {}
    names_of = [(each.key, each.exact_names()) for each in fields]
    for part in (-1, 0):
        parts = [_part(name, part) for name in names]
        for sureness in range(3):
            for key, words in names_of:
                if key in chosen.values():
                    continue
                for index, text in enumerate(parts):
                    if index not in chosen and text in words[sureness]:
                        chosen[index] = key
                        break
    if exact:
        return chosen
    free = [each for each in fields if each.key not in chosen.values()]
    rest = [None if index in chosen else name for index, name in enumerate(names)]
    for index, guess in tabular.guess_mapping(rest, [e.spec() for e in free]).items():
        if guess.reason != "similar" and guess.field != CLASS_KEY:
            chosen[index] = guess.field
    return chosen


def _part(name: str, part: int) -> str:
    text: str = tabular.normalize_header(name.split(" / ")[part])
    return text
