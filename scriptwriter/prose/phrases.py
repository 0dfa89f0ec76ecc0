"""Noun phrases of narration: who the subject of a clause is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from scriptwriter.prose.nouns import ADVERBS, DETERMINERS, SUBJECTS, is_role
from scriptwriter.prose.verbs import is_speech
from scriptwriter.prose.wordlist import wordlist
from scriptwriter.prose.words import Word

# A subject with its adjectives, adverbs and auxiliaries seldom needs more words before its verb.
SUBJECT_WORDS = 9


PREPOSITIONS = frozenset(
    wordlist(
        "to at in on with from by of for as who whom which that when while where without "
        "after before through over under into upon behind beside near very and but or nor "
        "so zu mit à avec"
    )
)


_GOVERNING = PREPOSITIONS - frozenset(
    wordlist("and but when while as so before after that where who which or nor without")
)


SPEAKING = frozenset(("voice", "voices", "lips", "tone", "tones"))


_DOTTED = frozenset(
    wordlist("mr mrs ms dr st capt col prof rev lieut lt sgt gen hon messrs mme mlle m")
)


class Kind(StrEnum):
    """What the subject of a tag is."""

    NAME = "name"
    PRONOUN = "pronoun"
    ROLE = "role"


@dataclass(frozen=True, kw_only=True, slots=True)
class Subject:
    """Who acts, as the words `start:end` say; `head` is the lower-case noun or pronoun."""

    start: int
    end: int
    kind: Kind
    head: str


def acting(line: Sequence[Word]) -> Subject | None:
    """Find the subject of a sentence of narration: its first person that no preposition governs."""
    return _first_person(line[_main_clause(line) :]) or _first_person(line)


def _main_clause(line: Sequence[Word]) -> int:
    """Where a sentence that opens with "Turning round, ..." or "When the King left, ..." gets to its subject."""
    if not line or not (line[0].low.endswith("ing") or line[0].low in PREPOSITIONS):
        return 0
    for at in range(1, len(line) - 1):
        if line[at].text == "," and (starts_phrase(line[at + 1]) or is_adverb(line[at + 1])):
            return at + 1
    return 0


def _first_person(line: Sequence[Word]) -> Subject | None:
    for at, word in enumerate(line):
        if not word.is_word or (at and line[at - 1].low in _GOVERNING) or _is_dummy(line, at):
            continue
        if word.low in SUBJECTS:
            return subject_of(line[at : at + 1])
        if (
            word.is_capital
            and (at or word.low not in DETERMINERS)
            and not _opens_sentence(line, at)
        ):
            return subject_of(noun_phrase(line, at))
        if word.low in DETERMINERS and at + 1 < len(line):
            phrase = noun_phrase(line, at)
            if is_role(phrase[-1].low) or any(w.is_capital for w in phrase[1:]):
                return subject_of(phrase)
    return None


def _is_dummy(line: Sequence[Word], at: int) -> bool:
    """The "it" of "it was the White Rabbit"."""
    following = line[at + 1].low if at + 1 < len(line) else ""
    return line[at].low in ("it", "es") and following in ("was", "is", "war", "ist")


def _opens_sentence(line: Sequence[Word], at: int) -> bool:
    """A capital at the start says nothing, unless a verb or another capital follows."""
    if at or len(line) < 2:
        return False
    low = line[0].low
    return low in PREPOSITIONS or low in ADVERBS or low.endswith(("ly", "ing"))


def starts_phrase(word: Word) -> bool:
    return word.is_word and (
        word.is_capital or word.low in SUBJECTS or word.low in DETERMINERS or is_role(word.low)
    )


def noun_phrase(sentence: Sequence[Word], at: int) -> Sequence[Word]:
    """Words from `at` to the end of a simple noun phrase ("the old man", "Mr. Bennet", "he")."""
    end = at
    while end < len(sentence) and end - at < SUBJECT_WORDS:
        word = sentence[end]
        if end == at and word.low in SUBJECTS:
            return sentence[at : at + 1]
        if word.text == "." and end > at and sentence[end - 1].low.rstrip(".") in _DOTTED:
            end += 1
            continue
        possessive = word.text in ("'", "’") and end > at
        if not possessive and not word.is_word:
            break
        if end > at and (word.low in PREPOSITIONS and not joins_names(sentence, end)):
            break
        if end > at and not word.is_capital and _leaves_phrase(sentence, at, end):
            break
        end += 1
        if _is_head(sentence, at, end - 1):
            break
    return sentence[at:end]


def _leaves_phrase(sentence: Sequence[Word], at: int, index: int) -> bool:
    """Is this lower-case word the predicate, or an adverb before it?"""
    word, first = sentence[index], sentence[at]
    if word.low in SUBJECTS or is_speech(word.low, "") or is_adverb(word):
        return True
    bare_name = first.is_capital and first.low not in DETERMINERS and not is_role(first.low)
    owned = any(
        part.text in ("'", "’") or part.low[-2:] in ("'s", "’s") for part in sentence[at:index]
    )
    return bare_name and not owned


def _is_head(sentence: Sequence[Word], at: int, index: int) -> bool:
    """Does "the old man" end here? Not before another noun of that kind, a name or a possessive."""
    if sentence[at].low not in DETERMINERS or not is_role(sentence[index].low):
        return False
    if index + 1 == len(sentence):
        return True
    following = sentence[index + 1]
    return not (is_role(following.low) or following.is_capital or following.text in ("'", "’"))


def without_adverbs(phrase: Sequence[Word]) -> Sequence[Word]:
    end = len(phrase)
    while end > 1 and is_adverb(phrase[end - 1]):
        end -= 1
    return phrase[:end]


def is_adverb(word: Word) -> bool:
    adverb = word.low in ADVERBS or (word.low.endswith("ly") and len(word.low) > 4)
    return adverb and not word.is_capital


def can_act(phrase: Sequence[Word]) -> bool:
    """Can this be somebody who speaks?"""
    first, head = phrase[0], phrase[-1]
    if first.low in SUBJECTS:
        return True
    if any(word.is_capital for word in phrase if word.low not in DETERMINERS):
        return True
    return is_role(head.low) or (first.low in DETERMINERS and len(phrase) > 1) or is_role(first.low)


def subject_of(phrase: Sequence[Word]) -> Subject:
    phrase = _owner_of_voice(phrase)
    first, head = phrase[0], phrase[-1]
    low = "she" if head.low == "her" and len(phrase) == 1 else head.low
    low = "he" if low in ("him", "his") and len(phrase) == 1 else low
    if low in SUBJECTS and len(phrase) == 1:
        kind = Kind.PRONOUN
    elif head.is_capital and head.low not in DETERMINERS:
        kind = Kind.NAME
    else:
        kind = Kind.ROLE
    return Subject(start=first.start, end=head.end, kind=kind, head=low)


def _owner_of_voice(phrase: Sequence[Word]) -> Sequence[Word]:
    """ "his mother's voice" speaks for his mother, "her voice" for her."""
    if len(phrase) < 2 or phrase[-1].low not in SPEAKING:
        return phrase
    for at, word in enumerate(phrase):
        if word.low.endswith(("'s", "’s")):
            bare = word.text[:-2]
            return [*phrase[:at], Word(bare, bare.lower(), word.start, word.end - 2)]
        if word.text in ("'", "’") and at:
            return phrase[:at]
    return phrase[:1] if phrase[0].low in ("his", "her", "my") else phrase


def phrase_before(sentence: Sequence[Word], end: int) -> Sequence[Word]:
    """The noun phrase that ends right before `end`."""
    if not end or not sentence[end - 1].is_word:
        return ()
    if sentence[end - 1].low in SUBJECTS:
        return sentence[end - 1 : end]
    for start in range(max(0, end - 6), end):
        if start and sentence[start - 1].low in _GOVERNING:
            continue
        phrase = noun_phrase(sentence, start)
        whole = start + len(phrase) == end
        if phrase and whole and starts_phrase(phrase[0]) and can_act(phrase):
            return phrase
    return ()


def joins_names(sentence: Sequence[Word], at: int) -> bool:
    both = 0 < at < len(sentence) - 1
    return (
        both
        and sentence[at].low == "and"
        and sentence[at - 1].is_capital
        and sentence[at + 1].is_capital
    )
