"""Who is where in a chapter: people in the narration, people named inside speeches."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from math import log1p

from scriptwriter.prose.nouns import (
    FIRST_PERSON,
    POSSESSIVES,
    PRONOUNS,
    SUBJECTS,
    TITLES,
    is_role,
    role_gender,
)
from scriptwriter.prose.phrases import Kind, Subject
from scriptwriter.prose.types import Gender, Mention, Person, Quote
from scriptwriter.prose.wordlist import wordlist

# Further back nobody is expected to remember who was there.
REACH = 4000
LOOKED_AT = 40
NARRATOR = re.compile(r"\b(?:I|[Ii]ch|[Jj]e|J['’])\b")
GOVERNED = re.compile(
    r"\b(?:to|of|at|with|towards?|by|for|from|on|upon|about|between|against|than|like|beside|behind)"
    r"\s+(?:(?:the|his|her|my|dear|poor|old|little|young)\s+)*(?:[A-Z][\w.]+\s+and\s+)?$"
)
POSSESSIVE = re.compile(r"\s?['’]s?\b|\s?['’](?=\s)")
# Names in speeches stand for themselves; pronouns there tell who speaks only to those who know already.
PRONOUN_WORDS = frozenset(
    wordlist(
        "i me my mine myself you your yours yourself we us our ours he him his she her hers it its they them their "
        "himself herself ourselves themselves who whom whose this that these those"
    )
)


class Stage:
    """Answers who is mentioned where; positions are offsets into the chapter."""

    def __init__(
        self,
        text: str,
        quotes: Sequence[Quote],
        mentions: Iterable[Mention],
        people: Mapping[str, Person],
    ) -> None:
        self.text, self.people = text, people
        self.narrator = next((key for key, one in people.items() if one.is_narrator), "")
        self._titled = {
            f"{words[0].lower().rstrip('.')} {words[-1]}": key
            for key, one in people.items()
            for words in (name.split() for name in (one.name, *one.aliases))
            if len(words) > 1
        }
        self._most = max((log1p(one.mentions) for one in people.values()), default=0.0) or 1.0
        self._quotes = quotes
        self._quote_starts = [quote.outer_start for quote in quotes]
        told, self.spoken = self._divided(mentions)
        told.extend(self._first_person({mention.start for mention in told}))
        told.sort(key=lambda mention: (mention.start, -mention.end))
        self.told = told
        self._starts = [mention.start for mention in told]
        self._governed = {
            mention.start
            for mention in told
            if GOVERNED.search(text[max(0, mention.start - 24) : mention.start])
        }
        self._spoken_starts = [mention.start for mention in self.spoken]

    def _divided(self, mentions: Iterable[Mention]) -> tuple[list[Mention], list[Mention]]:
        told, spoken = [], []
        for mention in mentions:
            if not self._in_speech(mention.start):
                told.append(mention)
            elif self.text[mention.start : mention.end].lower() not in PRONOUN_WORDS:
                spoken.append(mention)
        return told, sorted(spoken, key=lambda mention: mention.start)

    def _in_speech(self, position: int) -> bool:
        at = bisect_right(self._quote_starts, position) - 1
        return at >= 0 and position < self._quotes[at].outer_end and self._quotes[at].is_speech

    def _first_person(self, known: set[int]) -> Iterator[Mention]:
        if not self.narrator:
            return
        for match in NARRATOR.finditer(self.text):
            if match.start() not in known and not self._in_speech(match.start()):
                yield Mention(start=match.start(), end=match.end(), key=self.narrator)

    def told_in(self, start: int, end: int) -> list[Mention]:
        """Return the mentions of narration that begin in `start:end`."""
        return self.told[bisect_left(self._starts, start) : bisect_left(self._starts, end)]

    def spoken_in(self, start: int, end: int) -> list[Mention]:
        """Return the mentions inside speeches that begin in `start:end`."""
        low = bisect_left(self._spoken_starts, start)
        return self.spoken[low : bisect_left(self._spoken_starts, end)]

    def recent(self, position: int) -> list[str]:
        """Return people by how lately the narration before `position` mentioned them."""
        return list(self.presence(position))

    def _lately_spoken_of(self, position: int) -> list[str]:
        at = bisect_left(self._spoken_starts, position)
        return [mention.key for mention in reversed(self.spoken[max(0, at - LOOKED_AT) : at])]

    def presence(self, position: int) -> dict[str, int]:
        """Return how often the narration before `position` mentioned people, latest first.

        Those mentioned only behind a preposition ("towards Bingley and Jane") come last.
        """
        counts: dict[str, int] = {}
        governed: dict[str, int] = {}
        at = bisect_left(self._starts, position)
        for mention in reversed(self.told[max(0, at - LOOKED_AT) : at]):
            if position - mention.start > REACH:
                break
            found = governed if mention.start in self._governed else counts
            found[mention.key] = found.get(mention.key, 0) + 1
        for key, count in governed.items():
            counts[key] = counts.get(key, 0) + count
        return counts

    def prominence(self, key: str) -> float:
        """Return how much of the book's mentions a person has, between 0 and 1, on a log scale."""
        one = self.people.get(key)
        return log1p(one.mentions) / self._most if one else 0.0

    def named(self, subject: Subject) -> str:
        """Return the person a mention at this subject stands for, or ""."""
        best: Mention | None = None
        for mention in self.told_in(subject.start, subject.end):
            inner = mention.end < subject.end
            if inner and POSSESSIVE.match(self.text, mention.end):
                continue
            if inner and self.text[mention.start : mention.end].lower() in POSSESSIVES:
                continue
            if best is None or mention.start < best.start:
                best = mention
        return best.key if best else ""

    def gender(self, key: str) -> Gender:
        """Return the gender of a person, "" where unknown."""
        one = self.people.get(key)
        if one is None:
            return KEY_GENDER.get(key, "")
        return one.gender or role_gender(one.name.rsplit(None, 1)[-1].lower())

    def is_role_only(self, key: str) -> bool:
        """Is this person known by a role alone ("the clerk")?"""
        one = self.people.get(key)
        return one is not None and is_role(one.name.rsplit(None, 1)[-1].lower())

    def fits_title(self, key: str, head: str) -> bool:
        """Can "the captain" be this person, going by a title in the names ("Captain Smollett")?"""
        one = self.people.get(key)
        titles = TITLES.get(head, frozenset((head,)))
        return one is not None and any(
            word.strip(".").lower() in titles
            for alias in (one.name, *one.aliases)
            for word in alias.split()
        )

    def wanted(self, subject: Subject) -> Gender:
        """Return the gender a pronoun or role noun asks for."""
        if subject.kind is Kind.PRONOUN:
            return PRONOUNS.get(subject.head, "")
        return role_gender(subject.head)

    def stranger(self, subject: Subject) -> str:
        """Return a key for somebody who may not be among the people.

        A name keeps its own ("~sahib"); roles and pronouns of one gender share one, for "his wife" and "she"
        in one conversation are mostly the same.
        """
        if subject.kind is Kind.NAME:
            return f"~{subject.head}"
        if subject.head in FIRST_PERSON:
            return "~i"
        if subject.head in PLURAL:
            return "~they"
        return f"~{self.wanted(subject) or 'someone'}"

    def relative(self, subject: Subject) -> str:
        """Return whom "his wife" or "her brother" means, going by a shared surname, or ""."""
        title = RELATIVES.get(subject.head)
        owner = PRONOUNS.get(self.text[subject.start : subject.start + 3].lower())
        if title is None or owner is None or subject.kind is not Kind.ROLE:
            return ""
        for key in (*self.recent(subject.start), *self._lately_spoken_of(subject.start)):
            one = self.people.get(key)
            if one is None or (one.gender and one.gender != owner):
                continue
            found = self._titled.get(f"{title} {one.name.split()[-1]}", "")
            if found and found != key:
                return found
        return ""


KEY_GENDER: dict[str, Gender] = {"~female": "female", "~male": "male"}
RELATIVES = {
    **dict.fromkeys(("wife", "lady", "mother", "mamma"), "mrs"),
    **dict.fromkeys(("husband", "father", "brother"), "mr"),
    **dict.fromkeys(("sister", "daughter"), "miss"),
}
PLURAL = frozenset(("they", "we", "wir", "ils", "elles", "nous")) & SUBJECTS
