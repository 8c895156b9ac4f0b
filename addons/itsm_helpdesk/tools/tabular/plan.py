"""Plan an import: what each row would do to the records that exist."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Literal

from .errors import TabularError
from .records import Reason, SourceRow
from .values import normalize

Key = tuple[Hashable, ...]
Outcome = Literal["create", "update", "unchanged", "refused", "superseded"]
OUTCOMES: tuple[Outcome, ...] = (
    "create", "update", "unchanged", "refused", "superseded",
)  # fmt: skip


@dataclass(frozen=True)
class PlanOptions:
    """How rows become records.

    ``key``: fields that identify a record. ``keep``: which row wins when
    several share a key: the ``last``, the ``first``, or ``refuse`` all of them.
    ``order_by``: field (a counter or time) that says which is last; without it,
    or where it is equal, ``history_by`` and then the place in the file does.
    ``blank``: an empty cell leaves the record's value alone (``keep``) or empties
    it (``clear``). ``skip_fields`` are read but never compared or written.
    ``history_by``: field with the time of a row, where the rows of a key tell its
    history. ``forgiven``: codes of errors that do not keep an older row out of it.
    """

    key: tuple[str, ...]
    keep: Literal["last", "first", "refuse"] = "last"
    order_by: str | None = None
    blank: Literal["keep", "clear"] = "keep"
    skip_fields: frozenset[str] = frozenset()
    history_by: str | None = None
    forgiven: frozenset[str] = frozenset()


@dataclass(frozen=True)
class RowPlan:
    """What becomes of one row.

    ``changes`` maps field to (old, new): for ``create`` old is None and empty
    fields are left out. ``reasons`` are all causes of a refusal. For
    ``superseded``, ``winner`` is the number of the row that speaks for the key.
    """

    row: SourceRow
    outcome: Outcome
    key: Key | None = None
    changes: Mapping[str, tuple[Any, Any]] = field(default_factory=dict)
    reasons: tuple[Reason, ...] = ()
    winner: int | None = None


@dataclass(frozen=True)
class Plan:
    """One :class:`RowPlan` for each row, in the order of the file."""

    rows: tuple[RowPlan, ...]

    @property
    def counts(self) -> dict[str, int]:
        """Number of rows for each outcome; outcomes without rows have 0."""
        found = Counter(plan.outcome for plan in self.rows)
        return {outcome: found[outcome] for outcome in OUTCOMES}

    def having(self, *outcomes: Outcome) -> list[RowPlan]:
        """Rows of these outcomes, in the order of the file."""
        return [plan for plan in self.rows if plan.outcome in outcomes]


def plan_import(
    rows: Iterable[SourceRow],
    existing: Mapping[Key, Mapping[str, Any]],
    options: PlanOptions,
) -> Plan:
    """Decide the outcome of every row.

    ``existing`` gives the comparable values of known records by
    :func:`make_key` of their key values. A refused row does not speak for its
    key: the best sound row does. Planning again on what applying the plan left
    behind gives no ``create`` and no ``update``.
    """
    rows = list(rows)
    plans: dict[int, RowPlan] = {}
    groups: dict[Key, list[int]] = {}
    for index, row in enumerate(rows):
        key, reasons = _key_of(row, options)
        if reasons or key is None:
            plans[index] = RowPlan(row, "refused", key, reasons=reasons)
        else:
            groups.setdefault(key, []).append(index)
    for key, indexes in groups.items():
        plans.update(_plan_group(key, indexes, rows, existing.get(key), options))
    return Plan(tuple(plans[index] for index in range(len(rows))))


@dataclass(frozen=True)
class RowHistory:
    """The rows that tell how a record came to what the last of them says.

    ``numbers``: rows in order, the last one speaks for the key. ``left_out``: how
    many rows of the key tell nothing, as they are refused.
    """

    numbers: tuple[int, ...]
    left_out: int = 0


def row_histories(
    rows: Iterable[SourceRow], options: PlanOptions
) -> dict[int, RowHistory]:
    """Histories by the number of the row that :func:`plan_import` lets speak.

    An older row whose faults are all ``forgiven`` takes part: nothing of it but its
    history would be written.
    """
    groups: dict[Key, list[tuple[Any, SourceRow]]] = {}
    for index, row in enumerate(rows):
        key, _reasons = _key_of(row, options)
        if key is not None:
            groups.setdefault(key, []).append((_place(row, index, options), row))
    found = {}
    for group in groups.values():
        ranked = [row for _rank, row in sorted(group, key=lambda pair: pair[0])]
        sound = [row for row in ranked if not row.reasons]
        if not sound or (options.keep == "refuse" and len(sound) > 1):
            continue
        winner = sound[0] if options.keep == "first" else sound[-1]
        until = ranked[: ranked.index(winner) + 1]
        told = [row.number for row in until if _may_tell(row, options)]
        refused = len(ranked) - len(sound)
        forgiven = sum(bool(row.reasons) for row in until if row.number in told)
        found[winner.number] = RowHistory(tuple(told), refused - forgiven)
    return found


def _may_tell(row: SourceRow, options: PlanOptions) -> bool:
    """Whether a row is sound, or faulty only in what its history does not need."""
    return all(reason.error.code in options.forgiven for reason in row.reasons)


def make_key(values: Iterable[Any]) -> Key:
    """Comparable form of key values: texts normalised, the rest as they are.

    >>> make_key([" inc001 ", 5]) == make_key(["INC001", 5])
    True
    """
    return tuple(
        normalize(value) if isinstance(value, str) else value for value in values
    )


def _key_of(
    row: SourceRow, options: PlanOptions
) -> tuple[Key | None, tuple[Reason, ...]]:
    """The key, None if incomplete, and all reasons to refuse the row."""
    failed = {reason.field for reason in row.reasons}
    missing = [
        name
        for name in options.key
        if row.values.get(name) in (None, "") and name not in failed
    ]
    reasons = row.reasons + tuple(
        Reason(TabularError("key_missing", field=name), name) for name in missing
    )
    if missing or failed.intersection(options.key):
        return None, reasons
    return make_key(row.values[name] for name in options.key), reasons


def _plan_group(
    key: Key,
    indexes: Sequence[int],
    rows: Sequence[SourceRow],
    old: Mapping[str, Any] | None,
    options: PlanOptions,
) -> dict[int, RowPlan]:
    """Plans of the sound rows that share a key."""
    if options.keep == "refuse" and len(indexes) > 1:
        return {index: _duplicate(index, key, indexes, rows) for index in indexes}
    ranked = sorted(indexes, key=lambda index: _place(rows[index], index, options))
    winner = ranked[0] if options.keep == "first" else ranked[-1]
    number = rows[winner].number
    plans = {
        index: RowPlan(rows[index], "superseded", key, winner=number)
        for index in indexes
    }
    plans[winner] = _plan_winner(rows[winner], key, old, options)
    return plans


def _duplicate(
    index: int, key: Key, indexes: Sequence[int], rows: Sequence[SourceRow]
) -> RowPlan:
    others = [rows[other].number for other in indexes if other != index][:10]
    error = TabularError("key_duplicate", rows=", ".join(map(str, others)))
    return RowPlan(rows[index], "refused", key, reasons=(Reason(error),))


def _plan_winner(
    row: SourceRow, key: Key, old: Mapping[str, Any] | None, options: PlanOptions
) -> RowPlan:
    known = old or {}
    changes = {
        name: (known.get(name), value)
        for name, value in row.values.items()
        if name not in options.skip_fields
        and not (_is_blank(value) and (options.blank == "keep" or old is None))
        and not (old is not None and _same(name, known.get(name), value, options))
    }
    if old is None:
        return RowPlan(row, "create", key, changes)
    return RowPlan(row, "update" if changes else "unchanged", key, changes)


def _same(name: str, old: Any, new: Any, options: PlanOptions) -> bool:
    """Whether two values mean the same; None and ``""`` do, 1 and True do not.

    Key fields are the same if their keys are: "inc1" found INC1 already.
    """
    if _is_blank(old) or _is_blank(new):
        return _is_blank(old) and _is_blank(new)
    if isinstance(old, bool) != isinstance(new, bool):
        return False
    if name in options.key:
        return make_key([old]) == make_key([new])
    return bool(old == new)


def _is_blank(value: Any) -> bool:
    return value is None or value == ""


def _place(row: SourceRow, index: int, options: PlanOptions) -> tuple[Any, ...]:
    """Sortable place of a row among those of its key."""
    return _rank(row, options.order_by), _rank(row, options.history_by), index


def _rank(row: SourceRow, name: str | None) -> tuple[int, Any]:
    """Sortable form of an order column; different types never meet."""
    value = row.values.get(name) if name else None
    if _is_blank(value) or (isinstance(value, float) and math.isnan(value)):
        return (0, 0)
    if isinstance(value, (int, float)):
        return (1, value)
    if isinstance(value, datetime):
        # Naive and aware moments cannot be compared with each other.
        aware = value.tzinfo is not None
        return (3, value) if aware else (2, value)
    if isinstance(value, date):
        return (2, datetime(value.year, value.month, value.day))
    return (4, str(value))
