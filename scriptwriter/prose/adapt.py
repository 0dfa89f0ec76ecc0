"""A chapter becomes a screenplay by rules: every quote kept, nothing invented.

Dialogue is the words inside the marks; the speech tag is taken out of the narration, which becomes action in
the book's own wording and tense. A heading says only what the words say.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from scriptwriter.formats.elements import Element, Kind
from scriptwriter.prose.types import Attribution, Person, Quote, SceneSpan

UNKNOWN_CUE = "UNKNOWN SPEAKER"
NARRATOR_CUE = "NARRATOR"
SURE = 0.35  # below this a speaker is named in a note, not in the cue
PARENTHETICALS = {
    "whisper": "whispering", "murmur": "murmuring", "mutter": "muttering", "mumble": "mumbling",
    "shout": "shouting", "yell": "shouting", "scream": "screaming", "shriek": "shrieking",
    "bellow": "bellowing", "roar": "roaring", "hiss": "hissing", "sob": "sobbing",
    "weep": "weeping", "laugh": "laughing", "giggle": "giggling", "chuckle": "chuckling",
    "groan": "groaning", "moan": "moaning", "gasp": "gasping", "pant": "panting",
    "stammer": "stammering", "stutter": "stammering", "sigh": "sighing", "sing": "singing",
    "snarl": "snarling", "growl": "growling", "sneer": "sneering", "plead": "pleading",
    "beg": "pleading", "interrupt": "interrupting", "call": "calling",
}  # fmt: skip
_SPACE = re.compile(r"\s+")
_EDGE = re.compile(r"^[\s,;:.\-–—]+|[\s,;:\-–—]+$")
_LEADING_JOINT = re.compile(r"^(?:and|but|then)\s+", re.IGNORECASE)
_HAS_WORD = re.compile(r"\w")
_BREAK_LINE = re.compile(r"^[\s*#•·~_\-–—=+.]+$")


@dataclass(frozen=True, kw_only=True, slots=True)
class Sourced:
    """An element and the span of the chapter it was made from; `codes` are the quotes it holds."""

    element: Element
    start: int
    end: int
    codes: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class AdaptedScene:
    """One scene of the screenplay and its span in the chapter."""

    span: SceneSpan
    heading: str
    elements: tuple[Sourced, ...]
    cast: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Reading:
    """All that rules found in a chapter, as `adapt` needs it."""

    text: str
    quotes: Sequence[Quote]
    attributions: Mapping[str, Attribution]
    scenes: Sequence[SceneSpan]
    people: Mapping[str, Person]


def fold(text: str) -> str:
    """The text on one line: a book's line breaks are its printer's, not its author's."""
    return _SPACE.sub(" ", text).strip()


def heading_of(span: SceneSpan) -> str:
    """INT. PLACE - TIME, as far as the words say; "PLACE NOT STATED" where they do not."""
    side = {True: "INT.", False: "EXT.", None: "INT./EXT."}[span.interior]
    place = fold(span.place).upper() or "PLACE NOT STATED"
    time = fold(span.time).upper()
    return f"{side} {place} - {time}" if time else f"{side} {place}"


def adapt(reading: Reading) -> tuple[AdaptedScene, ...]:
    """The chapter's scenes with heading and elements, in order. Same input, same output."""
    result = []
    for span in reading.scenes:
        elements = tuple(_merge(_elements(reading, span)))
        if not any(_HAS_WORD.search(e.element.text) for e in elements):
            continue
        heading = heading_of(span)
        first = Sourced(
            element=Element(kind=Kind.HEADING, text=heading), start=span.cue_start, end=span.cue_end
        )
        speakers = _speakers(reading, elements)
        result.append(
            AdaptedScene(
                span=span,
                heading=heading,
                elements=(first, *elements),
                cast=tuple(dict.fromkeys((*span.cast, *speakers))),
            )
        )
    return tuple(result)


def _speakers(reading: Reading, elements: Sequence[Sourced]) -> list[str]:
    found = [reading.attributions.get(code) for e in elements for code in e.codes]
    return [a.speaker for a in found if a and a.speaker and a.confidence >= SURE]


@dataclass(frozen=True, kw_only=True, slots=True)
class _Run:
    """A stretch of a scene: narration (no quote), or one spoken quote."""

    start: int
    end: int
    quote: Quote | None = None


def _elements(reading: Reading, span: SceneSpan) -> list[Sourced]:
    """Action and speeches of one scene, before speeches of one turn are joined."""
    made: list[Sourced] = []
    for run in _runs(reading, span):
        if run.quote is None:
            made += _action(reading, run)
        else:
            made += speech(reading, run.quote.code)
    return made


