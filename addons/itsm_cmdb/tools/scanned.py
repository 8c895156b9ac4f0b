"""What a scanner or a person typed, read as what may be on a label.

>>> read(" https://desk.example.com/zh_CN/ci/Ab3-x?utm=1 ")
Scanned(token='Ab3-x', terms=())
>>> read("ＰＣ－00017")
Scanned(token=None, terms=('PC-00017',))
"""

import re
import unicodedata
from typing import NamedTuple

MAX_LENGTH = 200
_LABEL = re.compile(
    r"^(?:https?://[^/\s]+)?(?:/[A-Za-z_@.]+)?/ci/([\w-]+)/?(?:[?#].*)?$"
)


class Scanned(NamedTuple):
    """The token of a label's address, or the codes that the text may be."""

    token: str | None
    terms: tuple[str, ...]


def read(text: str) -> Scanned:
    """Return what was scanned; an empty text gives neither token nor terms."""
    clean = unicodedata.normalize("NFKC", text or "")
    clean = "".join(char for char in clean if char.isprintable()).strip()[:MAX_LENGTH]
    label = _LABEL.match(clean)
    if label:
        return Scanned(label[1], ())
    # Codes are often typed in small letters, and with a blank too much.
    terms = dict.fromkeys([clean, clean.upper(), clean.replace(" ", "").upper()])
    return Scanned(None, tuple(term for term in terms if term))
