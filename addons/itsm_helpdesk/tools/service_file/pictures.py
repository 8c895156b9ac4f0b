"""Which pictures a service file may carry."""

from __future__ import annotations

import base64
import binascii

from .limits import MAX_PICTURE_BYTES

# Pictures made of pixels. SVG is a document that may run scripts.
_HEADS = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"GIF87a", b"GIF89a")


def picture_problem(text: str) -> str | None:
    """Return the code of what is wrong with a picture, None where it may be read.

    Only its first bytes are judged; whether the rest is a picture shows when it is
    opened.

    >>> picture_problem("PHN2Zz4=")
    'not_a_picture'
    """
    if len(text) > MAX_PICTURE_BYTES * 4 // 3 + 4:
        return "picture_too_large"
    try:
        content = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return "not_base64"
    if len(content) > MAX_PICTURE_BYTES:
        return "picture_too_large"
    webp = content[:4] == b"RIFF" and content[8:12] == b"WEBP"
    return None if webp or content.startswith(_HEADS) else "not_a_picture"
