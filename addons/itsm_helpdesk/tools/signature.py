"""Signatures that were drawn on a screen, as browsers send them."""

from __future__ import annotations

import base64
import binascii

MAX_BYTES = 1024 * 1024
_PNG = b"\x89PNG\r\n\x1a\n"


def checked(signature: object) -> bytes | None:
    """Return the picture in base64, or None for what is no picture of a signature.

    >>> checked("nothing of the kind") is None
    True
    """
    if isinstance(signature, str):
        signature = signature.encode()
    try:
        content = base64.b64decode(signature or b"", validate=True)
    except (binascii.Error, TypeError, ValueError):
        return None
    if not content.startswith(_PNG) or len(content) > MAX_BYTES:
        return None
    return signature
