"""Whose book it is: how much of the narration, chapter by chapter, is about somebody."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from scriptwriter.prose.names import quoted_spans
from scriptwriter.prose.paragraphs import paragraphs
from scriptwriter.prose.types import Gender, Person

# A pronoun may mean somebody else of that sex, so it says less than a name.
PRONOUN = 0.6
# A hundred words of speech are worth a paragraph of narration.
WORDS_A_PARAGRAPH = 100
# Of the words of whoever speaks most: below it a narrator only looks on.
TELLER_SHARE = 0.25
# A name said by somebody in a speech makes present whoever it names, a little.
SPOKEN_OF = 0.1
_PRONOUN = re.compile(
    r"(?<![^\W_])(?:(?P<male>he|his|him|himself)|(?:she|hers?|herself))(?![^\W_])", re.IGNORECASE
)


@dataclass(slots=True)
class _Tally:
    paragraphs: Counter[int] = field(default_factory=Counter)
    weight: float = 0.0
    first: bool = False
    last: bool = False


def read_presence(
    people: Sequence[Person], chapters: Sequence[str], spoken: Mapping[str, int]
) -> dict[str, float]:
    """How present each person of a book is, by key; `spoken` counts their words of speech.

    Paragraphs of narration that name them, or say "she" after having named them, and the words
    they speak, times a factor between 0.5 and 1 for the share of chapters they are in, times 1.1
    for each of the two ends of the book.
    """
    tallies: dict[str, _Tally] = defaultdict(_Tally)
    namer = _Namer(people)
    for number, text in enumerate(chapters):
        _read_chapter(text, number, namer=namer, tallies=tallies)
    _note_ends(tallies, len(chapters))
    return {
        person.key: _score(tallies[person.key], len(chapters), spoken.get(person.key, 0))
        for person in people
    }


def most_present(
    people: Iterable[Person], presence: Mapping[str, float], spoken: Mapping[str, int]
) -> list[Person]:
    """The people by presence; a narrator with a part in the story comes first, it is theirs."""
    ranked = sorted(people, key=lambda person: (-presence.get(person.key, 0.0), person.name))
    most = max((spoken.get(person.key, 0) for person in ranked), default=0)
    tellers = [
        person
        for person in ranked
        if person.is_narrator and spoken.get(person.key, 0) >= TELLER_SHARE * most
    ]
    if len(tellers) == 1:
        ranked.remove(tellers[0])
        ranked.insert(0, tellers[0])
    return ranked


class _Namer:
    """Finds people by their capitalized names, "the cook" only where nobody calls him otherwise."""

    def __init__(self, people: Sequence[Person]) -> None:
        self.gender = {person.key: person.gender for person in people}
        self._key: dict[str, str] = {}
        # "The captain" of a book with two captains is neither.
        shared = Counter(name for person in people for name in {person.name, *person.aliases})
        for person in people:
            for name in _names_of(person):
                if shared[name] == 1:
                    self._key[name] = person.key
        longest_first = sorted(self._key, key=lambda name: (-len(name), name))
        either = "|".join(re.escape(name).replace(r"\ ", r"\s+") for name in longest_first)
        heads = "".join(sorted({name[0] for name in self._key}))
        self._pattern = (
            re.compile(rf"(?<![^\W_])(?=[{re.escape(heads)}])(?:{either})(?![^\W_])")
            if self._key
            else None
        )

    def find(self, text: str) -> list[tuple[int, str]]:
        """Where the text names whom."""
        if self._pattern is None:
            return []
        return [
            (match.start(), self._key[" ".join(match.group().split())])
            for match in self._pattern.finditer(text)
        ]


def _names_of(person: Person) -> tuple[str, ...]:
    names = [name for name in (person.name, *person.aliases) if len(name) > 1]
    return tuple(name for name in names if name[0].isupper()) or tuple(names)


def _read_chapter(text: str, number: int, *, namer: _Namer, tallies: dict[str, _Tally]) -> None:
    """Count paragraphs; `last` is whom a "he" or a "she" would mean."""
    quotes = quoted_spans(text)
    starts = [start for start, _ in quotes]
    named = namer.find(text)
    at = 0
    last: dict[Gender, str] = {}
    for paragraph in paragraphs(text):
        start, end = paragraph.start, paragraph.end
        present: dict[str, float] = {}
        while at < len(named) and named[at][0] < end:
            place, key = named[at]
            at += 1
            if _is_quoted(place, quotes, starts):
                present.setdefault(key, SPOKEN_OF)
                continue
            present[key] = 1.0
            if gender := namer.gender.get(key):
                last[gender] = key
        for gender in _genders(text, start, end, quotes=quotes, starts=starts):
            if gender in last and present.get(last[gender], 0.0) < PRONOUN:
                present[last[gender]] = PRONOUN
        for key, weight in present.items():
            tallies[key].weight += weight
            tallies[key].paragraphs[number] += weight >= PRONOUN


def _genders(
    text: str,
    start: int,
    end: int,
    *,
    quotes: Sequence[tuple[int, int]],
    starts: Sequence[int],
) -> set[Gender]:
    """The sexes of the pronouns in the narration of a paragraph."""
    return {
        "male" if match["male"] else "female"
        for match in _PRONOUN.finditer(text, start, end)
        if not _is_quoted(match.start(), quotes, starts)
    }


def _is_quoted(place: int, quotes: Sequence[tuple[int, int]], starts: Sequence[int]) -> bool:
    index = bisect_right(starts, place) - 1
    return index >= 0 and place < quotes[index][1]


def _note_ends(tallies: Mapping[str, _Tally], chapters: int) -> None:
    for tally in tallies.values():
        tally.first = tally.paragraphs[0] > 0
        tally.last = chapters > 0 and tally.paragraphs[chapters - 1] > 0


def _score(tally: _Tally, chapters: int, spoken: int) -> float:
    there = sum(count > 0 for count in tally.paragraphs.values())
    share = there / max(1, chapters)
    ends = 1.1 ** (tally.first + tally.last)
    return (tally.weight + spoken / WORDS_A_PARAGRAPH) * (0.5 + share / 2) * ends
