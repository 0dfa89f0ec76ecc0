"""Read any book file in this process; jobs use `guarded.read_book_guarded` instead."""

from __future__ import annotations

from scriptwriter.readers import limits
from scriptwriter.readers.kinds import kind_of
from scriptwriter.readers.types import ReadBook
from storyforge.core.errors import FileTooLarge, UnreadableFile

TEXT_KINDS = ("txt", "md")


def read_book(data: bytes, filename: str) -> ReadBook:
    """Read a book from the bytes of a file; the name only helps to tell the format.

    Raises UnreadableFile (damaged, protected, empty, hostile, or named for another format),
    UnsupportedFormat, or FileTooLarge; each message is one or two sentences for a person.
    """
    if len(data) > limits.BOOK_FILE_BYTES:
        raise FileTooLarge(f"The file is larger than {limits.megabytes(limits.BOOK_FILE_BYTES)}.")
    kind = kind_of(data, filename)
    if kind in TEXT_KINDS and len(data) > limits.TEXT_FILE_BYTES:
        raise FileTooLarge(
            f"The text file is larger than {limits.megabytes(limits.TEXT_FILE_BYTES)}."
        )
    try:
        return _read(kind, data, filename)
    except RecursionError as error:
        raise UnreadableFile("The file is nested too deeply to read.") from error


def _read(kind: str, data: bytes, filename: str) -> ReadBook:
    """Call the reader of a kind; each is imported on use, so that a child starts quickly."""
    if kind == "epub":
        from scriptwriter.readers.epub.reader import read_epub as reader
    elif kind == "docx":
        from scriptwriter.readers.docx import read_docx as reader
    elif kind == "pdf":
        from scriptwriter.readers.pdf.reader import read_pdf as reader
    elif kind == "md":
        from scriptwriter.readers.markdown import read_markdown as reader
    else:
        from scriptwriter.readers.plain import read_plain as reader
    return reader(data, filename)
