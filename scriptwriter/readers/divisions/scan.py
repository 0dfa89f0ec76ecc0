"""Find the lines of a text that may be headings, by how they stand among the other lines."""

from __future__ import annotations

from scriptwriter.readers.divisions.candidates import (
    Candidate,
    Kind,
    is_bare_label,
    read_broken_label,
    read_candidate,
)
from scriptwriter.readers.divisions.decoration import QUOTES, is_capitals
from scriptwriter.readers.divisions.lines import Lines, closes_sentence

# More than this in one paragraph is prose that begins like a heading ("Part One was hard. ...").
LONGEST_BLOCK = 260
MOST_BLOCK_LINES = 4
# "Chapter the one hundred and fifth": the longest label that may stand without a blank line.
MOST_LABEL_SPACES = 5
# "CHAPTER" with letters set wide and stars around it.
LONGEST_WORD = 30
# More headings than this are none, but verse, a list or a text in capitals.
FREE_HEADINGS = 5_000
LETTERS_PER_HEADING = 1_000


def scan(lines: Lines) -> list[Candidate]:
    """Return all lines that may be headings, in reading order; none where most lines may be."""
    most = max(FREE_HEADINGS, lines.weights[-1] // LETTERS_PER_HEADING)
    found: list[Candidate] = []
    labelled = 0
    for line, text in enumerate(lines.texts):
        if found and line < found[-1].below:
            continue
        if not _may_stand(lines, line, found):
            continue
        only_labels = len(found) - labelled > most
        candidate = _broken_label(lines, line) or read_candidate(
            line, text, only_labels=only_labels
        )
        if candidate is None or not _stands(lines, candidate, found):
            continue
        found.append(candidate)
        labelled += candidate.kind is not Kind.TITLE
        if labelled > most:
            return []
    if len(found) - labelled > most:
        return [candidate for candidate in found if candidate.kind is not Kind.TITLE]
    return found


def _broken_label(lines: Lines, line: int) -> Candidate | None:
    text = lines.texts[line]
    if len(text) > LONGEST_WORD or line + 1 >= len(lines) or lines.gaps[line + 1] > 1:
        return None
    return read_broken_label(line, text, lines.texts[line + 1])


def _may_stand(lines: Lines, line: int, found: list[Candidate]) -> bool:
    if lines.begins(line):
        return True
    if found and found[-1].below == line:
        return True
    text = lines.texts[line]
    if text.count(" ") > MOST_LABEL_SPACES and not is_capitals(text):
        return False
    return lines.ends_early(line - 1) or closes_sentence(lines.texts[line - 1])


def _stands(lines: Lines, candidate: Candidate, found: list[Candidate]) -> bool:
    line = candidate.line
    follows_heading = bool(found) and found[-1].below == line
    if not lines.begins(line) and not follows_heading:
        return _stands_without_gap(lines, candidate)
    return is_bare_label(candidate) or candidate.is_paged or not _runs_on(lines, candidate)


def _stands_without_gap(lines: Lines, candidate: Candidate) -> bool:
    """Accept only labels here, and numbers only where no heading has a blank line above it."""
    is_label = is_bare_label(candidate) or is_capitals(candidate.label + candidate.title)
    is_worded = candidate.kind in (Kind.KEYWORD, Kind.NAMED)
    is_number = candidate.kind is Kind.NUMBER and not lines.is_spaced
    return candidate.depth > 0 or (is_label and (is_worded or is_number))


def _runs_on(lines: Lines, candidate: Candidate) -> bool:
    """Say whether the line is the first of a paragraph of prose."""
    if not lines.is_wrapped or candidate.depth:
        return False
    stop = candidate.below
    while stop < len(lines) and lines.gaps[stop] == 0 and stop - candidate.line <= MOST_BLOCK_LINES:
        stop += 1
    after = lines.texts[candidate.below : stop]
    if not after:
        return False
    length = lines.weight(candidate.line, stop)
    if length <= LONGEST_BLOCK and stop - candidate.line <= MOST_BLOCK_LINES:
        return candidate.kind is Kind.NUMBER and after[0][0].islower()
    # What remains may be a title right over its text, with no blank line between.
    starts_anew = after[0][0] in QUOTES or not after[0][0].islower()
    return not (starts_anew and (is_capitals(candidate.title) or lines.ends_early(candidate.line)))
