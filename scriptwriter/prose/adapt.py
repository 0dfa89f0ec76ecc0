"""A chapter becomes a screenplay by rules: every quote kept, nothing invented.

Dialogue is the words inside the marks; the speech tag is taken out of the narration, which becomes action in
the book's own wording and tense. A heading says only what the words say.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from scriptwriter.formats.elements import Element, Kind
from scriptwriter.formats.tighten import blocks_of
from scriptwriter.prose.leftovers import (
    belongs_to,
    is_dangling,
    is_empty,
    leading_to,
    left_by,
    subject_of,
)
from scriptwriter.prose.plays import speeches_of
from scriptwriter.prose.playscript import elements_of_play
from scriptwriter.prose.slugline import heading_of
from scriptwriter.prose.speeches import (
    PARENTHETICALS,
    SURE,
    UNKNOWN_CUE,
    Reading,
    Said,
    Sourced,
    cue_of,
    manners,
    speech,
    speech_of,
)
from scriptwriter.prose.spoken import fold, goes_on
from scriptwriter.prose.tags import after, before
from scriptwriter.prose.types import Attribution, Quote, SceneSpan
from scriptwriter.prose.words import words

__all__ = [
    "PARENTHETICALS",
    "SURE",
    "UNKNOWN_CUE",
    "AdaptedScene",
    "Reading",
    "Sourced",
    "adapt",
    "fold",
    "heading_of",
    "speech",
]

_HAS_WORD = re.compile(r"\w")
_BREAK_LINE = re.compile(r"^[\s*#•·~_\-–—=+.]+$")
_PARAGRAPH_END = re.compile(r"\n\s*\n")
_LEAD_IN = re.compile(r"(?:and|but|then)\s", re.IGNORECASE)
_ENDS = ".!?:…—”\"’')"
_CLOSES = tuple(".,;:—–-")
_PRONOUNS = frozenset(("he", "she", "it", "they", "i", "we"))


@dataclass(frozen=True, kw_only=True, slots=True)
class AdaptedScene:
    """One scene of the screenplay and its span in the chapter."""

    span: SceneSpan
    heading: str
    elements: tuple[Sourced, ...]
    cast: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class _Gap:
    """Narration `start:end` between two speeches of a scene, either of which may be missing."""

    start: int
    end: int
    before: Quote | None
    behind: Quote | None


@dataclass(frozen=True, kw_only=True, slots=True)
class _Told:
    """What a gap gives: manners of the speech before it, and action."""

    asides: tuple[str, ...]
    actions: tuple[Sourced, ...]


def adapt(reading: Reading) -> tuple[AdaptedScene, ...]:
    """The chapter's scenes with heading and elements, in order. Same input, same output."""
    result = []
    speeches = speeches_of(reading.text)
    for span in reading.scenes:
        if speeches:
            elements = tuple(elements_of_play(reading, span, speeches))
        else:
            elements = tuple(_elements(reading, span))
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


def _elements(reading: Reading, span: SceneSpan) -> list[Sourced]:
    """Action and speeches of one scene. Action that interrupts a sentence follows the speech."""
    made: list[Sourced] = []
    parts: list[Said] = []
    late: list[Sourced] = []
    for gap in _gaps(reading, span):
        told = _told(reading, gap)
        between = reading.text[gap.start : gap.end]
        same = gap.before and gap.behind and _one_mouth(reading, gap.before, gap.behind)
        unbroken = same and gap.before and gap.behind and _unbroken(gap, between)
        inner = told.asides if unbroken else ()
        if parts and told.asides and not unbroken:
            parts[0] = replace(parts[0], asides=(*parts[0].asides, *told.asides))
        if parts and not unbroken and (not same or told.actions):
            made += [*speech_of(reading, parts), *late]
            parts, late = [], []
        (late if unbroken else made).extend(told.actions)
        if gap.behind is not None:
            asides = (*manners(reading, gap.behind), *inner)
            parts.append(Said(quote=gap.behind, between=between if parts else "", asides=asides))
    return made


def _unbroken(gap: _Gap, between: str) -> bool:
    if not gap.before or not gap.behind or gap.before.turn != gap.behind.turn:
        return False
    return goes_on(gap.before.text, gap.behind.text, between=between)


def _one_mouth(reading: Reading, first: Quote, second: Quote) -> bool:
    if first.turn == second.turn:
        return True
    cue = cue_of(reading, first)
    return cue == cue_of(reading, second) and cue != UNKNOWN_CUE


def _gaps(reading: Reading, span: SceneSpan) -> Iterator[_Gap]:
    """The narration around the scene's speeches; the last gap has no speech behind it."""
    spoken = [quote for quote in reading.quotes if quote.is_speech]
    at = max([span.start, *(q.outer_end for q in spoken if q.start < span.start)])
    before = None
    for quote in spoken:
        if not span.start <= quote.start < span.end:
            continue
        yield _Gap(start=at, end=max(at, quote.outer_start), before=before, behind=quote)
        at, before = max(at, quote.outer_end), quote
    yield _Gap(start=at, end=max(at, span.end), before=before, behind=None)


