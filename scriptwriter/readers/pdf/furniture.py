"""Running heads, feet and page numbers: lines that repeat at one height of the page."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from itertools import pairwise

from scriptwriter.readers.pdf.lines import Line, Sheet

# How many lines from either end of a page may be furniture: a head, a rule of text, a number.
EDGE_LINES = 2
# Only this share of the page from either end; the body of a short page is not furniture.
EDGE_SHARE = 0.2
# Lines this close (points) share a height; lines of text are several times further apart.
HEIGHT_STEP = 1.5
# From this share of repeated lines on, a height belongs to furniture, and odd lines go too.
SURE_SHARE = 0.8
# Page numbers rise with the pages; chapter numbers at the same height do not.
COUNTING_SHARE = 0.6
NUMBER = re.compile(r"\d{1,5}|\b[ivxlc]{1,8}\b")
ROMAN = {"i": 1, "v": 5, "x": 10, "l": 50, "c": 100}


@dataclass(frozen=True, kw_only=True, slots=True)
class EdgeLine:
    """A line near the top or bottom of a page; `key` is its text with `#` for numbers."""

    sheet: int
    line: Line
    end: str
    text: str
    key: str
    number: int


def without_furniture(sheets: list[Sheet]) -> tuple[list[Sheet], int]:
    """Return the pages without running heads, feet and numbers, and how many lines went."""
    edges = [edge for number, sheet in enumerate(sheets) for edge in _edges(number, sheet)]
    doomed = {(e.sheet, e.line) for slot in _slots(edges) for e in _repeated(slot)}
    cleared = [
        replace(sheet, lines=tuple(x for x in sheet.lines if (number, x) not in doomed))
        for number, sheet in enumerate(sheets)
    ]
    return cleared, len(doomed)


def _slots(edges: list[EdgeLine]) -> list[list[EdgeLine]]:
    """Group lines that stand at one height of one end of the page, each in the order of pages."""
    slots: list[list[EdgeLine]] = []
    last: EdgeLine | None = None
    for edge in sorted(edges, key=lambda e: (e.end, e.line.bottom)):
        is_near = last is not None and edge.line.bottom - last.line.bottom <= HEIGHT_STEP
        if not slots or last is None or last.end != edge.end or not is_near:
            slots.append([])
        slots[-1].append(edge)
        last = edge
    return [sorted(slot, key=lambda e: e.sheet) for slot in slots]


def _edges(number: int, sheet: Sheet) -> Iterable[EdgeLine]:
    by_height = sorted(sheet.lines, key=lambda line: line.bottom)
    margin = sheet.height * EDGE_SHARE
    for line in by_height[:EDGE_LINES]:
        if line.top < margin:
            yield _edge(number, line, "bottom")
    for line in by_height[-EDGE_LINES:]:
        if line.bottom > sheet.height - margin:
            yield _edge(number, line, "top")


def _edge(number: int, line: Line, name: str) -> EdgeLine:
    text = " ".join(line.text.casefold().split())
    found = NUMBER.search(text)
    return EdgeLine(
        sheet=number,
        line=line,
        end=name,
        text=text,
        key=NUMBER.sub("#", text),
        number=_value(found.group()) if found else 0,
    )


def _value(numeral: str) -> int:
    if numeral.isdecimal():
        return int(numeral)
    values = [ROMAN[letter] for letter in numeral]
    return sum(
        -value if value < following else value
        for value, following in zip(values, [*values[1:], 0], strict=True)
    )


def _repeated(lines: list[EdgeLine]) -> list[EdgeLine]:
    """Return the lines of one height that are furniture."""
    texts = Counter(edge.text for edge in lines)
    keyed: defaultdict[str, list[EdgeLine]] = defaultdict(list)
    for edge in lines:
        keyed[edge.key].append(edge)
    counting = {key for key, group in keyed.items() if _counts_pages(key, group)}
    repeated = [e for e in lines if texts[e.text] >= 3 or e.key in counting]
    if len(lines) > 3 and len(repeated) >= SURE_SHARE * len(lines):
        tallest = max(edge.line.height for edge in repeated)
        return [edge for edge in lines if edge.line.height <= tallest]
    return repeated


def _counts_pages(key: str, group: list[EdgeLine]) -> bool:
    """Say whether the number in these lines rises as the pages do."""
    if "#" not in key or len(group) < 2:
        return False
    steps = [
        later.number - earlier.number == later.sheet - earlier.sheet
        for earlier, later in pairwise(group)
    ]
    return sum(steps) >= COUNTING_SHARE * len(steps)
