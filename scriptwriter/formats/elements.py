"""The one model of a script's text: a title page and a list of elements.

Every format reads into it and writes from it; rules writers build it, pages and PDF show it.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """What a stretch of a script is, in screenwriters' words."""

    HEADING = "heading"
    ACTION = "action"
    CUE = "cue"
    PARENTHETICAL = "parenthetical"
    DIALOGUE = "dialogue"
    LYRICS = "lyrics"
    TRANSITION = "transition"
    CENTERED = "centered"
    SECTION = "section"
    SYNOPSIS = "synopsis"
    NOTE = "note"
    BONEYARD = "boneyard"
    PAGE_BREAK = "page_break"


SPOKEN = (Kind.CUE, Kind.PARENTHETICAL, Kind.DIALOGUE, Kind.LYRICS)


@dataclass(frozen=True, kw_only=True, slots=True)
class Element:
    """One element.

    `text` is what a reader sees: without forcing marks (`.`, `!`, `@`, `>`), scene numbers or the
    dual mark, but with Fountain's inline emphasis, notes and escapes. A dialogue element holds one
    whole speech or the part between two parentheticals, its lines joined by newlines. `raw` holds
    the exact source including line ends and the blank lines after it; None for an element made
    by a writer, which the printer then lays out by the Fountain rules. `speaker` on a cue
    is the name without extensions such as (V.O.).
    """

    kind: Kind
    text: str = ""
    number: str = ""  # scene number of a heading, such as 12A
    level: int = 0  # depth of a section, from 1
    dual: bool = False  # on a cue: spoken beside the speech before it
    speaker: str = ""
    raw: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Document:
    """A whole script: title page entries in their order, then the elements."""

    title_page: tuple[tuple[str, str], ...] = ()
    elements: tuple[Element, ...] = ()
    title_raw: str | None = None
