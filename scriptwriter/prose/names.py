"""Runs of capitalized words in prose: where they stand, and how they read as names."""

from __future__ import annotations

import re
import sys
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from scriptwriter.prose.firstnames import FEMALE, MALE
from scriptwriter.prose.honorifics import DOTTED, PLACE_PREFIXES, honorific
from scriptwriter.prose.humanverbs import ACTS, TOWARD
from scriptwriter.prose.notnames import ALSO_NAMES, FUNCTION_WORDS
from scriptwriter.prose.quotes import find_quotes
from scriptwriter.prose.rolenouns import OF_HEADS
from scriptwriter.prose.verbs import LOOSE, SURE
from scriptwriter.prose.wordlist import wordlist

_UPPER = "".join(
    re.escape(char) for char in map(chr, range(min(sys.maxunicode, 0x2C00))) if char.isupper()
)
_LETTER = r"[^\W\d_]"
# The tail after an apostrophe belongs to the word ("O'Brien", "T'Pol"), a possessive or contraction does not.
_WORD = rf"(?:d['’])?[{_UPPER}]{_LETTER}*(?:['’](?!(?:s|ll|ve|re|d|t|m|em|S|LL|VE|RE|D|T|M)\b){_LETTER}+)*(?:-{_LETTER}+)*"
_DOTTED = "|".join(sorted((word.capitalize() for word in DOTTED), key=len, reverse=True))
_PIECE = rf"(?!I\b)(?:(?=[{_UPPER}])(?i:{_DOTTED})\.|[{_UPPER}]\.(?!\.)|{_WORD})"
_GAP = r"(?:[^\S\n]+(?:\n[^\S\n]*)?|\n[^\S\n]*)"
_PARTICLE = (
    rf"(?:van|von){_GAP}(?:der|den|dem|de)|de{_GAP}l[ao]s?|de|du|da|di|del|della|dos|van|von|bin|ibn|al|"
    r"zu|zum|af|av|y|la|le"
)
# A run ends after eight pieces: no name is longer, and a page of capitals stays linear.
RUN = re.compile(
    rf"(?<![^\W_]){_PIECE}(?:(?:(?<=\.)|{_GAP})(?:(?:{_PARTICLE}){_GAP})?{_PIECE}){{0,7}}"
)
_OF = re.compile(rf"{_GAP}of{_GAP}(?:the{_GAP})?(?={_PIECE})")
WORDS = re.compile(r"[^\s.]+\.?")
_LOWER_WORD = re.compile(rf"(?<![^\W_])[^\W\d_{_UPPER}]{_LETTER}*")
_SENTENCE_END = re.compile(r"[.!?…:]['’\"”»)\]_*]*(?=\s)|\n\s*\n")
_ARTICLE = re.compile(
    r"(?<![^\W_])(the|a|an|this|that|no|every|der|die|das|dem|den|des|ein|eine|einem|einen|einer|le|la)\s+"
    r"(?:(?:poor|old|young|little|dear|good|great|alte|kleine|alten)\s+)?$",
    re.IGNORECASE,
)
_GERMAN = frozenset(
    wordlist(
        """
    der die und das nicht ist sich mit dem den ein eine war auf zu von
    """
    )
)
_ENGLISH = frozenset(
    wordlist(
        """
    the and of to was that his her with not for had it at on
    """
    )
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Chapter:
    """A chapter's text, its number from 0, and the spans of its quotes, sorted and separate."""

    number: int
    text: str
    quotes: Sequence[tuple[int, int]]

    @classmethod
    def of(cls, text: str, number: int = 0) -> Chapter:
        return cls(number=number, text=text, quotes=quoted_spans(text))

    def is_quoted(self, offset: int) -> bool:
        """Whether the offset lies between quotation marks."""
        return inside(self.quotes, offset)


@dataclass(frozen=True, kw_only=True, slots=True)
class Run:
    """Capitalized words that stand together, such as "Mr. Darcy" or "Then Alice".

    `words` are as written, single spaces between; `opens` says that a sentence, a verse line or a quote
    begins here, so that the first capital tells nothing. `article` is the lower-cased article before it.
    """

    chapter: int
    start: int
    end: int
    words: tuple[str, ...]
    opens: bool
    quoted: bool
    article: str
    sentence: int


@dataclass(slots=True)
class Census:
    """How often each word stands in lower case, and with a capital inside a sentence."""

    lower: Counter[str] = field(default_factory=Counter)
    mid: Counter[str] = field(default_factory=Counter)
    pairs: Counter[tuple[str, str]] = field(default_factory=Counter)

    def is_common(self, word: str) -> bool:
        """Whether the word with a small letter is at least half as frequent as with a capital."""
        return 2 * self.lower[word.lower()] > self.mid[word]


def scan(chapters: Sequence[Chapter]) -> tuple[list[Run], Census]:
    """All runs of all chapters in order, and the census of their words."""
    census = Census()
    runs: list[Run] = []
    for chapter in chapters:
        census.lower.update(_LOWER_WORD.findall(chapter.text))
        runs.extend(_chapter_runs(chapter))
    for run in runs:
        _count(run, census)
    return runs, census


def is_german(census: Census) -> bool:
    """Whether German function words outnumber English ones."""
    german = sum(census.lower[word] for word in _GERMAN)
    return german > sum(census.lower[word] for word in _ENGLISH)


def inside(spans: Sequence[tuple[int, int]], offset: int) -> bool:
    """Whether `offset` lies in one of the sorted, separate spans."""
    index = bisect_right(spans, (offset, sys.maxsize)) - 1
    return index >= 0 and spans[index][0] <= offset < spans[index][1]


def quoted_spans(text: str) -> list[tuple[int, int]]:
    """Spans of the quotes of a text, marks included, sorted and separate."""
    return [(quote.outer_start, quote.outer_end) for quote in find_quotes(text)]


def _chapter_runs(chapter: Chapter) -> Iterator[Run]:
    text = chapter.text
    sentence, last_end = 0, 0
    for match in RUN.finditer(text):
        if match.start() < last_end:
            continue
        if _SENTENCE_END.search(text, last_end, match.start()):
            sentence += 1
        last_end = _with_realm(text, match)
        words = _one_case(_words(text[match.start() : last_end]))
        shouted = all(len(word) > 1 and word.isupper() for word in words)
        article = _ARTICLE.search(text[max(0, match.start() - 16) : match.start()])
        yield Run(
            chapter=chapter.number,
            start=match.start(),
            end=last_end,
            words=tuple(_calm(word, shouted=shouted) for word in words),
            opens=opens_sentence(text, match.start()) or shouted,
            quoted=chapter.is_quoted(match.start()),
            article=article.group(1).lower() if article else "",
            sentence=sentence,
        )


def _words(written: str) -> tuple[str, ...]:
    """The words of a run; a saint's name is one word ("St. Clair")."""
    words = WORDS.findall(written)
    for index in range(len(words) - 2, -1, -1):
        if words[index].rstrip(".").lower() in PLACE_PREFIXES:
            words[index : index + 2] = [f"{words[index]} {words[index + 1]}"]
    return tuple(words)


_INITIALS = 3  # "DS", "FBI" and "JFK" are no shouting


def _one_case(words: tuple[str, ...]) -> tuple[str, ...]:
    """The words up to a change between capitals and normal letters: a heading stands beside a name."""
    shouted = [word.isupper() for word in words if len(word.rstrip(".")) > _INITIALS]
    if len(set(shouted)) < 2:
        return words
    first = shouted[0]
    for index, word in enumerate(words):
        if len(word.rstrip(".")) > _INITIALS and word.isupper() != first:
            return words[:index]
    return words


def _calm(word: str, *, shouted: bool) -> str:
    """ "MARLEY" as "Marley"; initials only stay where others are written normally ("DS Okafor")."""
    least = 3 if shouted else _INITIALS + 1
    if len(word) >= least and word.isupper():
        return "-".join(part.capitalize() for part in word.split("-"))
    return word


def _with_realm(text: str, match: re.Match[str]) -> int:
    """The end of a run, "of Hearts" included after a Queen."""
    if match.group().lower() not in OF_HEADS:
        return match.end()
    of = _OF.match(text, match.end())
    realm = RUN.match(text, of.end()) if of else None
    return realm.end() if realm else match.end()


def opens_sentence(text: str, start: int) -> bool:
    """Whether a capital at `start` is due to its position: sentence, quote, verse line, heading."""
    at = start - 1
    while at >= 0 and text[at] in "_*([":
        at -= 1
    if at < 0 or text[at] in "\"“‘«»„'":
        return True
    newline = False
    while at >= 0 and text[at].isspace():
        newline = newline or text[at] == "\n"
        at -= 1
    if at < 0 or (newline and _verse_or_paragraph(text, start, at + 1)):
        return True
    while at >= 0 and text[at] in "\"”’'»«“)]_*":
        at -= 1
    if at < 0 or text[at] not in ".!?…:":
        return at < 0
    return not (text[at] == "." and _ends_with_title(text, at))


def _verse_or_paragraph(text: str, start: int, end: int) -> bool:
    """Whether the gap `end:start` parts paragraphs, or lines that are short as in verse."""
    gap = text[end:start]
    line = text.rfind("\n", 0, end) + 1
    return gap.count("\n") > 1 or gap.endswith((" ", "\t")) or end - line < 40


def _ends_with_title(text: str, dot: int) -> bool:
    head = text[max(0, dot - 8) : dot].split()
    return bool(head) and head[-1].lower() in DOTTED


def _count(run: Run, census: Census) -> None:
    words = run.words
    # A word after a title has its capital of its own, even where the sentence opens.
    skip = 1 if run.opens else 0
    for word in words[skip:]:
        census.mid[word] += 1
    for pair in zip(words[skip:], words[skip + 1 :], strict=False):
        census.pairs[pair] += 1


@dataclass(frozen=True, slots=True)
class Name:
    """A name taken apart: titles in their common form ("doctor"), and the words that are the name itself."""

    titles: tuple[str, ...]
    core: tuple[str, ...]

    @property
    def first(self) -> str:
        return self.core[0]

    @property
    def last(self) -> str:
        return self.core[-1]


def trimmed(run: Run, census: Census) -> tuple[int, tuple[str, ...]]:
    """The words of a run that can be a name, and how many were cut off in front."""
    words = run.words
    cut = 0
    while cut < len(words) and _is_lead(words, cut, run=run, census=census):
        cut += 1
    return cut, words[cut:]


_IMPERATIVES = ACTS | TOWARD | SURE.keys() | LOOSE.keys()
_ENDEARMENTS = frozenset(
    wordlist(
        """
    Dear Dearest Darling Poor My Our
    """
    )
)


def _is_lead(words: tuple[str, ...], at: int, *, run: Run, census: Census) -> bool:
    """Whether `words[at]` only opens the sentence ("Suddenly Alice")."""
    word = words[at]
    if word in _ENDEARMENTS and len(words) > at + 1:
        return True
    opening = run.opens and at == 0
    if honorific(word) is not None and len(words) > at + 1:
        return False
    if not opening:
        return word in FUNCTION_WORDS and word not in ALSO_NAMES and len(words) == at + 1
    if len(words) > at + 1 and census.pairs[(word, words[at + 1])]:
        return False
    if word.capitalize() in FUNCTION_WORDS:
        return True
    if len(words) == at + 1 or words[at + 1] == "of":
        return False
    if census.lower[word.lower()] > 0 or word.lower() in _IMPERATIVES:
        return True
    # "Whereat Scrooge": a word that only ever opens sentences, before a name that stands well alone.
    known = word in FEMALE or word in MALE
    return not known and not census.mid[word] and census.mid[words[at + 1]] > 2


def parse(words: Iterable[str]) -> Name:
    """Split leading titles from the name: ("Dr.", "Livesey") -> doctor + Livesey."""
    rest = list(words)
    titles: list[str] = []
    if len(rest) == 2 and rest[0] == "M.":
        return Name(titles=("monsieur",), core=(rest[1],))
    while len(rest) > 1:
        title = honorific(rest[0])
        if title is None or rest[1] == "of":
            break
        titles.append(title.title)
        rest.pop(0)
    return Name(titles=tuple(titles), core=tuple(rest))
