"""Take from a line what only adorns it: stars, rules, brackets, leaders, wide letters."""

from __future__ import annotations

import re
import unicodedata

from scriptwriter.readers.divisions.folding import fold

DECORATION = "*_#=~-–—•·<>{}|+ \t\u00a0"
# "Table of contents", "About the author": headings that are one known phrase.
LONGEST_NAME = 60
MARK = re.compile(r"(#{1,6})\s+(?=\w)")
# "The Door ........ 12", "The Door        12": an entry of a contents page.
PAGED = re.compile(r"(?:\s*[.·…_]){3,}\s*(?:\d{1,4}|[ivxl]{1,6})?\s*$|(?:\t|\s{3,})\d{1,4}\s*$")
LEADER = re.compile(r"\.\s*\.|\s{3}|\t|…|·|__")
# "_continued_", "**The Door**": marks around words, not inside them.
EMPHASIS = re.compile(r"(?<!\w)[_*]+(?=\w)|(?<=[\w.!?])[_*]+(?!\w)")
# "C H A P T E R   I": letters set wide, words set wider.
WIDE = re.compile(r"(?:\S\s{1,5}){5,}\S")
WIDE_SPACE = re.compile(r"\s{2,}")
QUOTES = "\"'“”‘’«»„‹›"


def undecorated(text: str) -> tuple[str, int, bool]:
    """Strip rules, stars and brackets around a heading; return it, its # depth, whether paged."""
    core = text if text.isascii() else unicodedata.normalize("NFC", text)
    mark = MARK.match(core) if core[:1] == "#" else None
    leader = PAGED.search(core) if LEADER.search(core) else None
    if leader:
        core = core[: leader.start()]
    core = core.strip(DECORATION)
    if WIDE.fullmatch(core):
        core = " ".join("".join(word.split()) for word in WIDE_SPACE.split(core))
    if core[:1] in "[(" and core[-1:] in "])":
        core = core[1:-1].strip(DECORATION)
    return core, len(mark[1]) if mark else 0, leader is not None


def is_capitals(text: str) -> bool:
    """Say whether all letters are capitals; the German sharp s has none in common use."""
    return text.replace("ß", "").isupper()


def tidy(text: str) -> str:
    """Return a label or title as a contents page prints it: single spaces, no closing dot."""
    shown = " ".join(EMPHASIS.sub("", text).split()).strip(DECORATION)
    return shown[:-1].rstrip() if shown.endswith((".", ":")) and not shown.endswith("..") else shown


def names_one_of(text: str, words: frozenset[str]) -> bool:
    """Say whether a line is one of the given headings, decorated or not."""
    if len(text) > LONGEST_NAME:
        return False
    core, _, _ = undecorated(text)
    return fold(core).strip(" .:") in words
