"""The title page: title and names in the middle, the rest at the foot."""

from __future__ import annotations

from collections.abc import Iterable

from scriptwriter.formats.paper import LEFT, RIGHT, WIDTH, Page, Paper, PlacedLine, Role
from scriptwriter.formats.styled import Styled, styled

TITLE_ROW = 16
_CENTERED = ("title", "credit", "author", "authors", "source")
# Keys that speak for themselves stand without their name; dates go to the right.
_RIGHT = ("draft date", "date", "draft", "revision")
_UNNAMED = (*_RIGHT, "contact", "copyright", "notes")
_GAP = {"credit": 3, "source": 2}
_FOOT_WIDTH = 29


def title_pages(entries: Iterable[tuple[str, str]], paper: Paper) -> tuple[Page, ...]:
    """Lay out a title page; more text than one page takes goes on over further ones."""
    known = [(key.lower(), key, value) for key, value in entries if value.strip()]
    middle: list[tuple[Styled, int]] = []
    for key, _, value in known:
        if key in _CENTERED:
            middle.append((styled(value), _GAP.get(key, 1) if middle else 0))
    left = [
        styled(value if key in _UNNAMED else f"{name}: {value}")
        for key, name, value in known
        if key not in (*_CENTERED, *_RIGHT)
    ]
    right = [styled(value) for key, _, value in known if key in _RIGHT]
    lines = _middle(middle)
    lines += _foot(left, right, lines[-1].row + 3 if lines else 0, paper)
    return _paged(lines, paper)


def _middle(texts: Iterable[tuple[Styled, int]]) -> list[PlacedLine]:
    lines: list[PlacedLine] = []
    row = TITLE_ROW
    for text, gap in texts:
        row += gap
        for cut in text.cuts(0, WIDTH):
            column = LEFT + (WIDTH - (cut.stop - cut.start)) // 2
            lines.append(_line(text, cut.start, cut.stop, row, column))
            row += 1
    return lines


def _foot(left: list[Styled], right: list[Styled], top: int, paper: Paper) -> list[PlacedLine]:
    lines: list[PlacedLine] = []
    for texts, is_right in ((left, False), (right, True)):
        rows = [(text, cut) for text in texts for cut in text.cuts(0, _FOOT_WIDTH)]
        first = max(top, paper.rows - len(rows))
        for offset, (text, cut) in enumerate(rows):
            column = RIGHT - (cut.stop - cut.start) if is_right else LEFT
            lines.append(_line(text, cut.start, cut.stop, first + offset, column))
    return lines


def _line(text: Styled, start: int, stop: int, row: int, column: int) -> PlacedLine:
    return PlacedLine(row=row, column=column, runs=text.runs(start, stop), role=Role.TITLE)


def _paged(lines: list[PlacedLine], paper: Paper) -> tuple[Page, ...]:
    pages: dict[int, list[PlacedLine]] = {}
    for line in lines:
        place = PlacedLine(
            row=line.row % paper.rows, column=line.column, runs=line.runs, role=line.role
        )
        pages.setdefault(line.row // paper.rows, []).append(place)
    return tuple(Page(number=0, lines=tuple(pages[number])) for number in sorted(pages))
