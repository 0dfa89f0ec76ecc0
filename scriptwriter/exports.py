"""A script version as a file."""

from __future__ import annotations

import re
from dataclasses import dataclass

from scriptwriter import versions
from scriptwriter.formats.registry import FORMATS
from scriptwriter.models import ScriptVersion
from storyforge.core.errors import NotFound

_UNSAFE = re.compile(r"[^a-z0-9]+")


@dataclass(frozen=True, kw_only=True, slots=True)
class ExportedFile:
    """A file to hand over; `filename` is ASCII and made by us."""

    filename: str
    media_type: str
    content: bytes


def export(version: ScriptVersion, name: str) -> ExportedFile:
    """Write a version in the named format; raises `NotFound` for one that is not written."""
    format_ = FORMATS.get(name)
    if format_ is None or format_.write is None:
        raise NotFound(f"Scripts are not written as {name!r}.")
    stem = _UNSAFE.sub("-", version.script.title.lower()).strip("-")[:60] or "script"
    return ExportedFile(
        filename=f"{stem}-v{version.number}{format_.extension}",
        media_type=format_.media_type,
        content=format_.write(versions.document(version)),
    )
