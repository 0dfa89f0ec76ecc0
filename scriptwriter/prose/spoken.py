"""The words of a speech as a script prints them.

Every letter and mark between the quotation marks stays, the comma before a removed tag too: what the book
prints as spoken is found in the script to the letter. Only the printer's lines go: a prose speech is
set on one line, verse keeps its own.
"""

from __future__ import annotations

import re

_SPACE = re.compile(r"\s+")
_ENDED = re.compile(r"[.!?…]['’”\"\])_*]*$")
VERSE_WIDTH = 60  # characters; longer lines are prose that was wrapped
VERSE_CAPITALS = 0.7  # share of lines that begin with a capital


def fold(text: str) -> str:
    """The text on one line: a book's line breaks are its printer's, not its author's."""
    return _SPACE.sub(" ", text).strip()


def spoken(text: str) -> str:
    """A whole speech, to the letter but for the printer's line breaks."""
    return _lines(text)


def words_of(quote: str) -> str:
    """What of a quote must stand in the script to the letter: all of it, white space folded."""
    return fold(quote)


def joined(first: str, second: str) -> str:
    """Two parts of a speech that only a tag had parted."""
    first, second = _lines(first), _lines(second)
    return f"{first}\n{second}" if "\n" in first + second else f"{first} {second}"


def goes_on(first: str, second: str, *, between: str) -> bool:
    """Whether narration interrupts a sentence that `second` continues."""
    if _ENDED.search(fold(first)) or _ENDED.search(fold(between)):
        return False
    return second[:1].islower() or fold(between).endswith((",", "—", "-", "–", ";"))


def _lines(text: str) -> str:
    """Verse line by line, prose on one line."""
    lines = [line for line in (fold(line) for line in text.splitlines()) if line]
    return "\n".join(lines) if _is_verse(lines) else " ".join(lines)


def _is_verse(lines: list[str]) -> bool:
    if len(lines) < 2 or max(map(len, lines)) > VERSE_WIDTH:
        return False
    capitals = sum(line.lstrip("“‘\"'_(—-")[:1].isupper() for line in lines)
    return capitals >= max(2, VERSE_CAPITALS * len(lines))
