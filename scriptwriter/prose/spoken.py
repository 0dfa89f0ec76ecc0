"""The words of a speech as a script prints them.

Every word inside the marks stays. Three things of the printed page are changed, and no more: a prose
speech is set on one line (verse keeps its lines), a comma at the very end of a speech becomes a full stop, because the
tag it led to is gone, and so does a comma before a part that begins a new sentence.
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
    """A whole speech: its words, with a full stop for a comma at the very end."""
    text = _lines(text)
    return f"{text[:-1]}." if text.endswith(",") else text


def words_of(quote: str) -> str:
    """What of a quote must stand in the script to the letter: all but white space and a final comma."""
    return fold(quote).removesuffix(",")


def joined(first: str, second: str, *, between: str) -> str:
    """Two parts of a speech; `between` is the narration that parted them.

    Its punctuation tells whether the sentence goes on: after "said he." a new one begins,
    after "said he," the old one continues and keeps its comma.
    """
    first, second = _lines(first), _lines(second)
    ended = not fold(between) or _ENDED.search(fold(between)) is not None
    if ended and first.endswith(",") and not second[:1].islower():
        first = f"{first[:-1]}."
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
