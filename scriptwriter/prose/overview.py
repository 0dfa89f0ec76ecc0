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
from scriptwriter.prose.passages import Passage
from scriptwriter.prose.sentences import quotable
from scriptwriter.prose.types import Person, Place

MOST_THEMES = 4
LEAST_RATIO = 1.2  # a theme is at least this much denser than usual; the best two are named anyway
CLEAR_RATIO = 1.5  # below it a book is not clearly of one kind
LEAST_PLACE = 3  # mentions of a place that is worth naming
PASSAGES_A_THEME = 3
CONFLICT = re.compile(
    r"\b(?:against|enem\w+|fought|fight\w*|struck|hat(?:e|ed|red)|threat\w+|kill\w*|attack\w*|refus\w+"
    r"|quarrel\w*|accus\w+|murder\w*|villain\w*|treacher\w+|betray\w*|danger\w*|curs\w+|angr\w+)\b",
    re.IGNORECASE,
)
YEAR = re.compile(r"\b(?:1[5-9]|20)\d\d\b|\b1[5-9]—")
SEASONS = re.compile(r"\b(spring|summer|autumn|winter|christmas)\b", re.IGNORECASE)
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
    named = _named_places(places)
    return Overview(
        logline=_logline(chapters, people, named, themes, story_type or genre),
        themes=themes,
        story_type=story_type,
        genre=genre,
        tone=_first(TONES, vocabulary, otherwise=""),
        audience=_audience(chapters),
        setting=_setting(chapters, named),
    )


def _first(motifs: Sequence[Motif], vocabulary: Vocabulary, *, otherwise: str) -> str:
    ratio, motif = vocabulary.ranked(motifs)[0]
    return motif.name if ratio >= CLEAR_RATIO else otherwise


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
    """The sentences fullest of the theme, one a chapter, those that name the cast first."""
    scored = []
    for passage in sentences:
        count = sum(word in words for word in words_of(passage.quote))
        if count:
            named = bool(names and names.search(passage.quote))
            density = count / (
                len(passage.quote.split()) + 12
            )  # two words in ten beat one in three
            scored.append(
                (-density * (1.5 if named else 1.0), passage.chapter, passage.start, passage)
            )
    chosen: dict[int, Passage] = {}
    for *_, passage in sorted(scored, key=lambda row: row[:3]):
        chosen.setdefault(passage.chapter, passage)
        if len(chosen) == PASSAGES_A_THEME:
            break
    if len(chosen) < 2:  # a book of one chapter
        best = [row[-1] for row in sorted(scored, key=lambda row: row[:3])]
        return tuple(sorted(best[:PASSAGES_A_THEME], key=lambda p: (p.chapter, p.start)))
    return tuple(sorted(chosen.values(), key=lambda p: (p.chapter, p.start)))


def _name_pattern(people: Sequence[Person]) -> re.Pattern[str] | None:
    names = {n for p in people for n in (p.name, *p.aliases) if len(n) > 2 and n[:1].isupper()}
    if not names:
        return None
    return re.compile(rf"\b(?:{'|'.join(re.escape(n) for n in sorted(names, key=len)[::-1])})\b")


def _named_places(places: Sequence[Place]) -> list[str]:
    """Proper names first; a common noun such as "the kitchen" is no setting of a whole book."""
    names = [
        p.name
        for p in places
        if p.mentions >= LEAST_PLACE
        and p.name.removeprefix("the ").removeprefix("The ")[:1].isupper()
    ]
    return list(dict.fromkeys(names))[:4]


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
    about = ", and on ".join(theme.name for theme in themes[:2])
    where = f"In {_and(places[:2])}, " if places else ""
    tale = f"{_article(story_type)} {story_type}" if story_type else "a story"
    if not people:
        sentence = f"{where}{tale} about {about}." if about else f"{where}{tale}."
        return sentence[:1].upper() + sentence[1:]
    hero = people[0].name if people[0].name.lower() not in {"i", "narrator"} else "the narrator"
    against = opponent(chapters, people)
    beside = [p.name for p in people[1:3] if against is None or p.key != against.key]
    company = f" with {_and(beside)}" if beside else ""
    strife = f" and must face {against.name}" if against else ""
    turns = f"; it turns on {about}" if about else ""
    sentence = f"{where}{hero} is drawn into {tale}{company}{strife}{turns}."
    return sentence[:1].upper() + sentence[1:]


def _and(names: Sequence[str]) -> str:
    return " and ".join(names)


def _article(word: str) -> str:
    if word in {"survival", "redemption", "revenge"}:
        return "a story of"
    if word == "slices of life":
        return "some"
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


def _setting(chapters: Sequence[str], places: Sequence[str]) -> str:
    """Named places, and years and seasons the text itself states."""
    whole = "\n".join(chapters)
    years = Counter(YEAR.findall(whole))
    seasons = Counter(word.lower() for word in SEASONS.findall(whole))
    parts = []
    if places:
        parts.append(f"Mainly {', '.join(places)}.")
    if years:
        parts.append(f"The text names the year {years.most_common(1)[0][0].replace('—', '..')}.")
    if seasons:
        parts.append(f"The season named most is {seasons.most_common(1)[0][0].capitalize()}.")
    return " ".join(parts)
