"""Notes and boneyards: what a Fountain source hides, and the lines that are left.

A note or boneyard may hold line ends, so a line here runs on through them. Everything is one pass:
where no closing mark is left, that is remembered instead of looked for again.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

LINE_END = re.compile(r"\r\n|\r|\n")
# Two blanks on an otherwise empty line keep a note or a speech together; fewer end it.
EMPTY_LINE = re.compile(r"(?:\r\n|\r(?!\n)|\n)[^\S\r\n]?(?=[\r\n])")
# An empty boneyard is nothing to a reader. At the edge of a line it keeps a mark from being one.
PLAIN_MARK = "/**/"

_OPENING = re.compile(r"\\[\s\S]|/\*|\[\[")


@dataclass(frozen=True, kw_only=True, slots=True)
class Hidden:
    """A note or a boneyard with its brackets, as offsets into the text searched."""

    start: int
    end: int
    is_note: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Line:
    """A line of source.

    `raw` has the line end, `text` has not, and line ends inside notes and boneyards are newlines
    there. `bare` is what remains without them. `hidden` holds offsets into `raw`.
    """

    raw: str
    text: str
    bare: str
    hidden: tuple[Hidden, ...] = ()

    @property
    def is_blank(self) -> bool:
        """True where nothing at all stands on the line."""
        return not self.hidden and not self.text.strip()

    @property
    def joins(self) -> bool:
        """True for the blank line of two or more spaces that goes on with a speech."""
        return len(self.text) > 1 and self.is_blank

    @property
    def is_hidden(self) -> bool:
        """True where the line holds notes or boneyards and nothing else."""
        return bool(self.hidden) and not self.bare

    @property
    def is_note(self) -> bool:
        """True where the line holds notes and nothing else."""
        return self.is_hidden and all(span.is_note for span in self.hidden)


class _Closings:
    """Finds closing marks from positions that only grow, each stretch of text searched once."""

    def __init__(self, source: str) -> None:
        self._source = source
        self._next = {"]]": -1, "*/": -1}
        self._empty_line = -1

    def after(self, mark: str, position: int) -> int:
        """Offset of the next `mark` from `position` on, or past the end of the source."""
        if self._next[mark] < position:
            found = self._source.find(mark, position)
            self._next[mark] = found if found >= 0 else len(self._source) + 1
        return self._next[mark]

    def empty_line_after(self, position: int) -> int:
        """Offset of the next empty line from `position` on, or past the end of the source."""
        if self._empty_line < position:
            found = EMPTY_LINE.search(self._source, position)
            self._empty_line = found.start() if found else len(self._source) + 1
        return self._empty_line

    def end_of(self, opening: str, position: int) -> int | None:
        """End of the note or boneyard opened at `position`; None where it is not closed."""
        is_note = opening == "[["
        close = self.after("]]" if is_note else "*/", position + 2)
        if close > len(self._source) or (is_note and self.empty_line_after(position) < close):
            return None
        return close + 2


def hidden_spans(source: str) -> Iterator[Hidden]:
    """Yield every closed note and boneyard, also empty ones, in order.

    A note with an empty line in it is no note (Fountain 1.1), nor is one behind a backslash.
    """
    closings = _Closings(source)
    position = 0
    while found := _OPENING.search(source, position):
        position = found.end()
        opening = found.group()
        end = None if opening[0] == "\\" else closings.end_of(opening, found.start())
        if end is not None:
            yield Hidden(start=found.start(), end=end, is_note=opening == "[[")
            position = end


def contained(text: str) -> str:
    """Put a backslash before opening marks that close nowhere in `text`.

    Printed among other elements they would hide what follows.
    """
    closings = _Closings(text)
    position = taken = 0
    kept: list[str] = []
    while found := _OPENING.search(text, position):
        position = found.end()
        if found.group()[0] == "\\":
            continue
        end = closings.end_of(found.group(), found.start())
        if end is None:
            kept += [text[taken : found.start()], "\\"]
            taken = found.start()
        position = end or position
    return "".join([*kept, text[taken:]])


def split_lines(source: str) -> list[Line]:
    """Cut a source into lines; their `raw` joined is the source again."""
    spans = [span for span in hidden_spans(source) if span.is_note or span.end - span.start > 4]
    lines: list[Line] = []
    start = taken = passed = 0
    for end in LINE_END.finditer(source):
        while passed < len(spans) and spans[passed].end <= end.start():
            passed += 1
        if passed < len(spans) and spans[passed].start < end.start():
            continue
        lines.append(_line(source, start, end.start(), end.end(), spans[taken:passed]))
        start, taken = end.end(), passed
    if start < len(source):
        lines.append(_line(source, start, len(source), len(source), spans[taken:]))
    return lines


def _line(source: str, start: int, stop: int, end: int, spans: list[Hidden]) -> Line:
    text = source[start:stop]
    if not spans:
        return Line(raw=source[start:end], text=text, bare=text)
    own = tuple(
        Hidden(start=span.start - start, end=span.end - start, is_note=span.is_note)
        for span in spans
    )
    return Line(
        raw=source[start:end],
        text=LINE_END.sub("\n", text),
        bare=LINE_END.sub("\n", without(text, own)).strip(),
        hidden=own,
    )


def without(text: str, spans: tuple[Hidden, ...]) -> str:
    """Return `text` with the spans cut out."""
    kept, position = [], 0
    for span in spans:
        kept.append(text[position : span.start])
        position = span.end
    kept.append(text[position:])
    return "".join(kept)
