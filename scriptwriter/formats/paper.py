"""Laid-out pages as plain data, and the measures of a screenplay page.

Columns and widths are counted in letters of 10 to the inch from the left edge of the paper, rows in
sixths of an inch from the top margin. Measures: the usual ones of the trade, as in the "Screenplay
Formatting" appendix of The Hollywood Standard (C. Riley).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from scriptwriter.formats.inline import Run

TOP_MARGIN_ROWS = 6
PAGE_NUMBER_ROW = -3
LEFT = 15
WIDTH = 60
RIGHT = LEFT + WIDTH


class Role(StrEnum):
    """What a line is on the page; the first group only repeats or counts and is not read out."""

    PAGE_NUMBER = "page_number"
    SCENE_NUMBER = "scene_number"
    MORE = "more"
    CONTINUED = "continued"

    HEADING = "heading"
    ACTION = "action"
    CUE = "cue"
    PARENTHETICAL = "parenthetical"
    DIALOGUE = "dialogue"
    LYRICS = "lyrics"
    TRANSITION = "transition"
    CENTERED = "centered"
    TITLE = "title"


REPEATED = (Role.PAGE_NUMBER, Role.SCENE_NUMBER, Role.MORE, Role.CONTINUED)


@dataclass(frozen=True, kw_only=True, slots=True)
class Paper:
    """A paper size in points of 1/72 inch, and its rows between margins of about an inch."""

    width: float
    height: float
    rows: int


# 11 inches are 66 rows and 297 mm are 70; A4 is narrower, but 82 columns hold every line.
PAPERS = {
    "letter": Paper(width=612.0, height=792.0, rows=54),
    "a4": Paper(width=595.276, height=841.89, rows=58),
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Column:
    """A stretch of a row: where it begins and how many letters it holds."""

    left: int
    width: int


# Cue, parenthetical and dialogue of one speech, and of two beside each other.
CUE = Column(left=37, width=38)
PARENTHETICAL = Column(left=31, width=22)
DIALOGUE = Column(left=25, width=35)
DUAL_LEFT, DUAL_RIGHT, DUAL_WIDTH = LEFT, RIGHT - 26, 26


@dataclass(frozen=True, kw_only=True, slots=True)
class PlacedLine:
    """One line on a page; `element` is the index in the document, -1 for page numbers and titles."""

    row: int
    column: int
    runs: tuple[Run, ...]
    role: Role
    element: int = -1

    @property
    def text(self) -> str:
        """The letters of the line."""
        return "".join(run.text for run in self.runs)


@dataclass(frozen=True, kw_only=True, slots=True)
class Page:
    """A page: its lines in reading order. The title page has number 0."""

    number: int
    lines: tuple[PlacedLine, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Layout:
    """A whole script on paper."""

    paper: Paper
    pages: tuple[Page, ...]


def plain_line(  # the shape of a line that is not part of a text
    text: str, *, row: int, column: int, role: Role, element: int = -1
) -> PlacedLine:
    """Make a line of one plain run."""
    return PlacedLine(row=row, column=column, runs=(Run(text=text),), role=role, element=element)
