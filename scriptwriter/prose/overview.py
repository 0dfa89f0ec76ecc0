"""The plot of a whole book on one page, by rules: word lists, names and passages, nothing invented."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from scriptwriter.prose.motifs import (
    GENRES,
    STORY_TYPES,
    THEMES,
    TONES,
    Motif,
    Vocabulary,
    words_of,
)
from scriptwriter.prose.names import quoted_spans
from scriptwriter.prose.passages import Passage
from scriptwriter.prose.playscenes import places_of_play
from scriptwriter.prose.sentences import quotable
from scriptwriter.prose.types import Person, Place

MOST_THEMES = 4
LEAST_RATIO = 1.2  # a theme is at least this much denser than usual; the best two are named anyway
CLEAR_RATIO = 1.5  # below it a book is not clearly of one kind
LEAST_SPREAD = 1 / 3  # of the chapters speak of a kind, before the book is of it
MOST_STAGES = 5  # scenes of a play whose places are told
LEAST_PLACE = 3  # times narration puts somebody in a place that is worth naming
LEAST_THEME_WORDS = 9  # in a sentence that shows a theme
LEAST_SEASON = 4
# Kinds that happen to people, so that a sentence can say so.
TOLD = frozenset({motif.name for motif in STORY_TYPES} - {"slices of life"})
PASSAGES_A_THEME = 3
CONFLICT = re.compile(
    r"\b(?:against|enem\w+|fought|fight\w*|struck|hat(?:e|ed|red)|threat\w+|kill\w*|attack\w*|refus\w+"
    r"|quarrel\w*|accus\w+|murder\w*|villain\w*|treacher\w+|betray\w*|danger\w*|curs\w+|angr\w+)\b",
    re.IGNORECASE,
)
YEAR = re.compile(r"\b(?:1[5-9]|20)\d\d\b|\b1[5-9]—")
SEASONS = re.compile(
    r"\b(?:in|the|that|this|last|all|of|one)\s+(spring|summer|autumn|winter|christmas)\b",
    re.IGNORECASE,
)
YOUNG = re.compile(r"\b(?:child(?:ren)?|boys?|girls?|nurse|kitten|rabbit|school\w*|toy\w*)\b", re.I)


@dataclass(frozen=True, kw_only=True, slots=True)
class ThemeFound:
    """A theme and at least two passages that show it."""

    name: str
    passages: tuple[Passage, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Overview:
    """A plot overview; fields nothing supports are empty."""

    logline: str
    themes: tuple[ThemeFound, ...]
    story_type: str
    genre: str
    tone: str
    audience: str
    setting: str


def read_overview(
    chapters: Sequence[str], people: Sequence[Person], places: Sequence[Place]
) -> Overview:
    """Read a book's overview; `people` come most present first. Deterministic."""
    vocabulary = Vocabulary(chapters)
    themes = _themes(chapters, people, vocabulary)
    genre = _first(GENRES, vocabulary, otherwise="literary fiction")
    story_type = _first(STORY_TYPES, vocabulary, otherwise="")
    named = _named_places(chapters, places)
    return Overview(
        logline=_logline(chapters, people, named, themes, story_type),
        themes=themes,
        story_type=story_type,
        genre=genre,
        tone=_first(TONES, vocabulary, otherwise=""),
        audience=_audience(chapters),
        setting=_setting(chapters, named, _stages(chapters, people)),
    )


def _first(motifs: Sequence[Motif], vocabulary: Vocabulary, *, otherwise: str) -> str:
    """The densest motif, if it is clearly so and all over the book."""
    ratio, motif = vocabulary.ranked(motifs)[0]
    clear = ratio >= CLEAR_RATIO and vocabulary.spread(motif) >= LEAST_SPREAD
    return motif.name if clear else otherwise


