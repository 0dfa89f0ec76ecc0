"""Words that say when: a jump in time at the head of a paragraph, and the hour a scene plays at."""

from __future__ import annotations

import re
from dataclasses import dataclass

_PART = (
    r"(?:morning|forenoon|noon|midday|afternoon|evening|night|midnight|dawn|daybreak|sunrise|sunset|dusk|twilight|"
    r"nightfall|day|week|month|year|spring|summer|autumn|winter)"
)
_DAY = r"(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day"
_MONTH = (
    r"(?:January|February|March|April|May|June|July|August|September|October|November|December|"
    r"Jan\.|Feb\.|Aug\.|Sept\.|Oct\.|Nov\.|Dec\.)"
)
_COUNT = (
    r"(?:an?|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|twenty|thirty|some|several|many|a\s+few|"
    r"a\s+couple\s+of|half\s+an|a\s+quarter\s+of\s+an|about\s+an?|\d{1,3})"
)
_UNIT = r"(?:minutes?|hours?|days?|nights?|weeks?|months?|years?|fortnight|moments?)"
_LONG = r"(?:hours?|days?|nights?|weeks?|months?|years?|fortnight)"
_ABOUT = r"(?:(?:early|late|very\s+early)\s+)?"

# A new day, or a stretch of hours and more gone by: a scene cut by itself.
_JUMP = re.compile(
    rf"(?:(?:And|But|So|Then|It\s+was)\s+)?(?P<time>"
    rf"{_ABOUT}(?:on\s+|in\s+|by\s+|at\s+)?the\s+(?:very\s+)?(?:next|following)\s+{_PART}(?:\s+but\s+one)?|"
    rf"{_ABOUT}(?:the\s+)?next\s+{_PART}|the\s+{_PART}\s+(?:after|following|before)|"
    rf"(?:about\s+|some\s+|nearly\s+|only\s+)?{_COUNT}\s+(?:or\s+\w+\s+)?(?:more\s+)?(?:\w+\s+)?{_LONG}\s+"
    rf"(?:later|after(?:wards?)?|passed|went\s+by|had\s+passed|elapsed|before|earlier|ago)|"
    rf"(?:after|for)\s+{_COUNT}\s+(?:\w+\s+)?{_LONG}|"
    rf"(?:later\s+|early\s+|late\s+)?(?:on\s+)?(?:that|the\s+same)\s+(?:same\s+|very\s+)?(?:{_PART})|"
    rf"(?:early\s+|late\s+)?(?:on\s+)?(?:the\s+)?(?:{_DAY}|\w+(?:st|nd|rd|th)\s+of\s+{_MONTH}|\w+\s+{_PART})"
    rf"(?:\s+{_PART})?(?=,|\s+(?:came|arrived|dawned|found|was))|"
    rf"(?:on\s+the\s+)?(?:morrow|morning\s+of|evening\s+of|night\s+of|day\s+of)|"
    rf"(?:one|some)\s+(?:\w+\s+)?{_PART}(?=,|\s)|"
    rf"(?:the\s+)?{_PART}s?\s+(?:passed|went\s+by|came\s+and\s+went|dragged\s+by|followed|came)|"
    rf"am\s+(?:nächsten|folgenden|anderen)\s+\w+|eines\s+(?:Tages|Abends|Morgens|Nachts)|\w+\s+(?:Tage|Stunden|Wochen|"
    rf"Monate|Jahre)\s+(?:später|danach|vergingen))\b",
    re.IGNORECASE,
)
# A date line of a diary or a letter: "3 May. Bistritz.", "_5 November._", "May 4th".
_DATE = re.compile(
    rf"[_*(]*(?:{_DAY},?\s+)?(?P<time>\d{{1,2}}(?:st|nd|rd|th)?\s+(?:of\s+)?{_MONTH}|{_MONTH}\s+\d{{1,2}}(?:st|nd|rd|th)?)"
    r"(?=[\s.,_*:;)—–-]|$)"
)
# An hour within the day: a cut only together with another sign.
_HOUR = re.compile(
    rf"(?:(?:And|But|So|It\s+was)\s+)?(?P<time>"
    rf"(?:at|by|about|towards?|before|after|just\s+before|just\s+after|nearly|almost|nigh|it\s+was)\s+"
    rf"(?:about\s+|nearly\s+|almost\s+|past\s+)?(?:{_PART}|half[-\s]past\s+\w+|(?:a\s+)?quarter\s+(?:past|to)\s+\w+|"
    rf"\w+\s+o['’]clock(?:\s+in\s+the\s+{_PART})?|breakfast|dinner|supper|lunch|tea(?:-time)?)|"
    rf"in\s+the\s+(?:early\s+|late\s+)?{_PART}|(?:when|as)\s+(?:the\s+)?{_PART}\s+(?:came|fell|broke|was)|"
    rf"(?:about\s+|some\s+)?{_COUNT}\s+(?:\w+\s+)?{_UNIT}\s+(?:later|after(?:wards?)?)|later|"
    rf"(?:the\s+)?(?:dawn|dusk|night|evening|morning)\s+(?:was|fell|broke|had))\b",
    re.IGNORECASE,
)
_STATED = re.compile(
    rf"\b(?P<time>(?:early\s+|late\s+)?(?:(?:in|on|during|that|this|one|the\s+same|next|at|towards?|by)\s+)"
    rf"(?:the\s+|a\s+)?(?:\w+\s+)?(?:morning|forenoon|noon|midday|afternoon|evening|night|midnight|dawn|daybreak|"
    rf"sunrise|sunset|dusk|twilight|nightfall)|midnight|daybreak|\w+\s+o['’]clock(?:\s+(?:in\s+the\s+\w+|at\s+night))?|"
    rf"half[-\s]past\s+\w+|(?:on\s+)?{_DAY}(?:\s+(?:morning|afternoon|evening|night))?|"
    rf"am\s+(?:Morgen|Abend)|in\s+der\s+Nacht)\b",
    re.IGNORECASE,
)
_JUMP_INSIDE = re.compile(
    rf"(?P<time>(?:the\s+)?(?:next|following)\s+{_PART}|the\s+{_PART}\s+(?:after|following)|"
    rf"{_COUNT}\s+(?:\w+\s+)?{_LONG}\s+(?:later|after(?:wards?)?|passed|had\s+passed|went\s+by|elapsed)|"
    rf"(?:that|the\s+same)\s+(?:very\s+)?(?:evening|night|afternoon|morning)|"
    rf"on\s+the\s+(?:\w+\s+)?(?:morning|evening|afternoon|night|day)\b|on\s+{_DAY}|"
    rf"(?:one|some)\s+(?:\w+\s+)?(?:day|morning|evening|afternoon|night)|"
    rf"(?:in|at)\s+(?:the\s+)?(?:morning|evening|dusk|dawn|midnight|noon|night)|for\s+{_COUNT}\s+{_LONG})\b",
    re.IGNORECASE,
)
# "On every morning of the season" is no hour of this scene.
_HABIT = re.compile(r"\b(?:every|each|most|many|all|some|any)\b", re.IGNORECASE)
# A date somebody writes down or reads is a line of a log, not the head of a diary entry.
_WRITTEN = re.compile(r"[^\n“\"]{0,40}?\b(?:wrote|writes|read|reads|said)\b")
_SENTENCE_END = re.compile(r"[.!?](?=\s)")
_WORD_START = re.compile(r"(?<=\s)(?=[A-Za-z])")
SENTENCE_REACH = 160
JUMP, DATE, INSIDE, HOUR = 1.0, 1.2, 0.6, 0.5


