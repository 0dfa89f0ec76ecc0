"""Find the lines of a text that may be headings, by how they stand among the other lines."""

from __future__ import annotations

from scriptwriter.readers.divisions.candidates import (
    QUOTES,
    Candidate,
    Kind,
    is_bare_label,
    is_capitals,
    read_candidate,
)
from scriptwriter.readers.divisions.lines import Lines

# More than this in one paragraph is prose that begins like a heading ("Part One was hard. ...").
LONGEST_BLOCK = 260
MOST_BLOCK_LINES = 4
SENTENCE_ENDS = tuple(".!?…。！？" + QUOTES + ")]_*:;—-")


def scan(lines: Lines) -> list[Candidate]:
    """Return all lines that may be headings, in reading order."""
    found: list[Candidate] = []
    for line, text in enumerate(lines.texts):
        if not _may_stand(lines, line, found):
            continue
        candidate = read_candidate(line, text)
        if candidate and _stands(lines, candidate, found):
            found.append(candidate)
    return found


def closes_sentence(text: str) -> bool:
    """Say whether prose may stop after this line; page furniture stands in mid-sentence."""
    return text.endswith(SENTENCE_ENDS)


def _may_stand(lines: Lines, line: int, found: list[Candidate]) -> bool:
    if lines.gaps[line] or not lines.is_wrapped:
        return True
    if found and found[-1].line == line - 1:
        return True
    return lines.ends_early(line - 1) or closes_sentence(lines.texts[line - 1])


def _stands(lines: Lines, candidate: Candidate, found: list[Candidate]) -> bool:
    line = candidate.line
    follows_heading = bool(found) and found[-1].line == line - 1
    if lines.gaps[line] == 0 and lines.is_wrapped and not follows_heading:
        return _stands_without_gap(lines, candidate)
    return is_bare_label(candidate) or candidate.is_paged or not _runs_on(lines, candidate)


def _stands_without_gap(lines: Lines, candidate: Candidate) -> bool:
    """Accept only labels here, and numbers only where the text has no blank lines at all."""
    if candidate.kind in (Kind.KEYWORD, Kind.NAMED):
        return is_bare_label(candidate) or is_capitals(candidate.label + candidate.title)
    return candidate.kind is Kind.NUMBER and not lines.is_spaced and is_bare_label(candidate)


def _runs_on(lines: Lines, candidate: Candidate) -> bool:
    """Say whether the line is the first of a paragraph of prose."""
    if not lines.is_wrapped or candidate.depth:
        return False
    stop = candidate.line + 1
    while stop < len(lines) and lines.gaps[stop] == 0 and stop - candidate.line <= MOST_BLOCK_LINES:
        stop += 1
    after = lines.texts[candidate.line + 1 : stop]
    if not after:
        return False
    length = lines.weight(candidate.line, stop)
    if length <= LONGEST_BLOCK and stop - candidate.line <= MOST_BLOCK_LINES:
        return candidate.kind is Kind.NUMBER and after[0][0].islower()
    # What remains may be a title right over its text, with no blank line between.
    starts_anew = after[0][0] in QUOTES or not after[0][0].islower()
    return not (starts_anew and (is_capitals(candidate.title) or lines.ends_early(candidate.line)))
