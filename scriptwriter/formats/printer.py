"""Write a document as Fountain: elements that were read byte for byte, made ones by the rules.

A made element is forced with `.`, `!`, `@` or `>` only where it would be read as something else.
Line ends inside texts that Fountain keeps on one line become spaces; a speech without a cue before
it becomes action, since Fountain knows no other way.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from scriptwriter.formats import syntax
from scriptwriter.formats.elements import Document, Element, Kind
from scriptwriter.formats.marks import (
    EMPTY_LINE,
    LINE_END,
    PLAIN_MARK,
    Line,
    contained,
    split_lines,
)
from scriptwriter.formats.title_page import is_taken_first, print_title_page

_ANSWERS = (Kind.PARENTHETICAL, Kind.DIALOGUE, Kind.LYRICS)
_MARKS = tuple("!.@>~#=")
_ENDS_SPEECH = (Kind.BONEYARD, Kind.PAGE_BREAK)
_NEEDS_START = (Kind.ACTION, Kind.HEADING, Kind.TRANSITION, Kind.CUE, Kind.NOTE)


def print_document(document: Document) -> str:
    """Write Fountain text; `print_document(parse(text)) == text` for any text."""
    page = _Page(_line_end(document))
    if document.title_raw is not None:
        page.add(document.title_raw)
        page.is_as_read = True
    elif document.title_page:
        page.add_lines(print_title_page(document.title_page))
    previous: Element | None = None
    followers = (*document.elements[1:], None)
    for element, following in zip(document.elements, followers, strict=False):
        _separate(page, previous, element)
        _print(page, element, following)
        previous = element
    return page.text()


class _Page:
    """Text so far, and whether it stands in a speech."""

    def __init__(self, line_end: str) -> None:
        self.line_end = line_end
        self.in_speech = False
        self.is_as_read = False
        self._parts: list[str] = []

    def add(self, text: str) -> None:
        if text:
            self._parts.append(text)

    def add_lines(self, lines: list[str]) -> None:
        self.add("".join(line.replace("\n", self.line_end) + self.line_end for line in lines))

    def text(self) -> str:
        return "".join(self._parts)

    def is_start(self) -> bool:
        return not self._parts

    def _tail(self) -> str:
        last = self._parts[-1]
        return last[len(last.rstrip()) :]

    def is_mid_line(self) -> bool:
        return bool(self._parts) and not self._parts[-1].endswith(("\n", "\r"))

    def ends_blank(self) -> bool:
        """True at the start and after an empty line."""
        if not self._parts:
            return True
        tail = self._tail()
        if len(self._parts) == 1 and tail == self._parts[0]:
            return True
        # Inside a speech a blank line of two spaces goes on with it.
        return bool(EMPTY_LINE.search(tail)) if self.in_speech else len(LINE_END.findall(tail)) > 1

    def end_line(self) -> None:
        if self.is_mid_line() and self._parts != ["\ufeff"]:
            self.add(self.line_end)

    def end_paragraph(self) -> None:
        if self._parts != ["\ufeff"] and not self.ends_blank():
            self.end_line()
            self.add(self.line_end)
            self._join_tail()

    def _join_tail(self) -> None:
        while len(self._parts) > 1 and not self._parts[-1].strip():
            self._parts[-2:] = ["".join(self._parts[-2:])]

    def trim_blank(self) -> None:
        """Take back the blank lines, so that the next line joins the speech."""
        if self.ends_blank() and self._parts:
            self._parts[-1] = self._parts[-1].rstrip() + self.line_end


def _separate(page: _Page, previous: Element | None, element: Element) -> None:
    if previous is None:
        if element.raw is None or not page.is_as_read:
            page.end_paragraph()
        return
    is_made = element.raw is None or previous.raw is None
    if element.kind not in _ANSWERS:
        if is_made or _would_merge(page, previous, element):
            page.end_paragraph()
        page.in_speech = False
        return
    both_sung = previous.kind is element.kind is Kind.LYRICS
    if element.kind is Kind.LYRICS and page.ends_blank() and not is_made:
        page.in_speech = False
    elif page.in_speech and not both_sung:
        page.trim_blank()
    elif is_made or _would_merge(page, previous, element):
        page.end_paragraph()
    page.end_line()


def _would_merge(page: _Page, previous: Element, element: Element) -> bool:
    """True for two read elements that never stood beside each other like this."""
    if page.is_mid_line():
        hidden = (Kind.NOTE, Kind.BONEYARD)
        return not (previous.kind in hidden and element.kind in hidden)
    if previous.kind is Kind.ACTION:
        return element.kind in _NEEDS_START
    return page.in_speech and element.kind not in (*_ANSWERS, *_ENDS_SPEECH)


def _print(page: _Page, element: Element, following: Element | None) -> None:
    answered = following is not None and following.kind in _ANSWERS
    orphaned = element.kind in (Kind.PARENTHETICAL, Kind.DIALOGUE) and not page.in_speech
    if element.kind is Kind.CUE:
        page.in_speech = True
        unforced = element.raw is not None and not element.raw.lstrip().startswith("@")
        if element.raw is None or (unforced and not answered):
            page.add_lines([_cue(element, is_forced=not answered or page.is_start())])
            return
    if element.raw is not None:
        page.add(element.raw)
    elif orphaned:
        page.add_lines(_action(_spoken_text(element), is_first=page.is_start()))
    elif element.kind is Kind.ACTION:
        page.add_lines(_action(element.text, is_first=page.is_start()))
    elif element.kind is Kind.TRANSITION:
        page.add_lines([_transition(element, is_first=page.is_start())])
    else:
        page.add_lines(_PRINTERS[element.kind](element))


def _line_end(document: Document) -> str:
    for raw in (document.title_raw, *(element.raw for element in document.elements)):
        found = LINE_END.search(raw) if raw else None
        if found:
            return found.group()
    return "\n"


def _lines(text: str) -> list[Line]:
    """Split a text that a writer made; it has one line more than line ends."""
    text = contained(LINE_END.sub("\n", text))
    lines = split_lines(text)
    if not text or text.endswith("\n"):
        lines.append(Line(raw="", text="", bare=""))
    return lines


def _flat(text: str) -> str:
    return " ".join(line.text.strip() for line in _lines(text)).strip()


def _bare(text: str) -> str:
    return " ".join(line.bare.strip() for line in _lines(text)).strip()


def _action(text: str, *, is_first: bool) -> list[str]:
    lines = _lines(text)
    forced = [_is_no_action(lines[0], len(lines)) or (is_first and is_taken_first(text))]
    forced += [_breaks(line) for line in lines[1:]]
    return [
        f"!{line.text}" if force else line.text for line, force in zip(lines, forced, strict=True)
    ]


def _is_no_action(line: Line, line_count: int) -> bool:
    bare, content = line.bare.strip(), line.text.strip()
    return (
        _breaks(line)
        or line.is_hidden
        or content[0] in "@>"
        or syntax.is_forced_heading(content)
        or syntax.is_heading(bare)
        or syntax.is_transition(bare)
        or (line_count > 1 and syntax.is_cue(bare))
    )


def _breaks(line: Line) -> bool:
    if line.is_hidden:
        return not line.is_note
    return line.is_blank or line.text.startswith("!") or syntax.breaks_action(line.text)


def _cue(element: Element, *, is_forced: bool) -> str:
    text = _flat(element.text or element.speaker)
    bare = _bare(text)
    forced = is_forced or text.startswith(_MARKS) or not syntax.is_cue(bare)
    if not text or text.startswith(PLAIN_MARK):
        text = PLAIN_MARK + text
    if bare.endswith("^") or text.endswith(PLAIN_MARK):
        text, forced = text + PLAIN_MARK, True
    return ("@" if forced else "") + text + (" ^" if element.dual else "")


def _heading(element: Element) -> list[str]:
    text = _flat(element.text)
    number = syntax.clean_number(element.number)
    if text.startswith(_MARKS) or not syntax.is_heading(_bare(text)):
        is_plain = syntax.is_forced_heading(f".{text}") and not text.startswith(PLAIN_MARK)
        text = f".{text}" if is_plain else f".{PLAIN_MARK}{text}"
    if number:
        return [f"{text} #{number}#"]
    if any(map(syntax.scene_number, (text, _bare(text)))) or text.endswith(PLAIN_MARK):
        text += PLAIN_MARK
    return [text]


def _transition(element: Element, *, is_first: bool) -> str:
    text = _flat(element.text)
    bare = _bare(text)
    unforced = (
        syntax.is_transition(bare) and not syntax.is_heading(bare) and not text.startswith(_MARKS)
    )
    if unforced and not (is_first and is_taken_first(text)):
        return text
    if not text or text.startswith(PLAIN_MARK):
        text = PLAIN_MARK + text
    if text.endswith(("<", PLAIN_MARK)):
        text += PLAIN_MARK
    return f"> {text}"


def _spoken_text(element: Element) -> str:
    text = element.text
    if element.kind is not Kind.PARENTHETICAL:
        return text
    text = _flat(text)
    return text if syntax.is_parenthetical(text) else f"({text})"


def _dialogue(element: Element) -> list[str]:
    lines = _lines(element.text)
    last = len(lines) - 1
    return [_said(line, is_edge=position in (0, last)) for position, line in enumerate(lines)]


def _said(line: Line, *, is_edge: bool) -> str:
    content = line.text.strip()
    if line.is_blank:
        return PLAIN_MARK if is_edge else "  "
    special = (
        content.startswith(("~", PLAIN_MARK))
        or syntax.is_parenthetical(content)
        or syntax.is_page_break(content)
        or (is_edge and (line.is_hidden or content[0] in "#="))
        or (line.is_hidden and not line.is_note)
    )
    content += PLAIN_MARK if content.endswith(PLAIN_MARK) else ""
    return PLAIN_MARK + content if special else content


def _note(element: Element) -> list[str]:
    text = LINE_END.sub("\n", element.text).strip().replace("]]", "] ]")
    text = re.sub(r"(?<=\n)[^\S\n]?(?=\n)", "  ", text)
    return [f"[[{text} ]]" if text.endswith("]") else f"[[{text}]]"]


def _boneyard(element: Element) -> list[str]:
    text = LINE_END.sub("\n", element.text).replace("*/", "* /")
    return [f"/*{text or ' '}*/" if not text.endswith("*") else f"/*{text} */"]


_PRINTERS: dict[Kind, Callable[[Element], list[str]]] = {
    Kind.HEADING: _heading,
    Kind.PARENTHETICAL: lambda element: [_spoken_text(element)],
    Kind.DIALOGUE: _dialogue,
    Kind.LYRICS: lambda element: [f"~{line.text.strip()}" for line in _lines(element.text)],
    Kind.CENTERED: lambda element: [f"> {_flat(element.text)} <"],
    Kind.SECTION: lambda element: [f"{'#' * max(1, element.level)} {_flat(element.text)}".strip()],
    Kind.SYNOPSIS: lambda element: [f"= {_flat(element.text)}".strip()],
    Kind.NOTE: _note,
    Kind.BONEYARD: _boneyard,
    Kind.PAGE_BREAK: lambda _element: ["==="],
}
