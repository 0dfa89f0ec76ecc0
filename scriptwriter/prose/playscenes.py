"""The scenes of a play: one for each heading ("SCENE II."), set where the words under it say."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import replace
from itertools import pairwise

from scriptwriter.prose.cast import Cast
from scriptwriter.prose.names import inside
from scriptwriter.prose.places import interior_of
from scriptwriter.prose.plays import Speech, scene_heading, speeches_of
from scriptwriter.prose.ranges import within
from scriptwriter.prose.spoken import fold
from scriptwriter.prose.times import stated_time
from scriptwriter.prose.types import Mention, SceneSpan

# A place is told in a few words; what follows is furniture.
LONGEST_PLACE = 70
LEAST_CUT = 6  # characters: not "A" of "A, B and C"
SHORT_PLACE = 2  # words: "Elsinore." goes on with "A platform before the castle."
_PARAGRAPH = re.compile(r"(?m)^[^\S\n]*(?=\S)")
_STOP = re.compile(r"(?<!\bMr)(?<!\bMrs)(?<!\bDr)(?<!\bSt)[.;:](?=[\s\])_]|$)|\n\s*\n|\Z")
_CUTS = re.compile(r",| with | which | where | in which | containing | furnished ")
_OPENS = " \t\n[(_*"
_NO_PLACE = re.compile(
    r"(?:re-?)?enters?\b|discovered\b|at rise\b|curtain\b|as the\b|when the\b|it is\b|time\b", re.I
)
_SAME = re.compile(r"(?:the\s+)?same\b|as before\b", re.I)
_WORD = re.compile(r"[^\W\d_]+")


def scenes_of_play(text: str, cast: Cast, speeches: Sequence[Speech]) -> tuple[SceneSpan, ...]:
    """Cut a chapter of a play where it has headings; without any it is one scene.

    The spans lie side by side from the first words to the end of the text. "The same" is where the scene before
    was. Who is there: those who speak, and those whom directions name more than once.
    """
    starts = _starts(text, speeches)
    spoken = [span for speech in speeches for span in speech.spoken]
    told = [one for one in cast.mentions(text) if not inside(spoken, one.start)]
    scenes: list[SceneSpan] = []
    for start, end in pairwise([*starts, len(text)]):
        scene = _scene(text, (start, end), told, speeches)
        if scenes:
            scene = replace(scene, reason="place")
        if scenes and not scene.place:
            scene = replace(scene, place=scenes[-1].place, interior=scenes[-1].interior)
        scenes.append(scene)
    return tuple(scenes)


def places_of_play(chapters: Sequence[str], names: Collection[str]) -> list[str]:
    """Where the scenes of a play are set, in its own words, each once; nothing for prose.

    `names` are words of people's names: what begins with one is action.
    """
    found: dict[str, None] = {}
    for text in chapters:
        speeches = speeches_of(text)
        starts = _starts(text, speeches) if speeches else []
        for start, end in pairwise([*starts, len(text)]):
            place = _place(text, start, _opening_end(speeches, start, end), ())
            words = fold(text[slice(*place)].replace("_", " ")) if place else ""
            if words and words.split()[0] not in names:
                found[words] = None
    return list(found)


def _starts(text: str, speeches: Sequence[Speech]) -> list[int]:
    """Headings with speech behind them; an act's and its first scene's are one."""
    first = len(text) - len(text.lstrip())
    heads = [
        at
        for match in _PARAGRAPH.finditer(text)
        if scene_heading(text, at := match.end(), len(text))
    ]
    starts = [first]
    for head in heads:
        if within(speeches, starts[-1], head):
            starts.append(head)
    return starts


def _scene(
    text: str, span: tuple[int, int], told: Sequence[Mention], speeches: Sequence[Speech]
) -> SceneSpan:
    start, end = span
    opening = _opening_end(speeches, start, end)
    place = _place(text, start, opening, told)
    time = stated_time(text, start, opening)
    words = fold(text[slice(*place)].replace("_", " ")) if place else ""
    cue = place or ((time.start, time.end) if time else (0, 0))
    return SceneSpan(
        start=start,
        end=end,
        place=words,
        interior=_interior(words),
        time=fold(text[time.start : time.end]) if time else "",
        cue_start=cue[0],
        cue_end=cue[1],
        cast=_present(within(told, start, end), within(speeches, start, end)),
    )


def _opening_end(speeches: Sequence[Speech], start: int, end: int) -> int:
    """Where the first speech of a scene begins; its end where nobody speaks."""
    spoken = within(speeches, start, end)
    return spoken[0].start if spoken else end


def _place(text: str, start: int, end: int, told: Sequence[Mention]) -> tuple[int, int] | None:
    """The first words under the heading, if they are no action."""
    at = _past(text, start, end)
    while at < end and (behind := scene_heading(text, at, end)):
        at = _past(text, behind, end)
    if at >= end or _NO_PLACE.match(text, at) or _SAME.match(text, at):
        return None
    if within(told, at, at + 1):
        return None
    stop = _sentence(text, at, end)
    if len(text[at:stop].split()) <= SHORT_PLACE and text[stop : stop + 1] == ".":
        stop = _sentence(text, stop + 1, end)
    cut = _CUTS.search(text, min(at + LEAST_CUT, stop), stop)
    stop = cut.start() if cut else stop
    return (at, stop) if stop - at <= LONGEST_PLACE else None


def _past(text: str, at: int, end: int) -> int:
    while at < end and text[at] in _OPENS:
        at += 1
    return at


def _sentence(text: str, at: int, end: int) -> int:
    found = _STOP.search(text, at, end)
    return found.start() if found else end


def _interior(place: str) -> bool | None:
    sides = (interior_of(word) for word in _WORD.findall(place))
    return next((side for side in sides if side is not None), None)


def _present(told: Sequence[Mention], speeches: Sequence[Speech]) -> tuple[str, ...]:
    named = Counter(one.key for one in told)
    speaking = {one.key for speech in speeches for one in within(told, *speech.label)}
    return tuple(key for key, count in named.most_common() if key in speaking or count > 1)
