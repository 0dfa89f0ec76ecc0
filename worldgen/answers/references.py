"""From what a writer gave as a reference to the row it means: the ladder, rung by rung.

Codes come first; names are matched ever more loosely, and what stays doubtful is never guessed: it goes
to a repair call, then to null, a stub or a dropped row. A random valid target would link what has
nothing to do with each other.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import IntEnum
from functools import lru_cache

#: A likeness of at least so much, and so much above the next, both of 100: bench_references measures it.
ALIKE, MARGIN = 88.0, 6.0
CANDIDATES = 5
_ARTICLES_AND_TITLES = frozenset(
    [
        "a",
        "an",
        "the",
        "of",
        "captain",
        "count",
        "countess",
        "dame",
        "doctor",
        "duchess",
        "duke",
        "emperor",
        "empress",
        "father",
        "general",
        "high",
        "king",
        "lady",
        "lord",
        "madam",
        "master",
        "mister",
        "mistress",
        "mother",
        "prince",
        "princess",
        "queen",
        "saint",
        "sir",
        "brother",
        "sister",
        "elder",
        "old",
        "st",
        "mr",
        "mrs",
        "dr",
    ]
)
_PARTICLES = frozenset({"of", "the", "a", "an", "and", "in", "at", "on"})


class Rung(IntEnum):
    """How a reference was understood. From WORDS on, people are shown what was chosen."""

    CODE = 1
    NAME = 2
    PLAIN_NAME = 3
    WORDS = 4
    ALIKE = 5
    REPAIR = 6
    GIVEN_UP = 7


@dataclass(frozen=True, slots=True)
class Candidate:
    """A row that a reference may mean. `dead` ones are no match where somebody alive is wanted."""

    table: str
    code: str
    name: str
    dead: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Match:
    """Where a reference led: to a code, or nowhere for a reason, with the nearest candidates."""

    rung: Rung
    code: str = ""
    reason: str = ""
    candidates: tuple[str, ...] = ()

    @property
    def doubtful(self) -> bool:
        """Whether people should see what was chosen."""
        return self.rung >= Rung.WORDS


@lru_cache(maxsize=8_192)
def normal(text: str) -> str:
    """A name without case, accents, punctuation and double spaces."""
    letters = text
    for form in ("NFD", "NFKD", "NFKD"):  # the compatibility caseless match of the Unicode standard
        letters = unicodedata.normalize(form, letters).casefold()
    kept = "".join(c if c.isalnum() else " " for c in letters if not unicodedata.combining(c))
    return " ".join(kept.split())


@lru_cache(maxsize=8_192)
def plain(text: str) -> str:
    """A normal name without titles and articles; the whole where nothing else is left."""
    words = normal(text).split()
    kept = [word for word in words if word not in _ARTICLES_AND_TITLES]
    return " ".join(kept or words)


class Ladder:
    """The rows that references of one campaign may mean."""

    def __init__(self, candidates: Iterable[Candidate]) -> None:
        self._by_code: dict[str, Candidate] = {}
        self._by_table: dict[str, list[Candidate]] = {}
        for candidate in candidates:
            self._by_code[candidate.code] = candidate
            self._by_table.setdefault(candidate.table, []).append(candidate)

    def resolve(
        self, value: str, tables: Sequence[str], *, own: str = "", alive: bool = False
    ) -> Match:
        """What `value` means among the rows of `tables`; `own` is the code of the row it stands in.

        A reference to a dead one (with `alive`), to itself or to another table is no match,
        whatever its spelling.
        """
        code = re.sub(r"\s", "", value).casefold()
        if found := self._by_code.get(code):
            return self._checked(found, Rung.CODE, tables, own=own, alive=alive)
        rows = [c for table in tables for c in self._by_table.get(table, ())]
        for rung, same in (
            (Rung.NAME, [c for c in rows if normal(c.name) == normal(value)]),
            (Rung.PLAIN_NAME, [c for c in rows if plain(c.name) == plain(value)]),
            (Rung.WORDS, _with_words(value, rows)),
        ):
            if len(same) == 1:
                return self._checked(same[0], rung, tables, own=own, alive=alive)
            if same:
                return _nowhere("ambiguous", same)
        return self._by_likeness(value, rows, tables, own=own, alive=alive)

    def _by_likeness(
        self,
        value: str,
        rows: Sequence[Candidate],
        tables: Sequence[str],
        *,
        own: str,
        alive: bool,
    ) -> Match:
        scored = sorted(((_likeness(value, c.name), c.code, c) for c in rows), reverse=True)
        best = scored[0][0] if scored else 0.0
        second = scored[1][0] if len(scored) > 1 else 0.0
        near = [c for _, _, c in scored[:CANDIDATES]]
        if best < ALIKE:
            return _nowhere("unknown", near)
        if best - second < MARGIN:
            return _nowhere("ambiguous", near)
        return self._checked(near[0], Rung.ALIKE, tables, own=own, alive=alive)

    def _checked(
        self, found: Candidate, rung: Rung, tables: Sequence[str], *, own: str, alive: bool
    ) -> Match:
        if found.table not in tables:
            return _nowhere("wrong_type", [found])
        if found.code == own:
            return _nowhere("self", [])
        if alive and found.dead:
            return _nowhere("dead", [found])
        return Match(rung=rung, code=found.code, candidates=(found.code,))


def _nowhere(reason: str, near: Sequence[Candidate]) -> Match:
    return Match(
        rung=Rung.REPAIR, reason=reason, candidates=tuple(c.code for c in near[:CANDIDATES])
    )


def _with_words(value: str, rows: Sequence[Candidate]) -> list[Candidate]:
    """The rows whose name has all words of the value; particles alone say nothing."""
    words = {w for w in plain(value).split() if w not in _PARTICLES and len(w) > 1}
    return [c for c in rows if words and words <= set(normal(c.name).split())]


def _likeness(value: str, name: str) -> float:
    """From 0 to 100, as the share of equal letters in both."""
    matcher = SequenceMatcher(None, plain(value), plain(name), autojunk=False)
    if matcher.real_quick_ratio() * 100 < ALIKE - MARGIN:
        return matcher.real_quick_ratio() * 50  # too far to be compared letter by letter
    return matcher.ratio() * 100
