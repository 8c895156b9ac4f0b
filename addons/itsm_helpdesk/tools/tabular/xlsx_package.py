"""The ZIP and XML of an .xlsx, unpacked and parsed within bounds.

The sheets are parsed by a streaming parser of our own rather than by
``openpyxl.load_workbook``: that one builds every row, and the whole of the
style and relation parts, as trees in memory, so one row of ten million empty
cells takes gigabytes before any limit can be applied.
"""

from __future__ import annotations

import io
import posixpath
import time
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from xml.parsers import expat

from .errors import TabularError
from .limits import MIB, Limits

_CHUNK = 64 * 1024
_RATIO_FLOOR = 10 * MIB
# A single tag, comment or attribute as long as this is no workbook's.
_MAX_TOKEN = 4 * MIB
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_DIRECTORY_ENTRY = b"PK\x01\x02"


@contextmanager
def damage_as_error() -> Iterator[None]:
    """Turn any failure of zip, zlib or expat into ``broken_file``.

    Hostile bytes reach struct, index, value, memory and decoding errors, so no
    list of types would be complete.
    """
    try:
        yield
    except TabularError:
        raise
    except Exception as error:
        raise TabularError("broken_file", detail=type(error).__name__) from error


class Package:
    """The parts of an .xlsx by name, checked before anything is unpacked."""

    def __init__(self, content: bytes, limits: Limits) -> None:
        self.limits = limits
        # Counted first, as ZipFile makes an object of each entry.
        if content.count(_DIRECTORY_ENTRY) > limits.max_entries:
            detail = f"more than {limits.max_entries} entries"
            raise TabularError("zip_bomb", detail=detail)
        with damage_as_error():
            self._zip = zipfile.ZipFile(io.BytesIO(content))
            entries = self._zip.infolist()
        self._parts = {
            entry.filename.replace("\\", "/").lstrip("/").casefold(): entry
            for entry in entries
        }
        self._refuse_bombs(entries, len(content))
        self._refuse_others(entries)

    def _refuse_bombs(self, entries: list[zipfile.ZipInfo], packed: int) -> None:
        unpacked = sum(entry.file_size for entry in entries)
        if unpacked > self.limits.max_uncompressed_bytes:
            raise TabularError("zip_bomb", detail=f"{unpacked} bytes")
        ratio = unpacked / max(packed, 1)
        if unpacked > _RATIO_FLOOR and ratio > self.limits.max_ratio:
            raise TabularError("zip_bomb", detail=f"ratio {ratio:.0f}")

    def _refuse_others(self, entries: list[zipfile.ZipInfo]) -> None:
        if any(entry.flag_bits & 1 for entry in entries):
            raise TabularError("encrypted")
        if "xl/workbook.bin" in self._parts:
            raise TabularError("wrong_type", found="XLSB")
        if "content.xml" in self._parts:
            raise TabularError("wrong_type", found="OpenDocument")
        if "word/document.xml" in self._parts:
            raise TabularError("wrong_type", found="Word")
        if "[content_types].xml" not in self._parts:
            raise TabularError("wrong_type", found="ZIP")

    def __contains__(self, name: str) -> bool:
        return name.casefold() in self._parts

    def parse(self, name: str, handler: XmlHandler, limit: int = 0) -> Iterator[None]:
        """Feed part ``name`` to ``handler``, pausing after each 64 KiB.

        ``limit`` bounds the unpacked bytes (default: the package's limit).
        Raises TabularError ``zip_bomb``, ``too_slow``, ``forbidden_xml``,
        ``broken_file``, or what the handler raises.
        """
        limit = limit or self.limits.max_uncompressed_bytes
        parser = handler.parser()
        spent, fed = 0.0, 0
        for chunk in self._chunks(name):
            fed += len(chunk)
            if fed > limit:
                raise TabularError("zip_bomb", detail=f"{name}: over {limit} bytes")
            started = time.monotonic()
            with damage_as_error():
                parser.Parse(chunk, not chunk)
            spent += time.monotonic() - started
            if spent > self.limits.max_seconds:
                raise TabularError("too_slow", limit=self.limits.max_seconds)
            if chunk and fed - parser.CurrentByteIndex > _MAX_TOKEN + _CHUNK:
                raise TabularError("broken_file", detail="endless tag")
            yield

    def parse_all(self, name: str, handler: XmlHandler, limit: int = 0) -> None:
        """Feed the whole of part ``name`` to ``handler``."""
        for _pause in self.parse(name, handler, limit):
            pass

    def chunks(self, name: str) -> Iterator[bytes]:
        """Unpacked bytes of a part, as many as the limit allows."""
        fed = 0
        for chunk in self._chunks(name):
            fed += len(chunk)
            if fed > self.limits.max_uncompressed_bytes:
                raise TabularError("zip_bomb", detail=f"{name}: {fed} bytes")
            yield chunk

    def _chunks(self, name: str) -> Iterator[bytes]:
        """Unpacked bytes of a part; an empty chunk marks the end."""
        with damage_as_error():
            entry = self._parts[name.casefold()]
            if entry.compress_type not in _METHODS:
                raise TabularError("broken_file", detail="compression method")
            stream = self._zip.open(entry)
        with stream:
            while True:
                with damage_as_error():
                    chunk = stream.read(_CHUNK)
                yield chunk
                if not chunk:
                    return


class XmlHandler:
    """Base of the part parsers: local element names, no types, no entities."""

    def parser(self) -> Any:
        """A new expat parser that calls this handler."""
        parser = expat.ParserCreate()
        parser.buffer_text = True
        parser.buffer_size = _CHUNK
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self.text
        parser.StartDoctypeDeclHandler = self._refuse
        parser.EntityDeclHandler = self._refuse
        return parser

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """An element begins; ``name`` has no prefix, attributes keep theirs."""

    def end(self, name: str) -> None:
        """An element ends."""

    def text(self, data: str) -> None:
        """Characters between tags, perhaps in several pieces."""

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self.start(name.rpartition(":")[2] if ":" in name else name, attributes)

    def _end(self, name: str) -> None:
        self.end(name.rpartition(":")[2] if ":" in name else name)

    def _refuse(self, *_declaration: object) -> None:
        raise TabularError("forbidden_xml")


def resolve(base: str, target: str) -> str:
    """Part name that ``target`` means in the relations of part ``base``."""
    joined = posixpath.join("/", posixpath.dirname(base), target.replace("\\", "/"))
    return posixpath.normpath(joined).lstrip("/")
