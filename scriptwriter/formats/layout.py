"""The paginator: a document as numbered pages of placed lines."""

from __future__ import annotations

from scriptwriter.formats.blocks import (
    DUAL_COLUMNS,
    Block,
    BreakBlock,
    DualBlock,
    SpeechBlock,
    TextBlock,
    blocks,
    dual_rows,
)
from scriptwriter.formats.elements import Document
from scriptwriter.formats.errors import TooManyPages
from scriptwriter.formats.inline import Run
from scriptwriter.formats.paper import (
    PAGE_NUMBER_ROW,
    RIGHT,
    Layout,
    Page,
    Paper,
    PlacedLine,
    Role,
    plain_line,
)
from scriptwriter.formats.speech import MORE, SINGLE, Columns, Row, Speech, Spot
from scriptwriter.formats.title_layout import title_pages

# Ten times a long film; such a script is laid out in 2 s and typeset in 5 s.
MAX_PAGES = 2000
LINES_AFTER_HEADING = 2


def lay_out(
    document: Document, paper: Paper, *, scene_numbers: bool = False, title_page: bool = True
) -> Layout:
    """Place every printed line; raises TooManyPages beyond `MAX_PAGES`."""
    script = list(blocks(document, rows=paper.rows, scene_numbers=scene_numbers))
    first = title_pages(document.title_page, paper) if title_page else ()
    return Layout(paper=paper, pages=(*first, *_Paginator(script, paper).pages()))


class _Paginator:
    """Fills one page after the other."""

    def __init__(self, script: list[Block], paper: Paper) -> None:
        self.script = script
        self.rows = paper.rows
        self.row = 0
        self.lines: list[PlacedLine] = []
        self.done: list[Page] = []

    def pages(self) -> tuple[Page, ...]:
        for index, block in enumerate(self.script):
            if isinstance(block, BreakBlock):
                self._end_page()
                continue
            self._leave_space(index, block)
            if isinstance(block, TextBlock):
                self._place_text(block)
            elif isinstance(block, SpeechBlock):
                self._place_speech(block.speech)
            else:
                self._place_dual(block)
        self._end_page()
        return tuple(self.done)

    def _end_page(self) -> None:
        if not self.row:
            return
        number = len(self.done) + 1
        if number > MAX_PAGES:
            raise TooManyPages(f"The script has more than {MAX_PAGES} pages.", limit=MAX_PAGES)
        if number > 1:
            text = f"{number}."
            place = plain_line(
                text, row=PAGE_NUMBER_ROW, column=RIGHT - len(text), role=Role.PAGE_NUMBER
            )
            self.lines.insert(0, place)
        self.done.append(Page(number=number, lines=tuple(self.lines)))
        self.lines, self.row = [], 0

    def _leave_space(self, index: int, block: TextBlock | SpeechBlock | DualBlock) -> None:
        """Leave the lines above a block, or begin a page where the block cannot begin here."""
        if not self.row:
            return
        room = self.rows - self.row - block.space
        is_heading = isinstance(block, TextBlock) and block.role is Role.HEADING
        starts = self._keeps_heading(index, room) if is_heading else block.fits(room) > 0
        if starts:
            self.row += block.space
        else:
            self._end_page()

    def _keeps_heading(self, index: int, room: int) -> bool:
        """True where a heading and what must follow it go into `room` rows.

        Two lines must follow, or the whole of a shorter scene.
        """
        heading = self.script[index]
        taken = heading.fits(room) if isinstance(heading, TextBlock) else 0
        room -= taken
        follow = 0
        for block in self.script[index + 1 : index + 1 + self.rows]:
            is_heading = isinstance(block, TextBlock) and block.role is Role.HEADING
            if not taken or isinstance(block, BreakBlock) or (is_heading and follow):
                break
            taken = block.fits(room - block.space)
            room -= block.space + taken
            follow += 0 if is_heading else taken
            if follow >= LINES_AFTER_HEADING:
                break
        return taken > 0

    def _place_text(self, block: TextBlock) -> None:
        lines = block.lines
        while lines:
            count = TextBlock.fits(
                TextBlock(role=block.role, element=block.element, lines=lines), self._room()
            )
            # A block without a place to cut it that is higher than a page is cut anyhow.
            count = count or (self._room() if not self.row else 0)
            for line in lines[:count]:
                self._place(line.column, line.runs, block.role, block.element)
            if lines is block.lines and block.number:
                self._number(block)
            lines = lines[count:]
            if lines:
                self._end_page()

    def _number(self, block: TextBlock) -> None:
        place = plain_line(
            block.number,
            row=self.row - len(block.lines),
            column=RIGHT,
            role=Role.SCENE_NUMBER,
            element=block.element,
        )
        self.lines.append(place)

    def _place_speech(self, speech: Speech) -> None:
        self._place_cue(speech, SINGLE)
        spot: Spot | None = Spot()
        while spot:
            # Where a speech has no good place to be cut, it has a page of its own by now.
            share = speech.share(spot, self._room()) or speech.forced_share(spot, self._room())
            self._place_rows(speech, share.rows, SINGLE)
            spot = share.following
            if spot:
                self._turn_page(speech, share.rows[-1])

    def _place_cue(self, speech: Speech, columns: Columns) -> None:
        cue = speech.cue
        if not cue:
            return
        for cut in speech.cue_rows(columns):
            runs = cue.text.runs(cut.start, cut.stop)
            self._place(columns.cue.left, runs, Role.CUE, cue.element)

    def _place_rows(self, speech: Speech, rows: tuple[Row, ...], columns: Columns) -> None:
        for row in rows:
            part = speech.parts[row.part]
            runs = part.text.runs(row.cut.start, row.cut.stop)
            self._place(columns.of(part.role).left, runs, part.role, part.element)

    def _turn_page(self, speech: Speech, last: Row) -> None:
        element = speech.parts[last.part].element
        self._place(SINGLE.cue.left, (Run(text=MORE),), Role.MORE, element)
        self._end_page()
        self._place(SINGLE.cue.left, (Run(text=speech.continued()),), Role.CONTINUED, element)

    def _place_dual(self, block: DualBlock) -> None:
        top = self.row
        for speech, columns in zip((block.left, block.right), DUAL_COLUMNS, strict=True):
            self.row = top
            self._place_cue(speech, columns)
            rows = dual_rows(speech, columns, self.rows)
            self._place_rows(speech, tuple(rows), columns)
        self.row = top + block.height

    def _room(self) -> int:
        return self.rows - self.row

    def _place(self, column: int, runs: tuple[Run, ...], role: Role, element: int) -> None:
        self.lines.append(
            PlacedLine(row=self.row, column=column, runs=runs, role=role, element=element)
        )
        self.row += 1
