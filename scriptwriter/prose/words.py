"""Words and punctuation of narration, with their places in the chapter."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from scriptwriter.prose.nouns import ABBREVIATIONS, SUBJECTS
from scriptwriter.prose.verbs import is_sure

WORD = re.compile(r"[^\W\d_]+(?:[-'’][^\W\d_]+)*|\d+|--+|\.{2,}|[^\w\s]")
STOPS = frozenset((".", "!", "?", "...", "…"))
_REFLEXIVE = re.compile(r"[smt]['’](?=[^\W\d_]{3})")


class Word(NamedTuple):
    """A word or punctuation mark; `low` is its lower-case form."""

    text: str
    low: str
    start: int
    end: int

    @property
    def is_word(self) -> bool:
        return self.text[0].isalpha()

    @property
    def is_capital(self) -> bool:
        return self.text[0].isupper()


def words(text: str, start: int, end: int) -> list[Word]:
    """Cut `text[start:end]`; a French tag ("s'écria-t-il") becomes verb and pronoun."""
    found: list[Word] = []
    for match in WORD.finditer(text, start, end):
        word = Word(match[0], match[0].lower(), match.start(), match.end())
        if "-" in word.low or "'" in word.low or "’" in word.low:
            found.extend(_french(word))
        else:
            found.append(word)
    return found


def _french(word: Word) -> list[Word]:
    reflexive = _REFLEXIVE.match(word.low)
    skip = reflexive.end() if reflexive else 0
    parts = word.low[skip:].split("-")
    if not is_sure(parts[0]) or (len(parts) == 1 and not skip):
        return [word]
    if len(parts) > 1 and parts[-1] not in SUBJECTS:
        return [word]
    verb = Word(parts[0], parts[0], word.start, word.start + skip + len(parts[0]))
    if len(parts) == 1:
        return [verb]
    return [verb, Word(parts[-1], parts[-1], word.end - len(parts[-1]), word.end)]


def sentence_end(line: Sequence[Word], at: int) -> bool:
    """Does the word at this index end a sentence?"""
    word = line[at]
    if word.text not in STOPS:
        return False
    if (
        word.text == "."
        and at
        and (len(line[at - 1].text) == 1 or line[at - 1].low in ABBREVIATIONS)
    ):
        return line[at - 1].low == "i"
    after = line[at + 1] if at + 1 < len(line) else None
    return after is None or not after.text[0].islower()


def first_sentence(line: Sequence[Word]) -> Sequence[Word]:
    """Cut behind the first sentence."""
    for index in range(len(line)):
        if sentence_end(line, index):
            return line[: index + 1]
    return line


def last_sentence(line: Sequence[Word]) -> Sequence[Word]:
    """Cut before the last sentence, which may be unfinished."""
    for index in range(len(line) - 2, -1, -1):
        if sentence_end(line, index):
            return line[index + 1 :]
    return line
