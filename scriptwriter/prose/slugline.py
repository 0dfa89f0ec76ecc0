"""Scene headings: INT. KITCHEN - MORNING, as far as the book's words say."""

from __future__ import annotations

import re

from scriptwriter.prose.spoken import fold
from scriptwriter.prose.types import SceneSpan

NOT_STATED = "PLACE NOT STATED"
_LEADING = re.compile(
    r"^(?:(?:the|an?|my|his|her|our|your|their|its|this|that|these|those|one|own|same|very|der|die|das|dem|den|ein|eine|einem|einer)\s+)+",
    re.IGNORECASE,
)
# The words a heading may end in, and what in the book says so; the first that fits counts.
_TIMES = (
    (r"next\s+(?:morning|day\s+at\s+dawn)|following\s+morning|morning\s+after", "NEXT MORNING"),
    (r"next\s+(?:evening|night|afternoon)|following\s+(?:evening|night|afternoon)", "NEXT {}"),
    (r"(?:next|following)\s+day|(?:day|morrow)\s+after|on\s+the\s+morrow", "NEXT DAY"),
    (r"midnight|mitternacht", "MIDNIGHT"),
    (r"noon|midday|mittag", "NOON"),
    (r"afternoon|nachmittags?", "AFTERNOON"),
    (r"dawn|daybreak|sunrise|morgengrauen", "DAWN"),
    (r"dusk|twilight|sunset|nightfall|dämmerung", "DUSK"),
    (r"morning|forenoon|morgens?|vormittags?", "MORNING"),
    (r"evening|abends?", "EVENING"),
    (r"night|nachts?", "NIGHT"),
    (r"(?:minutes?|hours?|moments?|days?|weeks?|months?|years?)\s+(?:later|after(?:wards?)?)", "LATER"),
    (r"later", "LATER"),
)  # fmt: skip
_COMPILED = tuple((re.compile(rf"(?<!\w){words}(?!\w)", re.I), name) for words, name in _TIMES)
# "Every morning" and "on Sunday mornings" are habits, not the hour of a scene.
_HABIT = re.compile(
    r"(?<!\w)(?:every|each|all|most|many|several|any|some|mornings|evenings|nights|afternoons|days)(?!\w)",
    re.I,
)
_LATER = re.compile(r"(?:later|after(?:wards?)?)$", re.I)


def heading_of(span: SceneSpan) -> str:
    """INT. PLACE - TIME; "PLACE NOT STATED" where no words say, and no time where none fits."""
    side = {True: "INT.", False: "EXT.", None: "INT./EXT."}[span.interior]
    place = place_name(span.place) or NOT_STATED
    time = time_of_day(span.time)
    return f"{side} {place} - {time}" if time else f"{side} {place}"


def place_name(words: str) -> str:
    """The place in capitals without article, possessive or demonstrative."""
    return _LEADING.sub("", fold(words.replace("_", " "))).strip(" ,;:.-").upper()


def time_of_day(words: str) -> str:
    """One of a closed list (DAY is never guessed), "" where the words name no hour or a habit."""
    words = fold(words)
    if _HABIT.search(words) and not _LATER.search(words):
        return ""
    for pattern, name in _COMPILED:
        found = pattern.search(words)
        if found:
            return name.format(found.group().split()[-1].upper())
    return ""
