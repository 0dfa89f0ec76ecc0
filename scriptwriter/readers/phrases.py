"""Numbers and lists in the sentences that readers leave for people."""

from __future__ import annotations

TITLES_SHOWN = 12
TITLE_CHARS = 80


def said(count: int, noun: str) -> str:
    """Return "1 page" or "1,200 pages"; the noun takes a plain s."""
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"


def listed(titles: tuple[str, ...]) -> str:
    """Join titles, the first dozen of them."""
    first = "; ".join(title[:TITLE_CHARS] for title in titles[:TITLES_SHOWN])
    more = len(titles) - TITLES_SHOWN
    return f"{first} and {more} more" if more > 0 else first


def notes_left_out(count: int) -> str:
    """Say that notes (footnotes, endnotes and their numbers) are not part of the text."""
    return f"Notes and note numbers left out of the text: {count:,}."


def sentence(note: str) -> str:
    """Return a note with a capital and a period."""
    ended = note if note.endswith((".", "?", "!")) else note + "."
    return ended[:1].upper() + ended[1:]
