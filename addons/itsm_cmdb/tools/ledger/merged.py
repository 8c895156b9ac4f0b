"""Merged cells: only their first cell holds the value; people read it in all rows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

Cells = tuple[Any, ...]


class Merges:
    """The merged ranges of a sheet, as ``(first row, last row, first column, last)``.

    Rows and columns count from 0 and both ends are inside.
    """

    def __init__(self, ranges: Iterable[Sequence[int]] = ()) -> None:
        self._tall: dict[int, list[tuple[int, int]]] = {}
        self._wide: dict[int, list[tuple[int, int]]] = {}
        for top, bottom, left, right in ranges:
            if bottom > top:
                self._tall.setdefault(top, []).append((left, bottom))
            if right > left:
                # A block of several rows and columns is wide in its first row only:
                # below, its value is filled into the first column.
                self._wide.setdefault(top, []).append((left, right))

    def wide(self, row: int) -> list[tuple[int, int]]:
        """First and last column of the ranges that begin in a row and span columns."""
        return self._wide.get(row, [])

    def reaches_down(self, row: int, column: int) -> bool:
        """Whether a range of several rows begins at a cell."""
        return any(left == column for left, _bottom in self._tall.get(row, []))

    def fill(self, rows: Iterable[Sequence[Any]]) -> Iterator[Cells]:
        """The rows with the value of tall ranges in each row they cover.

        Rows that are empty otherwise stay empty, and a cell with a value of its own
        keeps it.

        >>> list(Merges([(0, 2, 0, 0)]).fill([("IT", 1), (None, 2), (), ("HR", 4)]))
        [('IT', 1), ('IT', 2), (), ('HR', 4)]
        """
        if not self._tall:
            yield from map(tuple, rows)
            return
        # By column, so that a hostile file cannot make it longer than a row.
        active: dict[int, tuple[int, Any]] = {}
        for number, cells in enumerate(rows):
            row = self._filled(number, cells, active) if active and cells else cells
            for left, bottom in self._tall.get(number, []):
                value = row[left] if left < len(row) else None
                if value is not None:
                    active[left] = (bottom, value)
            yield tuple(row)

    def _filled(
        self, number: int, cells: Sequence[Any], active: dict[int, tuple[int, Any]]
    ) -> list[Any]:
        row = list(cells)
        for column, (bottom, value) in list(active.items()):
            if number > bottom:
                del active[column]
                continue
            row.extend([None] * (column + 1 - len(row)))
            if row[column] is None:
                row[column] = value
        while row and row[-1] is None:
            row.pop()
        return row
