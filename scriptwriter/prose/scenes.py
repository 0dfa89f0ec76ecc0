"""Where the scenes of a chapter begin: at the author's own breaks, and where words say elsewhere or later."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from scriptwriter.prose.breaks import author_breaks
from scriptwriter.prose.cast import Cast
from scriptwriter.prose.evidence import usage
from scriptwriter.prose.headings import body_start
from scriptwriter.prose.names import inside, quoted_spans
from scriptwriter.prose.paragraphs import paragraphs
from scriptwriter.prose.plays import speeches_of
from scriptwriter.prose.playscenes import scenes_of_play
from scriptwriter.prose.ranges import within
from scriptwriter.prose.setting import Setting, opening_place, setting_of
from scriptwriter.prose.times import JUMP, TimeCue, opening_time
from scriptwriter.prose.types import Mention, SceneSpan

# A cut needs this much: one sign of another time, another place or other people, if scenes keep their length.
ENOUGH = 0.5
# Where the author sets breaks, other cuts need more.
ENOUGH_BESIDE_BREAKS = 1.0
PLACE, CAST, CAST_PARTLY = 0.6, 0.5, 0.3
# Names on either side that make a complete change of people a cut by itself.
LEAST_NAMED = 2
# In characters; about 300 words a scene at least, and half of that at the chapter's ends.
LEAST_SCENE = 1700
LEAST_EDGE = 900
# How far to look for who is there before and after a cut.
WINDOW = 1800
_FIRST_PERSON = re.compile(r"(?<![^\W_])I(?![^\W_])(?!\.)")


@dataclass(frozen=True, kw_only=True, slots=True)
class _Cut:
    at: int
    weight: float
    reason: str
    cue: TimeCue | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class _Stage:
    """A chapter with everything cuts are decided by."""

    text: str
    cast: Cast
    quotes: Sequence[tuple[int, int]]
    mentions: Sequence[Mention]

    @classmethod
    def of(cls, text: str, cast: Cast) -> _Stage:
        quotes = quoted_spans(text)
        told = [one for one in cast.mentions(text) if not inside(quotes, one.start)]
        return cls(text=text, cast=cast, quotes=quotes, mentions=told)

    def between(self, start: int, end: int) -> Sequence[Mention]:
        """People the narration names in `start:end`."""
        return within(self.mentions, start, end)


def find_scenes(text: str, cast: Cast) -> tuple[SceneSpan, ...]:
    """Cut one chapter into scenes.

    The spans lie side by side from the first line after the heading to the end of the text; a line
    of asterisks belongs to the scene before it. A text without words gives no scene. A scene that names no
    place keeps that of the one before where somebody stays. A play has its scenes where its headings are.
    """
    if speeches := speeches_of(text):
        return scenes_of_play(text, cast, speeches)
    body = body_start(text)
    if not text[body:].strip():
        return ()
    stage = _Stage.of(text, cast)
    breaks = [at for at in author_breaks(text, body) if at > body]
    cuts = [_Cut(at=body, weight=0.0, reason="start", cue=_opening(text, body))]
    cuts += [_Cut(at=at, weight=9.0, reason="break", cue=_opening(text, at)) for at in breaks]
    cuts += _chosen(_offers(stage, body), breaks, body=body, end=len(text))
    cuts.sort(key=lambda cut: cut.at)
    ends = [*(cut.at for cut in cuts[1:]), len(text)]
    return _carried([_scene(stage, cut, end) for cut, end in zip(cuts, ends, strict=True)])


def _carried(scenes: Sequence[SceneSpan]) -> tuple[SceneSpan, ...]:
    """Nobody moved as far as the words say: the place holds while somebody of the scene before is there."""
    made: list[SceneSpan] = []
    for scene in scenes:
        last = made[-1] if made else None
        if last and not scene.place and scene.reason != "place" and {*last.cast} & {*scene.cast}:
            scene = replace(scene, place=last.place, interior=last.interior)
        made.append(scene)
    return tuple(made)


def _opening(text: str, at: int) -> TimeCue | None:
    return opening_time(text, at, min(len(text), at + 200))


def _offers(stage: _Stage, body: int) -> Iterator[_Cut]:
    """Paragraphs of narration that may begin a scene, with what speaks for it."""
    for block in paragraphs(stage.text):
        if block.start <= body or inside(stage.quotes, block.start):
            continue
        cue = opening_time(stage.text, block.start, block.end)
        place = opening_place(stage.text, block.start, block.end)
        weight = (cue.weight if cue else 0.0) + (PLACE if place else 0.0)
        others = _other_people(stage, block.start)
        weight += others
        if weight >= ENOUGH:
            reason = "time" if cue else "place" if place else "cast"
            yield _Cut(at=block.start, weight=weight, reason=reason, cue=cue)


def _other_people(stage: _Stage, at: int) -> float:
    """How much the people after `at` differ from those before."""
    before = Counter(one.key for one in stage.between(at - WINDOW, at))
    after = Counter(one.key for one in stage.between(at, at + WINDOW))
    if not before or not after:
        return 0.0
    shared = before.keys() & after.keys()
    if not shared:
        full = min(before.total(), after.total()) >= LEAST_NAMED
        return CAST if full else CAST_PARTLY
    return CAST_PARTLY if len(shared) * 3 <= len(before | after) else 0.0


def _chosen(offers: Iterator[_Cut], breaks: Sequence[int], *, body: int, end: int) -> list[_Cut]:
    """The best cuts that leave every scene its length."""
    enough = ENOUGH_BESIDE_BREAKS if breaks else ENOUGH
    taken = sorted([body, *breaks])
    chosen = []
    for cut in sorted(offers, key=lambda one: (-one.weight, one.at)):
        if cut.weight < enough or cut.at - body < LEAST_EDGE or end - cut.at < LEAST_EDGE:
            continue
        index = bisect_right(taken, cut.at)
        near = [abs(cut.at - other) for other in taken[max(0, index - 1) : index + 1]]
        if min(near) >= (LEAST_EDGE if cut.weight >= JUMP else LEAST_SCENE):
            taken.insert(index, cut.at)
            chosen.append(cut)
    return chosen


def _scene(stage: _Stage, cut: _Cut, end: int) -> SceneSpan:
    setting = setting_of(stage.text, cut.at, end, quotes=stage.quotes, mentions=stage.mentions)
    cue = _cue_span(cut, setting)
    time = cut.cue or setting.time
    return SceneSpan(
        start=cut.at,
        end=end,
        place=setting.place,
        interior=setting.interior,
        time=_plain(stage.text[time.start : time.end]) if time else "",
        cue_start=cue[0],
        cue_end=cue[1],
        reason=cut.reason,
        cast=_present(stage, cut.at, end),
    )


def _cue_span(cut: _Cut, setting: Setting) -> tuple[int, int]:
    if cut.cue is not None and cut.reason != "place":
        return cut.cue.start, cut.cue.end
    if setting.place_end and cut.reason in {"place", "start", "break"}:
        return setting.place_start, setting.place_end
    time = cut.cue or setting.time
    return (time.start, time.end) if time else (0, 0)


def _plain(words: str) -> str:
    return " ".join(words.replace("_", " ").split())


def _present(stage: _Stage, start: int, end: int) -> tuple[str, ...]:
    """Who speaks or acts here, or is named by the narration more than once; most named first."""
    named: Counter[str] = Counter()
    acting: set[str] = set()
    for one in stage.between(start, end):
        named[one.key] += 1
        if one.key not in acting and usage(stage.text, one.start, one.end).human >= 1:
            acting.add(one.key)
    there = [key for key, count in named.most_common() if key in acting or count > 1]
    narrator = stage.cast.narrator_in(stage.text)
    if narrator is not None and narrator.key not in there and _says_i(stage, start, end):
        there.insert(0, narrator.key)
    return tuple(there)


def _says_i(stage: _Stage, start: int, end: int) -> bool:
    return any(
        not inside(stage.quotes, match.start())
        for match in _FIRST_PERSON.finditer(stage.text, start, end)
    )
