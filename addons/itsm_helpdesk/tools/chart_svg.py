"""Charts as SVG, for pages that are printed: columns, rows and rings.

No script runs where a PDF is made, so the pictures are text. They use only what old
print engines draw as well: rectangles, lines, paths and texts. Pure functions; what
they are given is escaped.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape, quoteattr

# Colours that differ in grey too, as many reports are printed so.
COLORS = ("#1B5FAA", "#F78613", "#1AD3BB", "#985184", "#8F9BB3", "#FBB945")
_INK, _GRID = "#374151", "#D8DADD"
_FONT = 11
# A letter is about so wide, a character of Chinese twice that.
_LETTER = 6.0
_WIDE_FROM = 0x2E80
_TICKS = 4
# What is smaller cannot be drawn; rounding errors of sums are.
_NOTHING = 1e-6


@dataclass(frozen=True)
class Series:
    """Values of one colour.

    :param values: one for each label; None where nothing is known
    """

    name: str
    values: Sequence[float | None]
    color: str = ""


def columns(
    labels: Sequence[str],
    series: Sequence[Series],
    *,
    width: int = 640,
    height: int = 230,
    stacked: bool = False,
    top: float | None = None,
) -> str:
    """Return columns beside each other or stacked, with an axis of values.

    :param top: the end of the axis; default: a round number above all values
    """
    series = _coloured(series)
    left, right, above, below = 42, width - 8, 26, height - 26
    end = top or nice_end(_highest(series, stacked))
    parts = _legend(series, left)
    parts += _axis(end, left, right, above, below)
    step = (right - left) / max(len(labels), 1)
    for place, label in enumerate(labels):
        start = left + place * step
        values = [each.values[place] for each in series]
        draw = _stack if stacked else _cluster
        parts += draw(series, values, start, step, below, (below - above) / end)
        if place % _skip(labels, step) == 0:
            parts.append(_text(start + step / 2, height - 8, label, "middle"))
    return _svg(width, height, parts)


def rows(
    labels: Sequence[str],
    values: Sequence[float],
    *,
    texts: Sequence[str] = (),
    width: int = 640,
    color: str = COLORS[0],
) -> str:
    """Return rows from the left, each with its label before and its value behind.

    :param texts: what stands behind each row; default: its value
    """
    texts = texts or [_number(value) for value in values]
    line, left = 24, 210
    space = width - left - 12 - max(map(_length, texts), default=0)
    end = max([*values, 0]) or 1
    parts = []
    for place, (label, value, text) in enumerate(
        zip(labels, values, texts, strict=True)
    ):
        y = place * line + 4
        long = max(value, 0) / end * space
        parts.append(_text(left - 8, y + 13, cut(label, left - 16), "end"))
        parts.append(_rect(left, y, long, line - 7, color))
        parts.append(_text(left + long + 6, y + 13, text))
    return _svg(width, max(len(labels), 1) * line + 4, parts)


def ring(
    labels: Sequence[str],
    values: Sequence[float],
    *,
    middle: str = "",
    colors: Sequence[str] = COLORS,
    width: int = 300,
) -> str:
    """Return a ring of shares with what they are beside it.

    :param middle: what stands in the ring, such as the total
    """
    size, total = 150, sum(values)
    parts, start = [], 0.0
    for place, value in enumerate(values):
        share = value / total if total else 0
        color = colors[place % len(colors)]
        if share:
            parts.append(_arc(size / 2, start, share, color))
        start += share
        y = 22 + place * 20
        parts.append(_rect(size + 12, y - 9, 10, 10, color))
        label = f"{cut(labels[place], width - size - 80)}  {_number(value)}"
        parts.append(_text(size + 28, y, label))
    if middle:
        parts.append(_text(size / 2, size / 2 + 6, middle, "middle", 18, bold=True))
    return _svg(width, max(size, 30 + len(values) * 20), parts)


def nice_end(highest: float) -> float:
    """Return a round number that is not below the highest value, and not zero."""
    if not highest >= _NOTHING:
        return 1
    power = 10 ** math.floor(math.log10(highest))
    for factor in (1, 2, 2.5, 4, 5, 8, 10):
        if factor * power >= highest:
            return factor * power
    return 10 * power


def cut(text: str, space: float) -> str:
    """Return a text that fits into a space, with an ellipsis where it is cut."""
    if _length(text) <= space:
        return text
    while text and _length(text) + _LETTER > space:
        text = text[:-1]
    return f"{text.rstrip()}…"


def _length(text: str) -> float:
    return sum(_LETTER * (2 if ord(char) >= _WIDE_FROM else 1) for char in text)


def _coloured(series):
    return [
        Series(each.name, each.values, each.color or COLORS[place % len(COLORS)])
        for place, each in enumerate(series)
    ]


def _highest(series, stacked) -> float:
    by_label = zip(*(each.values for each in series), strict=True)
    gather = sum if stacked else max
    return max((gather(v or 0 for v in values) for values in by_label), default=0)


def _skip(labels, step) -> int:
    """Return which labels are written: each, every second …, so that they fit."""
    widest = max(map(_length, labels), default=0) + 6
    return max(1, math.ceil(widest / step)) if step else 1


def _stack(series, values, start, step, below, scale) -> list[str]:
    parts, y = [], below
    for each, value in zip(series, values, strict=True):
        tall = max(value or 0, 0) * scale
        y -= tall
        parts.append(_rect(start + step * 0.2, y, step * 0.6, tall, each.color))
    return parts


def _cluster(series, values, start, step, below, scale) -> list[str]:
    wide = step * 0.7 / max(len(series), 1)
    parts = []
    for place, (each, value) in enumerate(zip(series, values, strict=True)):
        tall = max(value or 0, 0) * scale
        x = start + step * 0.15 + place * wide
        parts.append(_rect(x, below - tall, wide * 0.92, tall, each.color))
    return parts


def _axis(end, left, right, above, below) -> list[str]:
    parts = []
    for tick in range(_TICKS + 1):
        y = below - (below - above) * tick / _TICKS
        parts.append(
            f'<line x1="{left}" y1="{y:.1f}" x2="{right}" y2="{y:.1f}" '
            f'stroke="{_GRID}" stroke-width="1"/>'
        )
        parts.append(_text(left - 6, y + 4, _number(end * tick / _TICKS), "end"))
    return parts


def _legend(series, left) -> list[str]:
    parts, x = [], float(left)
    for each in series if len(series) > 1 else ():
        parts.append(_rect(x, 5, 10, 10, each.color))
        parts.append(_text(x + 15, 14, each.name))
        x += 30 + _length(each.name)
    return parts


def _arc(middle, start, share, color) -> str:
    """Return a piece of a ring: an arc with a thick stroke, without fill."""
    radius = middle - 16
    # A whole ring has no beginning and no end, which an arc needs.
    share = min(share, 0.99999)
    points = []
    for turn in (start, start + share):
        angle = 2 * math.pi * turn - math.pi / 2
        points += [
            middle + radius * math.cos(angle),
            middle + radius * math.sin(angle),
        ]
    x1, y1, x2, y2 = points
    return (
        f'<path d="M{x1:.2f} {y1:.2f}A{radius} {radius} 0 {int(share > 0.5)} 1 '
        f'{x2:.2f} {y2:.2f}" fill="none" stroke={quoteattr(color)} stroke-width="24"/>'
    )


def _rect(x, y, width, height, color) -> str:
    return (
        f'<rect x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}" '
        f"fill={quoteattr(color)}/>"
    )


def _text(x, y, text, anchor="start", size=_FONT, *, bold=False) -> str:
    weight = ' font-weight="bold"' if bold else ""
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size}" fill="{_INK}" '
        f'text-anchor="{anchor}"{weight}>{escape(text)}</text>'
    )


def _number(value: float) -> str:
    return f"{value:,.0f}" if float(value).is_integer() else f"{value:,.1f}"


def _svg(width, height, parts) -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" '
        f'width="{width}" height="{height}">{"".join(parts)}</svg>'
    )
