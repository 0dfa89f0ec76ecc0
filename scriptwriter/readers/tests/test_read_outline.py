"""From an outline to chapters, where the file does not say which entries are chapters."""

from __future__ import annotations

import pytest

from scriptwriter.readers.assembly import split_book
from scriptwriter.readers.blocks import Blocks, BlockWriter
from scriptwriter.readers.headings import split_heading
from scriptwriter.readers.outline import Entry, Kind, read_outline

LONG = "word " * 900
SHORT = "word " * 100


def built(*parts: tuple[int, str, str]) -> tuple[Blocks, list[Entry]]:
    """A text from (depth, title, prose), with an entry for each."""
    writer = BlockWriter()
    for depth, title, prose in parts:
        writer.name(title)
        writer.add(title, level=depth)
        writer.add(prose.strip())
    content = writer.finish()
    entries = [
        Entry(depth=depth, title=title, start=content.anchors[title]) for depth, title, _ in parts
    ]
    return content, entries


def chapters(*parts: tuple[int, str, str], book: str = "The Book") -> list[tuple[int, str]]:
    content, entries = built(*parts)
    outline = read_outline(content, entries, book_title=book)
    return [(c.level, c.title) for c in outline.chapters]


def test_a_branch_that_keeps_its_text_is_a_chapter_with_sections() -> None:
    parts = [(1, "The Fog", LONG), (2, "A Letter Home", SHORT), (1, "The Rain", LONG)]
    assert chapters(*parts) == [(1, "The Fog"), (1, "The Rain")]


def test_a_branch_without_text_is_a_part() -> None:
    parts = [(1, "Winter", ""), (2, "The Fog", LONG), (1, "Spring", ""), (2, "The Rain", LONG)]
    assert chapters(*parts) == [(1, "Winter"), (2, "The Fog"), (1, "Spring"), (2, "The Rain")]


def test_short_unnumbered_entries_below_a_branch_are_its_scenes() -> None:
    parts = [(1, "The Fog", ""), (2, "At the door", SHORT), (2, "At the pier", SHORT)]
    parts += [(1, "The Rain", ""), (2, "In the street", SHORT), (2, "At home", SHORT)]
    assert chapters(*parts) == [(1, "The Fog"), (1, "The Rain")]


def test_short_numbered_entries_below_a_branch_are_chapters() -> None:
    parts = [(1, "Winter", ""), (2, "Chapter 1", SHORT), (2, "Chapter 2", SHORT)]
    parts += [(1, "Spring", ""), (2, "Chapter 3", SHORT)]
    assert [level for level, _ in chapters(*parts)] == [1, 2, 2, 1, 2]


def test_the_title_of_the_book_above_everything_is_no_division() -> None:
    parts = [(1, "The Book", ""), (2, "The Fog", LONG), (2, "The Rain", LONG)]
    assert chapters(*parts) == [(1, "The Fog"), (1, "The Rain")]


def test_parts_listed_beside_their_chapters_still_hold_them() -> None:
    parts = [(1, "Prologue", LONG), (1, "Part One", ""), (1, "Chapter 1", LONG)]
    parts += [(1, "Part Two", ""), (1, "Chapter 2", LONG)]
    assert [level for level, _ in chapters(*parts)] == [1, 1, 2, 1, 2]


def test_a_contents_entry_above_the_whole_book_does_not_hide_it() -> None:
    parts = [(1, "Contents", ""), (2, "The Fog", LONG), (2, "The Rain", LONG)]
    assert chapters(*parts) == [(1, "The Fog"), (1, "The Rain")]


@pytest.mark.parametrize(
    "title",
    ["Copyright", "Table of Contents", "About the Author", "ALSO BY ADA LUND", "Vorwort",
     "The Full Project Gutenberg License", "Acknowledgements"],
)  # fmt: skip
def test_pages_around_the_story_are_told_by_their_titles(title: str) -> None:
    parts = [(1, "The Fog", LONG), (1, "The Rain", LONG), (1, title, SHORT)]
    assert chapters(*parts) == [(1, "The Fog"), (1, "The Rain")]


def test_what_the_file_says_outweighs_the_title() -> None:
    content, entries = built((1, "Introduction", LONG), (1, "The Rain", LONG))
    said = [Entry(depth=e.depth, title=e.title, start=e.start, kind=Kind.CHAPTER) for e in entries]
    outline = read_outline(content, said, book_title="")
    assert [c.title for c in outline.chapters] == ["Introduction", "The Rain"]


def test_spans_lie_in_order_and_never_overlap() -> None:
    parts = [(n % 3 + 1, f"Heading {n}", SHORT * (n % 4)) for n in range(40)]
    content, entries = built(*parts)
    outline = read_outline(content, entries, book_title="")
    edges = [offset for c in outline.chapters for offset in (c.start, c.body, c.end)]
    assert edges == sorted(edges)
    assert edges[-1] <= len(content.text)


def test_a_contents_page_that_only_says_start_gives_way_to_the_headings() -> None:
    content, _ = built(*[(1, f"Chapter {n}", LONG * 6) for n in range(1, 9)])
    start = [Entry(depth=1, title="Cover", start=0), Entry(depth=1, title="Start", start=1)]
    split = split_book(content, start, book_title="x", body_end=len(content.text))
    assert len(split.chapters) == 8


@pytest.mark.parametrize(
    ("line", "label", "title", "division"),
    [
        ("CHAPTER I. Down the Hole", "CHAPTER I", "Down the Hole", "chapter"),
        ("Stave IV: The Last", "Stave IV", "The Last", "chapter"),
        ("PART ONE--The Old Buccaneer", "PART ONE", "The Old Buccaneer", "part"),
        ("XXVII: “Pieces of Eight”", "XXVII", "“Pieces of Eight”", "number"),
        ("Chapter 12 The Sea", "Chapter 12", "The Sea", "chapter"),
        ("Erstes Kapitel", "Erstes Kapitel", "", "chapter"),
        ("Глава первая", "Глава первая", "", "chapter"),
        ("第十二章 旅立ち", "第十二章", "旅立ち", "chapter"),
        ("Twenty-One", "Twenty-One", "", "number"),
        ("I Go to Bristol", "", "I Go to Bristol", ""),
        ("Friday Night", "", "Friday Night", ""),
        ("Letter to my mother", "", "Letter to my mother", ""),
        ("Book of Job", "", "Book of Job", ""),
        ("Mix: a story", "", "Mix: a story", ""),
        ("One fine day", "", "One fine day", ""),
        ("190 A FOUR-LEAVED CLOVER", "", "190 A FOUR-LEAVED CLOVER", ""),
        ("Epilogue", "", "Epilogue", "chapter"),
    ],
)
def test_headings_are_split_into_label_and_title(
    line: str, label: str, title: str, division: str
) -> None:
    heading = split_heading(line)
    assert (heading.label, heading.title, heading.division) == (label, title, division)
