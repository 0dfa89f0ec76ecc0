"""From the outline of a book (its contents page, its heading styles) to chapters.

An outline is a tree of entries, each with the offset where it starts. Some entries are chapters,
some are parts that only hold chapters, some are sections inside a chapter, some are front and
back matter. What the file says of an entry decides; else the words of its title; else
how its text is shared between it and the entries below it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from enum import Enum

from scriptwriter.readers.blocks import Block, Blocks
from scriptwriter.readers.headings import Heading, plain, split_heading
from scriptwriter.readers.matter import is_matter_title
from scriptwriter.readers.types import ChapterSpan

# An entry that keeps a third of its text for itself is a chapter with sections, not a part.
CHAPTER_SHARE = 1 / 3
# A part with fewer words before its first chapter (a motto, a date) has no text of its own.
PART_WORDS = 60
# Entries without numbers that average fewer words are scenes or sections, not chapters.
SECTION_WORDS = 400
# A first entry named like the book and this short is its title page.
TITLE_PAGE_WORDS = 200
WORD = re.compile(r"\w+")


class Kind(Enum):
    """What the file itself says an entry is."""

    UNKNOWN = ""
    CHAPTER = "chapter"
    PART = "part"
    SECTION = "section"
    MATTER = "matter"


@dataclass(frozen=True, kw_only=True, slots=True)
class Entry:
    """One line of an outline: how deep it stands (from 1), its title, where its text starts."""

    depth: int
    title: str
    start: int
    kind: Kind = Kind.UNKNOWN


@dataclass(frozen=True, kw_only=True, slots=True)
class Outline:
    """What became of the entries: chapters, and the titles of front and back matter.

    A part is a span too, from its heading to its first chapter, a level above its chapters.
    """

    chapters: tuple[ChapterSpan, ...]
    matter: tuple[str, ...]


@dataclass(kw_only=True, slots=True)
class Node:
    """An entry in its tree, with the words it keeps for itself and those of its whole branch."""

    entry: Entry
    heading: Heading
    body: int
    words: int
    branch_words: int = 0
    children: list[Node] = field(default_factory=list)


def read_outline(
    content: Blocks, entries: list[Entry], *, book_title: str, body_end: int | None = None
) -> Outline:
    """Turn entries, sorted by their start, into chapters that do not overlap."""
    end = len(content.text) if body_end is None else body_end
    nodes = _merged(_nodes(content, [e for e in entries if e.start < end], end))
    sorter = _Sorter(book_title=book_title, end=end)
    sorter.sort(_tree(nodes))
    after = tuple(" ".join(e.title.split()) for e in entries if e.start >= end)
    return sorter.outline(after)


def _nodes(content: Blocks, entries: list[Entry], end: int) -> list[Node]:
    found = []
    limits = [entry.start for entry in entries[1:]] + [end]
    for entry, limit in zip(entries, limits, strict=False):
        heading, body = _heading_at(content, entry, limit)
        words = len(WORD.findall(content.text, body, limit))
        found.append(Node(entry=entry, heading=heading, body=body, words=words))
    return found


def _heading_at(content: Blocks, entry: Entry, limit: int) -> tuple[Heading, int]:
    """Read the heading blocks at an entry: what they add to its title, and where prose starts."""
    wanted = plain(entry.title)
    shown: list[str] = []
    body = entry.start
    for block in _blocks_between(content, entry.start, limit):
        text = content.text[block.start : block.end]
        if block.level == 0 and not _repeats(text, wanted):
            break
        shown.append(text)
        body = block.end
    while body < limit and content.text[body].isspace():
        body += 1
    return _fuller(split_heading(entry.title), shown), body


def _blocks_between(content: Blocks, start: int, limit: int) -> list[Block]:
    low, high = 0, len(content.blocks)
    while low < high:
        middle = (low + high) // 2
        if content.blocks[middle].start < start:
            low = middle + 1
        else:
            high = middle
    found = []
    while low < len(content.blocks) and content.blocks[low].start < limit:
        found.append(content.blocks[low])
        low += 1
        if len(found) > 8:
            break
    return found


def _repeats(text: str, wanted: str) -> bool:
    """Say whether a paragraph only repeats the title, as where headings are not marked up."""
    words = plain(text)
    return bool(words) and len(text) < 200 and words in wanted


def _fuller(heading: Heading, shown: list[str]) -> Heading:
    """Where the contents page says only "Chapter 1", take the title printed below it."""
    if heading.title or not heading.label:
        return heading
    label = plain(heading.label)
    rest = [line for line in shown if plain(line) not in label]
    for line in rest[:1]:
        other = split_heading(line)
        if plain(other.label) == label:
            return replace(heading, title=other.title)
        if not other.label:
            return replace(heading, title=line)
    return heading


def _merged(nodes: list[Node]) -> list[Node]:
    """Join a label and its title where the outline lists them as two entries without text between."""
    joined: list[Node] = []
    for node in nodes:
        last = joined[-1] if joined else None
        if last and _is_label_of(last, node):
            title = f"{last.entry.title}: {node.entry.title}"
            last.entry = replace(last.entry, title=title)
            last.heading = replace(last.heading, title=node.entry.title)
            last.body, last.words = node.body, node.words
        else:
            joined.append(node)
    return joined


def _is_label_of(first: Node, second: Node) -> bool:
    return (
        first.words == 0
        and bool(first.heading.label)
        and first.heading.title in ("", second.entry.title)
        and not second.heading.label
        and second.heading.division == ""
        and first.entry.depth == second.entry.depth
        and Kind.MATTER not in (first.entry.kind, second.entry.kind)
    )


def _tree(nodes: list[Node]) -> list[Node]:
    roots: list[Node] = []
    path: list[Node] = []
    for node in nodes:
        while path and path[-1].entry.depth >= node.entry.depth:
            path.pop()
        (path[-1].children if path else roots).append(node)
        path.append(node)
    for node in reversed(nodes):
        node.branch_words = node.words + sum(child.branch_words for child in node.children)
    return roots


class _Sorter:
    """Walks the tree in reading order and closes each chapter where the next entry begins."""

    def __init__(self, *, book_title: str, end: int) -> None:
        self._book = plain(book_title)
        self._end = end
        self._words = 0
        self._root: Node | None = None
        self._open: ChapterSpan | None = None
        self._chapters: list[ChapterSpan] = []
        self._matter: list[str] = []

    def sort(self, roots: list[Node]) -> None:
        """Sort all entries; a branch that holds the whole book is not a division of it."""
        self._words = sum(root.branch_words for root in roots)
        holders = [root for root in roots if root.children]
        self._root = holders[0] if len(holders) == 1 else None
        self._sort_level(roots, level=1)
        self._close(self._end)

    def outline(self, after: tuple[str, ...]) -> Outline:
        """Return what was sorted; `after` are titles beyond the end of the book."""
        return Outline(chapters=tuple(self._chapters), matter=(*self._matter, *after))

    def _sort_level(self, nodes: list[Node], *, level: int) -> None:
        whole = self._whole_book(nodes) if level == 1 else None
        inside = level
        for node in nodes:
            kind = self._kind(node)
            if kind is Kind.PART:
                self._part(node, level=level, is_book=node is whole)
                inside = level if node.children or node is whole else level + 1
            elif kind is Kind.MATTER:
                self._leave_out(node, level=level)
            else:
                self._chapter(node, level=inside)

    def _whole_book(self, nodes: list[Node]) -> Node | None:
        holders = [n for n in nodes if n.children and self._kind(n) is Kind.PART]
        return holders[0] if len(holders) == 1 and self._is_alone(holders[0], nodes) else None

    def _is_alone(self, holder: Node, nodes: list[Node]) -> bool:
        others = [n for n in nodes if n is not holder and self._kind(n) is Kind.CHAPTER]
        return plain(holder.entry.title) == self._book or not others

    def _kind(self, node: Node) -> Kind:
        if node.entry.kind in (Kind.CHAPTER, Kind.MATTER):
            return node.entry.kind
        if self._is_matter(node):
            return Kind.MATTER
        if node.children:
            return self._kind_of_branch(node)
        is_part = node.entry.kind is Kind.PART or node.heading.division == "part"
        return Kind.PART if is_part and node.words < PART_WORDS else Kind.CHAPTER

    def _kind_of_branch(self, node: Node) -> Kind:
        below = [child.entry.kind for child in node.children]
        if node.entry.kind is Kind.PART or Kind.CHAPTER in below:
            return Kind.PART
        if node.heading.division == "part":
            return Kind.PART
        if node.heading.division == "chapter" or Kind.SECTION in below:
            return Kind.CHAPTER
        if node is not self._root and self._holds_sections(node):
            return Kind.CHAPTER
        share = node.words / max(node.branch_words, 1)
        return Kind.CHAPTER if node.words and share >= CHAPTER_SHARE else Kind.PART

    def _holds_sections(self, node: Node) -> bool:
        if any(child.heading.label or child.heading.division for child in node.children):
            return False
        return node.branch_words < SECTION_WORDS * len(node.children)

    def _is_matter(self, node: Node) -> bool:
        if is_matter_title(node.entry.title):
            # Some contents pages hang the whole book below an entry named "Contents".
            return node.branch_words * 2 < self._words
        if node.children:
            return False
        is_named_like_book = bool(self._book) and plain(node.entry.title) == self._book
        is_first = not self._chapters and self._open is None
        return is_named_like_book and is_first and node.words < TITLE_PAGE_WORDS

    def _part(self, node: Node, *, level: int, is_book: bool) -> None:
        self._close(node.entry.start)
        if not is_book or node.words >= PART_WORDS:
            self._begin(node, level=level)
        self._sort_level(node.children, level=level if is_book else level + 1)

    def _leave_out(self, node: Node, *, level: int) -> None:
        self._close(node.entry.start)
        self._matter.append(" ".join(node.entry.title.split()))
        # Many books hang all chapters below their half title page.
        is_root_of_all = node.branch_words * 2 >= self._words
        kept = [c for c in node.children if is_root_of_all or c.entry.kind is Kind.CHAPTER]
        self._sort_level(kept, level=level)

    def _chapter(self, node: Node, *, level: int) -> None:
        self._close(node.entry.start)
        self._begin(node, level=level)

    def _begin(self, node: Node, *, level: int) -> None:
        self._open = ChapterSpan(
            title=node.heading.shown or " ".join(node.entry.title.split()),
            label=node.heading.label,
            level=level,
            start=node.entry.start,
            body=node.body,
            end=self._end,
        )

    def _close(self, at: int) -> None:
        if self._open is not None:
            end = max(at, self._open.start)
            body = min(self._open.body, end)
            self._chapters.append(replace(self._open, end=end, body=body))
            self._open = None
