"""Read and write Fountain 1.1, losing no byte: `print_document(parse(text)) == text`.

Source of the rules: https://fountain.io/syntax, and where it is silent the official parser
(https://github.com/nyousefi/Fountain) and its tests.
"""

from __future__ import annotations

from collections.abc import Iterator

from scriptwriter.formats import syntax
from scriptwriter.formats.elements import Document, Element, Kind
from scriptwriter.formats.inline import speaker_name
from scriptwriter.formats.marks import LINE_END, Hidden, Line, split_lines, without
from scriptwriter.formats.printer import print_document
from scriptwriter.formats.title_page import BYTE_ORDER_MARK, read_title_page

__all__ = ["parse", "print_document"]


def parse(source: str) -> Document:
    """Read any text as a script; time is linear in its length. Never raises.

    Notes and boneyards on lines of their own become elements, those inside a line stay in its
    text. Where a mark is not closed it is text.
    """
    mark = BYTE_ORDER_MARK if source.startswith(BYTE_ORDER_MARK) else ""
    lines = split_lines(source.removeprefix(mark))
    title = read_title_page(lines)
    title_raw = mark + "".join(line.raw for line in lines[: title.line_count])
    return Document(
        title_page=title.entries,
        elements=tuple(_Body(lines, title.line_count).elements()),
        title_raw=title_raw or None,
    )


class _Body:
    """The lines after the title page and how far they are read."""

    def __init__(self, lines: list[Line], start: int) -> None:
        self.lines = lines
        self.at = start

    def elements(self) -> Iterator[Element]:
        """Yield the elements in order; blank lines count to the element before them."""
        while self.at < len(self.lines):
            line = self.lines[self.at]
            if line.is_hidden:
                yield from self._hidden(line)
            elif (kind := self._kind(line)) is Kind.CUE:
                yield from self._speech(line)
            elif kind is Kind.ACTION:
                yield self._action()
            elif kind is Kind.LYRICS:
                yield self._lyrics()
            else:
                yield self._single(kind, line)

    def _kind(self, line: Line) -> Kind:
        content = line.text.strip()
        marked = _marked_kind(line.text, content)
        if marked is not None:
            return marked
        if self._is_closed() and syntax.is_heading(line.bare.lstrip()):
            return Kind.HEADING
        if self._is_closed() and syntax.is_transition(line.bare):
            return Kind.TRANSITION
        if syntax.is_cue(line.bare.strip()) and self._is_answered():
            return Kind.CUE
        return Kind.ACTION

    def _is_closed(self) -> bool:
        """True where no text that a reader sees follows on the next line."""
        following = self.at + 1
        if following >= len(self.lines):
            return True
        return self.lines[following].is_hidden or _is_unspoken(self.lines[following])

    def _is_answered(self) -> bool:
        """True where something to be spoken follows, notes passed over."""
        following = self.at + 1
        while following < len(self.lines) and self.lines[following].is_note:
            following += 1
        return following < len(self.lines) and not _is_unspoken(self.lines[following])

    def _take(self, count: int) -> str:
        """Move past `count` lines and the blank lines after them; return their source."""
        start = self.at
        self.at += count
        while self.at < len(self.lines) and self.lines[self.at].is_blank:
            self.at += 1
        return "".join(line.raw for line in self.lines[start : self.at])

    def _hidden(self, line: Line) -> Iterator[Element]:
        raw = self._take(1)
        position = 0
        for number, span in enumerate(line.hidden, start=1):
            end = len(raw) if number == len(line.hidden) else line.hidden[number].start
            yield _hidden_element(line, span, raw[position:end])
            position = end

    def _single(self, kind: Kind, line: Line) -> Element:
        content = line.text.strip()
        raw = self._take(1)
        if kind is Kind.HEADING:
            return _heading(line, content, raw)
        if kind is Kind.SECTION:
            text = content.lstrip("#")
            return Element(kind=kind, text=text.strip(), level=len(content) - len(text), raw=raw)
        text = {
            Kind.PAGE_BREAK: "",
            Kind.SYNOPSIS: content[1:].strip(),
            Kind.CENTERED: content[1:-1].strip(),
            Kind.TRANSITION: syntax.unmarked(content.removeprefix(">").strip()),
        }[kind]
        return Element(kind=kind, text=text, raw=raw)

    def _action(self) -> Element:
        stop = self.at + 1
        while stop < len(self.lines) and not _ends_action(self.lines[stop]):
            stop += 1
        text = "\n".join(line.text.removeprefix("!") for line in self.lines[self.at : stop])
        return Element(kind=Kind.ACTION, text=text, raw=self._take(stop - self.at))

    def _lyrics(self) -> Element:
        stop = self.at + 1
        while stop < len(self.lines) and _is_lyric(self.lines[stop]):
            stop += 1
        text = "\n".join(_sung(line) for line in self.lines[self.at : stop])
        return Element(kind=Kind.LYRICS, text=text, raw=self._take(stop - self.at))

    def _speech(self, cue: Line) -> Iterator[Element]:
        start = self.at + 1
        stop = start
        while stop < len(self.lines) and not _ends_speech(self.lines[stop]):
            stop += 1
        while stop > start and self.lines[stop - 1].is_blank:
            stop -= 1
        parts = list(_parts(self.lines[start:stop]))
        lead = next((len(part) for part in parts[:1] if part[0].is_blank), 0)
        yield _cue(cue, self._taken(1 + lead, is_last=len(parts) <= bool(lead)))
        for part in parts[bool(lead) :]:
            yield _spoken(part, self._taken(len(part), is_last=part is parts[-1]))

    def _taken(self, count: int, *, is_last: bool) -> str:
        if is_last:
            return self._take(count)
        self.at += count
        return "".join(line.raw for line in self.lines[self.at - count : self.at])


