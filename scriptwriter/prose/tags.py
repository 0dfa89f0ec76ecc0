"""Speech tags: the words around a quotation that say who speaks and how.

A tag is the clause with the speech verb: subject, verb, adverbs, "in a low voice", "to Jane", and the
punctuation that closes it. A participle or apposition behind a comma ("said Alice, turning round,"),
a second predicate ("said he, and left") and everything before the clause are not part of it:
they are action, and stay in the text when the tag is taken out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from scriptwriter.prose.nouns import DETERMINERS
from scriptwriter.prose.phrases import (
    PREPOSITIONS,
    SPEAKING,
    Subject,
    acting,
    can_act,
    is_adverb,
    joins_names,
    noun_phrase,
    phrase_before,
    starts_phrase,
    subject_of,
    without_adverbs,
)
from scriptwriter.prose.verbs import PARTICLES, is_finite, is_speech, is_sure
from scriptwriter.prose.wordlist import wordlist
from scriptwriter.prose.words import Word, first_sentence, last_sentence

# Words between a speech verb and the quotation it introduces ("said, in a voice that shook a little, ").
COMPLEMENT_WORDS = 16
_PUNCTUATION = frozenset(
    (",", ";", ":", ".", "!", "?", "—", "–", "-", "--", "…", "...", "(", ")", "*")
)
_ENDS_CLAUSE = frozenset((",", ";", ":", ".", "!", "?", "—", "–", "--", "…", "...", "(", ")"))
_ENDS_CORE = frozenset(
    wordlist(
        "and but while when who which whose as until till because though although if und oder indem während et y e"
    )
)
_VOICES = frozenset(
    wordlist("voice voices tone tones whisper accent accents manner way stimme ton voix")
)
_NOT_SAID = frozenset(["nothing", "not", "no", "never", "neither", "naught"])
# What they call "life" is a name; only a comma or colon makes it a cry.
_NAMING = frozenset(("call", "called", "calls", "read", "reads"))
_NOMINATIVES = frozenset(wordlist("he she i they we er ich wir il elle je"))
_OBJECTS = frozenset(wordlist("it this that so these those him her them"))


@dataclass(frozen=True, kw_only=True, slots=True)
class Tag:
    """A speech tag at `start:end`. `subject` is None where the words do not show it.

    `to_start` is the place of the person spoken to ("to Jane"), 0 when there is none.
    """

    start: int
    end: int
    verb: str
    subject: Subject | None
    to_start: int = 0


def after(line: Sequence[Word], *, joined: bool) -> Tag | None:
    """Read the tag at the start of the words behind a quotation.

    `joined` says that the quotation did not end its sentence: it closed with , ! ? or a dash.
    """
    sentence = first_sentence(line)
    begin = 0
    while begin < len(sentence) and sentence[begin].text in _PUNCTUATION:
        begin += 1
    if begin == len(sentence) or (
        begin and sentence[begin - 1].text in (".", "!", "?", "…", "...")
    ):
        return None
    joined = joined or sentence[begin].text[0].islower()
    return _inverted(sentence, begin, joined=joined) or _straight(sentence, begin, joined=joined)


def before(line: Sequence[Word]) -> Tag | None:
    """Read the tag at the end of the words before a quotation ("... and said in a low voice:")."""
    sentence = last_sentence(line)
    if not sentence or sentence[-1].text in (".", "!", "?", ";", "…"):
        return None
    last = len(sentence) - 1
    for at in range(last, max(-1, last - COMPLEMENT_WORDS), -1):
        word = sentence[at]
        following = sentence[at + 1].low if at < last else ""
        if word.text == ";":
            return None
        if not word.is_word or not is_speech(word.low, following) or following in _NOT_SAID:
            continue
        trusted = is_sure(word.low) and word.low not in _NAMING
        if not trusted and not _closes(sentence, bare=word.low not in _NAMING):
            continue
        if is_finite(word.low, sentence[at - 1].low if at else "") or _leads_in(sentence, at):
            return _introducing(sentence, at)
    return None


def _closes(sentence: Sequence[Word], *, bare: bool) -> bool:
    """Does the sentence lead into the quotation by punctuation, or (`bare`) by the verb alone?"""
    if sentence[-1].text in (",", ":", "—", "--", "–"):
        return True
    return bare and is_speech(sentence[-1].low, "")


def _leads_in(sentence: Sequence[Word], at: int) -> bool:
    """ "..., saying:" and "I heard her say," introduce without a predicate."""
    near = len(sentence) - at <= 4
    if sentence[at].low.endswith("ing"):
        return near or (at > 0 and sentence[at - 1].text in (",", ";"))
    return near and _hearer(sentence, at) is not None


def _hearer(sentence: Sequence[Word], at: int) -> int | None:
    """The verb of "Mary heard her say", which makes its object the speaker."""
    for index in range(at - 1, max(-1, at - 6), -1):
        word = sentence[index]
        if not word.is_word or word.low == "and":
            return None
        if word.low in ("heard", "hear", "made", "make", "let", "saw"):
            return index
    return None


def _inverted(sentence: Sequence[Word], begin: int, *, joined: bool) -> Tag | None:
    verb = sentence[begin]
    following = sentence[begin + 1].low if begin + 1 < len(sentence) else ""
    if not is_speech(verb.low, following) or (not joined and not is_sure(verb.low)):
        return None
    if not is_finite(verb.low, following if following in ("i", "you", "we", "they") else ""):
        return None
    at = begin + 1
    name = verb.low
    if following in PARTICLES.get(verb.low, ()):
        at, name = at + 1, f"{name} {following}"
    while at < len(sentence) and is_adverb(sentence[at]):
        at += 1
    phrase = noun_phrase(sentence, at)
    if not phrase or not can_act(phrase):
        return None
    core = at + len(phrase)
    if phrase[-1].low in SPEAKING and core < len(sentence) - 1 and sentence[core].low == "of":
        phrase = noun_phrase(sentence, core + 1)
        core += 1 + len(phrase)
    return _tag(sentence, begin, core, verb=name, subject=subject_of(phrase)) if phrase else None


def _straight(sentence: Sequence[Word], begin: int, *, joined: bool) -> Tag | None:
    if not starts_phrase(sentence[begin]):
        return None
    phrase = without_adverbs(noun_phrase(sentence, begin))
    at = _predicate(sentence, begin + len(phrase)) if phrase else None
    if at is None or not can_act(phrase):
        return None
    word, following = sentence[at], sentence[at + 1].low if at + 1 < len(sentence) else ""
    if following in _NOT_SAID or not (joined or (is_sure(word.low) and _alone(sentence, at))):
        return None
    if not is_finite(word.low, sentence[at - 1].low):
        hearer = _hearer(sentence, at)
        phrase = sentence[hearer + 1 : at] if hearer is not None else ()
        if not phrase:
            return None
    name, core = word.low, at + 1
    if following in PARTICLES.get(word.low, ()):
        name, core = f"{name} {following}", core + 1
    return _tag(sentence, begin, core, verb=name, subject=subject_of(phrase))


def _predicate(sentence: Sequence[Word], begin: int) -> int | None:
    """The speech verb of a subject that ends at `begin`: next to it, or behind a phrase between commas."""
    at = begin
    if at < len(sentence) and sentence[at].text == ",":
        closing = [i for i in range(at + 1, min(len(sentence), at + 12)) if sentence[i].text == ","]
        if not closing:
            return None
        at = closing[0] + 1
    heard = at < len(sentence) and sentence[at].low in ("heard", "hear")
    for index in range(at, min(len(sentence), at + (6 if heard else 4))):
        following = sentence[index + 1].low if index + 1 < len(sentence) else ""
        if is_speech(sentence[index].low, following):
            negated = sentence[index - 1].low in ("not", "never", "t")
            return None if negated else index
        if not (heard or is_adverb(sentence[index]) or _is_auxiliary(sentence[index])):
            return None
    return None


def _is_auxiliary(word: Word) -> bool:
    return word.low in (
        "kept",
        "began",
        "be",
        "been",
        "is",
        "are",
        "am",
        "to",
        "will",
        "can",
        "does",
    )


def _alone(sentence: Sequence[Word], at: int) -> bool:
    """After a full stop only a bare "He said." is a tag; "He said it again and left." is action."""
    following = sentence[at + 1].low if at + 1 < len(sentence) else ""
    return len(sentence) <= 10 and following not in _OBJECTS


def _introducing(sentence: Sequence[Word], at: int) -> Tag:
    """The tag whose verb stands at `at` and which runs to the end of the sentence."""
    following = sentence[at + 1].low if at + 1 < len(sentence) else ""
    verb = sentence[at].low
    if following in PARTICLES.get(verb, ()):
        verb = f"{verb} {following}"
    start = at
    while start and is_adverb(sentence[start - 1]):
        start -= 1
    phrase = _inverted_subject(sentence, at)
    hearer = _hearer(sentence, at)
    if not phrase and hearer is not None:
        own = phrase_before(sentence, hearer)
        phrase, start = sentence[hearer + 1 : at], _index(sentence, own[0]) if own else hearer
    if not phrase:
        own = phrase_before(sentence, start)
        if own:
            phrase, start = own, _index(sentence, own[0])
        elif start and sentence[start - 1].low in ("and", "but", "then"):
            start -= 1
    subject = subject_of(phrase) if phrase else _distant_subject(sentence, start)
    return Tag(
        start=sentence[start].start,
        end=sentence[-1].end,
        verb=verb,
        subject=subject,
        to_start=_spoken_to(sentence, at + 1, len(sentence)),
    )


def _inverted_subject(sentence: Sequence[Word], at: int) -> Sequence[Word]:
    """The subject behind the verb at `at`: "Said she:", "then said Alice", "Aufatmend sagte er sich:"."""
    phrase = noun_phrase(sentence, at + 1)
    if not phrase or not can_act(phrase) or not _is_nominative(phrase):
        return ()
    if phrase[0].low in _NOMINATIVES and len(phrase) == 1:
        return phrase
    before_it = sentence[at - 1] if at else None
    leading = before_it is None or before_it.text in _PUNCTUATION
    return phrase if leading or (before_it and before_it.low in ("then", "so", "thus")) else ()


def _distant_subject(sentence: Sequence[Word], end: int) -> Subject | None:
    """Who acts in a sentence whose predicate stands at `end`: "Mr. Darcy, drawing near Elizabeth, said"."""
    if end and sentence[end - 1].text == ",":
        for at in range(end - 2, 0, -1):
            if sentence[at].text == "," and (phrase := phrase_before(sentence, at)):
                return subject_of(phrase)
    for at in range(end - 1, 0, -1):
        if sentence[at].text in (";", ":"):
            return acting(sentence[at + 1 : end]) or acting(sentence[:end])
    return acting(sentence[:end] or sentence)


def _index(sentence: Sequence[Word], word: Word) -> int:
    return next(at for at, other in enumerate(sentence) if other.start == word.start)


def _is_nominative(phrase: Sequence[Word]) -> bool:
    return phrase[0].low not in ("her", "him", "them", "me", "us", "you") or len(phrase) > 1


def _tag(sentence: Sequence[Word], begin: int, core: int, *, verb: str, subject: Subject) -> Tag:
    end = core
    while end < len(sentence):
        word = sentence[end]
        if word.text in _ENDS_CLAUSE and not _is_between_adjectives(sentence, end):
            break
        if word.low in _ENDS_CORE and not joins_names(sentence, end):
            break
        if _is_participle(sentence, end):
            break
        end += 1
    stop = sentence[end - 1].end
    if end < len(sentence) and sentence[end].text in (
        ",",
        ";",
        ":",
        ".",
        "—",
        "–",
        "--",
        "…",
        "...",
    ):
        stop = sentence[end].end
    return Tag(
        start=sentence[begin].start,
        end=stop,
        verb=verb,
        subject=subject,
        to_start=_spoken_to(sentence, core, end),
    )


def _is_participle(sentence: Sequence[Word], at: int) -> bool:
    """ "said Alice turning round", but not "in an encouraging tone"."""
    low = sentence[at].low
    if not low.endswith("ing") or low in ("nothing", "morning", "evening", "something", "anything"):
        return False
    return sentence[at - 1].low not in DETERMINERS | PREPOSITIONS | {
        "most",
        "very",
        "so",
        "rather",
    }


def _is_between_adjectives(sentence: Sequence[Word], at: int) -> bool:
    """The comma of "in a hoarse, feeble voice"."""
    if sentence[at].text != "," or sentence[at - 1].low in _VOICES:
        return False
    opened = any(word.low in ("in", "with") for word in sentence[max(0, at - 4) : at])
    near = sentence[at + 1 : at + 4]
    return (
        opened
        and any(word.low in _VOICES for word in near)
        and not any(w.low in _ENDS_CORE for w in near[:1])
    )


def _spoken_to(sentence: Sequence[Word], start: int, end: int) -> int:
    for at in range(start, min(end, len(sentence) - 1)):
        if sentence[at].low in ("to", "zu", "à") and sentence[at + 1].is_word:
            return sentence[at + 1].start
    return 0