@dataclass(frozen=True, kw_only=True, slots=True)
class TimeCue:
    """`text[start:end]` says when; `weight` is 1 for a jump to another day, less for an hour."""

    start: int
    end: int
    weight: float


def opening_time(text: str, start: int, end: int) -> TimeCue | None:
    """A cue at the very beginning of the paragraph `start:end`, or None."""
    for pattern, weight in ((_DATE, DATE), (_JUMP, JUMP), (_HOUR, HOUR)):
        match = pattern.match(text, start, end)
        if pattern is _DATE and match and _WRITTEN.match(text, match.end("time"), end):
            return None
        if match is not None:
            return TimeCue(start=match.start("time"), end=match.end("time"), weight=weight)
    return _first_sentence(text, start, end)


def _first_sentence(text: str, start: int, end: int) -> TimeCue | None:
    """A jump in the middle of the first sentence ("Elizabeth awoke the next morning to ...")."""
    stop = _SENTENCE_END.search(text, start, end)
    reach = min(end, start + SENTENCE_REACH, stop.start() if stop else end)
    for word in _WORD_START.finditer(text, start, reach):
        match = _JUMP_INSIDE.match(text, word.start(), end)
        if match is not None:
            return TimeCue(start=match.start("time"), end=match.end("time"), weight=INSIDE)
    return None


def stated_time(text: str, start: int, end: int) -> TimeCue | None:
    """The first words in `start:end` that tell the time of day, or None."""
    for match in _STATED.finditer(text, start, end):
        if not _HABIT.search(match["time"]):
            return TimeCue(start=match.start("time"), end=match.end("time"), weight=0.0)
    return None
