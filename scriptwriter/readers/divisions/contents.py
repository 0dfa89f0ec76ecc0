"""Tell the headings of a contents page from the headings of the book."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from itertools import pairwise

from scriptwriter.readers.divisions.candidates import Candidate, Kind
from scriptwriter.readers.divisions.decoration import names_one_of
from scriptwriter.readers.divisions.folding import letters_of
from scriptwriter.readers.divisions.keywords import CONTENTS, OPENERS, Rank
from scriptwriter.readers.divisions.lines import Lines

# Letters between two entries of a contents page: their titles, at most a summary of a few lines.
THIN = 300
# Share of the entries of a contents page that come again as headings; the rest is misprints.
RECURRING = 0.5
# Under the word "Contents" a third is enough.
RECURRING_UNDER_TITLE = 1 / 3
FEWEST_ENTRIES = 2
# Titles shorter than this recur by chance.
SHORTEST_TITLE = 4
# Lines between the word "Contents" and its first entry ("Chapter", "Page").
NEAR = 4

Key = tuple[object, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Entry:
    """A candidate with the names by which it may come again, and whether text follows it."""

    candidate: Candidate
    keys: frozenset[Key]
    is_thin: bool

    @property
    def names(self) -> frozenset[Key]:
        """What tells it from its neighbors: its number if it has one, since titles may repeat."""
        numbers = frozenset(key for key in self.keys if key[0] != "title")
        return numbers or self.keys


@dataclass(frozen=True, kw_only=True, slots=True)
class Listed:
    """The candidates that head text, and the runs of lines that are contents pages."""

    headings: list[Candidate]
    pages: list[range]


def without_contents(lines: Lines, candidates: list[Candidate]) -> Listed:
    """Leave out the runs of headings that come again elsewhere with text below them.

    They stand before all other headings, after them, or under the word "Contents".
    """
    entries = _entries(lines, candidates)
    heading_keys = _heading_keys(entries)
    pages: list[range] = []
    kept = False
    for run in _runs(entries):
        listed = _until_first_repeat(run)
        is_apart = not kept or run[-1] is entries[-1] or _has_contents_title(lines, listed)
        if (
            is_apart
            and _alike(listed) >= FEWEST_ENTRIES
            and _is_contents(lines, listed, heading_keys)
        ):
            pages.append(range(listed[0].candidate.line, listed[-1].candidate.line + 1))
            kept = len(listed) < len(run)
        else:
            kept = True
    return Listed(headings=outside(candidates, pages), pages=pages)


def outside(candidates: list[Candidate], pages: list[range]) -> list[Candidate]:
    """Return the candidates that do not lie in one of the runs of lines, given in order."""
    kept: list[Candidate] = []
    rest = iter(pages)
    page = next(rest, None)
    for candidate in candidates:
        while page is not None and candidate.line >= page.stop:
            page = next(rest, None)
        if page is None or candidate.line < page.start:
            kept.append(candidate)
    return kept


def _has_contents_title(lines: Lines, listed: list[Entry]) -> bool:
    """Say whether the word "Contents" stands just above a run of entries."""
    line = listed[0].candidate.line
    return any(names_one_of(text, CONTENTS) for text in lines.texts[max(line - NEAR, 0) : line])


def _entries(lines: Lines, candidates: list[Candidate]) -> list[Entry]:
    keys = _path_keys(candidates)
    stops = [*(c.line for c in candidates[1:]), len(lines)][: len(candidates)]
    return [
        Entry(candidate=c, keys=own, is_thin=lines.weight(c.line + 1, stop) <= THIN)
        for c, own, stop in zip(candidates, keys, stops, strict=True)
    ]


def _runs(entries: list[Entry]) -> list[list[Entry]]:
    """Cut after each entry that text follows."""
    cuts = [0, *(at + 1 for at, entry in enumerate(entries) if not entry.is_thin), len(entries)]
    return [entries[a:b] for a, b in pairwise(cuts) if a < b]


def _path_keys(candidates: list[Candidate]) -> list[frozenset[Key]]:
    """Name each candidate by its number within its part, and by its title."""
    path: dict[str, int] = {}
    found: list[frozenset[Key]] = []
    for candidate in candidates:
        is_container = candidate.rank <= Rank.ACT
        if is_container:
            path = _path_to(path, candidate)
        place = tuple(path.items())[:-1] if is_container else tuple(path.items())
        found.append(frozenset(_keys(candidate, () if candidate.word in OPENERS else place)))
    return found


def _path_to(path: dict[str, int], candidate: Candidate) -> dict[str, int]:
    words = list(path)
    outer = words[: words.index(candidate.word)] if candidate.word in path else words
    return {word: path[word] for word in outer} | {candidate.word: candidate.number}


def _keys(candidate: Candidate, place: tuple[object, ...]) -> set[Key]:
    keys: set[Key] = set()
    if candidate.kind in (Kind.KEYWORD, Kind.NAMED):
        keys.add((place, candidate.outer, candidate.word, candidate.number))
    if candidate.kind is Kind.NUMBER or candidate.word == "chapter":
        keys.add((place, candidate.outer, "#", candidate.number))
    title = letters_of(candidate.title)
    if len(title) >= SHORTEST_TITLE:
        keys.add(("title", title))
    return keys


def _until_first_repeat(run: list[Entry]) -> list[Entry]:
    """Cut the run where the book itself begins: at the first entry named before."""
    seen: set[Key] = set()
    for at, entry in enumerate(run):
        if entry.names & seen:
            return run[:at]
        seen |= entry.names
    return run


def _alike(listed: list[Entry]) -> int:
    """Return how many entries are of one kind: a part with its first chapter is no list."""
    kinds = Counter((entry.candidate.kind, entry.candidate.word) for entry in listed)
    return max(kinds.values(), default=0)


def _is_contents(lines: Lines, listed: list[Entry], heading_keys: Counter[Key]) -> bool:
    if sum(entry.candidate.is_paged for entry in listed) > len(listed) * RECURRING:
        return True
    own = _heading_keys(listed)
    again = sum(1 for e in listed if any(heading_keys[key] > own[key] for key in e.keys))
    share = again / len(listed)
    if _has_contents_title(lines, listed):
        return share >= RECURRING_UNDER_TITLE
    return share > RECURRING


def _heading_keys(entries: list[Entry]) -> Counter[Key]:
    """Count the names of the entries that head text, or that may head other headings."""
    heads = (e.keys for e in entries if not e.is_thin or e.candidate.rank <= Rank.ACT)
    return Counter(key for keys in heads for key in keys)
