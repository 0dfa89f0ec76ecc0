"""The usual measures of a document: line height and pitch, columns, first-line indents."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from itertools import pairwise
from statistics import median

from scriptwriter.readers.pdf.lines import Line, Sheet

# A text margin holds at least this share of the lines of the left or the right pages.
MARGIN_SHARE = 0.03
# Left edges this close (points) are one edge.
EDGE_STEP = 2.0
# A left edge further right than this share of the page begins another column.
COLUMN_REACH = 0.2
# First-line indents are 0.5 to 4 times the height of a line.
LEAST_INDENT = 0.5
MOST_INDENT = 4.0
# Printed with indents when this share of the lines has one, the next line standing at the margin.
INDENTED_SHARE = 0.04
# A drop capital: one or two letters at least this much taller than the text beside it.
DROP_CAPITAL = 1.8


@dataclass(frozen=True, kw_only=True, slots=True)
class Column:
    """A text column: its left margin and right edge in points."""

    left: float
    right: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Placed:
    """A line on its sheet, with its column."""

    line: Line
    sheet: int
    column: Column

    @property
    def indent(self) -> float:
        return self.line.left - self.column.left


@dataclass(frozen=True, kw_only=True, slots=True)
class Layout:
    """What the paragraphs are judged by; lengths in points."""

    height: float
    pitch: float
    is_indented: bool
    lines: tuple[Placed, ...]

    def is_first_line(self, placed: Placed) -> bool:
        """Say whether a line starts as far right as first lines do."""
        return LEAST_INDENT * self.height <= placed.indent <= MOST_INDENT * self.height


def measure(sheets: list[Sheet]) -> Layout:
    """Measure all pages; left and right pages may have different margins."""
    height = _usual_height(sheets)
    sheets = [_without_drop_capitals(sheet, height) for sheet in sheets]
    columns = [_columns(sheets[side::2]) for side in (0, 1)]
    placed = tuple(
        Placed(line=line, sheet=number, column=_column_of(line, columns[number % 2]))
        for number, sheet in enumerate(sheets)
        for line in sheet.lines
    )
    layout = Layout(height=height, pitch=_pitch(placed), is_indented=False, lines=placed)
    return replace(layout, is_indented=_is_indented(layout))


def _usual_height(sheets: list[Sheet]) -> float:
    """Return the height that most characters have."""
    counts: Counter[float] = Counter()
    for sheet in sheets:
        for line in sheet.lines:
            counts[round(line.height, 1)] += len(line.text)
    return counts.most_common(1)[0][0] if counts else 0.0


def _columns(sheets: list[Sheet]) -> list[Column]:
    lines = [line for sheet in sheets for line in sheet.lines]
    width = max((sheet.width for sheet in sheets), default=0.0)
    lefts = Counter(round(line.left / EDGE_STEP) for line in lines)
    least = max(3.0, len(lines) * MARGIN_SHARE)
    margins: list[float] = []
    for edge in sorted(edge for edge, count in lefts.items() if count >= least):
        if not margins or edge * EDGE_STEP - margins[-1] > width * COLUMN_REACH:
            margins.append(edge * EDGE_STEP)
    if not margins and lines:
        margins = [min(line.left for line in lines)]
    return [_column(margin, lines, margins) for margin in margins]


def _column(margin: float, lines: list[Line], margins: list[float]) -> Column:
    """Take the right edge that all but a few lines of the column keep to."""
    own = [x for x in lines if x.left >= margin - EDGE_STEP and _margin(x, margins) == margin]
    rights = sorted(line.right for line in own)
    return Column(left=margin, right=rights[int((len(rights) - 1) * 0.95)] if rights else margin)


def _margin(line: Line, margins: list[float]) -> float:
    return max((m for m in margins if m <= line.left + EDGE_STEP), default=line.left)


def _column_of(line: Line, columns: list[Column]) -> Column:
    fitting = [column for column in columns if column.left <= line.left + EDGE_STEP]
    return fitting[-1] if fitting else Column(left=line.left, right=line.right)


def _pitch(lines: tuple[Placed, ...]) -> float:
    drops = [a.line.bottom - b.line.bottom for a, b in pairwise(lines) if a.sheet == b.sheet]
    falling = [drop for drop in drops if drop > 1]
    return median(falling) if falling else 0.0


def _is_indented(layout: Layout) -> bool:
    firsts = sum(
        layout.is_first_line(a) and abs(b.indent) <= EDGE_STEP for a, b in pairwise(layout.lines)
    )
    return firsts >= max(2.0, len(layout.lines) * INDENTED_SHARE)


def _without_drop_capitals(sheet: Sheet, height: float) -> Sheet:
    """Join a drop capital to its word, and move the lines beside it back to the margin."""
    lines: list[Line] = []
    capital: Line | None = None
    waiting: Line | None = None
    for line in sheet.lines:
        if len(line.text) <= 2 and line.text.isalpha() and line.height > height * DROP_CAPITAL:
            capital = waiting = line
            continue
        if capital is not None and line.top > capital.bottom + 1 and line.left > capital.left:
            text = waiting.text + line.text if waiting else line.text
            line = replace(line, text=text, left=capital.left)
        elif waiting is not None:
            lines.append(waiting)
        waiting = None
        lines.append(line)
    return replace(sheet, lines=(*lines, *([waiting] if waiting else [])))
