"""Sentences of a text as spans, good enough to quote from."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

from scriptwriter.prose.passages import Passage

# A full stop after one of these, or after a single capital, does not end a sentence.
_ABBREVIATIONS = {
    "mr", "mrs", "ms", "dr", "st", "rev", "hon", "esq", "capt", "col", "gen", "lt", "sgt", "prof",
    "messrs", "jr", "sr", "no", "vol", "mme", "mlle",
}  # fmt: skip
_END = re.compile(r"[.!?…]+[”’\"')\]]*(?=\s|$)|\n\s*\n")
_LAST_WORD = re.compile(r"(\w+)\W*$")
LONGEST = 60  # words; a longer sentence is too much to quote
SHORTEST = 6


def sentences(text: str) -> Iterator[tuple[int, int]]:
    """Spans of the sentences in order, without the white space around them."""
    start = 0
    for end in _END.finditer(text):
        if end.group().startswith(".") and _is_abbreviation(text, start, end.start()):
            continue
        stop = end.start() if end.group().isspace() else end.end()
        yield from _trimmed(text, start, stop)
        start = end.end()
    yield from _trimmed(text, start, len(text))


def _is_abbreviation(text: str, start: int, dot: int) -> bool:
    word = _LAST_WORD.search(text, max(start, dot - 12), dot)
    if word is None:
        return False
    return word.group(1).lower() in _ABBREVIATIONS or (
        len(word.group(1)) == 1 and word.group(1).isupper() and word.group(1) != "I"
    )


def _trimmed(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    piece = text[start:end]
    start += len(piece) - len(piece.lstrip())
    end -= len(piece) - len(piece.rstrip())
    if start < end:
        yield start, end


def quotable(chapters: Sequence[str]) -> list[Passage]:
    """Every sentence of the book that is neither a scrap, a page long, nor cut out of a quotation."""
    return [
        Passage(chapter=number, start=start, end=end, quote=text[start:end])
        for number, text in enumerate(chapters)
        for start, end in _whole_spans(text)
    ]


@lru_cache(maxsize=256)  # every profile of a book reads the same chapters
def _whole_spans(text: str) -> tuple[tuple[int, int], ...]:
    return tuple(
        (start, end)
        for start, end in sentences(text)
        if SHORTEST <= len(text[start:end].split()) <= LONGEST and _is_whole(text[start:end])
    )


def _is_whole(sentence: str) -> bool:
    """It begins like a sentence, and no quotation is cut in the middle."""
    first = sentence.lstrip("“\"‘'(_—-")
    balanced = sentence.count("“") == sentence.count("”") and sentence.count('"') % 2 == 0
    closed = sentence.count("‘") <= sentence.count("’") and sentence.count("(") == sentence.count(
        ")"
    )
    ends = sentence.rstrip("”’\"')]_*")[-1:] in {".", "!", "?", "…"}
    return first[:1].isupper() and balanced and closed and ends
