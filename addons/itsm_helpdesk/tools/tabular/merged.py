"""Which cells of a sheet are merged, without building the sheet in memory.

Ranges are ``(first row, last row, first column, last column)``, counted from 0, both
ends inside. Damaged or excessive lists end early: merged cells are a convenience.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Iterable, Iterator

Range = tuple[int, int, int, int]

MAX_RANGES = 100_000
_XLSX_RANGE = re.compile(
    rb"<(?:\w+:)?mergeCell\s[^<>]{0,200}?\bref=[\"']"
    rb"([A-Z]{1,3})(\d{1,7}):([A-Z]{1,3})(\d{1,7})[\"']"
)
# Longer than one such element.
_OVERLAP = 400
_BOF, _EOF, _MERGED = 0x0809, 0x000A, 0x00E5


def ranges_in_xlsx(chunks: Iterable[bytes]) -> Iterator[Range]:
    """Ranges that the XML of a sheet names; its cells are not parsed for it."""
    rest, found = b"", 0
    for chunk in chunks:
        text = rest + chunk
        end = 0
        for match in _XLSX_RANGE.finditer(text):
            end = match.end()
            left, top, right, bottom = match.groups()
            yield _ordered(int(top), int(bottom), _index(left), _index(right))
            found += 1
            if found >= MAX_RANGES:
                return
        rest = text[max(end, len(text) - _OVERLAP) :]


def ranges_in_xls(stream: bytes, start: int) -> Iterator[Range]:
    """Ranges in the records of a sheet that begins at ``start`` of a BIFF8 stream."""
    position, depth, found = start, 0, 0
    while position + 4 <= len(stream):
        kind, size = struct.unpack_from("<HH", stream, position)
        position += 4
        if kind == _BOF:
            depth += 1
        elif kind == _EOF:
            depth -= 1
            if depth <= 0:
                return
        elif kind == _MERGED and depth == 1 and size >= 2:
            body = stream[position + 2 : position + size]
            for top, bottom, left, right in struct.iter_unpack(
                "<HHHH", body[: len(body) // 8 * 8]
            ):
                yield _ordered(top + 1, bottom + 1, left, right)
                found += 1
                if found >= MAX_RANGES:
                    return
        position += size


def _ordered(top: int, bottom: int, left: int, right: int) -> Range:
    """A range of 1-based rows with its ends in order, rows counted from 0."""
    return (
        min(top, bottom) - 1,
        max(top, bottom) - 1,
        min(left, right),
        max(left, right),
    )


def _index(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number - 1
