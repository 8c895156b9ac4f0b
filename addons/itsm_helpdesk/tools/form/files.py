"""Read the files of an answer: those it had before and those that are new."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any, NamedTuple

from .. import upload
from . import definition, records
from .problems import RefusedError

# What the first bytes of these files always tell; any other content is a disguise.
_CONTENTS = {
    "pdf": ("application/pdf",),
    "png": ("image/png",),
    "jpg": ("image/jpeg",),
    "jpeg": ("image/jpeg",),
    "gif": ("image/gif",),
    "zip": ("application/zip", "application/x-zip"),
    "docx": ("application/zip", "application/vnd.openxmlformats-"),
    "xlsx": ("application/zip", "application/vnd.openxmlformats-"),
    "pptx": ("application/zip", "application/vnd.openxmlformats-"),
}


class FileFact(NamedTuple):
    """A file that was sent: cleaned name, bytes, and the type its content shows."""

    name: str
    size: int
    mimetype: str = ""


def kept(value: Any) -> list[int]:
    """Return the ids of the files that an earlier answer has."""
    elements = value if isinstance(value, list) else [value]
    ids = map(records.as_id, elements[: 2 * definition.MAX_FILES])
    return list(dict.fromkeys(each for each in ids if each is not None))


def read(
    question: definition.Question,
    value: Any,
    new: Sequence[FileFact],
    known: Collection[int] | None,
    max_bytes: int,
) -> list[Any]:
    """Return the ids of kept files, then ``{"name"}`` for each new one.

    :param known: ids that may be kept; None takes any
    """
    ids = kept(value)
    if known is not None and not set(ids) <= set(known):
        raise RefusedError("unknown_record", type="file")
    most = definition.max_files(question)
    if len(ids) + len(new) > most:
        raise RefusedError("too_many_files", maximum=most)
    for file in new:
        _check_file(question, file, max_bytes)
    return [*ids, *({"name": file.name} for file in new)]


def _check_file(question: definition.Question, file: FileFact, max_bytes: int) -> None:
    refusal = upload.refusal(file.name, file.size, b"", max_bytes)
    if refusal:
        raise RefusedError(
            f"file_{refusal}", name=file.name, megabytes=max_bytes / 1024 / 1024
        )
    extension = file.name.rpartition(".")[2].lower()
    allowed = extensions(question)
    if allowed and extension not in allowed:
        raise RefusedError(
            "file_extension", name=file.name, extensions=", ".join(allowed)
        )
    contents = _CONTENTS.get(extension)
    if file.mimetype and contents and not file.mimetype.startswith(contents):
        raise RefusedError("file_disguised", name=file.name, extension=extension)


def extensions(question: definition.Question) -> list[str]:
    """Return the file extensions that are taken, without dots; none means any."""
    return [each.strip().lstrip(".").lower() for each in question.get("extensions", ())]
