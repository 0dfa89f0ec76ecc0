"""A document as blocks that stand on a page: what is printed, in which lines, how far apart."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from itertools import islice

from scriptwriter.formats.elements import SPOKEN, Document, Element, Kind
from scriptwriter.formats.glyphs import printable
from scriptwriter.formats.inline import ITALIC, Run
from scriptwriter.formats.marks import LINE_END
from scriptwriter.formats.paper import (
    DIALOGUE,
    DUAL_LEFT,
    DUAL_RIGHT,
    DUAL_WIDTH,
    LEFT,
    WIDTH,
    Role,
)
from scriptwriter.formats.speech import (
    LONGEST_CUE_ROWS,
    SINGLE,
    Columns,
    Part,
    Row,
    Speech,
    Spot,
    cue_part,
    dual_columns,
    spoken_part,
)
from scriptwriter.formats.styled import Styled, styled

NUMBER_COLUMN = 8
# A number beyond this does not fit into the margin and opens the heading instead.
LONGEST_NUMBER = LEFT - NUMBER_COLUMN - 1
FEWEST_LINES = 2


@dataclass(frozen=True, kw_only=True, slots=True)
class TextLine:
    """A line and its column."""

    column: int
    runs: tuple[Run, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class TextBlock:
    """Lines of one element; `number` is shown in the right margin."""

    role: Role
    element: int
    lines: tuple[TextLine, ...]
    space: int = 1
    number: str = ""

    def fits(self, room: int) -> int:
        """Return how many of the lines a page takes that has `room` rows left."""
        count = len(self.lines)
        if count <= room:
            return count
        splits = self.role in (Role.ACTION, Role.LYRICS) and count >= 2 * FEWEST_LINES
        return min(room, count - FEWEST_LINES) if splits and room >= FEWEST_LINES else 0


@dataclass(frozen=True, kw_only=True, slots=True)
class SpeechBlock:
    """One speech over the width of the page."""

    speech: Speech
    space: int = 1

    def fits(self, room: int) -> int:
        """Return how many rows a page takes that has `room` rows left."""
        cue = len(self.speech.cue_rows(SINGLE))
        share = self.speech.share(Spot(), room - cue) if room > cue else None
        return cue + len(share.rows) + (share.following is not None) if share else 0


@dataclass(frozen=True, kw_only=True, slots=True)
class DualBlock:
    """Two speeches beside each other, never cut."""

    left: Speech
    right: Speech
    height: int
    space: int = 1

    def fits(self, room: int) -> int:
        """Return the height, or nothing where the room does not do."""
        return self.height if self.height <= room else 0


@dataclass(frozen=True, kw_only=True, slots=True)
class BreakBlock:
    """The end of a page by the writer's will."""


Block = TextBlock | SpeechBlock | DualBlock | BreakBlock
DUAL_COLUMNS = (dual_columns(DUAL_LEFT, DUAL_WIDTH), dual_columns(DUAL_RIGHT, DUAL_WIDTH))


def blocks(document: Document, *, rows: int, scene_numbers: bool) -> Iterator[Block]:
    """Yield what is printed; sections, synopses, notes and boneyards are not.

    `rows` is the height of a page: two speeches that would be higher follow each other.
    """
    held: Speech | None = None
    for block in _singles(document, scene_numbers=scene_numbers):
        if isinstance(block, SpeechBlock):
            dual = _dual(held, block.speech, rows) if held and block.speech.is_dual else None
            if dual:
                yield dual
                held = None
                continue
            if held:
                yield SpeechBlock(speech=held)
            held = block.speech
            continue
        if held:
            yield SpeechBlock(speech=held)
            held = None
        yield block
    if held:
        yield SpeechBlock(speech=held)


def dual_rows(speech: Speech, columns: Columns, limit: int) -> list[Row]:
    """Return at most `limit` rows of one of two speeches, without its cue."""
    return list(islice(speech.rows(Spot(), columns), limit))


def _dual(left: Speech, right: Speech, rows: int) -> DualBlock | None:
    heights = [
        len(speech.cue_rows(columns)) + len(dual_rows(speech, columns, rows + 1))
        for speech, columns in zip((left, right), DUAL_COLUMNS, strict=True)
    ]
    height = max(heights)
    return DualBlock(left=left, right=right, height=height) if height <= rows else None


