"""Choose how a book of blocks is split: by its contents, its heading styles, or its words."""

from __future__ import annotations

from dataclasses import dataclass

from scriptwriter.readers.blocks import Blocks
from scriptwriter.readers.chapters import ChapterFinding, find_chapters
from scriptwriter.readers.outline import Entry, Outline, read_outline
from scriptwriter.readers.phrases import listed, said, sentence
from scriptwriter.readers.types import ChapterSpan

# One chapter with most of a long book means that the contents page lists only "Start".
LOPSIDED_SHARE = 0.8
LOPSIDED_CHARS = 90_000
# Guessed chapters are trusted when this share of them holds at least a long paragraph.
FILLED_SHARE = 0.8
FILLED_CHARS = 600
# A title page has fewer words than this.
LOOSE_WORDS = 50


@dataclass(frozen=True, kw_only=True, slots=True)
class Split:
    """The chapters of a text and what has to be said about them."""

    chapters: tuple[ChapterSpan, ...]
    warnings: tuple[str, ...]


def split_book(
    content: Blocks,
    entries: list[Entry],
    *,
    book_title: str,
    body_end: int,
    are_headings_sure: bool = True,
) -> Split:
    """Split by entries; where they find less than two chapters, by headings, then by words.

    Text from `body_end` on is no part of the book. Headings that are only guessed from the size of letters yield to more chapters by words.
    """
    by_contents, styled = (
        read_outline(content, found, book_title=book_title, body_end=body_end)
        for found in (entries, heading_entries(content))
    )
    if _is_good(by_contents):
        return _split(content, by_contents)
    if _is_good(styled) and are_headings_sure:
        return _split(content, styled)
    is_styled_good = _is_good(styled) and _is_filled(styled)
    finding = find_chapters(content.text)
    worded = sum(chapter.body > chapter.start for chapter in finding.chapters)
    if worded >= 2 and (worded >= len(styled.chapters) or not is_styled_good):
        return _split_by_words(finding)
    if by_contents.chapters:
        return _split(content, by_contents)
    if styled.chapters and (are_headings_sure or is_styled_good):
        return _split(content, styled)
    return _split_by_words(finding)


def heading_entries(content: Blocks) -> list[Entry]:
    """Return the headings of a text as an outline."""
    return [
        Entry(depth=block.level, title=content.text[block.start : block.end], start=block.start)
        for block in content.blocks
        if block.level
    ]


def _is_good(outline: Outline) -> bool:
    with_text = sum(chapter.end > chapter.body for chapter in outline.chapters)
    return with_text >= 2 and not _is_lopsided(outline)


def _is_filled(outline: Outline) -> bool:
    """Say whether nearly all chapters hold text; large letters on a title page make empty ones."""
    filled = sum(chapter.end - chapter.body >= FILLED_CHARS for chapter in outline.chapters)
    return filled >= FILLED_SHARE * len(outline.chapters)


def _is_lopsided(outline: Outline) -> bool:
    sizes = [chapter.end - chapter.start for chapter in outline.chapters]
    return max(sizes) > LOPSIDED_CHARS and max(sizes) > sum(sizes) * LOPSIDED_SHARE


def _split(content: Blocks, outline: Outline) -> Split:
    inside = sum(len(content.text[c.start : c.end].split()) for c in outline.chapters)
    outside = len(content.text.split()) - inside
    if outline.matter:
        named = listed(outline.matter)
        note = f"Front and back matter ({said(outside, 'word')}) is in no chapter: {named}."
    else:
        note = f"{said(outside, 'word')} before or after the chapters are in none."
    is_worth_telling = bool(outline.matter) or outside > LOOSE_WORDS
    return Split(chapters=outline.chapters, warnings=(note,) if is_worth_telling else ())


def _split_by_words(finding: ChapterFinding) -> Split:
    return Split(
        chapters=finding.chapters, warnings=tuple(sentence(note) for note in finding.warnings)
    )
