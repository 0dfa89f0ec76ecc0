"""What the words around a name say: somebody speaks, acts, is addressed; or it is a place."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from scriptwriter.prose.humanverbs import (
    ACTS,
    APPOSITION,
    LOOKING_AT,
    PARTS,
    TOWARD,
    WEAK_ACTS,
)
from scriptwriter.prose.names import Census, Chapter, Name, Run, parse, trimmed
from scriptwriter.prose.types import Gender
from scriptwriter.prose.verbs import LOOSE, SURE
from scriptwriter.prose.wordlist import wordlist

_AFTER = re.compile(
    r"(?P<possessive>['’]s?(?=\s))?(?P<comma>,)?\s+(?:[a-z]+ly\s+|not\s+|never\s+|also\s+|then\s+|always\s+|still\s+|just\s+|only\s+|even\s+|already\s+)?"
    r"(?P<word>[a-zäöüß]+(?:['’]t)?)"
)
_BEFORE = re.compile(
    r"(?P<word>[^\W\d_]+(?:['’-][^\W\d_]+)*)\s+(?:(?:the|poor|old|young|little|dear|der|die|das)\s+){0,2}$"
)
# "Him" and a bare "her" are mostly somebody else than the name before them.
_PRONOUN = re.compile(
    r"\b(?:(he|his|himself|er|seine?[mnrs]?)|(she|hers|herself|her(?=\s+(?!(?:and|to|in|with|that|as|for|at|on|by|from|"
    r"was|had|but|into|of|a|the|not|so|if|when|up|out|down|away|back)\b)[a-z]))|(it|its|itself|es))\b"
)
_STOP = re.compile(r"[.!?](?=\s)|\n\s*\n")
_NEXT_SENTENCE = re.compile(r"[.!?]\s+(?:(He|His)|(She|Her))\b")
_NAMING = frozenset(["told", "tell", "tells", "telling", "call", "calls", "called", "calling"])
_PLURAL = frozenset(["were", "are", "have"])
_INSIDE = frozenset(
    wordlist(
        """
    in into within throughout inside outside near reached reaching
    """
    )
)
_GOING = frozenset(
    wordlist(
        """
    went go goes gone going came come comes coming return returned returning walk walked rode
    ride drive drove driven journey way road trip travel traveled travelled sail sailed flew
    fly flown sent arrived moved drove voyage train path miles back
    """
    )
)
_REALMS = frozenset(
    wordlist(
        """
    king queen emperor kingdom island isle city town village empire court coast people land
    province country state port streets street north south east west side duke earl capital
    shores gates outskirts suburbs inhabitants foot top shoulder side slope summit mouth bank
    banks edge deck natives language county harbor harbour battle siege planet world realm
    ruins hills valley
    """
    )
)
# Weights by how seldom a place or a thing gives the same sign; set on the development half.
_SPEECH, _ACT, _WEAK, _PART, _OWNS, _KIN, _TOWARD = 2.0, 1.0, 0.25, 1.0, 0.25, 1.5, 0.4
VOCATIVE = 0.6
_MOST_LEVEL = 2.0


GENDERS: tuple[Gender, ...] = ("male", "female", "")


@dataclass(slots=True, eq=False)
class Form:
    """One way of writing a name, with everything counted about it over the book."""

    name: Name
    first: int
    count: int = 0
    mid: int = 0
    narrated: int = 0
    the: int = 0
    indefinite: int = 0
    plural: int = 0
    speech: int = 0
    acts: int = 0
    vocative: int = 0
    human: float = 0.0
    told: float = 0.0  # the share of `human` that stands in narration
    place: float = 0.0
    pronouns: dict[Gender, float] = field(default_factory=lambda: dict.fromkeys(GENDERS, 0.0))
    chapters: Counter[int] = field(default_factory=Counter)
    surfaces: Counter[tuple[str, ...]] = field(default_factory=Counter)

    @property
    def is_epithet(self) -> bool:
        """Mostly with "the": "the Hatter"."""
        return 2 * self.the > self.count and not self.name.titles


@dataclass(frozen=True, kw_only=True, slots=True)
class Sighting:
    """A run read as a name, where it stands."""

    form: Form
    chapter: int
    start: int
    end: int
    quoted: bool
    sentence: int
    speaks: bool
    addressed: bool


@dataclass(slots=True)
class Usage:
    """What the words beside one name say; `human` and `place` are weights of evidence."""

    human: float = 0.0
    place: float = 0.0
    speaks: bool = False
    acts: bool = False
    plural: bool = False


def collect(
    chapters: Sequence[Chapter], runs: Sequence[Run], census: Census
) -> tuple[list[Form], list[Sighting]]:
    """Count every name of the book with the evidence around each place where it stands."""
    forms: dict[Name, Form] = {}
    sightings: list[Sighting] = []
    offsets = _offsets(chapters)
    for index, run in enumerate(runs):
        cut, words = trimmed(run, census)
        text = chapters[run.chapter].text
        if not words or _only_opens(words, run=run, census=census, text=text):
            continue
        start = _word_start(text, run, cut=cut)
        name = parse(words)
        form = forms.get(name)
        if form is None:
            form = forms[name] = Form(name=name, first=offsets[run.chapter] + start)
        following = runs[index + 1] if index + 1 < len(runs) else None
        form.surfaces[words] += 1
        sightings.append(_sight(form, run=run, text=text, start=start, opens=run.opens and not cut))
        if not run.quoted:
            _count_pronoun(form, text, end=run.end, following=following, chapter=run.chapter)
    _level(forms.values())
    return list(forms.values()), sightings


def _level(forms: Iterable[Form]) -> None:
    """Weigh pronouns by their rarity, or in a book about a woman every man would become one."""
    forms = list(forms)
    male = 10 + sum(form.pronouns["male"] for form in forms)
    female = 10 + sum(form.pronouns["female"] for form in forms)
    for form in forms:
        form.pronouns["male"] *= min(_MOST_LEVEL, (male + female) / (2 * male))
        form.pronouns["female"] *= min(_MOST_LEVEL, (male + female) / (2 * female))


def _offsets(chapters: Sequence[Chapter]) -> list[int]:
    offsets, total = [], 0
    for chapter in chapters:
        offsets.append(total)
        total += len(chapter.text)
    return offsets


def _word_start(text: str, run: Run, *, cut: int) -> int:
    """Where the name begins after `cut` leading words of the run."""
    at = run.start
    for word in run.words[:cut]:
        at += len(word)
        while at < run.end and text[at].isspace():
            at += 1
    return at


def _only_opens(words: tuple[str, ...], *, run: Run, census: Census, text: str) -> bool:
    """Whether a lone word has its capital from the sentence only ("Hands were laid")."""
    if not run.opens or len(words) > 1 or len(run.words) > len(words):
        return False
    if not census.lower[words[0].lower()] or not census.is_common(words[0]):
        return False
    after = _AFTER.match(text, run.end)
    word = after["word"] if after and not after["comma"] else ""
    return not (census.mid[words[0]] and (word in SURE or word in ACTS - WEAK_ACTS))


def _sight(form: Form, *, run: Run, text: str, start: int, opens: bool) -> Sighting:
    form.count += 1
    form.mid += not opens
    form.narrated += not run.quoted
    form.chapters[run.chapter] += 1
    article = run.article
    if start > run.start:
        article = text[run.start : start].split()[-1].lower()
    form.the += article in {"the", "der", "die", "das", "dem", "den"}
    form.indefinite += article in {"a", "an", "no", "every", "ein", "eine", "einen", "einem"}
    seen = usage(text, start, run.end)
    form.plural += seen.plural
    form.acts += seen.acts
    form.place += seen.place
    addressed = run.quoted and _is_vocative(text, start, run.end)
    form.vocative += addressed
    human = seen.human + VOCATIVE * addressed
    form.human += human
    form.told += 0 if run.quoted else human
    speaks = seen.speaks and not run.quoted
    form.speech += speaks
    return Sighting(
        form=form,
        chapter=run.chapter,
        start=start,
        end=run.end,
        quoted=run.quoted,
        sentence=run.sentence,
        speaks=speaks,
        addressed=addressed,
    )


def usage(text: str, start: int, end: int) -> Usage:
    """Read the words right before and after a name at `start:end`."""
    seen = Usage()
    after = _AFTER.match(text, end)
    if after is not None:
        _read_after(seen, after)
    before = _BEFORE.search(text[max(0, start - 36) : start])
    if before is not None:
        _read_before(seen, before)
    return seen


def _read_after(seen: Usage, after: re.Match[str]) -> None:
    word = after["word"].replace("’", "'")
    if after["possessive"]:
        seen.human += _PART if word in PARTS else _OWNS
        return
    if word in {"who", "whose", "whom"}:
        seen.human += 0.5
    if after["comma"]:
        return
    seen.plural = word in _PLURAL
    if word.endswith("ing"):
        return
    if word in SURE:
        seen.human += _SPEECH
        seen.speaks = True
    elif word in WEAK_ACTS:
        seen.human += _WEAK
    elif word in ACTS or word in LOOSE:
        seen.human += _ACT
        seen.acts = True


def _read_before(seen: Usage, before: re.Match[str]) -> None:
    word = before["word"].lower()
    earlier = before.string[: before.start()].split()
    previous = earlier[-1].lower() if earlier else ""
    seen.place = _place_value(word, previous)
    if word in SURE and word not in _NAMING:
        seen.human += _SPEECH
        seen.speaks = True
    elif word in APPOSITION:
        seen.human += _KIN
    elif word in TOWARD or (word in {"at", "to", "of", "upon", "on"} and previous in LOOKING_AT):
        seen.human += _TOWARD


def _place_value(word: str, previous: str) -> float:
    if word in _INSIDE:
        return 0.0 if previous in {"confided", "believe", "believed", "interest", "trust"} else 1.0
    if word == "at":
        return 0.0 if previous in LOOKING_AT else 0.5
    if word == "of":
        return 1.0 if previous in _REALMS else 0.0
    if word in {"to", "for", "from", "towards", "toward", "leave", "left", "through"}:
        return 0.8 if previous in _GOING or word == "through" else 0.0
    return 0.0


def _is_vocative(text: str, start: int, end: int) -> bool:
    """Whether the name stands alone between commas, marks and sentence ends: "Oh, Jane, listen"."""
    left = text[max(0, start - 3) : start].rstrip()[-1:]
    right = text[end : end + 1]
    opened = left in {",", "“", '"', "‘", "«", "»", "—", "-", "'"}
    return right in {",", ".", "!", "?", "”", "’", '"'} and opened


def _count_pronoun(form: Form, text: str, *, end: int, following: Run | None, chapter: int) -> None:
    """Count the first pronoun after the name, in its sentence and before the next name."""
    limit = end + 120
    if following is not None and following.chapter == chapter:
        limit = min(limit, following.end)  # "Her" is a run, too
    gender = pronoun_after(text, end, limit)
    if gender is not None:
        form.pronouns[gender] += 1


def pronoun_after(text: str, end: int, limit: int) -> Gender | None:
    """The gender of the first pronoun between `end` and the end of the sentence; "" for "it"."""
    stop = _STOP.search(text, end, limit)
    match = _PRONOUN.search(text, end, stop.start() if stop else limit)
    if match is None and stop is not None:
        match = _NEXT_SENTENCE.match(text, stop.start(), limit)
    if match is None:
        return None
    if match[1]:
        return "male"
    return "female" if match[2] else ""
