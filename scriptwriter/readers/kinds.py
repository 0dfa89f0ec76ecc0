"""Tell what a file is by its content and its name, before any parser sees it."""

from __future__ import annotations

from dataclasses import dataclass

from scriptwriter.readers.archive import Archive
from storyforge.core.errors import UnreadableFile, UnsupportedFormat

READ = "Files that are read: plain text, Markdown, EPUB, Word (.docx) and PDF."

EXTENSIONS = {
    "txt": "txt",
    "text": "txt",
    "md": "md",
    "markdown": "md",
    "epub": "epub",
    "docx": "docx",
    "pdf": "pdf",
}
NAMES = {
    "txt": "a plain text",
    "md": "a Markdown text",
    "epub": "an EPUB book",
    "docx": "a Word document (.docx)",
    "pdf": "a PDF",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Signature:
    """Leading bytes of a kind of file that is not read, and its name for the message."""

    start: bytes
    name: str


FOREIGN = (
    Signature(start=b"\x89PNG\r\n", name="a picture (PNG)"),
    Signature(start=b"\xff\xd8\xff", name="a picture (JPEG)"),
    Signature(start=b"GIF8", name="a picture (GIF)"),
    Signature(start=b"RIFF", name="a media file"),
    Signature(start=b"OggS", name="a sound file"),
    Signature(start=b"ID3", name="a sound file"),
    Signature(start=b"\x7fELF", name="a program"),
    Signature(start=b"MZ\x90", name="a program"),
    Signature(start=b"\x1f\x8b", name="a gzip archive"),
    Signature(start=b"\xfd7zXZ\x00", name="an xz archive"),
    Signature(start=b"7z\xbc\xaf\x27\x1c", name="a 7z archive"),
    Signature(start=b"Rar!\x1a\x07", name="a RAR archive"),
    Signature(start=b"BZh", name="a bzip2 archive"),
    Signature(start=b"{\\rtf", name="an RTF document"),
    Signature(
        start=b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
        name="an old Word document or a document with a password",
    ),
    Signature(start=b"SQLite format 3\x00", name="a database"),
)
# Text formats with markup of their own: read as plain text they would show their tags.
MARKUP = (
    Signature(start=b"<!doctype html", name="an HTML page"),
    Signature(start=b"<html", name="an HTML page"),
    Signature(start=b"<finaldraft", name="a Final Draft script, which the script import reads"),
    Signature(start=b"<fictionbook", name="a FictionBook file"),
    Signature(start=b"<svg", name="a picture (SVG)"),
    Signature(start=b"<opml", name="an outline (OPML)"),
)


def kind_of(data: bytes, filename: str) -> str:
    """Return txt, md, epub, docx or pdf.

    Raises UnreadableFile when name and content disagree, UnsupportedFormat for other formats.
    """
    named = EXTENSIONS.get(extension(filename), "")
    if not data.strip(b"\x00 \t\r\n"):
        raise UnreadableFile("The file is empty.")
    found = _kind_by_content(data)
    if found in NAMES:
        return _agreed(named, found, filename)
    if found:
        raise UnsupportedFormat(f"This is {found}. {READ}")
    if named in ("txt", "md"):
        return named
    if named:
        raise UnreadableFile(
            f"The file is named .{extension(filename)}, but it is not {NAMES[named]}, "
            "or it is damaged at the start."
        )
    if extension(filename):
        raise UnsupportedFormat(f"Files named .{extension(filename)} are not read here. {READ}")
    return "txt"


def extension(filename: str) -> str:
    """Return the lower-case ending of a name, cut to what a message can show."""
    name = filename.replace("\\", "/").rsplit("/", 1)[-1]
    _, dot, ending = name.rpartition(".")
    clean = "".join(c for c in ending.casefold() if c.isalnum())
    return clean[:12] if dot else ""


def stem(filename: str) -> str:
    """Return a file name as a title: no folder, no ending, words apart."""
    name = filename.replace("\\", "/").rsplit("/", 1)[-1]
    base = name.rsplit(".", 1)[0] or name
    shown = "".join(c if c.isprintable() else " " for c in base.replace("_", " "))
    return " ".join(shown.split())[:200]


def _agreed(named: str, found: str, filename: str) -> str:
    if named and named != found:
        raise UnreadableFile(
            f"The file is named .{extension(filename)}, but it is {NAMES[found]}. "
            "Rename it and try again."
        )
    return found


def _kind_by_content(data: bytes) -> str:
    """Return a kind that is read, the name of one that is not, or "" for text and the unknown."""
    if data.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _kind_of_zip(data)
    if b"%PDF-" in data[:1024]:
        return "pdf"
    for signature in FOREIGN:
        if data.startswith(signature.start):
            return signature.name
    return _markup(data)


def _markup(data: bytes) -> str:
    head = data[:2048].replace(b"\x00", b"").removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    for signature in MARKUP:
        if head.startswith(signature.start):
            return signature.name
        if head.startswith(b"<?xml") and signature.start in head:
            return signature.name
    return "an XML file" if head.startswith(b"<?xml") else ""


def _kind_of_zip(data: bytes) -> str:
    archive = Archive(data)
    if archive.has("META-INF/container.xml") or archive.mimetype == "application/epub+zip":
        return "epub"
    if archive.mimetype.startswith("application/vnd.oasis.opendocument"):
        return "an OpenDocument file"
    if archive.has("[Content_Types].xml"):
        return "docx" if archive.has_folder("word") else "an Office file that is not a text"
    return "a ZIP archive"
