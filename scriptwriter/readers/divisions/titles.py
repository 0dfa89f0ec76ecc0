"""Headings without a number: known from the contents page, by capitals, by the space above."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable

from scriptwriter.readers.divisions.candidates import Candidate, Kind
from scriptwriter.readers.divisions.contents import without_contents
from scriptwriter.readers.divisions.decoration import (
    QUOTES,
    is_capitals,
    names_one_of,
    tidy,
    undecorated,
)
from scriptwriter.readers.divisions.folding import fold, folded_words, letters_of
from scriptwriter.readers.divisions.keywords import CONTENTS, KEYWORDS, NOT_DIVISIONS, Rank
from scriptwriter.readers.divisions.lines import Lines
from scriptwriter.readers.divisions.numerals import read_numeral, tokens_of
from scriptwriter.readers.divisions.series import counted, follow_sentences, rising

FEWEST = 3
# Letters a division holds on average: where white space sets titles apart, and where nothing does.
LETTERS_SET_APART = 200
LETTERS_ELSE = 1500
# Text before the first title, at most: a preface.
LATEST_FIRST = 0.25
# A title whose text is this small a share of the usual is a sign, a headline or a name of the book.
THIN_SHARE = 20
# The same words more often than this are a running head.
MOST_ALIKE = 2
WIDEST_GAPS = (4, 3, 2)
LONGEST_TITLE = 70
MOST_WORDS = 10
# Entries of a contents page: a line each, and not more of them than this.
LONGEST_ENTRY = 100
MOST_ENTRIES = 400
# A contents page stands among the first lines, before or after a preface.
LATEST_CONTENTS = 1_000
PROSE = 200
MATCHED = 0.5
NO_TITLES = folded_words(
    "the end|end|fin|finis|ende|fine|fim|einde|finis.|konec|конец|chorus|by|von|par|di|por", "|"
)

NOT_COUNTED = NOT_DIVISIONS | KEYWORDS.keys()
# A word and what may be its number; read_numeral decides.
COUNTED = re.compile(
    r"[^\W\d_]{3,}\s+(?:(?i:the)\s+)?(?:\d|[IVXLC]+\b|[A-Z]?[a-z]{2,}(?:[ -]\w+)?\W*(?:$|[:.–—-])|[A-Z]{3,})"
)

Finder = Callable[[Lines, list[Candidate]], list[Candidate]]


def best_titles(lines: Lines, titles: list[Candidate]) -> list[Candidate]:
    """Return the headings of the first way of titling that fits the whole text; [] for none."""
    finders: tuple[Finder, ...] = (_marked, _listed, _counted_words, _in_capitals, _set_apart)
    for finder in finders:
        found = finder(lines, titles)
        if found:
            return found
    return []


def title_at(lines: Lines, line: int) -> Candidate:
    """Return a line as a heading that is only a title."""
    core, depth, _ = undecorated(lines.texts[line])
    return Candidate(
        line=line, kind=Kind.TITLE, rank=Rank.TITLE, label="", title=tidy(core), depth=depth
    )


def _marked(lines: Lines, titles: list[Candidate]) -> list[Candidate]:
    """Take lines marked with #, at the outermost depth that divides the text."""
    marked = [c for c in titles if c.depth]
    for depth in sorted({c.depth for c in marked}):
        same = [c for c in marked if c.depth == depth]
        if len(same) > 1:
            return same
    return []


def _listed(lines: Lines, titles: list[Candidate]) -> list[Candidate]:
    """Take the lines that the contents page names."""
    entries, after = _contents_entries(lines)
    if len(entries) < FEWEST:
        return []
    found: dict[str, Candidate] = {}
    for line in range(after, len(lines)):
        if not lines.begins(line) or len(lines.texts[line]) > LONGEST_ENTRY:
            continue
        name = letters_of(lines.texts[line])
        if name in entries and name not in found:
            found[name] = title_at(lines, line)
    items = list(found.values())
    return items if len(items) >= max(FEWEST, len(entries) * MATCHED) else []


def _contents_entries(lines: Lines) -> tuple[set[str], int]:
    """Return what the contents page lists, and the line after it."""
    top = next(
        (i for i, t in enumerate(lines.texts[:LATEST_CONTENTS]) if names_one_of(t, CONTENTS)), None
    )
    entries: set[str] = set()
    if top is None:
        return entries, 0
    line = top + 1
    while line < min(len(lines), top + MOST_ENTRIES):
        name = letters_of(_entry_title(lines.texts[line]))
        if name in entries or len(lines.texts[line]) > LONGEST_ENTRY or _is_prose(lines, line):
            break
        if name:
            entries.add(name)
        line += 1
    return entries, line


def _entry_title(text: str) -> str:
    core, _, _ = undecorated(text)
    core = core.rstrip("0123456789 .")
    tokens = tokens_of(core)
    numeral = read_numeral(tokens, 0)
    is_numbered = numeral and numeral.after < len(tokens) and core[tokens[0].end] in ".):"
    return core[tokens[0].end + 1 :] if is_numbered else core


