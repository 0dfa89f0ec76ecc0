"""Choose which headings divide a text, and how deep each stands."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass
from itertools import pairwise

from scriptwriter.readers.divisions.candidates import Candidate, Kind, is_bare_label
from scriptwriter.readers.divisions.contents import outside, without_contents
from scriptwriter.readers.divisions.decoration import is_capitals
from scriptwriter.readers.divisions.heading_text import read_heading_texts
from scriptwriter.readers.divisions.keywords import OPENERS, Rank
from scriptwriter.readers.divisions.lines import Lines
from scriptwriter.readers.divisions.scan import scan
from scriptwriter.readers.divisions.series import best_chain, counted, rising
from scriptwriter.readers.divisions.titles import best_titles, title_at

# Orders of headings, outer ones first; containers take the numbers between 1 and CHAPTERS.
STORIES, CONTAINERS, CHAPTERS, INNER_PARTS, SCENES, SECTIONS, NUMBERS = 0, 1, 20, 25, 30, 40, 50
# Letters between a heading and the number of its first section: a title, a motto.
NEAR = 120
# Fewer than a third as many headings as another kind of chapter has, amid those: quoted letters.
MINOR = 3
# Text before the first heading that is worth a look for headings of another kind.
LARGE_LEAD = 0.25
# One or two headings after more than this are in the text by chance.
LARGEST_LEAD = 0.6
FEWEST_SECTIONS = 2
# Below this many titles for each part, they are the titles of the parts.
TITLES_PER_PART = 1.5


@dataclass(frozen=True, kw_only=True, slots=True)
class Placed:
    """A heading and its level, 1 for the outermost."""

    candidate: Candidate
    level: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Structure:
    """The headings of a text in reading order, and the runs of lines that are contents pages."""

    headings: list[Placed]
    pages: list[range]


@dataclass(frozen=True, kw_only=True, slots=True)
class Choice:
    """A heading that divides the text, with its order."""

    order: int
    candidate: Candidate


def find_structure(lines: Lines) -> Structure:
    """Find the headings that divide the text."""
    candidates = scan(lines)
    labelled = [c for c in candidates if c.kind is not Kind.TITLE]
    listed = without_contents(lines, labelled)
    titles = outside([c for c in candidates if c.kind is Kind.TITLE], listed.pages)
    chooser = _Chooser(lines=lines, candidates=listed.headings, titles=titles)
    return Structure(headings=_with_levels(chooser.choose()), pages=listed.pages)


class _Chooser:
    """Chooses from the outside in: containers, chapters, then sections inside chapters."""

    def __init__(
        self, *, lines: Lines, candidates: list[Candidate], titles: list[Candidate]
    ) -> None:
        self._lines = lines
        self._numbers = [c for c in candidates if c.kind is Kind.NUMBER]
        self._named = [c for c in candidates if c.kind is Kind.NAMED]
        self._titles = titles
        self._groups: dict[str, list[Candidate]] = {}
        for candidate in candidates:
            if candidate.kind is Kind.KEYWORD:
                self._groups.setdefault(candidate.word, []).append(candidate)
        self._chosen: list[Choice] = []

    def choose(self) -> list[Choice]:
        """Return the headings in reading order."""
        self._choose_containers()
        self._choose_chapters()
        self._choose_inner()
        if any(choice.order >= CHAPTERS for choice in self._chosen):
            self._fill_missing_numbers()
        else:
            self._choose_unworded()
        self._choose_stories()
        self._choose_named()
        self._choose_sections()
        return [] if self._is_chance() else self._in_order()

    def _in_order(self) -> list[Choice]:
        return sorted(self._chosen, key=lambda c: (c.candidate.line, c.order))

    def _add(self, order: int, candidates: list[Candidate]) -> None:
        self._chosen += [Choice(order=order, candidate=c) for c in candidates]

    def _boundaries(self) -> list[int]:
        return sorted(choice.candidate.line for choice in self._chosen)

    def _count(self, *ranks: Rank) -> int:
        return max((len(g) for g in self._groups.values() if g[0].rank in ranks), default=0)

    def _choose_containers(self) -> None:
        chapters = self._count(Rank.CHAPTER, Rank.SCENE)
        outer = [g for g in self._groups.values() if self._is_outer(g, chapters)]
        outer.sort(key=lambda g: (len(g), g[0].line))
        for order, group in enumerate(outer, start=CONTAINERS):
            kept = rising(group, self._boundaries())
            if len(kept) > 1 or self._opens(kept[0]):
                self._add(order, kept)

    def _is_outer(self, group: list[Candidate], chapters: int) -> bool:
        is_container = group[0].rank <= Rank.ACT
        if group[0].rank is Rank.SECTION:
            is_container = len(group) < chapters
        return is_container and (len(group) <= chapters or not chapters)

    def _opens(self, candidate: Candidate) -> bool:
        """Say whether a container that stands alone begins the book, or a chapter follows it."""
        lines = self._lines
        if lines.weight(0, candidate.line) <= lines.weights[-1] * LARGE_LEAD:
            return True
        following = [
            c.line for group in self._groups.values() for c in group if c.line > candidate.line
        ]
        return bool(following) and lines.weight(candidate.line + 1, min(following)) <= NEAR

    def _choose_chapters(self) -> None:
        boundaries = self._boundaries()
        groups = [
            rising(group, boundaries)
            for group in self._groups.values()
            if group[0].rank is Rank.CHAPTER
        ]
        major = max(groups, key=len, default=[])
        for group in groups:
            if group is major or not _is_minor(group, major):
                self._add(CHAPTERS, group)

    def _choose_inner(self) -> None:
        taken = {choice.candidate.word for choice in self._chosen}
        for order, ranks in (
            (INNER_PARTS, (Rank.CONTAINER, Rank.ACT)),
            (SCENES, (Rank.SCENE,)),
            (SECTIONS, (Rank.SECTION,)),
        ):
            for word, group in self._groups.items():
                if word not in taken and group[0].rank in ranks and len(group) > 1:
                    self._add(order, rising(group, self._boundaries()))

    def _fill_missing_numbers(self) -> None:
        """Take "VII. The Door" where "Chapter VI" came before and no "Chapter VII" follows."""
        titled = [c for c in self._numbers if not is_bare_label(c)]
        places = [c.line for c in titled]
        chapters = [c.candidate for c in self._in_order() if c.order == CHAPTERS]
        found: list[Candidate] = []
        for before, after in pairwise([*chapters, None]):
            if before is None or before.number < 1:
                continue
            stop = after.line if after else len(self._lines)
            limit = after.number if after and after.number > before.number else None
            between = titled[bisect_left(places, before.line) : bisect_left(places, stop)]
            found += _continuation(between, before.number + 1, limit)
        self._add(CHAPTERS, found)

    def _choose_unworded(self) -> None:
        boundaries = self._boundaries()
        chain = best_chain(self._lines, self._numbers, boundaries)
        if chain and not chain.restarts:
            self._add(CHAPTERS, chain.items)
            return
        titles = self._unworded_titles(boundaries)
        if chain is None or (titles and titles[0].line < chain.items[0].line):
            self._add(CHAPTERS, titles)
        else:
            starts = sorted(boundaries + chain.restarts)
            chain = best_chain(self._lines, self._numbers, starts) or chain
            self._add(CHAPTERS, chain.items)

    def _unworded_titles(self, containers: list[int]) -> list[Candidate]:
        """Take the titles that no container needs, or where those make no chapters, all titles."""
        titles = self._inside(containers, best_titles(self._lines, self._free_titles()))
        if titles or not containers:
            return titles
        titles = self._inside(containers, best_titles(self._lines, self._titles))
        return titles if len(titles) >= len(containers) * TITLES_PER_PART else []

    def _inside(self, containers: list[int], titles: list[Candidate]) -> list[Candidate]:
        """Take titles as chapters of the containers if most of those begin with one."""
        if not containers:
            return titles
        inside = [c for c in titles if c.line > containers[0]]
        begun = 0
        for container in containers:
            at = bisect_left(inside, container, key=lambda c: c.line)
            if at < len(inside):
                begun += self._lines.weight(container + 1, inside[at].line) <= NEAR
        return inside if begun * 2 > len(containers) else []

    def _free_titles(self) -> list[Candidate]:
        """Leave out the titles that belong to headings already chosen."""
        chosen = [choice.candidate for choice in self._in_order()]
        texts = read_heading_texts(self._lines, chosen, set(self._boundaries()))
        used = [range(c.line, t.body_line) for c, t in zip(chosen, texts, strict=True)]
        unused = [c for c in self._numbers if c.title and is_capitals(c.label + c.title)]
        titles = [*self._titles, *(title_at(self._lines, c.line) for c in unused)]
        return outside(sorted(titles, key=lambda c: c.line), used)

    def _choose_stories(self) -> None:
        """Where much text comes before the first heading, look for titles of stories above them."""
        boundaries = self._boundaries()
        if not boundaries or self._lead() <= LARGE_LEAD:
            return
        stories = best_titles(self._lines, self._free_titles())
        if stories and stories[0].line < boundaries[0]:
            self._add(STORIES, stories)

    def _lead(self) -> float:
        first = min(self._boundaries(), default=0)
        return self._lines.weight(0, first) / max(self._lines.weights[-1], 1)

    def _choose_named(self) -> None:
        boundaries = set(self._boundaries())
        bare = {c.candidate.line for c in self._chosen if is_bare_label(c.candidate)}
        free = [c for c in self._named if c.line not in boundaries and c.line - 1 not in bare]
        if boundaries or len(free) > 1:
            self._add(CHAPTERS, free)

    def _choose_sections(self) -> None:
        """Take the numbers inside a chapter that count from 1, right from its heading on."""
        taken = set(self._boundaries())
        numbers = [c for c in self._numbers if c.line not in taken]
        places = [c.line for c in numbers]
        edges = [*self._boundaries(), len(self._lines)]
        for line, stop in pairwise(edges):
            inside = numbers[bisect_left(places, line) : bisect_left(places, stop)]
            self._add(NUMBERS, self._sections(line, inside))

    def _sections(self, heading: int, inside: list[Candidate]) -> list[Candidate]:
        if not inside or inside[0].number != 1:
            return []
        first = inside[0]
        if self._lines.weight(heading + 1, first.line) > NEAR:
            return []
        alike = [
            c for c in inside if c.shape == first.shape and is_bare_label(c) == is_bare_label(first)
        ]
        items = counted(self._lines, alike, []).items
        return items if len(items) >= FEWEST_SECTIONS else []

    def _is_chance(self) -> bool:
        return len(self._chosen) <= FEWEST_SECTIONS and self._lead() > LARGEST_LEAD


def _is_minor(group: list[Candidate], major: list[Candidate]) -> bool:
    """Say whether a kind of chapter is rare and stands amid chapters of another kind."""
    is_rare = len(group) * MINOR < len(major)
    return is_rare and major[0].line < group[0].line < major[-1].line


def _continuation(between: list[Candidate], expected: int, limit: int | None) -> list[Candidate]:
    found: list[Candidate] = []
    for candidate in between:
        if candidate.number == expected and (limit is None or expected < limit):
            found.append(candidate)
            expected += 1
    return found


def _with_levels(choices: list[Choice]) -> list[Placed]:
    placed: list[Placed] = []
    outer: list[int] = []
    for at, choice in enumerate(choices):
        while outer and outer[-1] >= choice.order:
            outer.pop()
        if at == len(choices) - 1 and _closes_book(choice.candidate):
            outer.clear()
        placed.append(Placed(candidate=choice.candidate, level=len(outer) + 1))
        outer.append(choice.order)
    return placed


def _closes_book(candidate: Candidate) -> bool:
    return candidate.kind is Kind.NAMED and candidate.word not in OPENERS
