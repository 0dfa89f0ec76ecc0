"""What a speech tells of its speaker: names, forms of address, "I am ...".

Scores are log odds, as in `casting`.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence

from scriptwriter.prose.nouns import ADDRESSES
from scriptwriter.prose.stage import Stage
from scriptwriter.prose.turns import Relation, Turn
from scriptwriter.prose.types import Gender, Mention, Quote

ADDRESS_DIFFERS = -1.8
NAMES_ITSELF = 4.0
OUT_OF_SIGHT = -2.0
CALLED_BY_NAME = -6.0
SPOKEN_OF = -2.0
CALLED_BEFORE = 1.6
CALLED_AFTER = 1.0

# The words beside a name that make it a form of address.
BEFORE_CALL = re.compile(
    r"(?:^|[,;:.!?—–\"“‘'(-]|\b(?:o|oh|ah|well|yes|no|dear|dearest|my|poor|now|come|and|good|old|you|thank you|eh))"
    r"[\s_*]*$",
    re.IGNORECASE,
)
AFTER_CALL = re.compile(r"(?!\s?['’]s?\b)[\s_*]*(?:[,;:.!?—–\"”’')-]|$)", re.IGNORECASE)
ADDRESS = re.compile(
    r"(?:^|[,;.!?—]|\b(?:my|dear|old|yes|no|good|oh|please|you))\s*\b("
    + "|".join(ADDRESSES)
    + r")\b\s*(?=[,;.!?—]|$)",
    re.IGNORECASE,
)
I_AM = re.compile(r"\b(?:I am|I'm|I’m|my name is|name's|call me)\s*$", re.IGNORECASE)


# Marks of a quotation inside the speech: one that opens follows a space, one that closes follows a stop.
OPENED_BY = " \n(—-"
NESTED = re.compile(r"(?<=[\s(—\"“‘'-])[\"“‘'](?=\w)|(?<=[.,!?…—])[\"”’']")


def weigh_speech(stage: Stage, turn: Turn, scores: dict[str, float]) -> None:
    """People seldom speak of themselves by name, and never call themselves."""
    weights: dict[str, float] = {}
    for quote, mention in _named(stage, turn):
        if I_AM.search(stage.text[max(quote.start, mention.start - 24) : mention.start]):
            weights[mention.key] = NAMES_ITSELF
        elif mention.key in scores:
            call = is_call(stage.text, mention, quote.start, quote.end)
            weight = CALLED_BY_NAME if call else SPOKEN_OF
            weights[mention.key] = min(weight, weights.get(mention.key, weight))
    for key, weight in weights.items():
        scores[key] = scores.get(key, 0.0) + weight


def _named(stage: Stage, turn: Turn) -> Iterator[tuple[Quote, Mention]]:
    """The people named in a turn, those left out whom it only quotes somebody naming."""
    for quote in turn.quotes:
        mentions = stage.spoken_in(quote.start, quote.end)
        if not mentions:
            continue
        nested = NESTED.finditer(stage.text, quote.start, quote.end)
        starts = [mark.start() for mark in nested]
        for mention in mentions:
            at = bisect_left(starts, mention.start) - 1
            if at < 0 or not _opens(stage.text, quote.start, starts[at]):
                yield quote, mention


def _opens(text: str, start: int, at: int) -> bool:
    return at == start or text[at - 1] in OPENED_BY


def weigh_calls(
    turns: Sequence[Turn], calls: Sequence[str], at: int, scores: dict[str, float]
) -> None:
    """Whoever is called by name speaks next, or has just spoken."""
    if (
        at
        and calls[at - 1]
        and turns[at].relation in (Relation.REPLY, Relation.TOLD, Relation.LOOSE)
    ):
        scores[calls[at - 1]] = scores.get(calls[at - 1], OUT_OF_SIGHT) + CALLED_BEFORE
    after = at + 1
    if (
        after < len(turns)
        and calls[after]
        and turns[after].relation in (Relation.REPLY, Relation.LOOSE)
    ):
        scores[calls[after]] = scores.get(calls[after], OUT_OF_SIGHT) + CALLED_AFTER


def weigh_addresses(stage: Stage, turns: Sequence[Turn], at: int, scores: dict[str, float]) -> None:
    """ "Yes, sir" and "Oh, mamma" tell the gender of the speaker before, or of the next one."""
    wanted = set()
    if turns[at].relation is Relation.REPLY:
        wanted.add(_address(turns[at - 1]))
    if at + 1 < len(turns) and turns[at + 1].relation is Relation.REPLY:
        wanted.add(_address(turns[at + 1]))
    wanted.discard("")
    if len(wanted) != 1:
        return
    for key in scores:
        gender = stage.gender(key)
        if gender and gender not in wanted:
            scores[key] += ADDRESS_DIFFERS


def _address(turn: Turn) -> Gender:
    for quote in turn.quotes:
        if match := ADDRESS.search(quote.text):
            return ADDRESSES[match[1].lower()]
    return ""


def called(stage: Stage, turn: Turn) -> str:
    """Return whom a turn calls by name, or ""."""
    for quote, mention in _named(stage, turn):
        if is_call(stage.text, mention, quote.start, quote.end):
            return mention.key
    return ""


def is_call(text: str, mention: Mention, start: int, end: int) -> bool:
    """Is the name at this mention a form of address within the speech `start:end`?"""
    return (
        AFTER_CALL.match(text, mention.end, end) is not None
        and BEFORE_CALL.search(text[max(start, mention.start - 24) : mention.start]) is not None
    )