def _runs(reading: Reading, span: SceneSpan) -> list[_Run]:
    runs, at = [], span.start
    for quote in reading.quotes:
        if not quote.is_speech or not span.start <= quote.start < span.end:
            continue
        runs.append(_Run(start=at, end=max(at, quote.outer_start)))
        runs.append(_Run(start=quote.start, end=quote.end, quote=quote))
        at = quote.outer_end
    runs.append(_Run(start=at, end=max(at, span.end)))
    return runs


def _action(reading: Reading, run: _Run) -> list[Sourced]:
    """The narration of a run without its speech tags, a paragraph an element."""
    cuts = sorted(
        (a.tag_start, a.tag_end)
        for a in reading.attributions.values()
        if a.tag_end and run.start <= a.tag_start and a.tag_end <= run.end
    )
    made = []
    for start, end in _paragraph_spans(reading.text, run.start, run.end):
        inner = [(s, e) for s, e in cuts if start <= s and e <= end]
        text = _without(reading.text, start, end, inner)
        if not _HAS_WORD.search(text) or _BREAK_LINE.match(text):
            continue
        element = Element(kind=Kind.ACTION, text=_sentence(text, had_tag=bool(inner)))
        made.append(Sourced(element=element, start=start, end=end))
    return made


def _paragraph_spans(text: str, start: int, end: int) -> list[tuple[int, int]]:
    spans, at = [], start
    for match in re.compile(r"\n\s*\n").finditer(text, start, end):
        spans.append((at, match.start()))
        at = match.end()
    return [*spans, (at, end)]


def _without(text: str, start: int, end: int, cuts: Sequence[tuple[int, int]]) -> str:
    kept, at = [], start
    for cut_start, cut_end in cuts:
        kept.append(text[at:cut_start])
        at = max(at, cut_end)
    kept.append(text[at:end])
    return fold(" ".join(kept))


def _sentence(text: str, *, had_tag: bool) -> str:
    """Narration as a sentence of its own: what the tag left behind is tidied, words are kept."""
    text = _LEADING_JOINT.sub("", _EDGE.sub("", text)) if had_tag else text.lstrip(" ,;:")
    text = text[:1].upper() + text[1:]
    return text if text[-1:] in ".!?…:—”\"’')" else text.rstrip(",;- ") + "."


def speech(reading: Reading, code: str, *, aside: str = "") -> list[Sourced]:
    """Cue, parenthetical and dialogue of one quote; an unsure speaker gets a note with the candidates.

    `aside` replaces the parenthetical that the book's own speech verb would give.
    """
    quote = next(q for q in reading.quotes if q.code == code)
    found = reading.attributions.get(code)
    sure = found is not None and bool(found.speaker) and found.confidence >= SURE
    cue = _cue(reading, found.speaker) if found and sure else UNKNOWN_CUE
    speaking = Element(kind=Kind.CUE, text=cue, speaker=cue)
    made = [_from(quote, speaking, codes=(quote.code,))]
    aside = aside or PARENTHETICALS.get(_lemma(found.verb) if found else "", "")
    if aside:
        made.append(_from(quote, Element(kind=Kind.PARENTHETICAL, text=f"({aside})")))
    dialogue = Element(kind=Kind.DIALOGUE, text=fold(quote.text))
    made.append(_from(quote, dialogue, codes=(quote.code,)))
    if not sure:
        made.append(_from(quote, Element(kind=Kind.NOTE, text=_doubt(reading, found))))
    return made


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
    irregular = {"sang": "sing", "wept": "weep", "begged": "beg"}
    return irregular.get(verb, verb)


def _merge(elements: Sequence[Sourced]) -> list[Sourced]:
    """Join speeches that follow each other from one mouth: a tag between them was all that parted them."""
    merged: list[Sourced] = []
    cue: str | None = None
    for item in elements:
        kind = item.element.kind
        if kind == Kind.CUE and item.element.text == cue and cue != UNKNOWN_CUE:
            continue
        joins = kind == Kind.DIALOGUE and merged and merged[-1].element.kind == Kind.DIALOGUE
        if joins:
            last = merged.pop()
            text = f"{last.element.text} {item.element.text}"
            item = Sourced(
                element=Element(kind=Kind.DIALOGUE, text=text),
                start=last.start,
                end=item.end,
                codes=last.codes + item.codes,
            )
        merged.append(item)
        if kind == Kind.CUE:
            cue = item.element.text
        elif kind in (Kind.ACTION, Kind.NOTE):
            cue = None
    return merged
