"""The people of a book, and where a text names them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from scriptwriter.prose.names import opens_sentence
from scriptwriter.prose.placenouns import NAME_ENDINGS
from scriptwriter.prose.types import Mention, Person

HEADING_REACH = 200
_TOKEN = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*")
_SECOND = re.compile(rf"\.?(?:[^\S\n]*\n)?[^\S\n]*({_TOKEN.pattern})")
_SPACE = re.compile(r"(?:[^\S\n]*\n)?[^\S\n]*")
_NEXT_CAPITAL = re.compile(r"\s([A-Z][a-z]+)(?!['’]s?\b|\w)")
_VERBISH = re.compile(
    r"['’]s\b|\s+(?:[a-z]+ly\s+)?[a-z]+ed\b|\s+(?:said|had|was|has|is|did|would|could)\b"
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Alias:
    """One way a text names a person.

    `words` is the name cut at spaces ("Mr.", "Darcy"). `is_word` marks a name that is also a common word ("Hands"):
    at the head of a sentence it counts only before a verb. `is_role` marks "the doctor", a name only
    in chapters where its bearer is named otherwise; `rank` orders several bearers.
    """

    key: str
    words: tuple[str, ...]
    is_word: bool = False
    is_role: bool = False
    rank: int = 0


@dataclass(frozen=True, slots=True)
class Cast:
    """Everybody found in a book, most mentioned first; `cast["p1"]` is a `Person`."""

    people: tuple[Person, ...]
    names: tuple[Alias, ...] = ()
    _by_key: Mapping[str, Person] = field(init=False, repr=False, compare=False)
    _by_words: Mapping[str, Mapping[str, Sequence[Alias]]] = field(
        init=False, repr=False, compare=False
    )

    def __post_init__(self) -> None:
        object.__setattr__(self, "_by_key", {person.key: person for person in self.people})
        object.__setattr__(self, "_by_words", _index(self.names))

    def __getitem__(self, key: str) -> Person:
        return self._by_key[key]

    def __contains__(self, key: str) -> bool:
        return key in self._by_key

    def __iter__(self) -> Iterator[Person]:
        return iter(self.people)

    def __len__(self) -> int:
        return len(self.people)

    @property
    def narrator(self) -> Person | None:
        """The "I" of the book, if it has exactly one that is known."""
        narrators = [person for person in self.people if person.is_narrator]
        return narrators[0] if len(narrators) == 1 else None

    def narrator_in(self, text: str) -> Person | None:
        """The "I" of a chapter: of several narrators the one its heading names ("Dr. Seward's Diary")."""
        narrators = {person.key for person in self.people if person.is_narrator}
        if len(narrators) < 2:
            return self.narrator
        heading = text[:HEADING_REACH]
        return next((self[one.key] for one in self.mentions(heading) if one.key in narrators), None)

    def named(self, name: str) -> Person | None:
        """The person with this name or alias; an article and the case do not matter."""
        wanted = _bare(name)
        for person in self.people:
            if wanted in {_bare(person.name), *map(_bare, person.aliases)}:
                return person
        return None

    def mentions(self, text: str) -> tuple[Mention, ...]:
        """Everybody named in a text, in order, without overlap: longest name first, no possessive 's."""
        found = list(self._find(text))
        named = Counter(
            alias.key for _, _, aliases in found for alias in aliases if not alias.is_role
        )
        mentions = []
        for start, end, aliases in found:
            alias = _bearer(aliases, named)
            if alias is not None:
                mentions.append(Mention(start=start, end=end, key=alias.key))
        return tuple(mentions)

    def _find(self, text: str) -> Iterator[tuple[int, int, Sequence[Alias]]]:
        free = 0
        for match in _TOKEN.finditer(text):
            if match.start() < free:
                continue
            aliases = self._starting(text, match)
            if not aliases:
                continue
            end, hits = _longest(text, match.start(), aliases)
            if hits:
                yield match.start(), end, hits
                free = end

    def _starting(self, text: str, match: re.Match[str]) -> Sequence[Alias]:
        """Names that begin with the word of `match`, longest first."""
        first = _without_tail(match.group())
        seconds = self._by_words.get(first) or self._by_words.get(_calm(first))
        if seconds is None:
            return ()
        second = _SECOND.match(text, match.start() + len(first))
        word = _without_tail(second[1]) if second else ""
        longer = seconds.get(word) or seconds.get(_calm(word), ()) if word else ()
        return (*longer, *seconds.get("", ()))


