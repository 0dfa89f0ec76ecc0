"""Numbered headings in order: which of them count on, and which are strays."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from itertools import groupby, pairwise, zip_longest

from scriptwriter.readers.divisions.candidates import Candidate, is_bare_label, read_candidate
from scriptwriter.readers.divisions.lines import Lines, closes_sentence
from scriptwriter.readers.divisions.numerals import LAST_NUMBER

# Letters below which the text after a number is an item of a list, at most a fifth of the usual.
THIN_ITEM = 250
THIN_SHARE = 5
# Page numbers stand in mid-sentence; chapters begin after one. Songs and letters may end without.
CLOSED_SHARE = 0.7
# Numbered chapters begin near the top of the text and go on to its last part.
LATEST_FIRST = 0.3
LEAST_COVERED = 0.4
FEWEST_LETTERS = 100
# Headings that may stand above one another: part, its title, a running head.
MOST_HEADINGS = 3
# The last line of a paragraph, or a heading: this share of a full line at most.
SHORT_LINE = 0.6


@dataclass(frozen=True, kw_only=True, slots=True)
class Chain:
    """Numbers that count on, and the share of the text from the first to the last of them.

    `restarts` are lines where counting starts again with nothing above it that says so.
    """

    items: list[Candidate]
    covered: float
    restarts: list[int]


def rising(group: list[Candidate], boundaries: list[int]) -> list[Candidate]:
    """Keep what counts upward between two boundaries (lines of outer headings).

    Running heads (the same number again) and strays go; counting may start again at 1, or go
    down to it.
    """
    kept: list[Candidate] = []
    for _, segment in groupby(group, key=lambda c: (bisect_right(boundaries, c.line), c.outer)):
        kept.extend(_rising_within(list(segment)))
    return kept


def _rising_within(segment: list[Candidate]) -> list[Candidate]:
    numbers = [c.number for c in segment]
    if len(numbers) > 2 and all(after == before - 1 for before, after in pairwise(numbers)):
        return segment
    return [c for run in _counts(segment) for c in _increasing(run)]


def _counts(segment: list[Candidate]) -> list[list[Candidate]]:
    """Cut where counting starts again: at a 1 that a 2 follows."""
    runs: list[list[Candidate]] = [[]]
    following = _next_numbers(segment)
    for candidate, after in zip(segment, following, strict=True):
        run = runs[-1]
        if run and candidate.number == 1 and run[-1].number > 1 and after in (2, None):
            runs.append([])
        runs[-1].append(candidate)
    return [_without_repeats(run) for run in runs if run]


def _next_numbers(segment: list[Candidate]) -> list[int | None]:
    """Return for each candidate the next number that differs from its own."""
    found: list[int | None] = []
    after: int | None = None
    number: int | None = None
    for candidate in reversed(segment):
        if candidate.number != number:
            after, number = number, candidate.number
        found.append(after)
    return found[::-1]


def _without_repeats(run: list[Candidate]) -> list[Candidate]:
    """Keep the first of equal numbers; keep the second too where the next number is missing."""
    kept: list[Candidate] = []
    alike = [list(same) for _, same in groupby(run, key=lambda c: c.number)]
    for same, following in zip_longest(alike, alike[1:]):
        is_misprint = following and following[0].number == same[0].number + 2
        kept.extend(same if is_misprint and len(same) == 2 else same[:1])
    return kept


def _increasing(run: list[Candidate]) -> list[Candidate]:
    """Return the longest rising subsequence, plus misprints that stand where a number is missing."""
    values = _values(run)
    chosen = _longest(values)
    kept: list[int] = []
    for before, at in zip([None, *chosen[:-1]], chosen, strict=True):
        if before is not None:
            between = range(before + 1, at)
            if len(between) == values[at] - values[before] - 1:
                kept.extend(between)
        kept.append(at)
    return [run[at] for at in kept]


def _values(run: list[Candidate]) -> list[int]:
    values: list[int] = []
    for candidate in run:
        before = values[-1] if values else 0
        values.append(before + 1 if candidate.number == LAST_NUMBER else candidate.number)
    return values


def _longest(values: list[int]) -> list[int]:
    tails: list[int] = []
    ends: list[int] = []
    links: list[int] = []
    for at, value in enumerate(values):
        place = bisect_left(tails, value)
        links.append(ends[place - 1] if place else -1)
        if place == len(tails):
            tails.append(value)
            ends.append(at)
        elif value < tails[place]:
            tails[place], ends[place] = value, at
    chain: list[int] = []
    at = ends[-1] if ends else -1
    while at >= 0:
        chain.append(at)
        at = links[at]
    return chain[::-1]


def best_chain(lines: Lines, numbers: list[Candidate], boundaries: list[int]) -> Chain | None:
    """Return the numbers alone or before titles that count through the text; None if none do."""
    chains: list[Chain] = []
    for shape in sorted({c.shape for c in numbers}):
        same = [c for c in numbers if c.shape == shape]
        titled = [c for c in same if not is_bare_label(c)]
        bare = [c for c in same if is_bare_label(c)]
        for pool in (titled, bare, same):
            chain = counted(lines, pool, boundaries)
            if _counts_through(lines, chain, boundaries):
                chains.append(chain)
    return max(chains, key=lambda c: (len(c.items), c.covered), default=None)


def counted(lines: Lines, pool: list[Candidate], boundaries: list[int]) -> Chain:
    """Take 1, 2, 3 ... in order; after a boundary counting goes on or starts again."""
    pool = with_text(lines, pool)
    items: list[Candidate] = []
    expected = 1
    for _, segment in groupby(pool, key=lambda c: bisect_right(boundaries, c.line)):
        taken = _count_from(list(segment), expected)
        items.extend(taken)
        expected = taken[-1].number + 1 if taken else expected
    total = max(lines.weights[-1], 1)
    covered = lines.weight(items[0].line, items[-1].line) / total if items else 0.0
    return Chain(items=items, covered=covered, restarts=_restarts(pool, items))


def _restarts(pool: list[Candidate], items: list[Candidate]) -> list[int]:
    taken = {c.line for c in items}
    return [
        one.line
        for one, two in pairwise(pool)
        if one.number == 1 and two.number == 2 and one.line not in taken
    ]


def with_text(lines: Lines, pool: list[Candidate]) -> list[Candidate]:
    """Leave out numbers that the next one follows at once: items of lists, contents pages."""
    stops = [*(c.line for c in pool[1:]), len(lines)][: len(pool)]
    weights = [lines.weight(c.line + 1, stop) for c, stop in zip(pool, stops, strict=True)]
    usual = sum(weights) // max(len(weights), 1)
    least = min(THIN_ITEM, usual // THIN_SHARE)
    return [c for c, weight in zip(pool, weights, strict=True) if weight >= least]


def _count_from(segment: list[Candidate], expected: int) -> list[Candidate]:
    last_line: dict[int, int] = {c.number: c.line for c in segment}
    if expected > 1 and expected not in last_line:
        expected = 1
    if 1 in last_line and expected > 1 and last_line[1] < last_line[expected]:
        expected = 1
    taken: list[Candidate] = []
    for candidate in segment:
        skips_one = candidate.number == expected + 1 and taken
        if candidate.number == expected or (
            skips_one and last_line.get(expected, -1) < candidate.line
        ):
            taken.append(candidate)
            expected = candidate.number + 1
    return taken


def _counts_through(lines: Lines, chain: Chain, boundaries: list[int]) -> bool:
    items = chain.items
    if len(items) < 2:
        return False
    total = lines.weights[-1]
    letters = total - lines.weight(0, items[0].line)
    begins_early = lines.weight(0, items[0].line) <= total * LATEST_FIRST
    is_even = chain.covered >= min(LEAST_COVERED, 1 / len(items))
    is_prose = letters / len(items) >= FEWEST_LETTERS
    return begins_early and is_even and is_prose and follow_sentences(lines, items, boundaries)


def follow_sentences(lines: Lines, items: list[Candidate], boundaries: list[int]) -> bool:
    """Say whether the text before these headings comes to an end there.

    Those that come first, or first after a boundary, stand below a title and prove nothing.
    """
    before = [
        after.line - 1
        for first, after in pairwise(items)
        if bisect_right(boundaries, first.line) == bisect_right(boundaries, after.line)
    ]
    return sum(1 for line in before if _is_over(lines, line)) >= len(before) * CLOSED_SHARE


def _is_over(lines: Lines, line: int) -> bool:
    """Say whether prose comes to an end at a line, or at the line above if headings stand here."""
    top = max(line - MOST_HEADINGS, 0)
    while line > top and read_candidate(line, lines.texts[line]):
        line -= 1
    text = lines.texts[line]
    is_short = lines.is_wrapped and len(text) < lines.width * SHORT_LINE
    return closes_sentence(text) or is_short
