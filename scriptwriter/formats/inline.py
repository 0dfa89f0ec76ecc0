"""Emphasis, notes and escapes inside a text, as runs of one style each."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from scriptwriter.formats.marks import hidden_spans

BOLD, ITALIC, UNDERLINE = 1, 2, 4

_TOKEN = re.compile(r"\\[\\*_\[\]/]|\*+|_+|[^\\*_]+|\\")
_STAR_STYLES = {1: ITALIC, 2: BOLD, 3: BOLD | ITALIC}
_STYLE_WIDTHS = {BOLD: 2, ITALIC: 1, UNDERLINE: 1}
_MARKUP = frozenset("\\*_[/")
_BRACKETS = re.compile(r"\([^()]*\)")


@dataclass(frozen=True, kw_only=True, slots=True)
class Run:
    """A stretch of plain text in one style; it may hold newlines."""

    text: str
    bold: bool = False
    italic: bool = False
    underline: bool = False


@dataclass(kw_only=True, slots=True)
class _Piece:
    """Literal text, or a mark with the styles it turned out to open or close."""

    text: str
    styles: int = 0
    opens: int = 0
    closes: int = 0
    can_open: bool = False
    can_close: bool = False

    def leftover(self) -> str:
        """What of the mark is not used and so is shown."""
        used = sum(
            width for bit, width in _STYLE_WIDTHS.items() if (self.opens | self.closes) & bit
        )
        return self.text[used:]


def inline(text: str) -> list[Run]:
    """Split Fountain inline markup into runs, notes and boneyards left out.

    Emphasis does not cross a line end, a mark beside a space on its inner side is a plain
    character, and the nearest mark of the same kind closes.
    """
    if not _MARKUP.intersection(text):
        return [Run(text=text)] if text else []
    styled: list[tuple[str, int]] = []
    for number, line in enumerate(visible(text).split("\n")):
        if number:
            styled.append(("\n", 0))
        styled.extend(_styled(line))
    return _merged(styled)


def plain_text(text: str) -> str:
    """Return what a reader sees of a text: no marks, no notes, no escapes."""
    return "".join(run.text for run in inline(text))


def escape(plain: str) -> str:
    """Return inline markup that shows `plain` letter for letter."""
    return re.sub(r"[\\*_]|\[(?=\[)", r"\\\g<0>", plain)


def speaker_name(cue: str) -> str:
    """Return the name in a cue: no extensions such as (V.O.), no marks, single spaces."""
    return " ".join(_BRACKETS.sub(" ", plain_text(cue)).split())


def visible(text: str) -> str:
    """Return text without notes and boneyards; a line that held nothing else goes too.

    Emphasis marks and escapes stay.
    """
    kept: list[str] = []
    position, last = 0, ""
    for span in hidden_spans(text):
        before = text[position : span.start]
        kept.append(before)
        last = before[-1:] or last
        position = span.end
        following = text[position : position + 1]
        if (last in ("", "\n") and following in ("\n", " ")) or last == following == " ":
            position += 1
    kept.append(text[position:])
    shown = "".join(kept)
    return shown.removesuffix("\n") if last == "\n" and position == len(text) else shown


def _styled(line: str) -> list[tuple[str, int]]:
    pieces = [_piece(found, line) for found in _TOKEN.finditer(line)]
    _pair(pieces)
    styled: list[tuple[str, int]] = []
    current = 0
    for piece in pieces:
        if piece.closes:
            current &= ~piece.closes
        styled.append((piece.leftover() if piece.styles else piece.text, current))
        current |= piece.opens
    return styled


def _piece(found: re.Match[str], line: str) -> _Piece:
    mark = found.group()
    if mark[0] == "\\" and len(mark) == 2:
        return _Piece(text=mark[1])
    styles = _STAR_STYLES.get(len(mark), 0) if mark[0] == "*" else UNDERLINE * (mark == "_")
    if not styles:
        return _Piece(text=mark)
    before = line[found.start() - 1 : found.start()]
    after = line[found.end() : found.end() + 1]
    # An underscore inside a word, as in a file name, is no emphasis.
    in_word = mark == "_" and before.isalnum() and after.isalnum()
    return _Piece(
        text=mark,
        styles=styles,
        can_open=bool(after.strip()) and not in_word,
        can_close=bool(before.strip()) and not in_word,
    )


def _pair(pieces: Iterable[_Piece]) -> None:
    openers: dict[int, _Piece] = {}
    for piece in pieces:
        bits = [bit for bit in _STYLE_WIDTHS if piece.styles & bit]
        closable = [bit for bit in bits if piece.can_close and bit in openers]
        if closable and (len(closable) == len(bits) or not piece.can_open):
            for bit in closable:
                openers.pop(bit).opens |= bit
                piece.closes |= bit
        elif piece.can_open:
            openers.update(dict.fromkeys(bits, piece))


def _merged(styled: Iterable[tuple[str, int]]) -> list[Run]:
    groups: list[tuple[list[str], int]] = []
    for text, style in styled:
        if not text:
            continue
        if groups and (groups[-1][1] == style):
            groups[-1][0].append(text)
        else:
            groups.append(([text], style))
    return [
        Run(
            text="".join(texts),
            bold=bool(style & BOLD),
            italic=bool(style & ITALIC),
            underline=bool(style & UNDERLINE),
        )
        for texts, style in groups
    ]