def _calm(word: str) -> str:
    """ "MARLEY" as "Marley"."""
    return word.title() if len(word) > 1 and word.isupper() else word


def _index(names: Sequence[Alias]) -> Mapping[str, Mapping[str, Sequence[Alias]]]:
    """Aliases by their first and second word ("" where there is none), longest first."""
    index: dict[str, dict[str, list[Alias]]] = {}
    for alias in names:
        heads = [token.group() for word in alias.words[:2] if (token := _TOKEN.match(word))]
        if not heads:
            continue
        first, second = heads[0], heads[1] if len(heads) > 1 else ""
        for word in {first, first.capitalize()} if alias.is_role else {first}:
            index.setdefault(word, {}).setdefault(second, []).append(alias)
    for seconds in index.values():
        for aliases in seconds.values():
            aliases.sort(key=lambda one: (-len(one.words), one.rank))
    return index


def _without_tail(token: str) -> str:
    """A token without its possessive or contraction."""
    head, mark, tail = token.replace("’", "'").rpartition("'")
    return token[: len(head)] if mark and tail.lower() in _TAILS else token


_TAILS = frozenset(["s", "ll", "ve", "re", "d", "t", "m", "em"])


def _longest(text: str, start: int, aliases: Sequence[Alias]) -> tuple[int, list[Alias]]:
    """The end of the longest alias that stands at `start`, and everybody who bears it."""
    end = start
    hits: list[Alias] = []
    for alias in aliases:
        if hits and len(alias.words) < len(hits[0].words):
            break
        stop = _match(text, start, alias)
        if stop:
            end = stop
            hits.append(alias)
    return end, hits


def _match(text: str, start: int, alias: Alias) -> int:
    """Where `alias` ends if it stands at `start`, else 0."""
    at = start
    for number, word in enumerate(alias.words):
        if number:
            gap = _SPACE.match(text, at)
            at = gap.end() if gap else at
        if not _same(text[at : at + len(word)], word, first=number == 0):
            return 0
        at += len(word)
    if _continues(text, at) or _names_place(text, at):
        return 0
    if alias.is_word and opens_sentence(text, start) and not _VERBISH.match(text, at):
        return 0
    return at


def _same(written: str, word: str, *, first: bool) -> bool:
    if written == word:
        return True
    if len(word) > 1 and word[0].isupper() and written == word.upper():
        return True
    return first and word.islower() and written == word.capitalize()


def _continues(text: str, at: int) -> bool:
    """Whether the word goes on at `at`; a possessive or contraction does not count."""
    if at >= len(text) or not (text[at].isalnum() or text[at] in "'’-"):
        return False
    if text[at].isalnum():
        return True
    token = _TOKEN.match(text, at + 1)
    if token is None:
        return False
    return text[at] == "-" or token.group().lower() not in _TAILS


def _names_place(text: str, at: int) -> bool:
    """Whether the next word makes a street or a house of the name: "Baker Street"."""
    follow = _NEXT_CAPITAL.match(text, at)
    return follow is not None and follow[1] in NAME_ENDINGS


def _bearer(aliases: Sequence[Alias], named: Mapping[str, int]) -> Alias | None:
    """Who is meant: for a role, the bearer most named in this text, else whoever has no other name."""
    if not aliases[0].is_role:
        return aliases[0]
    present = [alias for alias in aliases if named.get(alias.key)]
    if present:
        return max(present, key=lambda alias: (named[alias.key], -alias.rank))
    return next((alias for alias in aliases if alias.rank == 0), None)


def _bare(name: str) -> str:
    words = name.lower().split()
    return " ".join(words[1:] if len(words) > 1 and words[0] in {"the", "my"} else words)
