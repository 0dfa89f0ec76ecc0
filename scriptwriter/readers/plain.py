"""Read a plain text file."""

from __future__ import annotations

from scriptwriter.readers import limits
from scriptwriter.readers.chapters import find_chapters
from scriptwriter.readers.encodings import decode
from scriptwriter.readers.front import front_matter
from scriptwriter.readers.kinds import stem
from scriptwriter.readers.phrases import sentence
from scriptwriter.readers.types import ReadBook
from storyforge.core.errors import FileTooLarge, UnreadableFile

# Old line ends as plain ones of the same length, so that offsets stay those of the source.
SAME_LENGTH = str.maketrans({"\r": "\n", "\x0b": "\n", "\x0c": "\n", "\x85": "\n", "\u2028": "\n"})


def read_plain(data: bytes, filename: str) -> ReadBook:
    """Read a text file; its text keeps the line ends of the source."""
    decoded = decode(data)
    if not decoded.text.strip():
        raise UnreadableFile("The file is empty.")
    if len(decoded.text) > limits.TEXT_CHARS:
        raise FileTooLarge(f"The text is longer than {limits.TEXT_CHARS:,} characters.")
    lines = decoded.text.replace("\r\n", " \n").translate(SAME_LENGTH)
    front = front_matter(lines)
    finding = find_chapters(lines)
    return ReadBook(
        title=front.title or stem(filename),
        author=front.author,
        language=front.language,
        format="txt",
        encoding=decoded.encoding,
        text=decoded.text,
        chapters=finding.chapters,
        warnings=(*decoded.warnings, *map(sentence, finding.warnings)),
    )
