"""Lines of pages to paragraphs: what a line break meant, judged by the layout."""

from __future__ import annotations

import re
from enum import Enum
from itertools import pairwise

from scriptwriter.readers.blocks import Blocks, BlockWriter
from scriptwriter.readers.encodings import CONTROLS
from scriptwriter.readers.headings import split_heading
from scriptwriter.readers.pdf.layout import EDGE_STEP, Layout, Placed
from scriptwriter.readers.pdf.lines import SOFT_HYPHEN

# A gap this much larger than the usual one separates paragraphs.
GAP = 1.35
# A line this much taller than the usual one is a heading; a difference of a tenth is rounding.
TALLER = 1.12
LONGEST_HEADING = 200
# A centered line keeps this share of the column free on either side.
FAR_FROM_EDGE = 0.15
# A heading in the letters of the text leaves this share of its line free.
SHORT_HEADING = 0.25

ENDS = re.compile(r"""[.!?:…;][)\]"'”’»›]*$|["”»›*—–-]$""")
HYPHEN = re.compile(rf"\w(?:[-‐]|{SOFT_HYPHEN})$")
TIGHT_DASH = re.compile(r"\S(?:—|--)$")
LAST_PART = re.compile(r"\w+\W?$")
FIRST_PART = re.compile(r"\w+")
HYPHENATED = re.compile(r"\w+-\w+")
LIGATURES = str.maketrans(
    {"ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "ﬅ": "ft", "ﬆ": "st"}
)


class Break(Enum):
    """What stands between two lines in the text."""

    SPACE = " "
    LINE = "\n"
    PARAGRAPH = "\n\n"


def reflow(layout: Layout) -> Blocks:
    """Write paragraphs; each page's start is named by its number."""
    return _Paragraphs(layout).write()


class _Paragraphs:
    """Collects lines into paragraphs."""

    def __init__(self, layout: Layout) -> None:
        self._layout = layout
        self._writer = BlockWriter()
        self._text = ""
        self._level = 0
        self._levels = _heading_levels(layout)
        self._hyphenated = _hyphenated_words(layout)
        self._alone = _lines_alone(layout)

    def write(self) -> Blocks:
        last: Placed | None = None
        for placed in self._layout.lines:
            self._take(placed, last)
            if last is None or last.sheet != placed.sheet:
                self._writer.name(str(placed.sheet))
            last = placed
        self._flush()
        return self._writer.finish()

    def _take(self, placed: Placed, last: Placed | None) -> None:
        text = placed.line.text.translate(LIGATURES)
        kind = self._break(last, placed) if last else Break.PARAGRAPH
        if kind is Break.PARAGRAPH:
            self._flush()
            self._level = self._levels.get(_size(self._layout, placed), 0)
            self._text = text
        elif kind is Break.SPACE:
            self._text = self._joined(self._text, text)
        else:
            self._text += kind.value + text

    def _flush(self) -> None:
        text = CONTROLS.sub("", self._text.replace(SOFT_HYPHEN, "-"))
        level = self._level if len(text) <= LONGEST_HEADING else 0
        self._writer.add(" ".join(text.split()) if level else text.strip(), level=level)
        self._text = ""

    def _break(self, last: Placed, placed: Placed) -> Break:
        if _size(self._layout, last) != _size(self._layout, placed):
            return Break.PARAGRAPH
        is_prose = not _size(self._layout, placed)
        if is_prose and (placed in self._alone or self._is_off_center(last, placed)):
            return Break.PARAGRAPH
        if _names_division(last) or _names_division(placed):
            return Break.PARAGRAPH
        has_jumped = last.sheet != placed.sheet or placed.line.bottom > last.line.bottom + 1
        drop = last.line.bottom - placed.line.bottom
        if not has_jumped and drop < 0.3 * self._layout.height:
            return Break.SPACE
        if not has_jumped and drop > GAP * self._usual_drop(placed):
            return Break.PARAGRAPH
        if HYPHEN.search(last.line.text) and placed.line.text[:1].islower():
            return Break.SPACE
        return self._break_by_shape(last, placed, has_jumped=has_jumped)

    def _break_by_shape(self, last: Placed, placed: Placed, *, has_jumped: bool) -> Break:
        has_ended = bool(ENDS.search(last.line.text))
        was_cut = _would_have_fitted(last, placed)
        if _size(self._layout, placed):
            return Break.LINE if was_cut else Break.SPACE
        if self._layout.is_indented and self._layout.is_first_line(placed):
            if placed.indent - last.indent > EDGE_STEP or has_ended or was_cut:
                return Break.PARAGRAPH
        elif has_jumped and not self._layout.is_indented:
            is_new = has_ended and not placed.line.text[:1].islower()
            return Break.PARAGRAPH if is_new else Break.SPACE
        if was_cut and has_ended:
            return Break.PARAGRAPH
        return Break.LINE if was_cut and not has_jumped else Break.SPACE

    def _is_off_center(self, last: Placed, placed: Placed) -> bool:
        return _is_centered(last, self._layout) != _is_centered(placed, self._layout)

    def _usual_drop(self, placed: Placed) -> float:
        scale = placed.line.height / self._layout.height if self._layout.height else 1.0
        return max(self._layout.pitch * max(scale, 1.0), 1.0)

    def _joined(self, text: str, more: str) -> str:
        """Join two lines; a hyphen at the break goes unless the word is spelled with one."""
        if HYPHEN.search(text) and more[:1].isalnum():
            return text[:-1] + ("-" if self._keeps_hyphen(text, more) else "") + more
        if TIGHT_DASH.search(text):
            return text + more
        return f"{text} {more}"

    def _keeps_hyphen(self, text: str, more: str) -> bool:
        if not more[:1].islower():
            return True
        before, after = LAST_PART.search(text), FIRST_PART.match(more)
        if before is None or after is None:
            return False
        return f"{before.group()[:-1]}-{after.group()}".casefold() in self._hyphenated


def _size(layout: Layout, placed: Placed) -> float:
    """Return a heading's size, rounded so that lines of one heading agree; 0 for prose."""
    height = placed.line.height
    return round(height * 2) / 2 if height > layout.height * TALLER else 0.0


def _heading_levels(layout: Layout) -> dict[float, int]:
    """Give the tallest lines level 1, the next level 2, and so on."""
    sizes = sorted({_size(layout, placed) for placed in layout.lines} - {0.0}, reverse=True)
    return {size: min(rank, 6) for rank, size in enumerate(sizes, start=1)}


def _is_centered(placed: Placed, layout: Layout) -> bool:
    """Say whether a line stands in the middle of its column, far from both edges."""
    line, column = placed.line, placed.column
    before, after = line.left - column.left, column.right - line.right
    least = FAR_FROM_EDGE * (column.right - column.left)
    return min(before, after) > least and abs(before - after) < layout.height


def _names_division(placed: Placed) -> bool:
    """Say whether a short line reads "CHAPTER 4" or "Part Two: The Sea", whatever its letters."""
    room = placed.column.right - placed.line.right
    is_short = room > SHORT_HEADING * (placed.column.right - placed.column.left)
    return is_short and split_heading(placed.line.text).division in ("chapter", "part")


def _lines_alone(layout: Layout) -> frozenset[Placed]:
    """Return first lines of pages with a gap below: headings in the letters of the text.

    The last line of a paragraph from the page before looks the same, but ends a sentence.
    """
    alone: set[Placed] = set()
    previous: Placed | None = None
    for placed, following in pairwise(layout.lines):
        is_first = previous is None or previous.sheet != placed.sheet
        drop = placed.line.bottom - following.line.bottom
        has_gap = following.sheet == placed.sheet and drop > GAP * layout.pitch
        was_ended = previous is None or bool(ENDS.search(previous.line.text))
        if is_first and has_gap and (was_ended or not ENDS.search(placed.line.text)):
            alone.add(placed)
        previous = placed
    return frozenset(alone)


def _would_have_fitted(last: Placed, placed: Placed) -> bool:
    """Say whether the next word had room on the last line, so that somebody broke it on purpose."""
    text = placed.line.text
    per_character = (placed.line.right - placed.line.left) / max(len(text), 1)
    word = len(text.split(maxsplit=1)[0]) if text.split() else 0
    return last.column.right - last.line.right > per_character * (word + 2.5)


def _hyphenated_words(layout: Layout) -> frozenset[str]:
    """Return the words that stand with a hyphen inside a line."""
    words: set[str] = set()
    for placed in layout.lines:
        words.update(word.casefold() for word in HYPHENATED.findall(placed.line.text))
    return frozenset(words)
