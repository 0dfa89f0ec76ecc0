"""A play becomes a screenplay: its names are the cues, its directions parentheticals and action."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import replace

from scriptwriter.formats.elements import Element, Kind
from scriptwriter.formats.tighten import blocks_of
from scriptwriter.prose.plays import Speech, scene_heading
from scriptwriter.prose.ranges import within
from scriptwriter.prose.speeches import Reading, Said, Sourced, speech_of
from scriptwriter.prose.spoken import VERSE_WIDTH, fold
from scriptwriter.prose.types import Quote, SceneSpan

# A parenthetical is a few words under the cue; more is action.
LONGEST_ASIDE = 60
_MARKS = " \t\n[]()_*"
_PARAGRAPH_END = re.compile(r"\n\s*\n")
_HAS_WORD = re.compile(r"[^\W_]")
_COMING = re.compile(
    r"(?:re-?)?(?:enter|exit|exeunt|go(?:es)? out|comes? in|leaves?)\b", re.IGNORECASE
)
_ENDS = ".!?…:—”\"’')"


def elements_of_play(
    reading: Reading, span: SceneSpan, speeches: Sequence[Speech]
) -> Iterator[Sourced]:
    """Speeches and action of one scene, in order. What stands between brackets is printed without them."""
    quotes = {quote.start: quote for quote in within(reading.quotes, span.start, span.end)}
    names = {part for person in reading.people.values() for part in person.name.split()}
    at = span.start
    for speech in within(speeches, span.start, span.end):
        yield from _actions(reading.text, at, speech.start)
        yield from _speech(reading, speech, quotes, names)
        at = speech.end
    yield from _actions(reading.text, at, span.end)


def _speech(
    reading: Reading, speech: Speech, quotes: Mapping[int, Quote], names: Set[str]
) -> Iterator[Sourced]:
    """Cue, words and asides; a direction that is long, brings somebody in or ends the speech is action."""
    parts: list[Said] = []
    asides: tuple[str, ...] = ()
    last = max((start for start, _ in speech.spoken), default=-1)
    for start, end in sorted((*speech.spoken, *speech.directions)):
        if quote := quotes.get(start):
            parts.append(Said(quote=quote, asides=asides))
            asides = ()
        elif start < last and (aside := _aside(reading.text[start:end], names)):
            asides = (*asides, aside)
        else:
            yield from _said(reading, parts)
            parts = []
            yield from _direction(reading.text, (start, end), speech)
    yield from _said(reading, parts)


def _said(reading: Reading, parts: Sequence[Said]) -> Iterator[Sourced]:
    """The parts as one speech. Two wrapped lines are no verse where the name before them filled the first."""
    if not parts:
        return
    start = reading.text.rfind("\n", 0, parts[0].quote.start) + 1
    lines = reading.text[start : parts[-1].quote.end].splitlines()
    wrapped = max(map(len, lines)) > VERSE_WIDTH
    for made in speech_of(reading, parts):
        words = made.element.text
        one_line = replace(made.element, text=fold(words)) if wrapped else made.element
        yield replace(made, element=one_line)


def _aside(direction: str, names: Set[str]) -> str:
    """The direction as a parenthetical, "" where it is none: somebody else's action begins with a name."""
    words = _bare(direction).rstrip(".,:; ")
    if len(words) > LONGEST_ASIDE or _COMING.match(words) or "." in words:
        return ""
    first = words.split(" ", 1)[0]
    if first in names:
        return ""
    return words if first.isupper() else words[:1].lower() + words[1:]


def _direction(text: str, span: tuple[int, int], speech: Speech) -> Iterator[Sourced]:
    """A direction as action; one that is all of a "speech" says whose."""
    words = _bare(text[slice(*span)])
    if not speech.spoken and words and not _COMING.match(words):
        words = f"{speech.name} {words[:1].lower()}{words[1:]}"
    yield from _action(words, span)


def _actions(text: str, start: int, end: int) -> Iterator[Sourced]:
    """The paragraphs between two speeches, without the headings of scenes."""
    at = start
    for stop in (*(match.start() for match in _PARAGRAPH_END.finditer(text, start, end)), end):
        begin = at
        while begin < stop and text[begin].isspace():
            begin += 1
        while behind := scene_heading(text, begin, stop):
            begin = behind
        yield from _action(_bare(text[begin:stop]), (begin, stop))
        at = stop


def _action(words: str, span: tuple[int, int]) -> Iterator[Sourced]:
    if not _HAS_WORD.search(words):
        return
    words = words[:1].upper() + words[1:]
    words = words if words[-1] in _ENDS else f"{words.rstrip(',;–- ')}."
    for block in blocks_of(words):
        yield Sourced(element=Element(kind=Kind.ACTION, text=block), start=span[0], end=span[1])


def _bare(text: str) -> str:
    """Words without the brackets and marks of italics around them."""
    return fold(fold(text).strip(_MARKS).replace("_", ""))