def _themes(
    chapters: Sequence[str], people: Sequence[Person], vocabulary: Vocabulary
) -> tuple[ThemeFound, ...]:
    sentences = quotable(list(chapters))
    names = _name_pattern(people[:6])
    found = []
    for place, (ratio, motif) in enumerate(vocabulary.ranked(THEMES)[:MOST_THEMES]):
        if place >= 2 and ratio < LEAST_RATIO:
            break
        passages = _passages(vocabulary.of(motif), sentences, names)
        if len(passages) >= 2:
            found.append(ThemeFound(name=motif.name, passages=passages))
    return tuple(found)


def _passages(
    words: frozenset[str], sentences: Sequence[Passage], names: re.Pattern[str] | None
) -> tuple[Passage, ...]:
    """The sentences fullest of the theme, from all over the book, those that name the cast first."""
    scored = []
    for passage in sentences:
        spoken = words_of(passage.quote)
        met = sum(word in words for word in set(spoken))
        if met and len(spoken) >= LEAST_THEME_WORDS:
            named = bool(names and names.search(passage.quote))
            # Two different words in twenty show a theme better than one in nine.
            density = met * met / (len(spoken) + 12)
            scored.append((-density * (1.5 if named else 1.0), passage))
    scored.sort(key=lambda row: (row[0], row[1].chapter, row[1].start))
    chosen: dict[int, Passage] = {}
    parts = max((p.chapter for p in sentences), default=0) + 1
    for _, passage in scored:
        chosen.setdefault(passage.chapter * PASSAGES_A_THEME // parts, passage)
    best = list(chosen.values())
    if len(best) < 2:  # a book of one chapter
        best = [passage for _, passage in scored[:PASSAGES_A_THEME]]
    return tuple(sorted(best, key=lambda p: (p.chapter, p.start)))


def _name_pattern(people: Sequence[Person]) -> re.Pattern[str] | None:
    names = {n for p in people for n in (p.name, *p.aliases) if len(n) > 2 and n[:1].isupper()}
    if not names:
        return None
    return re.compile(rf"\b(?:{'|'.join(re.escape(n) for n in sorted(names, key=len)[::-1])})\b")


def _named_places(chapters: Sequence[str], places: Sequence[Place]) -> list[str]:
    """Proper names that narration puts people at, in two chapters or more (one, if there is one)."""
    names = [p.name for p in places if p.name.removeprefix("the ")[:1].isupper()]
    names = [name for name in dict.fromkeys(names) if len(name) > 2][:40]
    seen = {name: [0] * len(chapters) for name in names}
    for number, text in enumerate(chapters):
        told = _narration(text)
        for name in names:
            at = rf"\b(?i:in|at|into|to|reached|left|aboard|near|on)\s+{re.escape(name)}(?!['’\w])"
            seen[name][number] = len(re.findall(at, told)) if name.split()[-1] in told else 0
    known = [
        name
        for name, counts in seen.items()
        if sum(counts) >= LEAST_PLACE and sum(map(bool, counts)) >= min(2, len(chapters))
    ]
    return sorted(known, key=lambda name: -sum(seen[name]))[:4]


def _narration(text: str) -> str:
    pieces, at = [], 0
    for start, end in quoted_spans(text):
        pieces.append(text[at:start])
        at = end
    return " ".join([*pieces, text[at:]])


def opponent(chapters: Sequence[str], people: Sequence[Person]) -> Person | None:
    """Who stands in conflict with the first person: most paragraphs with both and a word of strife.

    None where the signs are too few to say.
    """
    if len(people) < 2:
        return None
    hero, *others = people
    lead = None if hero.is_narrator else _name_pattern([hero])
    strife: Counter[str] = Counter()
    seen: Counter[str] = Counter()
    patterns = {p.key: _name_pattern([p]) for p in others[:12]}
    for text in chapters:
        for paragraph in text.split("\n\n"):
            if lead is not None and not lead.search(paragraph):
                continue
            tense = len(CONFLICT.findall(paragraph))
            for key, pattern in patterns.items():
                if pattern is not None and pattern.search(paragraph):
                    seen[key] += 1
                    strife[key] += min(2, tense)
    scored = {k: strife[k] / (seen[k] + 5) for k in strife if strife[k] >= 4}
    if not scored:
        return None
    best = max(scored, key=lambda k: (scored[k], k))
    return next(p for p in others if p.key == best)


def _logline(
    chapters: Sequence[str],
    people: Sequence[Person],
    places: Sequence[str],
    themes: Sequence[ThemeFound],
    story_type: str,
) -> str:
    """One sentence from the protagonist, the place, the opposed or nearest person and the themes."""
    about = (
        _and([theme.name for theme in themes[:2]])
        if len(themes) < 2
        else (f"{themes[0].name}, and of {themes[1].name}")
    )
    where = f"In {_and(places[:2])}, " if places else ""
    comma = "," if len(themes) > 1 and people else ""  # closes "and of the sea"
    tale = f"{_article(story_type)} {story_type}" if story_type in TOLD else ""
    turns = f", in a tale of {about}" if about and tale else ""
    tale = tale or (f"a story of {about}{comma}" if about else "a story")
    if not people:
        sentence = f"{where}{tale}{turns}."
        return sentence[:1].upper() + sentence[1:]
    hero = people[0].name if people[0].name.lower() not in {"i", "narrator"} else "the narrator"
    against = opponent(chapters, people)
    beside = [p.name for p in people[1:4] if against is None or p.key != against.key][:2]
    company = f" together with {_and(beside)}" if beside else ""
    strife = f" and up against {against.name}" if against else ""
    if beside or against:
        sentence = f"{where}{tale} brings {hero}{company}{strife}"
    else:
        sentence = f"{where}{tale} follows {hero}"
    sentence = f"{sentence}{turns}."
    return sentence[:1].upper() + sentence[1:]


def _and(names: Sequence[str]) -> str:
    return " and ".join(names)


def _article(word: str) -> str:
    if word in {"survival", "redemption", "revenge"}:
        return "a story of"
    return "an" if word[:1] in "aeiou" else "a"


def _audience(chapters: Sequence[str]) -> str:
    """By how long sentences are and how often children are named."""
    words = max(1, sum(len(text.split()) for text in chapters))
    stops = max(1, sum(len(re.findall(r"[.!?]+", text)) for text in chapters))
    young = sum(len(YOUNG.findall(text)) for text in chapters) * 10_000 / words
    mean = words / stops
    if young >= 25 and mean <= 20:
        return "children and families"
    if mean <= 18 or young >= 25:
        return "general readers, young and old"
    return "adult readers"


def _stages(chapters: Sequence[str], people: Sequence[Person]) -> list[str]:
    names = {word for one in people for name in (one.name, *one.aliases) for word in name.split()}
    return places_of_play(chapters, names)[:MOST_STAGES]


def _setting(chapters: Sequence[str], places: Sequence[str], stages: Sequence[str]) -> str:
    """Where a play is set, named places, and years and seasons the text itself states."""
    whole = "\n".join(chapters)
    years = Counter(YEAR.findall(whole))
    seasons = Counter(word.lower() for word in SEASONS.findall(whole))
    parts = [f"{'; '.join(stages)}."] if stages else []
    if places:
        parts.append(f"Mainly {', '.join(places)}.")
    stated = [year.replace("—", "..") for year, count in years.most_common(2) if count > 1]
    if stated:
        parts.append(f"The text names {' and '.join(sorted(stated))}.")
    season, *others = [*seasons.most_common(2), ("", 0)]
    if season[1] >= max(LEAST_SEASON, 2 * others[0][1] if others else 0):
        parts.append(
            "Mostly at Christmas." if season[0] == "christmas" else f"Mostly in {season[0]}."
        )
    return " ".join(parts)
