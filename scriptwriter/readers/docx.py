"""Read a Word document: mammoth makes HTML of it, heading styles become chapters."""

from __future__ import annotations

import io
import re
import zipfile
from dataclasses import dataclass
from xml.parsers.expat import ExpatError

from lxml import etree

from scriptwriter.readers import limits
from scriptwriter.readers.archive import Archive
from scriptwriter.readers.assembly import split_book
from scriptwriter.readers.blocks import BlockWriter
from scriptwriter.readers.front import front_matter
from scriptwriter.readers.kinds import stem
from scriptwriter.readers.languages import iso_639_1
from scriptwriter.readers.markup import attribute, local_name, parse_page, parse_xml
from scriptwriter.readers.pages import PageText
from scriptwriter.readers.phrases import notes_left_out
from scriptwriter.readers.types import ReadBook
from storyforge.core.errors import FileTooLarge, UnreadableFile

BROKEN = "The Word document is damaged and cannot be read."
EMPTY = "The document holds no text."
STYLES = "word/styles.xml"
PROPERTIES = "docProps/core.xml"
PARTS = re.compile(r"\[Content_Types\]\.xml|.*\.rels|word/[^/]+\.xml", re.IGNORECASE)
STYLE_ID = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,60}")
NAMED_STYLES = (
    "p[style-name='Title'] => p.book-title:fresh\n"
    "p[style-name='Subtitle'] => p.book-subtitle:fresh\n"
    "p[style-name='Author'] => p.book-author:fresh\n"
)
NOTE_BODY = re.compile(r"(?:foot|end)note-")
# What programs put where nobody filled in a name.
NOBODY = frozenset(
    ["author", "microsoft office user", "python-docx", "unknown", "user", "windows user", ""]
)
# What mammoth lets through when a document breaks the rules it relies on.
MAMMOTH_FAILURES = (
    ExpatError,
    AttributeError,
    IndexError,
    KeyError,
    LookupError,
    OSError,
    TypeError,
    ValueError,
    zipfile.BadZipFile,
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Properties:
    """What the document says of itself; empty strings where it says nothing."""

    title: str = ""
    author: str = ""
    language: str = ""


def read_docx(data: bytes, filename: str) -> ReadBook:
    """Read a Word document. Raises UnreadableFile or FileTooLarge."""
    archive = Archive(data)
    page_html = _html(_text_parts(archive))
    if not page_html:
        raise UnreadableFile(EMPTY)
    root = parse_page(page_html.encode(), part="the document").root
    notes = _remove_notes(root)
    writer = BlockWriter()
    page = PageText(writer)
    page.write(root)
    content = writer.finish()
    if not content.text:
        raise UnreadableFile(EMPTY)
    said, front = _properties(archive), front_matter(content.text)
    title = _styled(root, "book-title") or said.title or front.title or stem(filename)
    split = split_book(content, [], book_title=title, body_end=front.body_end)
    left_out = max(notes, page.notes_left_out)
    note = (notes_left_out(left_out),) if left_out else ()
    return ReadBook(
        title=title,
        author=_styled(root, "book-author") or said.author or front.author,
        language=said.language or front.language,
        format="docx",
        encoding="",
        text=content.text,
        chapters=split.chapters,
        warnings=(*note, *split.warnings),
    )


def _text_parts(archive: Archive) -> dict[str, bytes]:
    """Read the parts that carry text, and refuse any that declares a document type."""
    parts: dict[str, bytes] = {}
    for name in archive.names:
        if not PARTS.fullmatch(name):
            continue
        part = archive.read(name, limit=limits.XML_PART_BYTES)
        # The format forbids document types; mammoth's own parser would read them.
        if b"<!DOCTYPE" in part.replace(b"\x00", b"").upper():
            raise UnreadableFile("The document declares its own entities, so it is not opened.")
        parts[name] = part
    return parts


def _html(parts: dict[str, bytes]) -> str:
    """Convert with mammoth from a fresh container that holds nothing but the checked parts."""
    # Imported here: it takes a tenth of a second that other formats need not wait for.
    import mammoth

    container = io.BytesIO()
    with zipfile.ZipFile(container, "w") as fresh:
        for name, part in parts.items():
            fresh.writestr(name, part)
    try:
        result = mammoth.convert_to_html(
            container,
            style_map=NAMED_STYLES + _outline_styles(parts.get(STYLES)),
            include_embedded_style_map=False,
            external_file_access=False,
            convert_image=lambda _image: [],
        )
    except (MemoryError, RecursionError) as error:
        raise FileTooLarge("The document is too large or too deeply nested to read.") from error
    except MAMMOTH_FAILURES as error:
        raise UnreadableFile(BROKEN) from error
    return str(result.value)


def _outline_styles(part: bytes | None) -> str:
    """Map styles by their outline level: a writer's own "Chapter" style is a heading too."""
    if part is None:
        return ""
    styles = {
        attribute(style, "styleId"): style
        for style in parse_xml(part, part="its list of styles").iter()
        if local_name(style) == "style" and attribute(style, "type") == "paragraph"
    }
    lines = []
    for name in styles:
        level = _outline_level(styles, name)
        if level is not None and STYLE_ID.fullmatch(name):
            lines.append(f"p.{name} => h{level + 1}:fresh")
    return "\n".join(lines)


def _outline_level(styles: dict[str, etree._Element], name: str) -> int | None:
    """Follow a style to the ones it is based on; a circle of styles ends."""
    seen: set[str] = set()
    while name in styles and name not in seen:
        seen.add(name)
        below = {local_name(e): e for e in styles[name].iter()}
        if "outlinelvl" in below:
            value = attribute(below["outlinelvl"], "val")
            return int(value) if value in ("0", "1", "2", "3", "4", "5") else None
        name = attribute(below["basedon"], "val") if "basedon" in below else ""
    return None


def _remove_notes(root: etree._Element) -> int:
    """Take out the list of notes that mammoth puts at the end; return how many there were."""
    notes = [e for e in root.iter() if NOTE_BODY.match(e.get("id") or "") and e.tag == "li"]
    for note in notes:
        parent = note.getparent()
        if parent is not None:
            parent.remove(note)
    return len(notes)


def _styled(root: etree._Element, name: str) -> str:
    found = next((e for e in root.iter() if e.get("class") == name), None)
    return (
        " ".join("".join(str(t) for t in found.itertext()).split())[:500]
        if found is not None
        else ""
    )


def _properties(archive: Archive) -> Properties:
    if not archive.has(PROPERTIES):
        return Properties()
    root = parse_xml(archive.read(PROPERTIES), part="its list of properties")
    values = {local_name(e): " ".join((e.text or "").split())[:500] for e in root.iter()}
    author = values.get("creator", "")
    return Properties(
        title=values.get("title", ""),
        author="" if author.casefold() in NOBODY else author,
        language=iso_639_1(values.get("language", "")),
    )