def _marked_kind(text: str, content: str) -> Kind | None:
    """Return the kind that the line's own marks give it, whatever stands around it."""
    if not content or content[0] not in "!#=~>.@":
        return None
    if text[0] == "!":
        return Kind.ACTION
    if syntax.is_page_break(content):
        return Kind.PAGE_BREAK
    if text[0] in "#=":
        return Kind.SECTION if text[0] == "#" else Kind.SYNOPSIS
    if content[0] == ">" and len(content) > 1:
        return Kind.CENTERED if syntax.is_centered(content) else Kind.TRANSITION
    if syntax.is_forced_heading(content):
        return Kind.HEADING
    if content[0] == "@" and len(content) > 1:
        return Kind.CUE
    return Kind.LYRICS if content[0] == "~" else None


def _is_unspoken(line: Line) -> bool:
    """True for a line that cannot follow a cue: blank, cut, or a mark of structure."""
    return (
        line.is_blank
        or (line.is_hidden and not line.is_note)
        or syntax.is_section(line.text)
        or syntax.is_synopsis(line.text)
        or syntax.is_page_break(line.text.strip())
    )


def _ends_action(line: Line) -> bool:
    if line.is_hidden:
        return not line.is_note
    return line.is_blank or syntax.breaks_action(line.text)


def _ends_speech(line: Line) -> bool:
    if line.is_blank:
        return not line.joins
    return (line.is_hidden and not line.is_note) or syntax.is_page_break(line.text.strip())


def _is_lyric(line: Line) -> bool:
    return line.text.lstrip().startswith("~")


def _sung(line: Line) -> str:
    return line.text.strip().removeprefix("~").strip()


def _heading(line: Line, content: str, raw: str) -> Element:
    content = content.removeprefix(".") if syntax.is_forced_heading(content) else content
    number = syntax.scene_number(content) or syntax.scene_number(line.bare.strip())
    if number:
        before, _, after = content.rpartition(f"#{number}#")
        content = before.rstrip() + after
    return Element(kind=Kind.HEADING, text=syntax.unmarked(content), number=number, raw=raw)


def _hidden_element(line: Line, span: Hidden, raw: str) -> Element:
    text = LINE_END.sub("\n", line.raw[span.start + 2 : span.end - 2])
    if span.is_note:
        return Element(kind=Kind.NOTE, text=text.strip(), raw=raw)
    return Element(kind=Kind.BONEYARD, text=text, raw=raw)


def _cue(line: Line, raw: str) -> Element:
    content = line.text.strip()
    dual = content.endswith("^")
    if not dual and line.hidden and line.bare.endswith("^"):
        dual, content = True, without(line.text.strip(), line.hidden).strip()
    text = syntax.unmarked(content.removeprefix("@").removesuffix("^" if dual else "").strip())
    return Element(kind=Kind.CUE, text=text, dual=dual, speaker=speaker_name(text), raw=raw)


def _spoken_kind(line: Line) -> Kind:
    content = line.text.strip()
    if content.startswith("~"):
        return Kind.LYRICS
    return Kind.PARENTHETICAL if syntax.is_parenthetical(content) else Kind.DIALOGUE


def _parts(lines: list[Line]) -> Iterator[list[Line]]:
    """Group the lines of a speech; a blank line counts to the part before it."""
    part: list[Line] = []
    current: Kind | None = None
    for line in lines:
        kind = current if line.is_blank else _spoken_kind(line)
        starts = kind is not current or (kind is Kind.PARENTHETICAL and not line.is_blank)
        if part and starts:
            yield part
            part = []
        part.append(line)
        current = kind
    if part:
        yield part


def _spoken(part: list[Line], raw: str) -> Element:
    kind = _spoken_kind(part[0])
    while part[-1].is_blank:
        part = part[:-1]
    if kind is Kind.LYRICS:
        return Element(kind=kind, text="\n".join(_sung(line) for line in part), raw=raw)
    return Element(kind=kind, text="\n".join(_said(line) for line in part), raw=raw)


def _said(line: Line) -> str:
    return syntax.unmarked(line.text.strip())
