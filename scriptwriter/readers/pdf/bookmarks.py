"""The outline stored in a PDF, placed in the text that was rebuilt from its pages."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice

import pypdfium2 as pdfium

from scriptwriter.readers.blocks import Block, Blocks
from scriptwriter.readers.headings import plain
from scriptwriter.readers.outline import Entry

MOST_BOOKMARKS = 5_000
MOST_DEPTH = 6
# Where fewer titles stand on the page they point to, the outline is of something else.
LEAST_FOUND = 0.7


@dataclass(frozen=True, kw_only=True, slots=True)
class Bookmark:
    """One line of the outline: its depth from 1, its title, and its page from 0."""

    depth: int
    title: str
    page: int


def read_bookmarks(document: pdfium.PdfDocument) -> list[Bookmark]:
    """Return the outline; lines without a page in this document are left out."""
    found: list[Bookmark] = []
    for mark in islice(document.get_toc(max_depth=MOST_DEPTH), MOST_BOOKMARKS):
        destination = mark.get_dest()
        page = destination.get_index() if destination else None
        title = " ".join(mark.get_title().split())[:500]
        if page is not None and 0 <= page < len(document) and title:
            found.append(Bookmark(depth=mark.level + 1, title=title, page=page))
    return found


def bookmark_entries(content: Blocks, bookmarks: list[Bookmark]) -> list[Entry]:
    """Place the outline at the headings it names; [] where most of them are not there."""
    ends = _page_ends(content)
    entries: list[Entry] = []
    found = 0
    for mark in bookmarks:
        start = content.anchors.get(str(mark.page))
        if start is None:
            continue
        block = _heading(content, mark.title, start, ends[str(mark.page)])
        found += block is not None
        at = block.start if block else start
        entries.append(Entry(depth=mark.depth, title=mark.title, start=at))
    is_trusted = found >= LEAST_FOUND * len(bookmarks)
    return sorted(entries, key=lambda entry: entry.start) if is_trusted else []


def _page_ends(content: Blocks) -> dict[str, int]:
    names = list(content.anchors)
    starts = [*content.anchors.values(), len(content.text)]
    return {name: max(starts[i + 1], starts[i] + 1) for i, name in enumerate(names)}


def _heading(content: Blocks, title: str, start: int, end: int) -> Block | None:
    """Return the first block of a page that begins with the title, or is the start of it."""
    wanted = plain(title)
    for block in content.blocks:
        if start <= block.start < end:
            words = plain(content.text[block.start : min(block.end, block.start + 400)])
            if words and wanted and (words.startswith(wanted) or wanted.startswith(words)):
                return block
    return None
