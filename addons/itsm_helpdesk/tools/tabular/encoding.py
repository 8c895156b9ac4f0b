"""Find out the encoding of a text file and decode it.

The order goes from proof to guess:

1. a byte order mark (UTF-8, UTF-32, UTF-16) says it outright;
2. NUL bytes never occur in the text of the other encodings, so a file that has
   them, all at even or all at odd offsets, is UTF-16 without a mark;
3. UTF-8: its multi-byte pattern is so strict that other text almost never fits,
   not even roughly, so a file with a few damaged bytes is still told by it
   (GB18030 would accept many a damaged UTF-8 file and garble it);
4. GB18030: accepts many Western texts too, so the pairs it found must look like
   Chinese (second byte beyond ASCII) rather than like accented Latin letters
   standing before plain ones;
5. Windows-1252, then Latin-1, which accepts everything. Binary data ends here
   and is refused for its control characters.

Damaged bytes (a column cut inside a character) are decoded as replacement marks
and their count is returned, when they are rare.
"""

from __future__ import annotations

import codecs
import re
import unicodedata
from typing import NamedTuple

from .errors import TabularError

BOMS: tuple[tuple[bytes, str], ...] = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
REPLACEMENT = "\ufffd"
_SAMPLE = 200_000
_CONTROL = re.compile(r"[\x01-\x08\x0e-\x1f\x7f\x80-\x9f]")
_GB_PAIR = re.compile(rb"[\x81-\xfe][\x40-\x7e\x80-\xfe]")
# One damaged spot is forgiven for this many sound multi-byte characters.
_SOUND_PER_DAMAGED = 20


class Decoded(NamedTuple):
    """``text`` without its mark, the Python ``encoding`` name, marks put in."""

    text: str
    encoding: str
    replaced: int = 0


def decode(content: bytes, encoding: str | None = None) -> Decoded:
    """Decode a whole text file, by ``encoding`` when given, else by finding out.

    Raises TabularError ``unknown_encoding`` or ``nul_bytes``.
    """
    found = _decode_as(content, encoding) if encoding else _find_out(content)
    # Ctrl-Z ends a text file of DOS.
    text = found.text.removeprefix("\ufeff").removesuffix("\x1a")
    if "\x00" in text:
        raise TabularError("nul_bytes")
    return found._replace(text=text)


def _decode_as(content: bytes, encoding: str) -> Decoded:
    try:
        return Decoded(content.decode(encoding), encoding)
    except (LookupError, ValueError) as error:
        raise TabularError("unknown_encoding") from error


def _find_out(content: bytes) -> Decoded:
    for mark, name in BOMS:
        if content.startswith(mark):
            return _decode_as(content, name)
    if b"\x00" in content:
        return _decode_utf16(content)
    return (
        _strict(content, "utf-8")
        or _damaged(content, "utf-8")
        or _strict_gb(content)
        or _damaged(content, "gb18030")
        or _western(content)
    )


def _strict(content: bytes, encoding: str) -> Decoded | None:
    """Decode, or None when a byte does not fit or binary data shows through."""
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError:
        return None
    return Decoded(text, encoding) if looks_like_text(text) else None


def _strict_gb(content: bytes) -> Decoded | None:
    return _strict(content, "gb18030") if _pairs_look_chinese(content) else None


def _pairs_look_chinese(content: bytes) -> bool:
    """Whether second bytes lie beyond ASCII at least as often as within it."""
    pairs = _GB_PAIR.findall(content, 0, _first_high(content) + _SAMPLE)
    beyond = sum(pair[1] >= 0x80 for pair in pairs)
    return beyond * 2 >= len(pairs)


def _first_high(content: bytes) -> int:
    match = re.search(rb"[\x80-\xff]", content)
    return match.start() if match else 0


def _damaged(content: bytes, encoding: str) -> Decoded | None:
    """Decode with replacement marks when the damage is rare beyond doubt."""
    if encoding == "gb18030" and not _pairs_look_chinese(content):
        return None
    text = content.decode(encoding, "replace")
    replaced = text.count(REPLACEMENT)
    sound = sum(ord(char) > 0x7F for char in text) - replaced
    if sound < _SOUND_PER_DAMAGED * replaced or not looks_like_text(text):
        return None
    return Decoded(text, encoding, replaced)


def _western(content: bytes) -> Decoded:
    found = _strict(content, "cp1252") or _strict(content, "latin-1")
    if found is None:
        raise TabularError("unknown_encoding")
    return found


def _decode_utf16(content: bytes) -> Decoded:
    """UTF-16 without a mark: the NULs show on which side the high bytes are."""
    even, odd = content[::2].count(0), content[1::2].count(0)
    if even and odd:
        # Both orders have NULs; only a clear majority is worth a try.
        encoding = "utf-16-be" if even > odd * 10 else "utf-16-le"
        clear = even > odd * 10 or odd > even * 10
    else:
        encoding, clear = ("utf-16-be" if even else "utf-16-le"), True
    found = _strict(content, encoding) if clear else None
    if found is None or not _plausible_utf16(found.text):
        raise TabularError("nul_bytes")
    return found


def _plausible_utf16(text: str) -> bool:
    """Whether separators and only assigned characters came out."""
    sample = text[:_SAMPLE]
    if not re.search(r"[\r\n,;\t|]", sample):
        return False
    odd_ones = sum(unicodedata.category(char) in ("Cn", "Co") for char in sample)
    return odd_ones * 100 <= len(sample)


def looks_like_text(text: str) -> bool:
    """Whether control characters are one, or one in 200, of the beginning."""
    sample = text[:_SAMPLE]
    return len(_CONTROL.findall(sample)) <= 1 + len(sample) // 200
