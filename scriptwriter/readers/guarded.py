"""Read a book file in a child process with limits on time, memory and output."""

from __future__ import annotations

from typing import Any

from scriptwriter.readers import limits
from scriptwriter.readers.kinds import extension
from scriptwriter.readers.types import ChapterSpan, ReadBook
from storyforge.core.errors import FileTooLarge, UnreadableFile, UnsupportedFormat
from storyforge.core.guarded import Reader

READER = Reader(
    module="scriptwriter.readers.child",
    stopped="The file could not be read: the reader stopped on it.",
    errors=(UnreadableFile, UnsupportedFormat),
)


def read_book_guarded(data: bytes, filename: str, *, seconds: float | None = None) -> ReadBook:
    """Read a book as `read_book` does, but in a process that cannot harm this one.

    `seconds` caps wall and processor time; the default is 20, for a PDF 60. Raises
    UnreadableFile, UnsupportedFormat or FileTooLarge, also for time, memory and crashes.
    """
    if len(data) > limits.BOOK_FILE_BYTES:
        raise FileTooLarge(f"The file is larger than {limits.megabytes(limits.BOOK_FILE_BYTES)}.")
    allowed = seconds if seconds is not None else _seconds(filename)
    return _book(READER.read(data, seconds=allowed, filename=filename))


def _seconds(filename: str) -> float:
    return limits.PDF_SECONDS if extension(filename) == "pdf" else limits.CHILD_SECONDS


def _book(stored: dict[str, Any]) -> ReadBook:
    chapters = tuple(ChapterSpan(**chapter) for chapter in stored.pop("chapters"))
    warnings = tuple(stored.pop("warnings"))
    return ReadBook(chapters=chapters, warnings=warnings, **stored)
