"""Where and when a stretch of prose plays, in the words of the book."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from scriptwriter.prose.humanverbs import LOOKING_AT
from scriptwriter.prose.names import RUN, inside
from scriptwriter.prose.notnames import CALENDAR, LANDS, NOT_NAMES
from scriptwriter.prose.placenouns import NAME_ENDINGS, PLACE_NOUNS
from scriptwriter.prose.places import PlaceWords, interior_of, place_nouns
from scriptwriter.prose.times import TimeCue, stated_time
from scriptwriter.prose.types import Mention

# The setting is mostly given early; later places are those people talk or think of.
REACH = 2500
TIME_REACH = 1200
_OPENS = re.compile(
    r"(?:(?:And|But|So|Then)\s+)?(?:(?:[Ww]hen|[Aa]s|[Aa]fter|[Aa]s\s+soon\s+as|[Oo]nce|[Bb]y\s+the\s+time)\s+(?:\w+\s+){1,3}?"
    r"(?:reached|arrived|entered|got|came|returned|had\s+reached|had\s+arrived|were|was\s+back|stepped|drew\s+up|landed)\b|"
    r"(?:[Ww]e|[Tt]hey|[Hh]e|[Ss]he|I|[A-Z]\w+)\s+(?:\w+\s+)?(?:reached|arrived|entered|returned\s+to|got\s+(?:back|home)|"
    r"drove\s+(?:to|into)|went\s+(?:back\s+)?(?:to|into|home|down|up)|came\s+(?:back\s+)?(?:to|into)|walked\s+into|landed|crossed)\b|"
    r"(?:[Bb]ack\s+|[Oo]ver\s+|[Dd]own\s+|[Uu]p\s+|[Oo]ut\s+|[Ii]nside\s+|[Ff]ar\s+\w+\s+)?(?:[Aa]t|[Ii]n|[Oo]n|[Ii]nside|[Oo]utside|[Aa]cross|[Bb]eneath|[Bb]elow)\s+"
    r"(?=(?:the|an?|his|her|my|our|their)\s|[A-Z])|"
    r"(?:Outside|Inside|Upstairs|Downstairs|Elsewhere|Below|Meanwhile),?\s)"
)
_NAMED = re.compile(
    r"\b(?P<how>[Ii]n|[Ii]nto|[Aa]t|[Ff]rom|[Tt]o|[Tt]owards?|[Nn]ear|[Oo]utside|[Tt]hrough|[Rr]eached|[Ll]eft|[Ee]ntered|[Aa]board)\s+"
    r"(?P<the>the\s+)?(?=[A-ZÀ-Þ])"
)
# How far back the words of the same sentence are looked for.
SENTENCE = 140
LEAST_SCORE, LATE, OTHER_TIMES = 0.3, 0.3, 0.4
_HOW = dict.fromkeys(
    (
        "in",
        "at",
        "inside",
        "into",
        "on",
        "onto",
        "upon",
        "aboard",
        "entered",
        "reached",
        "outside",
        "in front of",
        "im",
    ),
    1.0,
) | dict.fromkeys(("from", "left", "leaving", "toward", "towards"), 0.4)
_OWNS = ("’s", "'s")
_LOOKED = re.compile(
    rf"(?<!\w)(?:{'|'.join(sorted(LOOKING_AT - {'back', 'eyes', 'angry', 'mad', 'furious'}))}|listen(?:ed|ing)?|thought|thinking|view)"
    r"(?:\s+\w+){0,2}\s+(?:at|to|into|towards?|of|from|on|through)\s+$"
)
_OTHER_TIMES = re.compile(
    r"(?<!\w)(?:had|would|used|every|always|never|formerly|once|if|could|might|should|will|shall|going|sent|since|seldom|often|engaged|like|as\s+(?:if|though))(?!\w)",
    re.IGNORECASE,
)
_WORD_BEFORE = re.compile(r"([a-z]+)\s+$")
_STAYING = frozenset(
    {"in", "into", "at", "near", "outside", "through", "reached", "entered", "aboard"}
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Setting:
    """Place and time as stated; `place_end` is 0 where none is."""

    place: str = ""
    interior: bool | None = None
    place_start: int = 0
    place_end: int = 0
    time: TimeCue | None = None


def opening_place(text: str, start: int, end: int) -> PlaceWords | None:
    """The place a paragraph's first sentence goes to ("When we reached the inn"), or None."""
    opening = _OPENS.match(text, start, end)
    if opening is None:
        return None
    stop = min(end, opening.end() + 60)
    return min(_all_places(text, opening.start(), stop), key=_order, default=None)


def setting_of(
    text: str,
    start: int,
    end: int,
    *,
    quotes: Sequence[tuple[int, int]],
    mentions: Sequence[Mention],
) -> Setting:
    """Read where and when `start:end` plays, from the narration only."""
    time = stated_time(text, start, min(end, start + TIME_REACH))
    if time is not None and inside(quotes, time.start):
        time = None
    best, best_score = None, LEAST_SCORE
    for one in sorted(_all_places(text, start, min(end, start + REACH)), key=_order):
        if inside(quotes, one.start) or _is_person(one, mentions):
            continue
        score = _score(text, one, start)
        if score > best_score:
            best, best_score = one, score
    if best is None:
        return Setting(time=time)
    return Setting(
        place=" ".join(text[best.start : best.end].split()),
        interior=best.interior,
        place_start=best.start,
        place_end=best.end,
        time=time,
    )


def _score(text: str, words: PlaceWords, start: int) -> float:
    """How surely the scene plays there: being in it counts most, going to it less, soon more than late.

    A place looked at, or of a sentence about other times ("he had studied in Rome"), counts little.
    """
    before = text[max(start, words.start - SENTENCE) : words.start]
    sentence = re.split(r"[.!?;]\s", before)[-1]
    if _LOOKED.search(sentence) or text[words.end : words.end + 2] in _OWNS:
        return 0.0
    score = _HOW.get(words.how, 0.6) - LATE * (words.start - start) / REACH
    return score - OTHER_TIMES if _OTHER_TIMES.search(sentence) else score


def _is_person(words: PlaceWords, mentions: Sequence[Mention]) -> bool:
    index = bisect_left(mentions, words.end, key=lambda one: one.start)
    return index > 0 and mentions[index - 1].end > words.start


def _order(words: PlaceWords) -> int:
    return words.start


def _all_places(text: str, start: int, end: int) -> Iterator[PlaceWords]:
    yield from place_nouns(text, start, end)
    for match in _NAMED.finditer(text, start, end):
        run = RUN.match(text, match.end(), end)
        how = match["how"].lower()
        if run is None or not _may_be_place(run.group().split(), how, article=bool(match["the"])):
            continue
        before = _WORD_BEFORE.search(text[max(start, match.start() - 16) : match.start()])
        if how == "at" and before and before[1] in LOOKING_AT:
            continue
        noun = run.group().split()[-1]
        yield PlaceWords(
            start=match.start("the") if match["the"] else run.start(),
            end=run.end(),
            name=run.group(),
            interior=interior_of(noun) if noun.lower() in PLACE_NOUNS else None,
            how=how,
        )


def _may_be_place(words: Sequence[str], how: str, *, article: bool) -> bool:
    if words[-1] in NAME_ENDINGS or words[0] in LANDS:
        return True
    if words[0] in NOT_NAMES or words[-1] in NOT_NAMES or words[0] in CALENDAR:
        return False
    return how in _STAYING and (not article or how != "in")
