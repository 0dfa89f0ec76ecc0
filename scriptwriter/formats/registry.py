"""The formats a script can be read from and written to, one declaration each."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from scriptwriter.formats.elements import Document, Element
from scriptwriter.formats.fountain import parse, print_document
from scriptwriter.formats.pdf import screenplay_pdf
from storyforge.core.errors import FileTooLarge, UnreadableFile

LARGEST_SCRIPT = 10 * 1024 * 1024


@dataclass(frozen=True, kw_only=True, slots=True)
class Format:
    """A file format; `read` raises UnreadableFile or FileTooLarge, `write` what its module says."""

    name: str
    extension: str
    media_type: str
    read: Callable[[bytes], Document] | None = None
    write: Callable[[Document], bytes] | None = None


def read_fountain(data: bytes) -> Document:
    """Read UTF-8, UTF-16 with its mark, or else Windows-1252, which old programs wrote."""
    if len(data) > LARGEST_SCRIPT:
        raise FileTooLarge(f"A script may have {LARGEST_SCRIPT} bytes.", limit=LARGEST_SCRIPT)
    return parse(_decoded(data))


def write_fountain(document: Document) -> bytes:
    """Write UTF-8; half surrogates, which no file can hold, become question marks."""
    return print_document(document).encode("utf-8", "replace")


def write_json(document: Document) -> bytes:
    """Write the title page and the elements, fields without value left out."""
    script = {
        "format": "storyforge/script/1",
        "title_page": [list(entry) for entry in document.title_page],
        "elements": [_plain(element) for element in document.elements],
    }
    return json.dumps(script, ensure_ascii=False, indent=1).encode("utf-8", "replace")


def _decoded(data: bytes) -> str:
    encodings = ["utf-8"] if b"\0" in data else ["utf-8", "cp1252"]
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodings = ["utf-16"]
    for encoding in encodings:
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise UnreadableFile("This is not a text file in a known encoding.")


def _plain(element: Element) -> dict[str, Any]:
    fields = {
        "text": element.text,
        "number": element.number,
        "level": element.level,
        "dual": element.dual,
        "speaker": element.speaker,
    }
    return {"kind": element.kind.value} | {name: value for name, value in fields.items() if value}


def _registered(*formats: Format) -> dict[str, Format]:
    names = [entry.name for entry in formats]
    if len(set(names)) < len(names):
        raise ValueError(f"A format is declared twice: {names}")
    return {entry.name: entry for entry in formats}


FORMATS: dict[str, Format] = _registered(
    Format(
        name="fountain",
        extension=".fountain",
        media_type="text/plain; charset=utf-8",
        read=read_fountain,
        write=write_fountain,
    ),
    Format(name="pdf", extension=".pdf", media_type="application/pdf", write=screenplay_pdf),
    Format(name="json", extension=".json", media_type="application/json", write=write_json),
)
