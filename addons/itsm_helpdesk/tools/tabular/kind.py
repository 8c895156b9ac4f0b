"""Tell what a file is by its content, never by its name."""

from __future__ import annotations

import re

from .errors import TabularError

OLE_MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
ZIP_MAGIC = b"PK\x03\x04"
# Beginnings of bare BIFF 2, 3, 4 and 5 streams, older than the OLE container.
BIFF_MAGIC = (
    b"\x09\x00\x04\x00",
    b"\x09\x02\x06\x00",
    b"\x09\x04\x06\x00",
    b"\x09\x08",
)
FOREIGN_MAGIC: tuple[tuple[bytes, str], ...] = (
    (b"%PDF", "PDF"),
    (b"{\\rtf", "RTF"),
    (b"\x1f\x8b", "gzip"),
    (b"7z\xbc\xaf\x27\x1c", "7-Zip"),
    (b"Rar!", "RAR"),
    (b"\x89PNG", "PNG"),
    (b"\xff\xd8\xff", "JPEG"),
    (b"GIF8", "GIF"),
    (b"PK\x05\x06", "empty ZIP"),
    (b"MIME-Version:", "MHTML"),
)
_HTML = re.compile(r"<(!doctype\s+html|html|head|meta|body|table|style|script|div)\b")
# Encrypted OOXML keeps its payload in an OLE stream of this name.
_ENCRYPTED_STREAM = "EncryptedPackage".encode("utf-16-le")
EXTENSIONS: dict[str, tuple[str, ...]] = {
    "xlsx": ("xlsx", "xlsm", "xltx", "xltm"),
    "xls": ("xls", "xlt"),
    "csv": ("csv", "txt", "tsv", "tab"),
}


def binary_kind(content: bytes) -> str | None:
    """``xlsx`` for any ZIP, ``xls`` for OLE or BIFF, None for possible text.

    Raises TabularError ``wrong_type`` or ``encrypted``.
    """
    if content.startswith(ZIP_MAGIC):
        return "xlsx"
    if content.startswith(OLE_MAGIC):
        if _ENCRYPTED_STREAM in content:
            raise TabularError("encrypted")
        return "xls"
    if content.startswith(BIFF_MAGIC):
        return "xls"
    for magic, found in FOREIGN_MAGIC:
        if content.startswith(magic):
            raise TabularError("wrong_type", found=found)
    return None


def refuse_markup(text: str) -> None:
    """Raise ``wrong_type`` for the HTML and XML that systems export as .xls."""
    head = text[:4096].lstrip().casefold()
    if not head.startswith("<"):
        return
    if head.startswith("<?xml") or "schemas-microsoft-com:office:spreadsheet" in head:
        spreadsheet = "urn:schemas-microsoft-com:office:spreadsheet" in head
        found = "XML Spreadsheet 2003" if spreadsheet else "XML"
        if not spreadsheet and _HTML.search(head):
            found = "HTML"
        raise TabularError("wrong_type", found=found)
    if _HTML.search(head):
        raise TabularError("wrong_type", found="HTML")


def extension_fits(filename: str, kind: str) -> bool:
    """Whether the name has no extension or one that goes with ``kind``."""
    _stem, dot, extension = filename.rpartition(".")
    return not dot or extension.casefold() in EXTENSIONS[kind]
