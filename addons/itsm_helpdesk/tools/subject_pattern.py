"""Build a subject from other columns, for ledgers that have none."""

from __future__ import annotations

import re
from collections.abc import Mapping

_PLACEHOLDER = re.compile(r"\{([^{}]+)\}")


def placeholders(pattern: str) -> list[str]:
    """Return the column headers that a pattern names, in order.

    >>> placeholders("{category} / {u_symptom}")
    ['category', 'u_symptom']
    """
    return [name.strip() for name in _PLACEHOLDER.findall(pattern)]


def fill(pattern: str, texts: Mapping[str, str | None]) -> str:
    """Replace each ``{header}`` by the text of that column; unknown ones vanish.

    What is left of separators around an empty column is tidied away.

    >>> fill("{category}: {symptom}", {"category": "Mail", "symptom": "slow"})
    'Mail: slow'
    >>> fill("{category}: {symptom}", {"category": "Mail", "symptom": None})
    'Mail'
    """
    filled = _PLACEHOLDER.sub(lambda match: texts.get(match[1].strip()) or "", pattern)
    filled = re.sub(r"\(\s*\)|\[\s*\]", "", filled)
    return " ".join(filled.split()).strip(" :/-–·,;")
