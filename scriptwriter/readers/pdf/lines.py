"""Lines of a PDF page with their place, in the order in which the page draws them."""

from __future__ import annotations

import ctypes
import re
from collections.abc import Iterator
from dataclasses import dataclass

import pypdfium2 as pdfium
import pypdfium2.raw as raw

# pdfium puts this noncharacter for a hyphen at a line end, and no line end behind it.
SOFT_HYPHEN = "\ufffe"
LINE = re.compile(f"[^\n{SOFT_HYPHEN}]*[\n{SOFT_HYPHEN}]|[^\n{SOFT_HYPHEN}]+")


@dataclass(frozen=True, kw_only=True, slots=True)
class Line:
    """One line: its text and its box in points, the origin at the lower left of the page.

    `bottom` is the baseline, `top` lies the height of the font above it.
    """

    text: str
    left: float
    right: float
    bottom: float
    top: float

    @property
    def height(self) -> float:
        return self.top - self.bottom


@dataclass(frozen=True, kw_only=True, slots=True)
class Mark:
    """Where one character stands, in points."""

    left: float
    right: float
    baseline: float
    height: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Sheet:
    """One page: its size in points and its lines."""

    width: float
    height: float
    lines: tuple[Line, ...]


def read_sheet(document: pdfium.PdfDocument, number: int, *, most_chars: int) -> Sheet:
    """Extract a page's lines; text beyond `most_chars` is cut."""
    page = document[number]
    try:
        width, height = page.get_size()
        text_page = page.get_textpage()
        try:
            count = min(text_page.count_chars(), most_chars)
            text = text_page.get_text_range(0, count) if count > 0 else ""
            lines = tuple(_lines(text_page.raw, text))
        finally:
            text_page.close()
    finally:
        page.close()
    return Sheet(width=width, height=height, lines=lines)


def _lines(text_page: object, text: str) -> Iterator[Line]:
    offset = 0
    for line in LINE.findall(text):
        first = offset + len(line) - len(line.lstrip())
        end = offset + len(line.rstrip())
        offset += len(line)
        if end > first:
            yield _line(text_page, line.strip(), first, end - 1)


def _line(text_page: object, text: str, start: int, end: int) -> Line:
    """Place a line by three of its characters; asking for each one takes ten times as long."""
    marks = [_mark(text_page, index) for index in dict.fromkeys((start, (start + end) // 2, end))]
    bottom = min(mark.baseline for mark in marks)
    return Line(
        text=text,
        left=min(mark.left for mark in marks),
        right=max(mark.right for mark in marks),
        bottom=bottom,
        top=bottom + max(mark.height for mark in marks),
    )


def _mark(text_page: object, text_index: int) -> Mark:
    """Measure a character by its index in the extracted text.

    The loose box is as high as the font, whatever the letter, but not for every font; so lines are
    compared by the baseline.
    """
    index = max(raw.FPDFText_GetCharIndexFromTextIndex(text_page, text_index), 0)
    box = raw.FS_RECTF()
    raw.FPDFText_GetLooseCharBox(text_page, index, ctypes.byref(box))
    x, y = ctypes.c_double(), ctypes.c_double()
    raw.FPDFText_GetCharOrigin(text_page, index, ctypes.byref(x), ctypes.byref(y))
    return Mark(left=box.left, right=box.right, baseline=y.value, height=box.top - box.bottom)
