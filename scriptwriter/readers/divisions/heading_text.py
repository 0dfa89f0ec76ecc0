"""What belongs to a heading below its first line: the title, and the rest of a long title."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass

from scriptwriter.readers.divisions.candidates import Candidate, is_bare_label
from scriptwriter.readers.divisions.decoration import (
    QUOTES,
    is_capitals,
    names_one_of,
    tidy,
    undecorated,
)
from scriptwriter.readers.divisions.keywords import CONTENTS, KEYWORDS
from scriptwriter.readers.divisions.lines import Lines

# A title below its label: lines, letters, words, and blank lines between the two at most.
MOST_LINES = 3
LONGEST_TITLE = 150
LONGEST_PLAIN_TITLE = 80
MOST_PLAIN_WORDS = 12
FARTHEST = 5
# "Contents", and in plays "Scene" above the description of the stage.
NO_TITLES = CONTENTS | KEYWORDS.keys()
# "It was late." may be a title; it is one where most chapters of the book have such a line.
USUAL_SHARE = 0.6
# Small words stay small in titles.
SMALL_WORD = 4
MONTHS = (
    "jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec|mär|mai|okt|dez|janv|févr|avr|juin|juil|"
    "août|déc|ene|abr|ago|dic|gen|mag|giu|lug|set|ott"
)
DATE = re.compile(
    rf"\b(?:{MONTHS})\w*\.?\s+\d|\d\w*\.?\s+(?:{MONTHS})\w*\b|\b1[5-9]\d\d\b|--+$", re.I
)


@dataclass(frozen=True, kw_only=True, slots=True)
class HeadingText:
    """A heading in full: what it says and the line where the text after it begins."""

    label: str
    title: str
    body_line: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Below:
    """The lines right below a label that may be its title, and how sure that is."""

    title: str
    stop: int
    is_sure: bool


def read_heading_texts(
    lines: Lines, headings: list[Candidate], labelled: set[int]
) -> list[HeadingText]:
    """Read the titles of all headings; `labelled` are lines that are headings of their own."""
    below = [_below(lines, c, labelled) if is_bare_label(c) else None for c in headings]
    below = _without_speakers(lines, below)
    bare = sum(1 for c in headings if is_bare_label(c))
    is_usual = sum(1 for b in below if b) >= bare * USUAL_SHARE and bare > 1
    return [
        _with_title(lines, c, b if b and (b.is_sure or is_usual) else None, labelled)
        for c, b in zip(headings, below, strict=True)
    ]


def _without_speakers(lines: Lines, below: list[Below | None]) -> list[Below | None]:
    """Leave out lines that stand below labels less often than elsewhere: names of speakers."""
    used = Counter(b.title for b in below if b)
    names = (text.rstrip(".:") for text in lines.texts)
    elsewhere = Counter(name for name in names if name in used)
    return [b if b and elsewhere[b.title] <= used[b.title] * 2 else None for b in below]


def _with_title(
    lines: Lines, candidate: Candidate, below: Below | None, labelled: set[int]
) -> HeadingText:
    if below:
        return HeadingText(label=candidate.label, title=below.title, body_line=below.stop)
    title, stop = candidate.title, candidate.below
    if title:
        title, stop = _with_continuation(lines, candidate, labelled)
    return HeadingText(label=candidate.label, title=title or candidate.label, body_line=stop)


def _with_continuation(lines: Lines, candidate: Candidate, labelled: set[int]) -> tuple[str, int]:
    """Add the lines a long title runs on to."""
    stop = candidate.below
    parts = [candidate.title]
    while (
        stop < len(lines)
        and lines.gaps[stop] == 0
        and stop not in labelled
        and not lines.ends_early(stop - 1)
        and stop - candidate.line <= MOST_LINES
    ):
        parts.append(lines.texts[stop])
        stop += 1
    if lines.gap_before(stop) and sum(map(len, parts)) <= LONGEST_TITLE * 2:
        return tidy(" ".join(parts)), stop
    return _capital_lines(lines, candidate, labelled)


def _capital_lines(lines: Lines, candidate: Candidate, labelled: set[int]) -> tuple[str, int]:
    title, stop = candidate.title, candidate.below
    while (
        is_capitals(title)
        and stop < len(lines)
        and lines.gaps[stop] == 0
        and stop not in labelled
        and is_capitals(lines.texts[stop])
    ):
        title = tidy(f"{title} {lines.texts[stop]}")
        stop += 1
    return title, stop


def _below(lines: Lines, candidate: Candidate, labelled: set[int]) -> Below | None:
    first = candidate.below
    if first >= len(lines) or lines.gaps[first] > FARTHEST or first in labelled:
        return None
    stop = first + 1
    limit = first + MOST_LINES if lines.is_wrapped else first + 1
    while stop < min(limit, len(lines)) and lines.gaps[stop] == 0 and stop not in labelled:
        stop += 1
    while stop > first:
        found = _read_below(lines, candidate, range(first, stop))
        if found:
            return found
        stop -= 1
    return None


def _read_below(lines: Lines, candidate: Candidate, block: range) -> Below | None:
    """Read a block of lines as a title; one that text follows at once must be in capitals."""
    raw = " ".join(lines.texts[line] for line in block)
    core, depth, _ = undecorated(raw)
    is_apart = lines.gap_before(block.stop) > 0 or not lines.is_wrapped
    if not core or depth > candidate.depth > 0 or names_one_of(core, NO_TITLES):
        return None
    if is_capitals(core) and not core.endswith((",", ";")) and len(core) <= LONGEST_TITLE:
        return Below(title=tidy(core), stop=block.stop, is_sure=True)
    if not is_apart or not _is_title_like(core, raw):
        return None
    return Below(title=tidy(core), stop=block.stop, is_sure=not core.endswith((".", "!", "?", "…")))


def _is_title_like(core: str, raw: str) -> bool:
    if len(core) > LONGEST_PLAIN_TITLE or DATE.search(core) or raw.endswith((",", ";", ":", "-")):
        return False
    words = core.strip(QUOTES).split()
    if not words or len(words) > MOST_PLAIN_WORDS or words[0][0].islower():
        return False
    if core[0] in QUOTES or core.endswith((".", "!", "?", "…")):
        return _is_title_case(words) and (core[0] not in QUOTES or core[-1] in QUOTES)
    return True


def _is_title_case(words: list[str]) -> bool:
    big = [word for word in words[1:] if len(word) >= SMALL_WORD]
    return not big or sum(1 for word in big if not word[0].islower()) * 3 >= len(big) * 2
