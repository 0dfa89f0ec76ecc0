"""Read one line as a heading: its label, its number, its title."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, replace
from enum import Enum

from scriptwriter.readers.divisions.decoration import QUOTES, is_capitals, tidy, undecorated
from scriptwriter.readers.divisions.folding import fold
from scriptwriter.readers.divisions.keywords import JOINTS, KEYWORDS, NAMED, RANKS, Rank
from scriptwriter.readers.divisions.numerals import (
    Numeral,
    Token,
    han_value,
    read_numeral,
    roman_value,
    tokens_of,
)
from scriptwriter.readers.divisions.spelled import CARDINALS, LAST, MOST_WORDS, ORDINALS

# The longest heading seen on one line (an eighteenth-century "In which ...") has 150 letters.
LONGEST = 160
SEPARATOR = re.compile(r"\s*[.:;,)\]\-–—|/•·]+\s*|\s{2,}")
CJK = re.compile(r"第\s*([0-9０-９零一二三四五六七八九十百千]{1,6})\s*([章回節节話话部卷幕])")
CJK_RANKS = {
    "部": ("part", Rank.CONTAINER),
    "卷": ("volume", Rank.CONTAINER),
    "幕": ("act", Rank.ACT),
}
GLUED = re.compile(r"([a-z]+)(\d{1,4})")
# Only these may stand between a keyword and its number.
BETWEEN = re.compile(r"[\s.:#№°ºn\-–—]{0,5}", re.IGNORECASE)


FIRST = re.compile(r"[^\W_]+")
SECOND = re.compile(r"\s+([^\W_]+)")
# Decoration before a heading ("*** Chapter 1", "- 4 -") is no longer than this.
FARTHEST_START = 12
FIRST_WORDS = (
    KEYWORDS.keys()
    | NAMED
    | JOINTS
    | LAST
    | {phrase.split()[0] for table in (CARDINALS, ORDINALS) for phrase in table}
)


class Kind(Enum):
    """What makes a line look like a heading."""

    KEYWORD = "keyword"
    NAMED = "named"
    NUMBER = "number"
    TITLE = "title"


@dataclass(frozen=True, kw_only=True, slots=True)
class Candidate:
    """A line that may be a heading.

    `word` is the canonical keyword, "" for numbers and titles; `outer` the division named before
    it on the same line ("Book One, Chapter 2"); `more` counts the lines its label goes on to
    ("CHAPTER", "ONE"); `shape` how the number is written; `depth` the
    number of # before it, 0 for none; `is_paged` says that a page number or dot leaders end it.
    """

    line: int
    kind: Kind
    rank: Rank
    label: str
    title: str
    word: str = ""
    number: int = 0
    shape: str = ""
    outer: tuple[str, int] | None = None
    depth: int = 0
    is_paged: bool = False
    more: int = 0

    @property
    def below(self) -> int:
        """The line after the label."""
        return self.line + self.more + 1


@dataclass(frozen=True, kw_only=True, slots=True)
class Label:
    """The numbering part of a line: what it says and where it ends."""

    kind: Kind
    rank: Rank
    word: str
    number: int
    shape: str
    end: int


def read_candidate(line: int, text: str, *, only_labels: bool = False) -> Candidate | None:
    """Read a line as a heading; None where it does not look like one."""
    if len(text) > LONGEST:
        return None
    may_be_labelled, is_marked = _may_be_labelled(text), text[0] == "#"
    if not may_be_labelled and (only_labels or not (is_marked or is_capitals(text))):
        return None
    core, depth, is_paged = undecorated(text)
    if not core or core[0] in QUOTES:
        return None
    found = (_labelled(core) if may_be_labelled else None) or _capitals(core)
    if found is None and depth:
        found = Candidate(line=line, kind=Kind.TITLE, rank=Rank.TITLE, label="", title=core)
    return found and replace(found, line=line, depth=depth, is_paged=is_paged)


def read_broken_label(line: int, text: str, number: str) -> Candidate | None:
    """Read "CHAPTER" over "ONE"; None for any other two lines."""
    word, _, _ = undecorated(text)
    if fold(word) not in KEYWORDS or word[0].islower():
        return None
    numeral, _, _ = undecorated(number)
    if len(numeral.split()) > MOST_WORDS:
        return None
    found = read_candidate(line, f"{word} {numeral}")
    return replace(found, more=1) if found and is_bare_label(found) else None


def _may_be_labelled(text: str) -> bool:
    """Say quickly whether a line can begin with a label: most lines of prose cannot."""
    head = text if text.isascii() else unicodedata.normalize("NFC", text)
    found = FIRST.search(head)
    if found is None or found.start() > FARTHEST_START:
        return False
    second = SECOND.match(head, found.end())
    if second and second[1].islower() and not _may_count(fold(second[1])):
        return False
    word = fold(found.group())
    return _may_count(word) or word[0] == "第" or GLUED.fullmatch(word) is not None


def _may_count(word: str) -> bool:
    return word in FIRST_WORDS or word[0].isdigit() or roman_value(word) > 0


def _labelled(core: str) -> Candidate | None:
    if found := CJK.match(core):
        return _cjk(core, found)
    tokens = tokens_of(core)
    if not tokens:
        return None
    label = _keyword_first(core, tokens) or _number_first(core, tokens) or _named(tokens)
    if label is None:
        return _bare_number(core, tokens)
    title = _title_after(core, label)
    if title is None:
        return None
    outer = None
    inner = _inner(title) if label.kind is Kind.KEYWORD else None
    if inner:
        outer = (label.word, label.number)
        label = replace(inner[0], end=len(core) - len(title) + inner[0].end)
        title = inner[1]
    return Candidate(
        line=0,
        kind=label.kind,
        rank=label.rank,
        label=tidy(core[: label.end]),
        title=tidy(title),
        word=label.word,
        number=label.number,
        shape=label.shape,
        outer=outer,
    )


def _cjk(core: str, found: re.Match[str]) -> Candidate:
    word, rank = CJK_RANKS.get(found[2], ("chapter", Rank.CHAPTER))
    rest = core[found.end() :].lstrip(" :：、.．\u3000")
    return Candidate(
        line=0,
        kind=Kind.KEYWORD,
        rank=rank,
        label=found.group(),
        title=rest,
        word=word,
        number=han_value(unicodedata.normalize("NFKC", found[1])),
        shape="han",
    )


def _inner(rest: str) -> tuple[Label, str] | None:
    """Read the second division of "Act I, Scene 2"."""
    tokens = tokens_of(rest)
    label = _keyword_first(rest, tokens) or _number_first(rest, tokens) if tokens else None
    if label is None or label.kind is not Kind.KEYWORD:
        return None
    title = _title_after(rest, label)
    return None if title is None else (label, title)


def _keyword_first(core: str, tokens: list[Token]) -> Label | None:
    glued = GLUED.fullmatch(tokens[0].folded)
    word = KEYWORDS.get(glued[1] if glued else tokens[0].folded)
    if word is None or tokens[0].start > 2:
        return None
    if glued:
        numeral = Numeral(value=int(glued[2]), shape="arabic", is_ordinal=False, after=1)
    else:
        found = _numeral_after(core, tokens)
        if found is None:
            return None
        numeral = found
    return _label(word, numeral, end=tokens[numeral.after - 1].end)


def _numeral_after(core: str, tokens: list[Token]) -> Numeral | None:
    at = 1
    if len(tokens) > 2 and tokens[1].folded in JOINTS:
        at = 2
    numeral = read_numeral(tokens, at)
    if numeral is None or not BETWEEN.fullmatch(core, tokens[at - 1].end, tokens[at].start):
        return None
    return numeral


def _number_first(core: str, tokens: list[Token]) -> Label | None:
    """Read "First Act", "The Second Part", "1. Kapitel"."""
    at = 1 if tokens[0].folded in JOINTS and len(tokens) > 1 else 0
    numeral = read_numeral(tokens, at)
    if numeral is None or numeral.after >= len(tokens) or tokens[0].start > 2:
        return None
    keyword = tokens[numeral.after]
    word = KEYWORDS.get(keyword.folded)
    between = core[tokens[numeral.after - 1].end : keyword.start]
    is_ordinal = numeral.is_ordinal or between.startswith(".")
    if word is None or not is_ordinal or len(between) > 2:
        return None
    rest = core[keyword.end :]
    is_closed = not rest.strip() or SEPARATOR.match(rest) is not None
    return _label(word, numeral, end=keyword.end) if is_closed else None


def _label(word: str, numeral: Numeral, *, end: int) -> Label:
    return Label(
        kind=Kind.KEYWORD,
        rank=RANKS[word],
        word=word,
        number=numeral.value,
        shape=numeral.shape,
        end=end,
    )


def _named(tokens: list[Token]) -> Label | None:
    if tokens[0].folded not in NAMED or tokens[0].start > 2 or tokens[0].text.islower():
        return None
    numeral = read_numeral(tokens, 1)
    end = tokens[numeral.after - 1].end if numeral else tokens[0].end
    number = numeral.value if numeral else 0
    return Label(
        kind=Kind.NAMED, rank=Rank.CHAPTER, word=tokens[0].folded, number=number, shape="", end=end
    )


def _title_after(core: str, label: Label) -> str | None:
    """Return the title behind a label, "" for none, None where the line goes on as prose."""
    rest = core[label.end :]
    if not rest.strip(" .:;,-–—)]|°º"):
        return ""
    separator = SEPARATOR.match(rest)
    title = rest[separator.end() :] if separator else rest.lstrip()
    if rest[0] in "'’" or (
        separator and rest[0] in ",." and title[:1].isdigit() and rest[1:2].isdigit()
    ):
        return None
    first = title.lstrip(QUOTES + "([_*¿¡")[:1]
    if separator and separator.group().strip() not in ("", ","):
        return title if first.islower() is False or not title.endswith((".", ",", ";")) else None
    if label.kind is Kind.NAMED:
        return None
    return title if first and not first.islower() else None


def _bare_number(core: str, tokens: list[Token]) -> Candidate | None:
    numeral = read_numeral(tokens, 0)
    if numeral is None or tokens[0].start > 1 or numeral.value < 1:
        return None
    end = tokens[numeral.after - 1].end
    rest = core[end:]
    title = ""
    if rest.strip(" .:;-–—)]|°º"):
        separator = SEPARATOR.match(rest)
        title = rest[separator.end() :] if separator else rest.lstrip()
        if not _may_be_title(title, numeral=numeral, separator=separator):
            return None
    elif (
        numeral.shape == "roman"
        and not tokens[0].text.isupper()
        and roman_value(tokens[0].text) > 50
    ):
        return None
    return Candidate(
        line=0,
        kind=Kind.NUMBER,
        rank=Rank.NUMBER,
        label=core[:end].lstrip("(["),
        title=tidy(title),
        number=numeral.value,
        shape=numeral.shape
        + ("" if tokens[0].text[0].isupper() or numeral.shape == "arabic" else "-low"),
    )


def _may_be_title(title: str, *, numeral: Numeral, separator: re.Match[str] | None) -> bool:
    first = title.lstrip(QUOTES + "([_*¿¡")[:1]
    if not first or not first.isupper() or title.endswith((",", ";")):
        return False
    if separator and separator.group().strip() not in ("", ","):
        return True
    if is_capitals(title) and numeral.shape == "roman":
        return True
    return numeral.shape == "arabic" and not numeral.is_ordinal


def _capitals(core: str) -> Candidate | None:
    if not is_capitals(core) or core.endswith((",", ";", ":", "-")):
        return None
    letters = sum(1 for c in core if c.isalpha())
    if letters < 3 or letters * 2 < len(core):
        return None
    return Candidate(line=0, kind=Kind.TITLE, rank=Rank.TITLE, label="", title=tidy(core))


def is_bare_label(candidate: Candidate) -> bool:
    """Say whether the line is nothing but a label: "Chapter 4", "Prologue", "IV"."""
    return bool(candidate.label) and not candidate.title
