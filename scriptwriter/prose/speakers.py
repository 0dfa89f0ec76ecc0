"""Speakers of quotations, by rules.

Each turn collects evidence: a tag with a name, a tag with a pronoun or role noun, who acts in the narration
beside it, forms of address, who was mentioned lately. The order of turns then decides among
the candidates, so that one sure tag also settles its neighbors.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from scriptwriter.prose.casting import Casting, cast
from scriptwriter.prose.conversation import likeliest, probabilities
from scriptwriter.prose.paragraphs import layout, paragraphs
from scriptwriter.prose.plays import Speech, people_of, speeches_of
from scriptwriter.prose.ranges import within
from scriptwriter.prose.stage import Stage
from scriptwriter.prose.turns import Relation, Script, Turn
from scriptwriter.prose.types import Attribution, Mention, Method, Person, Quote

# A tag with a name can still be read wrongly; an untagged speech is less sure than its odds say.
TRUST = {Method.EXPLICIT: 0.95, Method.ANAPHORIC: 0.9, Method.IMPLICIT: 0.85, Method.NONE: 0.0}
PRINTED = 0.99
LISTED = 4
# Whoever speaks with this probability in a first pass is a candidate all through the conversation.
HEARD = 0.7


def attribute(
    text: str,
    quotes: Sequence[Quote],
    mentions: Sequence[Mention],
    people: Mapping[str, Person],
) -> tuple[Attribution, ...]:
    """Say who speaks each quotation of a chapter, in the order of `quotes`.

    Quotes that are not speech get `Method.NONE` and no speaker. A speaker who is none of the people ("said
    the waiter") is "" with the method of the evidence. Quotes of one turn share speaker and tag;
    `tags` tells what a tag span covers. In a play the name before a speech says it, and is its tag.
    """
    if speeches := speeches_of(text):
        return tuple(_as_printed(quotes, speeches, mentions, people))
    turns = Script(text, quotes, paragraphs(text), layout=layout(text)).turns()
    stage = Stage(text, quotes, mentions, people)
    heard = [
        key if chances[key] >= HEARD and key in people else ""
        for played in _played(turns, cast(stage, turns))
        for key, chances in zip(played.speakers, played.chances, strict=True)
    ]
    known: dict[str, Attribution] = {}
    for played in _played(turns, cast(stage, turns, heard)):
        known.update(_answers(stage, played))
    return tuple(
        known.get(quote.code)
        or Attribution(code=quote.code, speaker="", method=Method.NONE, confidence=0.0)
        for quote in quotes
    )


def _as_printed(
    quotes: Sequence[Quote],
    speeches: Sequence[Speech],
    mentions: Sequence[Mention],
    people: Mapping[str, Person],
) -> Iterator[Attribution]:
    """Who speaks by the names of a play; the addressee is whoever spoke before."""
    first = reversed(list(people.items()))  # whoever is mentioned most bears a shared name
    named = {name.casefold(): key for key, one in first for name in (*one.aliases, one.name)}
    speech_at = {start: speech for speech in speeches for start, _ in speech.spoken}
    before = last = ""
    for quote in quotes:
        speech = speech_at[quote.start]
        alone = len(people_of(speech.name)) == 1
        key = named.get(speech.name.casefold(), "") if alone else ""
        if alone and not key and (there := within(mentions, *speech.label)):
            key = there[0].key
        if key != last:
            before, last = last, key
        yield Attribution(
            code=quote.code,
            speaker=key,
            method=Method.EXPLICIT,
            confidence=PRINTED if key else 0.0,
            tag_start=speech.label[0],
            tag_end=speech.label[1],
            addressee=before,
            candidates=((key, PRINTED),) if key else (),
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class _Played:
    """One conversation with the likeliest speaker of each turn and the chances of all candidates."""

    turns: Sequence[Turn]
    castings: Sequence[Casting]
    speakers: Sequence[str]
    chances: Sequence[Mapping[str, float]]


def _played(turns: Sequence[Turn], castings: Sequence[Casting]) -> Iterator[_Played]:
    starts = [at for at, turn in enumerate(turns) if not at or turn.relation is Relation.FIRST]
    for start, end in pairwise([*starts, len(turns)]):
        scores = [casting.scores or {"~": 0.0} for casting in castings[start:end]]
        relations = [turn.relation for turn in turns[start:end]]
        yield _Played(
            turns=turns[start:end],
            castings=castings[start:end],
            speakers=likeliest(scores, relations),
            chances=probabilities(scores, relations),
        )


def _answers(stage: Stage, played: _Played) -> Iterator[tuple[str, Attribution]]:
    for at, (turn, casting) in enumerate(zip(played.turns, played.castings, strict=True)):
        found = _attribution(
            stage, turn, casting, chances=played.chances[at], speaker=played.speakers[at]
        )
        addressee = _addressee(stage, turn, casting, played.speakers, at)
        if addressee and addressee != found.speaker:
            found = replace(found, addressee=addressee)
        for quote in turn.quotes:
            yield quote.code, replace(found, code=quote.code)


def _attribution(
    stage: Stage, turn: Turn, casting: Casting, *, chances: Mapping[str, float], speaker: str
) -> Attribution:
    trust = TRUST[casting.method]
    ranked = sorted(chances.items(), key=lambda item: (item[0] != speaker, -item[1]))
    people = tuple((key, round(trust * chance, 3)) for key, chance in ranked if key in stage.people)
    known = speaker in stage.people
    return Attribution(
        code="",
        speaker=speaker if known else "",
        method=Method.NONE if speaker == "~" else casting.method,
        confidence=round(trust * chances[speaker], 3) if known else 0.0,
        tag_start=turn.tag.start if turn.tag else 0,
        tag_end=turn.tag.end if turn.tag else 0,
        verb=turn.tag.verb if turn.tag else "",
        candidates=people[:LISTED],
    )


def _addressee(stage: Stage, turn: Turn, casting: Casting, best: Sequence[str], at: int) -> str:
    """Whoever is called or spoken to; else the other one of the two who talk."""
    if casting.called:
        return casting.called
    if turn.tag and turn.tag.to_start:
        for mention in stage.told_in(turn.tag.to_start, turn.tag.to_start + 1):
            return mention.key
    for index in range(at - 1, max(-1, at - 4), -1):
        if best[index] != best[at]:
            return best[index] if best[index][0] != "~" else ""
    for index in range(at + 1, min(len(best), at + 3)):
        if best[index] != best[at]:
            return best[index] if best[index][0] != "~" else ""
    return ""