def _is_prose(lines: Lines, line: int) -> bool:
    """Say whether a wrapped paragraph of some length begins here."""
    stop = line
    while stop < len(lines) and (stop == line or lines.gaps[stop] == 0):
        if lines.ends_early(stop):
            break
        stop += 1
    return lines.weight(line, stop) > PROSE


def _counted_words(lines: Lines, titles: list[Candidate]) -> list[Candidate]:
    """Take "Record 1", "Record 2" ...: any word that counts on through the text."""
    groups: dict[str, list[Candidate]] = {}
    for line, text in enumerate(lines.texts):
        if lines.begins(line):
            found = _counted_word(line, text)
            if found:
                groups.setdefault(found.word, []).append(found)
    for group in sorted(groups.values(), key=len, reverse=True):
        chain = counted(lines, rising(group, []), [])
        if len(chain.items) >= FEWEST and _divides(lines, chain.items, LETTERS_SET_APART):
            return chain.items
    return []


def _counted_word(line: int, text: str) -> Candidate | None:
    if len(text) > LONGEST_TITLE or not text[0].isupper() or not COUNTED.match(text):
        return None
    tokens = tokens_of(text)
    at = 2 if len(tokens) > 2 and tokens[1].folded == "the" else 1
    numeral = read_numeral(tokens, at)
    if numeral is None or tokens[0].folded in NOT_COUNTED or len(tokens[0].text) < FEWEST:
        return None
    end = tokens[numeral.after - 1].end
    rest = text[end:].strip()
    if rest and rest[0] not in ".:-–—":
        return None
    return Candidate(
        line=line, kind=Kind.KEYWORD, rank=Rank.CHAPTER, label=text[:end],
        title=tidy(rest.lstrip(".:-–— ")), word=tokens[0].folded, number=numeral.value,
        shape=numeral.shape,
    )  # fmt: skip


def _in_capitals(lines: Lines, titles: list[Candidate]) -> list[Candidate]:
    """Take lines in capitals that stand alone, those with the most space above them first."""
    standing = [c for c in _first_lines(lines, titles) if _is_name(c.title)]
    standing = without_contents(lines, standing).headings
    for gap in WIDEST_GAPS:
        found = _with_room(lines, [c for c in standing if lines.gaps[c.line] >= gap])
        if _divides(lines, found, LETTERS_SET_APART):
            return found
    times = Counter(letters_of(c.title) for c in standing)
    rare = [c for c in standing if times[letters_of(c.title)] <= MOST_ALIKE]
    found = _with_room(lines, rare)
    return found if _divides(lines, found, LETTERS_ELSE) else []


def _first_lines(lines: Lines, titles: list[Candidate]) -> list[Candidate]:
    """Leave out second lines of titles, and titles that do not stand alone."""
    found: list[Candidate] = []
    for candidate in titles:
        if not is_capitals(candidate.title) or (
            lines.gaps[candidate.line] == 0 and lines.is_spaced
        ):
            continue
        stop = candidate.line + 1
        while stop < len(lines) and lines.gaps[stop] == 0 and is_capitals(lines.texts[stop]):
            stop += 1
        if stop == len(lines) or lines.begins(stop):
            found.append(candidate)
    return found


def _is_name(title: str) -> bool:
    core = fold(title).strip(" .!")
    is_known = core in NO_TITLES or core in KEYWORDS or names_one_of(title, CONTENTS)
    return not is_known and len(title) <= LONGEST_TITLE


def _set_apart(lines: Lines, titles: list[Candidate]) -> list[Candidate]:
    """Take short lines with more space above them than a paragraph has."""
    usual = Counter(gap for gap in lines.gaps if gap).most_common(1)
    paragraph = usual[0][0] if usual else 0
    found = [
        title_at(lines, line)
        for line, text in enumerate(lines.texts)
        if lines.gaps[line] > max(paragraph, 1)
        and lines.gap_before(line + 1)
        and _is_short_title(text)
    ]
    found = _with_room(lines, without_contents(lines, found).headings)
    return found if _divides(lines, found, LETTERS_ELSE) else []


def _is_short_title(text: str) -> bool:
    words = text.split()
    return (
        len(text) <= LONGEST_TITLE
        and len(words) <= MOST_WORDS
        and words[0][0].isupper()
        and text[-1] not in ".,;:!…-—" + QUOTES
        and _is_name(text)
    )


def _with_room(lines: Lines, found: list[Candidate]) -> list[Candidate]:
    """Leave out titles that next to no text follows: signs, headlines, lines of a title page."""
    stops = [*(c.line for c in found[1:]), len(lines)][: len(found)]
    weights = [lines.weight(c.line + 1, stop) for c, stop in zip(found, stops, strict=True)]
    usual = sorted(weights)[len(weights) // 2] if weights else 0
    return [c for c, w in zip(found, weights, strict=True) if w * THIN_SHARE >= usual]


def _divides(lines: Lines, found: list[Candidate], letters: int) -> bool:
    if len(found) < FEWEST:
        return False
    total = lines.weights[-1]
    before = lines.weight(0, found[0].line)
    is_roomy = (total - before) / len(found) >= letters
    is_even = lines.weight(found[0].line, found[-1].line) >= total / len(found)
    return (
        is_roomy
        and is_even
        and before <= total * LATEST_FIRST
        and follow_sentences(lines, found, [])
    )
