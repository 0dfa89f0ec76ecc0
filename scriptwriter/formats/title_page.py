"""The title page of a Fountain source: `Key: value` lines before the first blank line."""

from __future__ import annotations

import re
from dataclasses import dataclass

from scriptwriter.formats.marks import PLAIN_MARK, Line, contained, split_lines
from scriptwriter.formats.syntax import is_heading, is_transition, unmarked

BYTE_ORDER_MARK = "\ufeff"

_ENTRY = re.compile(r"([^\W\d_](?:(?!\[\[|/\*)[^:])*):(.*)", re.DOTALL)
_NOT_IN_KEY = re.compile(r"[:\r\n]|/\*|\[\[")
# Keys of the Fountain syntax page, and those other programs write; these may stand without value.
KNOWN_KEYS = frozenset(
    {"title", "credit", "author", "authors", "source", "notes", "contact", "copyright"}
    | {"revision", "date", "draft", "draft date"}
)


@dataclass(frozen=True, kw_only=True, slots=True)
class TitlePage:
    """The entries in their order, and how many lines they and the blank lines around them take."""

    entries: tuple[tuple[str, str], ...] = ()
    line_count: int = 0


def read_title_page(lines: list[Line]) -> TitlePage:
    """Read the title page; blank lines at the start count to it, also where there is none."""
    start = _skip_blank(lines, 0)
    if not _begins(lines, start):
        return TitlePage(line_count=start)
    entries: list[tuple[str, list[str]]] = []
    position = start
    while position < len(lines) and not lines[position].is_blank:
        line = lines[position]
        entry = _entry(line)
        if entry:
            entries.append((entry[0], [entry[1]] if entry[1] else []))
        elif _is_indented(line):
            entries[-1][1].append(unmarked(line.text.strip()))
        elif not _hides_inside(lines, position):
            break
        position += 1
    return TitlePage(
        entries=tuple((key, "\n".join(values)) for key, values in entries),
        line_count=_skip_blank(lines, position),
    )


def print_title_page(entries: tuple[tuple[str, str], ...]) -> list[str]:
    """Return the lines of a title page, without line ends; empty lines of values are left out."""
    lines: list[str] = []
    for key, value in entries:
        name = " ".join(_NOT_IN_KEY.sub(" ", key).split())
        values = [_value(line) for line in split_lines(contained(value)) if not line.is_blank]
        # An unknown key that opens the page needs a value beside it, or it is read as action.
        known = bool(lines) or name.lower() in KNOWN_KEYS
        if not values:
            lines += [f"{name}:"] if known else [f"{name}: {PLAIN_MARK}"]
        elif len(values) == 1 or not known:
            lines += [f"{name}: {values[0]}", *(f"    {line}" for line in values[1:])]
        else:
            lines += [f"{name}:", *(f"    {line}" for line in values)]
    return lines


def is_taken_first(text: str) -> bool:
    """True where text at the start of a source is read as a title page or a byte order mark."""
    return text.startswith(BYTE_ORDER_MARK) or bool(read_title_page(split_lines(text)).entries)


def _value(line: Line) -> str:
    return PLAIN_MARK * line.is_hidden + line.text.strip()


def _skip_blank(lines: list[Line], position: int) -> int:
    while position < len(lines) and lines[position].is_blank:
        position += 1
    return position


def _entry(line: Line) -> tuple[str, str] | None:
    found = None if _is_indented(line) else _ENTRY.fullmatch(line.text)
    if not found:
        return None
    return " ".join(found.group(1).split()), unmarked(found.group(2).strip())


def _is_indented(line: Line) -> bool:
    return line.text[:1].isspace() and not line.is_hidden


def _begins(lines: list[Line], position: int) -> bool:
    if position >= len(lines):
        return False
    entry = _entry(lines[position])
    if not entry or is_heading(lines[position].text):
        return False
    value = lines[position].text.partition(":")[2].strip()
    if value or entry[0].lower() in KNOWN_KEYS:
        return True
    follows = position + 1 < len(lines) and not lines[position + 1].is_blank
    indented = follows and _is_indented(lines[position + 1])
    return indented and not is_transition(lines[position].text)


def _hides_inside(lines: list[Line], position: int) -> bool:
    """True for notes and boneyards with more of the title page after them."""
    if not lines[position].is_hidden:
        return False
    while position < len(lines) and lines[position].is_hidden:
        position += 1
    return position < len(lines) and not lines[position].is_blank and bool(_entry(lines[position]))
