"""What reading a book gives: its decoded text, and where its chapters lie in it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True, slots=True)
class ChapterSpan:
    """One chapter: `text[start:end]` of the book's decoded text, heading line included.

    `label` is the numbering part ("CHAPTER IV"), `title` what a contents page would print ("The
    Sea-Cook", or the label where there is no title); `level` is 1 for the outermost
    division that holds text (a chapter), 2 and deeper for a chapter inside a part. `body` is
    the offset where the text after the heading starts.
    """

    title: str
    label: str
    level: int
    start: int
    body: int
    end: int


@dataclass(frozen=True, kw_only=True, slots=True)
class ReadBook:
    """A book as read from a file: everything an import stores.

    `text` is the whole decoded text with the line ends of the source; `warnings` say in plain words what
    was guessed, replaced or left out.
    """

    title: str
    author: str
    language: str  # ISO 639-1, "" if unknown
    format: str  # txt, md, epub, docx, pdf
    encoding: str  # of text files; "" elsewhere
    text: str
    chapters: tuple[ChapterSpan, ...]
    warnings: tuple[str, ...] = ()
