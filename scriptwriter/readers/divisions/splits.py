"""Cut a text without headings into parts of readable length."""

from __future__ import annotations

import re

from scriptwriter.readers.divisions.lines import with_plain_breaks

USUAL_WORDS = 4_000
MOST_WORDS = 5_000
# Scripts without spaces have no words to count: this many letters stand for the usual words.
USUAL_LETTERS = 24_000
# Words are counted in blocks of so many characters.
BLOCK = 4_096
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
    shadow = with_plain_breaks(text[start:end])
    words = [len(shadow[at : at + BLOCK].split()) for at in range(0, len(shadow), BLOCK)]
    total = sum(words)
    count = max(round(total / USUAL_WORDS), -(-total // MOST_WORDS), 1)
    if len(shadow) // count > USUAL_LETTERS * 2:
        count = len(shadow) // USUAL_LETTERS
    points = [start]
    for ideal in _ideal_places(words, count):
        place = _nearest_break(shadow, ideal, slack=int(len(shadow) / count * SLACK))
        if place is not None and start + place > points[-1]:
            points.append(start + place)
    return points


def _ideal_places(words: list[int], count: int) -> list[int]:
    """Return the offsets that cut the text into parts of equal numbers of words."""
    share = sum(words) / count
    places: list[int] = []
    before = 0
    for at, inside in enumerate(words):
        while inside and len(places) < count - 1 and before + inside >= share * (len(places) + 1):
            part = (share * (len(places) + 1) - before) / inside
            places.append(int((at + part) * BLOCK))
        before += inside
    return places


def _nearest_break(shadow: str, ideal: int, *, slack: int) -> int | None:
    for pattern in (BLANK_LINE, LINE_END, SPACE):
        for reach in (slack // 64, slack // 8, slack):
            found = pattern.finditer(shadow, max(ideal - reach, 0), ideal + reach)
            place = min((m.end() for m in found), key=lambda p: abs(p - ideal), default=None)
            if place is not None:
                return place
    return None
