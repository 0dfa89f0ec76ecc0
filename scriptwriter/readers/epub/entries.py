"""The outline of an EPUB: lines of its contents, and pages that the contents forgot."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass

from scriptwriter.readers.blocks import Block, Blocks
from scriptwriter.readers.epub.contents import Contents, ContentsLine
from scriptwriter.readers.headings import split_heading
from scriptwriter.readers.matter import CHAPTER_TYPES, MATTER_TYPES, OPENING_TYPES, PART_TYPES
from scriptwriter.readers.outline import Entry, Kind
from scriptwriter.readers.phrases import said


@dataclass(frozen=True, kw_only=True, slots=True)
class Entries:
    """Entries in the order of the text, and what was odd about the contents page."""

    entries: tuple[Entry, ...]
    warnings: tuple[str, ...]


def entries_of(content: Blocks, paths: tuple[str, ...], contents: Contents) -> Entries:
    """Place the lines of the contents in the text; lines that lead nowhere are dropped."""
    pages = [content.anchors[path] for path in paths]
    kinds = _Kinds(content, pages, contents.landmarks)
    lines = _placed(content, contents.lines)
    listed = [_entry(line, start, kinds) for line, start in lines]
    unlisted = _unlisted(content, paths, contents, listed, kinds)
    ordered = sorted((*listed, *unlisted), key=lambda entry: entry.start)
    warnings = []
    if [e.start for e in listed] != sorted(e.start for e in listed):
        warnings.append("The contents page is not in reading order; chapters follow the text.")
    lost = len(contents.lines) - len(lines)
    if lost:
        warnings.append(f"{said(lost, 'line')} of the contents page without a page that was read.")
    return Entries(entries=tuple(ordered), warnings=tuple(warnings))


def _placed(content: Blocks, lines: tuple[ContentsLine, ...]) -> list[tuple[ContentsLine, int]]:
    """Find the offset of each line; a line without link starts where the next one below it does."""
    found: list[tuple[ContentsLine, int]] = []
    following: tuple[int, int] | None = None
    for line in reversed(lines):
        start = _start(content, line.place) if line.place else None
        if not line.place and following and following[0] > line.depth:
            start = following[1]
        if start is not None:
            found.append((line, start))
            following = (line.depth, start)
    return found[::-1]


def _start(content: Blocks, place: str) -> int | None:
    start = content.anchors.get(place)
    return content.anchors.get(place.partition("#")[0]) if start is None else start


def _entry(line: ContentsLine, start: int, kinds: _Kinds) -> Entry:
    kind = kinds.of(line.place, start) if line.place else Kind.PART
    if line.is_folded and kind is Kind.UNKNOWN:
        kind = Kind.SECTION
    return Entry(depth=line.depth, title=line.title, start=start, kind=kind)


def _unlisted(
    content: Blocks,
    paths: tuple[str, ...],
    contents: Contents,
    listed: list[Entry],
    kinds: _Kinds,
) -> list[Entry]:
    """Return pages outside the contents that are a chapter or front and back matter."""
    named = {line.place.partition("#")[0] for line in contents.lines}
    found: list[Entry] = []
    for path in paths:
        start = content.anchors[path]
        if path in named or start >= len(content.text):
            continue
        heading = kinds.heading(start)
        kind = kinds.of(path, start)
        if kind is Kind.UNKNOWN and split_heading(heading).division != "chapter":
            continue
        title = heading or path.rpartition("/")[2].partition(".")[0]
        found.append(Entry(depth=_depth(listed, start), title=title, start=start, kind=kind))
    return found


def _depth(listed: list[Entry], start: int) -> int:
    """Return a depth that makes an entry neither parent of the next nor lost in the last."""
    before = [entry.depth for entry in listed if entry.start <= start]
    after = [entry.depth for entry in listed if entry.start > start]
    return max(before[-1] if before else 1, after[0] if after else 1)


class _Kinds:
    """Tells kinds by landmarks and by the types around the first block of an entry."""

    def __init__(self, content: Blocks, pages: list[int], landmarks: dict[str, str]) -> None:
        self._content = content
        self._pages = pages
        self._landmarks = landmarks
        self._starts = [block.start for block in content.blocks]

    def of(self, place: str, start: int) -> Kind:
        types = set(self._landmarks.get(place, "").split())
        block = self._block(start)
        if block is not None:
            types |= block.types
        if types & OPENING_TYPES and not self._is_all_opening(start):
            types -= OPENING_TYPES
        return _kind(types)

    def heading(self, start: int) -> str:
        """Return the heading that an entry starts with, or ""."""
        block = self._block(start)
        return self._content.text[block.start : block.end] if block and block.level else ""

    def _block(self, start: int) -> Block | None:
        at = bisect_left(self._starts, start)
        return self._content.blocks[at] if at < len(self._starts) else None

    def _is_all_opening(self, start: int) -> bool:
        """Say whether what follows is a motto or a dedication all through, not a chapter with one."""
        at = bisect_left(self._starts, start)
        page_end = next((p for p in self._pages if p > start), len(self._content.text))
        page = [b for b in self._content.blocks[at:] if b.start < page_end and not b.level]
        return all(block.types & OPENING_TYPES for block in page)


def _kind(types: set[str]) -> Kind:
    if types & CHAPTER_TYPES:
        return Kind.CHAPTER
    if types & PART_TYPES:
        return Kind.PART
    return Kind.MATTER if types & MATTER_TYPES else Kind.UNKNOWN
