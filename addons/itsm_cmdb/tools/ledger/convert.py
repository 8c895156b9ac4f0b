"""From the cells of a column to the values of a field.

What a cell means is decided here as far as only ledgers write it so: dates of all
forms, amounts, words for states. A cell that cannot be read stays as it is, and the
staging refuses its row with the reason; so nothing is lost without a word.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache, partial
from typing import Any

from .days import to_date, to_moment
from .engine import tabular
from .fields import LedgerField
from .texts import to_identifier, to_name
from .units import to_money, with_unit

Convert = Callable[[Any], Any]
# Cells of one column are often the same; no more of them are remembered than this.
_MAX_KNOWN = 2048


@dataclass(frozen=True)
class Reading:
    """How the cells of one column are read.

    :param unit: that the column's name states
    :param order: of day and month, see ``days.guess_order``
    :param meanings: ``{normalised word: value}`` that somebody decided; None: empty
    :param unknown: marks that mean "not known"
    :param tz: zone of times that state none
    """

    unit: str = ""
    order: str = "ymd"
    meanings: Mapping[str, Any] = field(default_factory=dict)
    unknown: tuple[str, ...] = tabular.UNKNOWN_MARKS
    tz: str = "UTC"


def converter(target: LedgerField, reading: Reading) -> Convert:
    """The function from a cell to a value of the field, None for an empty cell."""
    convert = _by_type(target, reading)
    meanings = reading.meanings

    # Typed: 1, 1.0 and True are equal, but not the same cell.
    @lru_cache(maxsize=_MAX_KNOWN, typed=True)
    def read(cell: Any) -> Any:
        if cell is None:
            return None
        word = tabular.normalize(cell) if meanings else ""
        return meanings[word] if word in meanings else _tried(convert, cell, reading)

    return read


def _tried(convert: Convert, cell: Any, reading: Reading) -> Any:
    """The converted cell; None for an unknown mark; else the text as it stands."""
    try:
        return convert(cell)
    except tabular.TabularError:
        return to_name(cell, reading.unknown)


def _by_type(target: LedgerField, reading: Reading) -> Convert:
    unknown, unit = reading.unknown, reading.unit
    if tabular.normalize(unit) == tabular.normalize(target.unit):
        # The field counts in it anyway.
        unit = ""
    name: Convert = partial(to_name, unknown=unknown)
    if target.type == "date":
        return lambda cell: name(cell) and to_date(cell, reading.order)
    if target.type == "datetime":
        return lambda cell: name(cell) and _utc(cell, reading)
    if target.type == "money":
        return lambda cell: name(cell) and to_money(cell, unit)
    if target.type in ("integer", "float"):
        return lambda cell: _number(cell, unit, name)
    if target.type == "boolean":
        return tabular.to_boolean
    if target.type in ("selection", "class"):
        return tabular.ChoiceMap(distinct_words(target.options)).resolve
    if target.type == "text":
        return partial(tabular.to_text, unknown=unknown, multiline=True)
    if target.type == "identifier":
        return partial(to_identifier, unknown=unknown)
    return name


def _utc(cell: Any, reading: Reading) -> Any:
    moment = to_moment(cell, reading.order)
    return moment and tabular.to_utc(moment, reading.tz).replace(microsecond=0)


def _number(cell: Any, unit: str, name: Convert) -> Any:
    """A plain number as it is, another text as a quantity in the column's unit."""
    if isinstance(cell, (int, float)) and not isinstance(cell, bool) and not unit:
        return cell
    return None if name(cell) is None else with_unit(cell, unit)


def distinct_words(options: Mapping[str, tuple[str, ...]]) -> dict[str, list[str]]:
    """Words by key, each word with one key: what came first has it."""
    found: dict[str, list[str]] = {}
    taken: set[str] = set()
    for key, words in options.items():
        mine = [word for word in words if tabular.normalize(word) not in taken]
        taken.update(map(tabular.normalize, mine))
        found[key] = mine
    return found
