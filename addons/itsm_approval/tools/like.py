"""Texts that people type, in patterns of SQL's LIKE."""

import re

_WILD = re.compile(r"([\\%_])")


def literal(text: str) -> str:
    """Return a text whose %, _ and \\ mean these characters, nothing more.

    A client may send a zero character, which PostgreSQL takes in no text.

    >>> literal("100%_")
    '100\\\\%\\\\_'
    """
    return _WILD.sub(r"\\\1", text.replace("\0", ""))
