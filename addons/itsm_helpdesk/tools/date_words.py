"""Dates in the words and the order of a language, from the parts that are wanted."""

from __future__ import annotations

from datetime import date

from babel.core import Locale
from babel.dates import format_skeleton


def in_parts(day: date, skeleton: str, locale: Locale) -> str:
    """Return some parts of a day or a moment, ordered as a language orders them.

    :param skeleton: the parts alone, such as ``yMMMM``. A language that has no rule for
        just these takes the nearest that it has.
    """
    return format_skeleton(skeleton, day, fuzzy=True, locale=locale)
