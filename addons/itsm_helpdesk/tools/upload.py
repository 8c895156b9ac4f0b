"""Limits of files that come from outside, and the reasons to refuse one.

Pure functions: a file is judged by its name, its size and its first bytes.
"""

from __future__ import annotations

import re
import unicodedata

MAX_FILES = 10
MAX_FILE_BYTES = 25 * 1024 * 1024
# The longest name that is kept; most file systems take 255 bytes.
MAX_NAME_LENGTH = 120
# Bytes of a file that ``refusal`` wants to see.
HEAD_BYTES = 4

EMPTY = "empty"
TOO_LARGE = "too_large"
PROGRAM = "program"

# What a double click on an agent's machine would run.
_PROGRAMS = frozenset(
    (
        *("apk", "app", "bat", "cmd", "com", "cpl", "dll", "exe", "hta", "jar", "js"),
        *("jse", "lnk", "msi", "msp", "pif", "ps1", "reg", "scr", "vb", "vbe", "vbs"),
        *("ws", "wsf", "wsh"),
    )
)


def clean_name(name: str | None) -> str:
    """Return a file name that is safe to show and to save under.

    Folders, control characters and characters that turn the direction of writing
    (which make ``exe.gpj`` look like ``jpg.exe``, and the reverse) are dropped.
    """
    base = re.split(r"[\\/]", name or "")[-1]
    visible = "".join(
        char for char in base if unicodedata.category(char) not in ("Cc", "Cf", "Cs")
    )
    # Windows drops dots and spaces at the end: "x.exe." is a program there.
    visible = visible.strip().rstrip(". ")
    stem, dot, extension = visible.rpartition(".")
    if dot and len(extension) <= 10:
        return f"{stem[: MAX_NAME_LENGTH - len(extension) - 1]}.{extension}"
    return visible[:MAX_NAME_LENGTH] or "file"


def refusal(name: str, size: int, head: bytes, max_bytes: int) -> str | None:
    """Return why a file is refused, None where it is welcome.

    :param name: the cleaned name
    :param size: length in bytes
    :param head: the first ``HEAD_BYTES`` bytes
    :param max_bytes: the most bytes a file may have
    """
    if not size:
        return EMPTY
    if size > max_bytes:
        return TOO_LARGE
    if _is_program(name, head):
        return PROGRAM
    return None


def _is_program(name: str, head: bytes) -> bool:
    """Tell whether the name or the first bytes say that the file can be run."""
    named = name.rpartition(".")[2].lower() in _PROGRAMS
    windows = head.startswith(b"MZ") and b"\0" in head
    return named or windows or head.startswith(b"\x7fELF")
