"""Who may speak a turn, and how much each piece of evidence is worth.

Scores are natural logarithms of odds, set by hand in round numbers and checked against the totals of
tests/bench/bench_quotes.py and chapters read by eye; no optimizer fitted them. Keys that begin with "~" stand for speakers who are not among the people.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import log

from scriptwriter.prose.calling import (
    OUT_OF_SIGHT,
    called,
    weigh_addresses,
    weigh_calls,
    weigh_speech,
)
from scriptwriter.prose.nouns import KIN_TITLES
from scriptwriter.prose.phrases import Kind, Subject
from scriptwriter.prose.stage import Stage
from scriptwriter.prose.turns import Relation, Turn
from scriptwriter.prose.types import Gender, Method

# Candidates of a turn: with more, time grows with the cube and the answer does not change.
CANDIDATES = 6
NEIGHBORS = 2

NAMED_AFTER = 2.2
NAMED_BEFORE = 2.0
NAMED_FAR = 0.4
NAMED_ABOVE = 1.0
IN_PARAGRAPH = 0.8
RECENCY = 0.25
LATEST_OF_GENDER = 2.0
WRONG_GENDER = -6.0
UNKNOWN_GENDER = -0.8
TITLE_FITS = 3.0
STRANGER = 0.4
PRONOUN_STRANGER = -1.5
TALKS = 0.5
PRESENT = 0.5
IS_THERE = -1.5
STRANGER_TALKS = 0.0
ANNOUNCED = 1.2
FREQUENT = 0.3
PROMINENT = 1.0
NARRATOR_AS_OTHER = -6.0
OWNER = -6.0
ANOTHER_ROLE = -4.0
OTHER_ROLE = -1.5
KIN_FITS = 1.2
ANSWERED_ABOVE = -0.8


@dataclass(frozen=True, kw_only=True, slots=True)
class Casting:
    """Scores of the candidates of one turn, and the kind of the best evidence."""

    scores: Mapping[str, float]
    method: Method
    called: str = ""


def cast(stage: Stage, turns: Sequence[Turn], heard: Sequence[str] = ()) -> list[Casting]:
    """Weigh the candidates of each turn, the order of turns aside.

    `heard` are speakers already found with confidence, one a turn, "" where there is none.
    """
    calls = [called(stage, turn) for turn in turns]
    fixed = [_fixed(stage, turn) for turn in turns]
    known = [fixed[at] or _stranger(stage, turn) for at, turn in enumerate(turns)]
    if heard:
        known = [key or other for key, other in zip(known, heard, strict=True)]
    near = _around(turns, known)
    found = []
    for at, turn in enumerate(turns):
        if fixed[at]:
            method = _method(turn.tag.subject if turn.tag else None)
            found.append(Casting(scores={fixed[at]: 0.0}, method=method, called=calls[at]))
            continue
        spoken_to = [calls[i] for i in range(max(0, at - 3), min(len(turns), at + 4)) if calls[i]]
        scores = _candidates(stage, turn, near[at], spoken_to)
        _weigh_narration(stage, turn, scores)
        weigh_speech(stage, turn, scores)
        weigh_calls(turns, calls, at, scores)
        weigh_addresses(stage, turns, at, scores)
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


def _candidates(
    stage: Stage, turn: Turn, known: Sequence[str], addressed: Sequence[str]
) -> dict[str, float]:
    scores: dict[str, float] = {}
    for rank, (key, count) in enumerate(stage.presence(turn.start).items()):
        score = -RECENCY * rank + FREQUENT * log(count) + PROMINENT * stage.prominence(key)
        scores[key] = min(score, PRESENT)
    floor = min(scores.values(), default=0.0)
    for start, end in turn.narration:
        for mention in stage.told_in(start, end):
            scores.setdefault(mention.key, floor)
    for key in addressed:
        scores[key] = max(scores.get(key, OUT_OF_SIGHT), IS_THERE)
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
    if stage.narrator in scores:
        scores[stage.narrator] += weight * NARRATOR_AS_OTHER
    if wanted:
        _weigh_gender(stage, subject, wanted, scores, weight=weight)
    if subject.kind is Kind.ROLE:
        for mention in stage.told_in(subject.start, subject.end):
            scores[mention.key] = scores.get(mention.key, 0.0) + weight * OWNER
        for key in scores:
            scores[key] += weight * (
                _role_fits(stage, subject, key) + (0.0 if wanted else OTHER_ROLE)
            )
    if weight < 1.0:
        return
    stranger = stage.stranger(subject)
    fresh = STRANGER if subject.kind is Kind.ROLE else PRONOUN_STRANGER
    scores[stranger] = max(scores.get(stranger, fresh), fresh)


def _weigh_gender(
    stage: Stage, subject: Subject, wanted: Gender, scores: dict[str, float], *, weight: float
) -> None:
    for key in scores:
        gender = stage.gender(key)
        if gender != wanted:
            unknown = UNKNOWN_GENDER * (2 if key[0] == "~" else 1)
            scores[key] += weight * (WRONG_GENDER if gender else unknown)
    for key in stage.recent(subject.start):
        if stage.gender(key) == wanted:
            latest = LATEST_OF_GENDER / (2 if subject.kind is Kind.ROLE else 1)
            scores[key] = scores.get(key, 0.0) + weight * latest
            return


def _role_fits(stage: Stage, subject: Subject, key: str) -> float:
    if stage.fits_title(key, subject.head):
        return TITLE_FITS
    if stage.is_role_only(key):
        return ANOTHER_ROLE
    return KIN_FITS if stage.fits_title(key, KIN_TITLES.get(subject.head, "-")) else 0.0
