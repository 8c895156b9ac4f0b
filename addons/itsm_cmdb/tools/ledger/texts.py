"""Texts of cells without what only their sheet needed."""

from __future__ import annotations

import unicodedata
from typing import Any

from .engine import tabular

# Full-width letters, digits and the blank; the rest of full-width is punctuation
# that belongs to a Chinese name.
_PLAIN = {
    **{code: code - 0xFEE0 for code in range(0xFF10, 0xFF1A)},
    **{code: code - 0xFEE0 for code in range(0xFF21, 0xFF3B)},
    **{code: code - 0xFEE0 for code in range(0xFF41, 0xFF5B)},
    **dict.fromkeys((0x200B, 0x200C, 0x200D, 0x2060, 0xFEFF, 0xAD)),
}


def to_name(value: Any, unknown: tuple[str, ...]) -> str | None:
    """A name: plain letters and digits, single blanks; None if empty or unknown.

    >>> to_name("  ＨＰ　打印机（彩色） ", ())
    'HP 打印机（彩色）'
    """
    text: str | None = tabular.to_text(value, unknown=unknown)
    return text.translate(_PLAIN).strip() or None if text else None


def to_identifier(value: Any, unknown: tuple[str, ...]) -> str | None:
    """A number or address that identifies: all plain, no quote that Excel needed.

    >>> to_identifier("'ＳＮ－００1 ", ())
    'SN-001'
    """
    text: str | None = tabular.to_text(value, unknown=unknown)
    if not text:
        return None
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text.translate(_PLAIN))
    return text.lstrip("'`’").strip() or None
