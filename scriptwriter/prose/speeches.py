"""Speeches of a script: cue, parentheticals and the book's own words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from scriptwriter.formats.elements import Element, Kind
from scriptwriter.prose.leftovers import subject_of
from scriptwriter.prose.slugline import place_name
from scriptwriter.prose.spoken import fold, joined, spoken
from scriptwriter.prose.types import Attribution, Person, Quote, SceneSpan

UNKNOWN_CUE = "UNKNOWN SPEAKER"
NARRATOR_CUE = "NARRATOR"
SURE = 0.35  # below this a speaker is named in a note, not in the cue
LONGEST_CUE = 38  # characters, the width of a cue on the page
PARENTHETICALS = {
    "whisper": "whispering", "murmur": "murmuring", "mutter": "muttering", "mumble": "mumbling",
    "shout": "shouting", "yell": "shouting", "scream": "screaming", "shriek": "shrieking",
    "bellow": "bellowing", "roar": "roaring", "hiss": "hissing", "sob": "sobbing",
    "weep": "weeping", "laugh": "laughing", "giggle": "giggling", "chuckle": "chuckling",
    "groan": "groaning", "moan": "moaning", "gasp": "gasping", "pant": "panting",
    "stammer": "stammering", "stutter": "stammering", "sigh": "sighing", "sing": "singing",
    "snarl": "snarling", "growl": "growling", "sneer": "sneering", "plead": "pleading",
    "beg": "pleading", "interrupt": "interrupting", "call": "calling", "think": "thinking",
}  # fmt: skip
_PRONOUNS = frozenset(
    ["he", "she", "it", "they", "we", "i", "you", "one", "somebody", "someone", "everybody", "who"]
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Reading:
    """All that rules found in a chapter, as `adapt` needs it."""

    text: str
    quotes: Sequence[Quote]
    attributions: Mapping[str, Attribution]
    scenes: Sequence[SceneSpan]
    people: Mapping[str, Person]


@dataclass(frozen=True, kw_only=True, slots=True)
class Sourced:
    """An element and the span of the chapter it was made from; `codes` are the quotes it holds."""

    element: Element
    start: int
    end: int
    codes: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Said:
    """One quote in a speech; `between` is the narration since the quote before, `asides` manners of this one."""

    quote: Quote
    between: str = ""
    asides: tuple[str, ...] = ()


def speech(reading: Reading, code: str, *, aside: str = "") -> list[Sourced]:
    """Cue, parenthetical and dialogue of one quote; an unsure speaker gets a note with the candidates.

    `aside` replaces the parenthetical that the book's own speech verb would give.
    """
    quote = next(q for q in reading.quotes if q.code == code)
    asides = (aside,) if aside else manners(reading, quote)
    return speech_of(reading, [Said(quote=quote, asides=asides)])


def manners(reading: Reading, quote: Quote) -> tuple[str, ...]:
    """What the speech verb says of the voice, from a closed table."""
    found = reading.attributions.get(quote.code)
    manner = PARENTHETICALS.get(_lemma(found.verb), "") if found else ""
    return (manner,) if manner else ()


def cue_of(reading: Reading, quote: Quote) -> str:
    """The name over a speech: the person's, else what the tag calls the speaker."""
    found = reading.attributions.get(quote.code)
    if found is None:
        return UNKNOWN_CUE
    if found.speaker and found.confidence >= SURE:
        return _cue(reading, found.speaker)
    return _called(reading, found) or UNKNOWN_CUE


def _called(reading: Reading, found: Attribution) -> str:
    """ "said the waiter" of somebody without a name: WAITER."""
    if found.speaker or not found.tag_end:
        return ""
    if not found.verb:  # the name before a speech of a play
        cue = place_name(reading.text[found.tag_start : found.tag_end])
        return cue if len(cue) <= LONGEST_CUE else ""
    subject = subject_of(reading.text[found.tag_start : found.tag_end], found.verb)
    if not subject or subject.split()[0].lower() in _PRONOUNS:
        return ""
    cue = place_name(subject)
    return cue if len(cue) <= LONGEST_CUE else ""


def speech_of(reading: Reading, parts: Sequence[Said]) -> list[Sourced]:
    """The elements of one speech that is made of one or more quotes of one speaker."""
    first = parts[0].quote
    cue = cue_of(reading, first)
    made = [_from(first, Element(kind=Kind.CUE, text=cue, speaker=cue), codes=(first.code,))]
    said: set[str] = set()
    for part in parts:
        fresh = [aside for aside in dict.fromkeys(part.asides) if aside not in said]
        said.update(fresh)
        if fresh:
            element = Element(kind=Kind.PARENTHETICAL, text=f"({'; '.join(fresh)})")
            made.append(_from(part.quote, element))
        _add_words(made, part)
    made[-1] = _closed(made[-1])
    if cue == UNKNOWN_CUE:
        doubt = _doubt(reading, reading.attributions.get(first.code))
        made.append(_from(first, Element(kind=Kind.NOTE, text=doubt)))
    return made


def _add_words(made: list[Sourced], part: Said) -> None:
    last = made[-1]
    if last.element.kind == Kind.DIALOGUE:
        text = joined(last.element.text, part.quote.text)
        made[-1] = replace(
            last,
            element=Element(kind=Kind.DIALOGUE, text=text),
            end=part.quote.outer_end,
            codes=(*last.codes, part.quote.code),
        )
        return
    text = spoken(part.quote.text)
    made.append(_from(part.quote, Element(kind=Kind.DIALOGUE, text=text), codes=(part.quote.code,)))


def _closed(item: Sourced) -> Sourced:
    return replace(item, element=replace(item.element, text=spoken(item.element.text)))


def _from(quote: Quote, element: Element, *, codes: tuple[str, ...] = ()) -> Sourced:
    return Sourced(element=element, start=quote.outer_start, end=quote.outer_end, codes=codes)


def _cue(reading: Reading, key: str) -> str:
    person = reading.people.get(key)
    if person is None:
        return UNKNOWN_CUE
    if person.is_narrator and person.name.lower() in {"", "i", "narrator"}:
        return NARRATOR_CUE
    return fold(person.name).upper()


def _doubt(reading: Reading, found: Attribution | None) -> str:
    named = [
        f"{reading.people[key].name} ({confidence:.0%})"
        for key, confidence in (found.candidates if found else ())[:3]
        if key in reading.people
    ]
    return f"Speaker not certain: {', '.join(named)}." if named else "Speaker not stated."


def _lemma(verb: str) -> str:
    """The table's form of a past or -ing speech verb, by its endings."""
    verb = verb.lower()
    for form in (verb, verb.removesuffix("ed"), verb.removesuffix("d"), verb.removesuffix("ing")):
        for candidate in (form, f"{form}e", form[:-1]):
            if candidate in PARENTHETICALS:
                return candidate
    irregular = {"sang": "sing", "wept": "weep", "begged": "beg", "thought": "think"}
    return irregular.get(verb, verb)
