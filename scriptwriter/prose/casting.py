"""Who may speak a turn, and how much each piece of evidence is worth.

Scores are natural logarithms of odds, set by hand from what the evidence is worth in print; they are not
fitted to a corpus. Keys that begin with "~" stand for speakers who are not among the people.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from scriptwriter.prose.nouns import ADDRESSES, KIN_TITLES
from scriptwriter.prose.phrases import Kind, Subject
from scriptwriter.prose.stage import Stage
from scriptwriter.prose.turns import Relation, Turn
from scriptwriter.prose.types import Gender, Mention, Method

# Candidates of a turn: with more, time grows with the cube and the answer does not change.
CANDIDATES = 6
NEIGHBORS = 2

NAMED_AFTER = 2.2
NAMED_BEFORE = 2.0
NAMED_FAR = 0.4
NAMED_ABOVE = 1.0
IN_PARAGRAPH = 0.8
RECENCY = 0.25
LATEST_OF_GENDER = 1.4
WRONG_GENDER = -6.0
UNKNOWN_GENDER = -0.8
TITLE_FITS = 3.0
STRANGER = 0.4
PRONOUN_STRANGER = -1.5
TALKS = 0.5
STRANGER_TALKS = -1.0
ANNOUNCED = 1.2
OTHER_ROLE = -1.5
KIN_FITS = 1.2
ADDRESS_DIFFERS = -1.8
NAMES_ITSELF = 4.0
ANSWERED_ABOVE = -0.8
OUT_OF_SIGHT = -2.0
CALLED_BY_NAME = -6.0
SPOKEN_OF = -2.0
CALLED_BEFORE = 1.6
CALLED_AFTER = 1.0

KEY_GENDER: dict[str, Gender] = {"~female": "female", "~male": "male"}
# The words beside a name that make it a form of address.
BEFORE_CALL = re.compile(
    r"(?:^|[,;:.!?—–\"“‘'(-]|\b(?:o|oh|ah|well|yes|no|dear|dearest|my|poor|now|come|and|good|old|you|thank you|eh))"
    r"[\s_*]*$",
    re.IGNORECASE,
)
AFTER_CALL = re.compile(r"[\s_*]*(?:[,;:.!?—–\"”’')-]|$)")
ADDRESS = re.compile(
    r"(?:^|[,;.!?—]|\b(?:my|dear|old|yes|no|good|oh|please|you))\s*\b("
    + "|".join(ADDRESSES)
    + r")\b\s*(?=[,;.!?—]|$)",
    re.IGNORECASE,
)
I_AM = re.compile(r"\b(?:I am|I'm|I’m|my name is|name's|call me)\s*$", re.IGNORECASE)


@dataclass(frozen=True, kw_only=True, slots=True)
class Casting:
    """Scores of the candidates of one turn, and the kind of the best evidence."""

    scores: Mapping[str, float]
    method: Method
    called: str = ""


def cast(stage: Stage, turns: Sequence[Turn]) -> list[Casting]:
    """Weigh the candidates of each turn, the order of turns aside."""
    calls = [_called(stage, turn) for turn in turns]
    fixed = [_fixed(stage, turn) for turn in turns]
    known = [fixed[at] or _stranger(stage, turn) for at, turn in enumerate(turns)]
    near = _around(turns, known)
    found = []
    for at, turn in enumerate(turns):
        if fixed[at]:
            method = _method(turn.tag.subject if turn.tag else None)
            found.append(Casting(scores={fixed[at]: 0.0}, method=method, called=calls[at]))
            continue
        scores = _candidates(stage, turn, near[at])
        _weigh_narration(stage, turn, scores)
        _weigh_speech(stage, turn, scores)
        _weigh_calls(turns, calls, at, scores)
        _weigh_addresses(stage, turns, at, scores)
        tagged = turn.tag is not None and turn.tag.subject is not None
        best = sorted(scores, key=lambda key: -scores[key])[:CANDIDATES]
        found.append(
            Casting(
                scores={key: scores[key] for key in best},
                method=Method.ANAPHORIC if tagged else Method.IMPLICIT,
                called=calls[at],
            )
        )
    return found


def _method(subject: Subject | None) -> Method:
    return Method.EXPLICIT if subject and subject.kind is Kind.NAME else Method.ANAPHORIC


def _fixed(stage: Stage, turn: Turn) -> str:
    """The speaker a tag leaves no doubt about."""
    subject = turn.tag.subject if turn.tag else None
    if subject is None:
        return ""
    if key := stage.named(subject) or stage.relative(subject):
        return key
    stranger = stage.stranger(subject)
    return stranger if subject.kind is Kind.NAME or stranger in ("~i", "~they") else ""


def _stranger(stage: Stage, turn: Turn) -> str:
    subject = turn.tag.subject if turn.tag else None
    return stage.stranger(subject) if subject and subject.kind is not Kind.PRONOUN else ""


def _around(turns: Sequence[Turn], known: Sequence[str]) -> list[list[str]]:
    """For each turn the speakers that tags show nearest to it in its conversation, two on either side."""
    if not turns:
        return []
    before = _nearest(known, [turn.relation is Relation.FIRST for turn in turns])
    starts = [turn.relation is Relation.FIRST for turn in turns[1:]] + [True]
    after = _nearest(known[::-1], starts[::-1])[::-1]
    return [[*left, *right] for left, right in zip(before, after, strict=True)]


def _nearest(known: Sequence[str], breaks: Sequence[bool]) -> list[list[str]]:
    last: list[str] = []
    found = []
    for key, broken in zip(known, breaks, strict=True):
        if broken:
            last = []
        found.append(last)
        if key:
            last = [key, *(other for other in last if other != key)][:NEIGHBORS]
    return found


def _candidates(stage: Stage, turn: Turn, known: Sequence[str]) -> dict[str, float]:
    scores: dict[str, float] = {}
    for rank, key in enumerate(stage.recent(turn.start)[:10]):
        scores[key] = -RECENCY * rank
    floor = min(scores.values(), default=0.0)
    for start, end in turn.narration:
        for mention in stage.told_in(start, end):
            scores.setdefault(mention.key, floor)
    for key in known:
        base = STRANGER_TALKS if key[0] == "~" else TALKS
        scores[key] = max(scores.get(key, OUT_OF_SIGHT), base)
    return scores


def _weigh_narration(stage: Stage, turn: Turn, scores: dict[str, float]) -> None:
    if turn.tag and turn.tag.subject:
        _weigh_subject(stage, turn.tag.subject, scores, weight=1.0)
        _weigh_antecedent(stage, turn, scores)
        return
    for subject, worth in (
        (turn.beat_after, NAMED_FAR if turn.beat_is_far else NAMED_AFTER),
        (turn.beat_before, NAMED_BEFORE),
        (turn.beat_above, ANSWERED_ABOVE if turn.answered_above else NAMED_ABOVE),
    ):
        if subject is None:
            continue
        worth += ANNOUNCED if turn.announced and subject is not turn.beat_after else 0.0
        if key := stage.named(subject):
            scores[key] = scores.get(key, 0.0) + worth
        else:
            _weigh_subject(stage, subject, scores, weight=worth / 4)
    for start, end in turn.narration:
        for key in {mention.key for mention in stage.told_in(start, end)}:
            scores[key] = scores.get(key, 0.0) + IN_PARAGRAPH


def _weigh_antecedent(stage: Stage, turn: Turn, scores: dict[str, float]) -> None:
    """Who acts in the sentence before is whom the pronoun of a tag means."""
    for subject, worth in ((turn.beat_before, NAMED_BEFORE), (turn.beat_above, NAMED_ABOVE)):
        key = stage.named(subject) if subject else ""
        if key in scores:
            scores[key] += worth / 2


def _weigh_subject(
    stage: Stage, subject: Subject, scores: dict[str, float], *, weight: float
) -> None:
    """A pronoun or role noun: gender rules out, the latest of that gender is likeliest."""
    wanted = stage.wanted(subject)
    if wanted:
        for key in scores:
            gender = stage.gender(key) or KEY_GENDER.get(key, "")
            scores[key] += weight * (
                0.0 if gender == wanted else WRONG_GENDER if gender else UNKNOWN_GENDER
            )
        for key in stage.recent(subject.start):
            if stage.gender(key) == wanted:
                latest = LATEST_OF_GENDER / (2 if subject.kind is Kind.ROLE else 1)
                scores[key] = scores.get(key, 0.0) + weight * latest
                break
    if subject.kind is Kind.ROLE:
        for key in scores:
            scores[key] += 0.0 if wanted else weight * OTHER_ROLE
            if stage.fits_title(key, subject.head):
                scores[key] += weight * TITLE_FITS
            elif stage.fits_title(key, KIN_TITLES.get(subject.head, "-")):
                scores[key] += weight * KIN_FITS
    if weight < 1.0:
        return
    stranger = stage.stranger(subject)
    fresh = STRANGER if subject.kind is Kind.ROLE else PRONOUN_STRANGER
    scores[stranger] = max(scores.get(stranger, fresh), fresh)


def _weigh_speech(stage: Stage, turn: Turn, scores: dict[str, float]) -> None:
    """People seldom speak of themselves by name, and never call themselves."""
    for quote in turn.quotes:
        for mention in stage.spoken_in(quote.start, quote.end):
            if I_AM.search(stage.text[max(quote.start, mention.start - 24) : mention.start]):
                scores[mention.key] = scores.get(mention.key, 0.0) + NAMES_ITSELF
            elif mention.key in scores:
                call = is_call(stage.text, mention, quote.start, quote.end)
                scores[mention.key] += CALLED_BY_NAME if call else SPOKEN_OF


def _weigh_calls(
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


def _weigh_addresses(
    stage: Stage, turns: Sequence[Turn], at: int, scores: dict[str, float]
) -> None:
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
        gender = stage.gender(key) or KEY_GENDER.get(key, "")
        if gender and gender not in wanted:
            scores[key] += ADDRESS_DIFFERS


def _address(turn: Turn) -> Gender:
    for quote in turn.quotes:
        if match := ADDRESS.search(quote.text):
            return ADDRESSES[match[1].lower()]
    return ""


def _called(stage: Stage, turn: Turn) -> str:
    for quote in turn.quotes:
        for mention in stage.spoken_in(quote.start, quote.end):
            if is_call(stage.text, mention, quote.start, quote.end):
                return mention.key
    return ""


def is_call(text: str, mention: Mention, start: int, end: int) -> bool:
    """Is the name at this mention a form of address within the speech `start:end`?"""
    return (
        AFTER_CALL.match(text, mention.end, end) is not None
        and BEFORE_CALL.search(text[max(start, mention.start - 24) : mention.start]) is not None
    )
