"""Speakers of quotations, by rules.

Each turn collects evidence: a tag with a name, a tag with a pronoun or role noun, who acts in the narration
beside it, forms of address, who was mentioned lately. The order of turns then decides among
the candidates, so that one sure tag also settles its neighbors.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from scriptwriter.prose.casting import Casting, cast
from scriptwriter.prose.conversation import likeliest, probabilities
from scriptwriter.prose.paragraphs import layout, paragraphs
from scriptwriter.prose.stage import Stage
from scriptwriter.prose.turns import Relation, Script, Turn
from scriptwriter.prose.types import Attribution, Mention, Method, Person, Quote

# A tag with a name can still be read wrongly; an untagged speech is less sure than its odds say.
TRUST = {Method.EXPLICIT: 0.95, Method.ANAPHORIC: 0.9, Method.IMPLICIT: 0.85, Method.NONE: 0.0}
LISTED = 4


def attribute(
    text: str,
    quotes: Sequence[Quote],
    mentions: Sequence[Mention],
    people: Mapping[str, Person],
) -> tuple[Attribution, ...]:
    """Say who speaks each quotation of a chapter, in the order of `quotes`.

    Quotes that are not speech get `Method.NONE` and no speaker. A speaker who is none of the people ("said
    the waiter") is "" with the method of the evidence. Quotes of one turn share speaker and tag;
    `tags` tells what a tag span covers.
    """
    turns = Script(text, quotes, paragraphs(text), layout=layout(text)).turns()
    stage = Stage(text, quotes, mentions, people)
    known: dict[str, Attribution] = {}
    for conversation in _conversations(turns, cast(stage, turns)):
        known.update(_answers(stage, conversation))
    return tuple(
        known.get(quote.code)
        or Attribution(code=quote.code, speaker="", method=Method.NONE, confidence=0.0)
        for quote in quotes
    )


def _conversations(
    turns: Sequence[Turn], castings: Sequence[Casting]
) -> Iterator[list[tuple[Turn, Casting]]]:
    part: list[tuple[Turn, Casting]] = []
    for turn, casting in zip(turns, castings, strict=True):
        if part and turn.relation is Relation.FIRST:
            yield part
            part = []
        part.append((turn, casting))
    if part:
        yield part


def _answers(
    stage: Stage, conversation: Sequence[tuple[Turn, Casting]]
) -> Iterator[tuple[str, Attribution]]:
    relations = [turn.relation for turn, _ in conversation]
    scores = [casting.scores or {"~": 0.0} for _, casting in conversation]
    chances = probabilities(scores, relations)
    best = likeliest(scores, relations)
    for at, (turn, casting) in enumerate(conversation):
        found = _attribution(stage, turn, casting, chances=chances[at], speaker=best[at])
        addressee = _addressee(stage, turn, casting, best, at)
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
