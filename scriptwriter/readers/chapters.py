"""Find the chapters of a novel in plain text."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

from scriptwriter.readers.divisions.candidates import Candidate
from scriptwriter.readers.divisions.decoration import names_one_of
from scriptwriter.readers.divisions.heading_text import HeadingText, read_heading_texts
from scriptwriter.readers.divisions.keywords import BACK_MATTER
from scriptwriter.readers.divisions.lines import Lines, read_lines
from scriptwriter.readers.divisions.splits import split_points
from scriptwriter.readers.divisions.structure import Placed, Structure, find_structure
from scriptwriter.readers.front import body_range
from scriptwriter.readers.types import ChapterSpan

# Words outside all chapters that are worth a warning; a title page has fewer.
SUBSTANTIAL_WORDS = 100
# Notes and appendices take the last part of a book, not more.
BACK_MATTER_SHARE = 0.5
# Jumps in the numbering named in warnings; a reader checks no more.
MOST_NAMED = 5


@dataclass(frozen=True, kw_only=True, slots=True)
class ChapterFinding:
    """The chapters of a text in reading order, and what a person should check."""

    chapters: tuple[ChapterSpan, ...]
    warnings: tuple[str, ...]


def find_chapters(text: str) -> ChapterFinding:
    """Find the chapters of a decoded text; all offsets count in `text` as given.

    Parts, books and acts get a span of their own, from their heading to the first chapter in them, with
    a smaller level; `holds_text` tells them from chapters. Boilerplate of Project Gutenberg, title page,
    contents and preface lie before the first span, notes and appendix after the last.
    Without headings the text is cut at blank lines, and a warning says so.
    """
    start, end = body_range(text)
    if not text[start:end].strip():
        return ChapterFinding(chapters=(), warnings=("the text is empty",))
    lines = read_lines(text, start, end)
    structure = find_structure(lines) if lines else None
    if lines is None or structure is None or not structure.headings:
        return _split(text, start, end)
    return _divided(text, lines, structure)


def holds_text(text: str, chapter: ChapterSpan) -> bool:
    """Say whether there is text between the heading of a span and its end."""
    return bool(text[chapter.body : chapter.end].strip())


def _divided(text: str, lines: Lines, structure: Structure) -> ChapterFinding:
    candidates = [placed.candidate for placed in structure.headings]
    own_lines = {candidate.line for candidate in candidates}
    headings = read_heading_texts(lines, candidates, own_lines)
    stop = _back_matter(lines, headings[-1].body_line)
    edges = [candidate.line for candidate in candidates] + [stop]
    spans = [
        _span(lines, placed, heading, line=line, stop=after)
        for placed, heading, (line, after) in zip(
            structure.headings, headings, pairwise(edges), strict=True
        )
    ]
    warnings = [
        *_outside_warnings(text, lines, structure, stop),
        *_number_warnings(structure.headings),
    ]
    return ChapterFinding(chapters=tuple(spans), warnings=tuple(warnings))


def _span(
    lines: Lines, placed: Placed, heading: HeadingText, *, line: int, stop: int
) -> ChapterSpan:
    end = lines.start_of(stop)
    return ChapterSpan(
        title=heading.title,
        label=heading.label,
        level=placed.level,
        start=lines.start_of(line),
        body=min(lines.start_of(heading.body_line), end),
        end=end,
    )


def _back_matter(lines: Lines, first: int) -> int:
    """Return the line where notes or an appendix begin after the last chapter's first lines."""
    total = lines.weights[-1]
    for line in range(first, len(lines)):
        is_late = lines.weight(0, line) >= total * BACK_MATTER_SHARE
        if is_late and lines.gaps[line] and names_one_of(lines.texts[line], BACK_MATTER):
            return line
    return len(lines)


def _outside_warnings(text: str, lines: Lines, structure: Structure, stop: int) -> list[str]:
    found: list[str] = []
    first = structure.headings[0].candidate.line
    before = len(text[lines.start_of(0) : lines.start_of(first)].split())
    listed = sum(
        len(" ".join(lines.texts[page.start : page.stop]).split())
        for page in structure.pages
        if page.stop <= first
    )
    if structure.pages:
        entries = sum(len(page) for page in structure.pages)
        found.append(f"a contents list of {entries} lines was left out")
    if before - listed >= SUBSTANTIAL_WORDS:
        found.append(f"{before - listed:,} words before the first chapter belong to no chapter")
    after = len(text[lines.start_of(stop) : lines.end].split())
    if after:
        name = lines.texts[stop]
        found.append(
            f'{after:,} words after the last chapter, from "{name}" on, belong to no chapter'
        )
    return found


def _number_warnings(headings: list[Placed]) -> list[str]:
    """Say where numbers are missing; a smaller number begins a new part."""
    jumps: list[str] = []
    last: dict[tuple[int, str], Candidate] = {}
    for placed in headings:
        after = placed.candidate
        before = last.get((placed.level, after.word))
        if before and 0 < before.number < after.number - 1:
            jumps.append(f'"{before.label}" is followed by "{after.label}"')
        last[placed.level, after.word] = after
    if not jumps:
        return []
    more = f" and {len(jumps) - MOST_NAMED} more" if len(jumps) > MOST_NAMED else ""
    return ["chapter numbers jump: " + "; ".join(jumps[:MOST_NAMED]) + more]


def _split(text: str, start: int, end: int) -> ChapterFinding:
    points = split_points(text, start, end)
    is_whole = len(points) == 1
    spans = [
        ChapterSpan(
            title="The text" if is_whole else f"Part {number}",
            label="",
            level=1,
            start=first,
            body=first,
            end=stop,
        )
        for number, (first, stop) in enumerate(pairwise([*points, end]), start=1)
    ]
    done = "the text is one chapter" if is_whole else f"the text was cut into {len(spans)} parts"
    return ChapterFinding(
        chapters=tuple(spans), warnings=(f"no chapter headings were found; {done}",)
    )