def _singles(document: Document, *, scene_numbers: bool) -> Iterator[Block]:
    cue: tuple[Element, int] | None = None
    parts: list[Part] = []
    previous: Element | None = None
    for index, element in enumerate(document.elements):
        if element.kind in (Kind.SECTION, Kind.SYNOPSIS, Kind.NOTE, Kind.BONEYARD):
            continue
        stands_alone = element.kind is Kind.LYRICS and not _is_in_speech(previous)
        if element.kind is Kind.CUE or element.kind not in SPOKEN or stands_alone:
            yield from _speech(cue, parts)
            cue, parts = None, []
        if element.kind is Kind.CUE:
            cue = element, index
        elif element.kind in SPOKEN and not stands_alone:
            part = spoken_part(element, index)
            parts += [part] if part else []
        else:
            yield from _block(element, index, previous, scene_numbers=scene_numbers)
        previous = element
    yield from _speech(cue, parts)


def _is_in_speech(previous: Element | None) -> bool:
    """True where lyrics after this element belong to a speech, not to a song of their own."""
    if previous is None or previous.kind not in SPOKEN or previous.kind is Kind.LYRICS:
        return False
    return previous.raw is None or not _ends_blank(previous.raw)


def _touches(previous: Element | None) -> bool:
    """True for a centered line with no blank line between it and the next."""
    if previous is None or previous.kind is not Kind.CENTERED or previous.raw is None:
        return False
    return not _ends_blank(previous.raw)


def _ends_blank(raw: str) -> bool:
    return len(LINE_END.findall(raw[len(raw.rstrip()) :])) > 1


def _speech(cue: tuple[Element, int] | None, parts: list[Part]) -> Iterator[Block]:
    if cue is None:
        if parts:
            yield SpeechBlock(speech=Speech(cue=None, parts=tuple(parts)))
        return
    element, index = cue
    speech = Speech(cue=cue_part(element, index), parts=tuple(parts), is_dual=element.dual)
    if len(list(islice(speech.cue_rows(SINGLE), LONGEST_CUE_ROWS + 1))) > LONGEST_CUE_ROWS:
        name = cue_part(element, index).text
        yield _text_block(Role.ACTION, index, name)
        speech = replace(speech, cue=None)
    if speech.cue or parts:
        yield SpeechBlock(speech=speech)


def _block(
    element: Element, index: int, previous: Element | None, *, scene_numbers: bool
) -> Iterator[Block]:
    if element.kind is Kind.PAGE_BREAK:
        yield BreakBlock()
    elif element.kind is Kind.HEADING:
        yield _heading(element, index, scene_numbers=scene_numbers)
    elif element.kind is Kind.LYRICS:
        text = styled(element.text, style=ITALIC)
        yield _text_block(Role.LYRICS, index, text, left=DIALOGUE.left, width=DIALOGUE.width)
    else:
        touches = element.kind is Kind.CENTERED and _touches(previous)
        block = _text_block(Role(element.kind.value), index, styled(element.text))
        if block.lines:
            yield replace(block, space=0) if touches else block


def _heading(element: Element, index: int, *, scene_numbers: bool) -> TextBlock:
    number = printable(element.number) if scene_numbers else ""
    text = styled(element.text, change=str.upper)
    if len(number) > LONGEST_NUMBER:
        text = styled(f"{element.number} {element.text}", change=str.upper)
        number = ""
    block = _text_block(Role.HEADING, index, text)
    if not number:
        return replace(block, space=2)
    margins = [number, *[""] * len(block.lines)]
    lines = tuple(
        TextLine(
            column=NUMBER_COLUMN,
            runs=(Run(text=margin.ljust(LEFT - NUMBER_COLUMN)), *line.runs),
        )
        for margin, line in zip(margins, block.lines, strict=False)
    )
    return replace(block, lines=lines, space=2, number=number)


def _text_block(
    role: Role, index: int, text: Styled, *, left: int = LEFT, width: int = WIDTH
) -> TextBlock:
    shift: Callable[[int], int] = {
        Role.TRANSITION: lambda length: width - length,
        Role.CENTERED: lambda length: (width - length) // 2,
    }.get(role, lambda _length: 0)
    lines = []
    for cut in text.cuts(0, width):
        stop = len(text.text[cut.start : cut.stop].rstrip()) + cut.start
        column = left + shift(stop - cut.start)
        lines.append(TextLine(column=column, runs=text.runs(cut.start, stop)))
    return TextBlock(role=role, element=index, lines=tuple(lines))
