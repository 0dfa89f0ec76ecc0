"""Cut a text without headings into parts of readable length."""

from __future__ import annotations

import re

from scriptwriter.readers.divisions.lines import with_plain_breaks

USUAL_WORDS = 4_000
MOST_WORDS = 5_000
# Scripts without spaces have no words to count: this many letters stand for the usual words.
USUAL_LETTERS = 24_000
# A cut may lie this share of a part before or after its ideal place.
SLACK = 0.25
BLANK_LINE = re.compile(r"\n[ \t]*\n(?=[ \t]*\S)")
LINE_END = re.compile(r"\n(?=[ \t]*\S)")
SPACE = re.compile(r"\s(?=\S)")


def split_points(text: str, start: int, end: int) -> list[int]:
    """Return the offsets where the parts of text[start:end] begin, `start` first.

    Parts have 3,000 to 5,000 words where the text allows: cuts lie at blank lines, else at line ends,
    else at spaces, and nowhere else.
    """
    words = len(text[start:end].split())
    count = max(round(words / USUAL_WORDS), -(-words // MOST_WORDS), 1)
    if (end - start) // count > USUAL_LETTERS * 2:
        count = max(count, (end - start) // USUAL_LETTERS)
    if count == 1:
        return [start]
    shadow = with_plain_breaks(text[start:end])
    points = [start]
    for ideal in _ideal_places(shadow, count):
        place = _nearest_break(shadow, ideal, slack=int(len(shadow) / count * SLACK))
        if place is not None and start + place > points[-1]:
            points.append(start + place)
    return points


def _ideal_places(shadow: str, count: int) -> list[int]:
    """Return the offsets that cut the text into parts of equal numbers of words."""
    step = max(len(shadow) // (count * 8), 1)
    blocks = [shadow[at : at + step] for at in range(0, len(shadow), step)]
    words = [len(block.split()) for block in blocks]
    share = sum(words) / count
    places: list[int] = []
    before = 0
    for at, inside in enumerate(words):
        while inside and len(places) < count - 1 and before + inside >= share * (len(places) + 1):
            part = (share * (len(places) + 1) - before) / inside
            places.append(int((at + part) * step))
        before += inside
    return places


def _nearest_break(shadow: str, ideal: int, *, slack: int) -> int | None:
    first, stop = max(ideal - slack, 0), min(ideal + slack, len(shadow))
    for pattern in (BLANK_LINE, LINE_END, SPACE):
        found = [match.end() for match in pattern.finditer(shadow, first, stop)]
        if found:
            return min(found, key=lambda place: abs(place - ideal))
    return None