def _told(reading: Reading, gap: _Gap) -> _Told:
    """The narration of a gap without its speech tags."""
    cuts = _cuts(reading, gap)
    asides: list[str] = []
    actions: list[Sourced] = []
    for start, end in _paragraph_spans(reading.text, gap.start, gap.end):
        inner = [a for a in cuts if start <= a.tag_start and a.tag_end <= end]
        follows = start == gap.start and gap.before is not None
        manner, text = _without(reading, (start, end), inner, follows=follows)
        asides += manner
        if not _HAS_WORD.search(text) or _BREAK_LINE.match(text):
            continue
        actions += [
            Sourced(element=Element(kind=Kind.ACTION, text=block), start=start, end=end)
            for block in blocks_of(_sentence(text))
        ]
    return _Told(asides=tuple(asides), actions=tuple(actions))


def _cuts(reading: Reading, gap: _Gap) -> list[Attribution]:
    """The tags that lie in a gap, in order, each once."""
    found = {
        a.tag_start: a
        for a in reading.attributions.values()
        if a.tag_end and gap.start <= a.tag_start and a.tag_end <= gap.end
    }
    if gap.before is not None and not any(s < gap.end for s in found):
        extra = _second_tag(reading, gap, gap.before)
        if extra is not None:
            found[extra.tag_start] = extra
    if gap.behind is not None and not any(a.tag_end > gap.end - 3 for a in found.values()):
        extra = _lead_in(reading, gap, gap.behind)
        if extra is not None and not any(a.tag_end > extra.tag_start for a in found.values()):
            found[extra.tag_start] = extra
    return [found[start] for start in sorted(found)]


def _second_tag(reading: Reading, gap: _Gap, quote: Quote) -> Attribution | None:
    """ "he continued" behind the second part of a speech: a tag of its speaker, by a pronoun only."""
    end = next((e for _, e in _paragraph_spans(reading.text, gap.start, gap.end)), gap.end)
    found = reading.attributions.get(quote.code)
    tag = after(words(reading.text, gap.start, end), joined=not quote.text.endswith("."))
    if tag is None or found is None or tag.subject is None or tag.subject.head not in _PRONOUNS:
        return None
    if reading.text[tag.end - 1 : tag.end] not in _CLOSES:
        return None
    return replace(found, tag_start=tag.start, tag_end=tag.end, verb=tag.verb)


def _lead_in(reading: Reading, gap: _Gap, quote: Quote) -> Attribution | None:
    """ "... thought about it, and then said:" of a speech whose tag stands elsewhere."""
    start = _paragraph_spans(reading.text, gap.start, gap.end)[-1][0]
    found = reading.attributions.get(quote.code)
    tag = before(words(reading.text, start, gap.end))
    if tag is None or found is None:
        return None
    if not _LEAD_IN.match(reading.text, tag.start, tag.end):
        return None
    return replace(found, tag_start=tag.start, tag_end=tag.end, verb=tag.verb)


def _paragraph_spans(text: str, start: int, end: int) -> list[tuple[int, int]]:
    spans, at = [], start
    for match in _PARAGRAPH_END.finditer(text, start, end):
        spans.append((at, match.start()))
        at = match.end()
    return [*spans, (at, end)]


def _without(
    reading: Reading, span: tuple[int, int], cuts: Sequence[Attribution], *, follows: bool
) -> tuple[list[str], str]:
    """Manners and narration of one paragraph; `follows` says that a speech stands before it."""
    asides, told = [], []
    at, subject, last = span[0], "", ""
    for index, cut in enumerate([*cuts, None]):
        piece = reading.text[at : cut.tag_start if cut else span[1]]
        tag = reading.text[cut.tag_start : cut.tag_end] if cut else ""
        piece = leading_to(piece, tag) if cut else fold(piece)
        if index and belongs_to(piece, last, subject):
            piece = f"{last} {piece}"
        elif index or follows:
            left = left_by(piece, subject)
            asides += [left.aside] if left.aside else []
            piece = left.action
        told.append(fold(piece))
        if cut:
            at, subject, last = max(at, cut.tag_end), subject_of(tag, cut.verb), tag
    kept = [_sentence(piece) for piece in told if _HAS_WORD.search(piece) and not is_empty(piece)]
    return asides, " ".join(kept)


def _sentence(text: str) -> str:
    """Narration as a sentence of its own: words are kept; a colon where the speech is its last part."""
    text = text.lstrip(" ,;:")
    text = text[:1].upper() + text[1:]
    if text[-1:] in _ENDS and text[-1:] != ":":
        return text
    text = text.rstrip(",;:-– ")
    return f"{text}:" if is_dangling(text) else f"{text}."
