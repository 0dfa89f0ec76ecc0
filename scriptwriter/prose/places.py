"""The places of a book: names after "in" and "at", and rooms, roads and ships without a name."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from scriptwriter.prose.cast import Cast
from scriptwriter.prose.evidence import Form, collect
from scriptwriter.prose.honorifics import honorific
from scriptwriter.prose.names import Census, Chapter, is_german, scan
from scriptwriter.prose.notnames import LANDS, NOT_NAMES
from scriptwriter.prose.placenouns import (
    EXTERIOR,
    INTERIOR,
    NAME_ENDINGS,
    NAME_STARTS,
    PLACE_NOUNS,
)
from scriptwriter.prose.types import Place
from scriptwriter.prose.wordlist import wordlist

# A name is a place from this evidence on (one "in X" is 1), a noun from this many times on.
ENOUGH = 1.5
ENOUGH_PER_MENTION = 0.1
# "Skeleton Island waited": places do a little of what people do.
HUMAN_SHARE = 0.25
# Of a name nobody speaks or acts under, one "drove to X" is enough.
ENOUGH_ALONE = 0.8
LEAST_NOUNS = 3
MOST_PLACES = 200
_NOUN = re.compile(
    r"\b(?P<how>[Ii]n\s+front\s+of|[Ii]n|[Ii]nto|[Aa]t|[Tt]o|[Ff]rom|[Ii]nside|[Oo]utside|[Tt]hrough|[Oo]n|[Oo]nto|[Uu]pon|[Nn]ear|[Aa]cross|"
    r"[Tt]owards?|[Aa]long|[Dd]own|[Uu]p|[Ii]m|left|leaving|entered|entering|reached|reaching|crossed|crossing)\s+"
    r"(?P<place>(?:[Tt]he|an?|my|his|her|our|their|der|dem|die)\s+(?P<nouns>[a-z]+(?:-[a-z]+)?(?:[ \t]*\n?[ \t]*[a-z]+(?:-[a-z]+)?){0,2}))(?![\w-])"
)
_WORDS = re.compile(r"[a-z]+(?:-[a-z]+)?")
# Behind one of these the words are about something else: "the top of the house".
_STOPS = frozenset(
    wordlist(
        "of and or but to in on at with for from that which who was were is had by as when while where"
    )
)
# "The inn door" is a door.
_PARTS_OF = frozenset(
    wordlist(
        """
    door doors window windows wall walls floor ceiling table tables chair chairs fire key keys bell light lights side sides
    end edge top gate gates step steps clock clothes phrase family people master keeper ground buildings building folk boy girl maid
    man woman men life air water breeze shell song book books name names business friends
    """
    )
)
_DETERMINER = re.compile(r"^(?:an?|my|his|her|our|their|The)\s")
# "In the world", "in the country": too wide or too loose to be where a scene plays.
_VAGUE = frozenset(
    wordlist(
        """
    world country county land kingdom realm point pass common case place estate
    """
    )
)


@dataclass(frozen=True, kw_only=True, slots=True)
class PlaceWords:
    """`text[start:end]` names a place ("the dark kitchen"); `name` is how it is listed ("the kitchen")."""

    start: int
    end: int
    name: str
    interior: bool | None
    how: str = "in"  # the word that leads to it, in lower case


def find_places(chapters: Sequence[str], cast: Cast) -> tuple[Place, ...]:
    """Find the places of a book, most mentioned first; nobody of `cast` is taken for a place."""
    read = [Chapter.of(text, number) for number, text in enumerate(chapters)]
    runs, census = scan(read)
    forms, _ = collect(read, runs, census)
    people = {alias.lower() for person in cast for alias in (*person.aliases, person.name)}
    families = {word for name in people for word in name.split()}
    german = is_german(census)
    named = [
        _place_of(form)
        for form in forms
        if not _is_family(form.name.last.lower(), families)
        and " ".join(_surface(form)).lower() not in people
        and is_place(form, census, german=german)
    ]
    found = [*named, *_nouns(chapters)]
    found.sort(key=lambda place: (-place.mentions, place.first))
    return tuple(found[:MOST_PLACES])


def _is_family(word: str, families: set[str]) -> bool:
    """ "The Lucases" are people."""
    return word.endswith("s") and (word[:-1] in families or word.removesuffix("es") in families)


def is_place(form: Form, census: Census, *, german: bool = False) -> bool:
    """Whether the words around a name say that one goes there."""
    core = form.name.core
    if form.name.titles and 2 * form.the <= form.count:
        return False
    if len(core) == 1 and honorific(core[0]) is not None:
        return False
    if core[0] in LANDS and len(core) == 1:
        return form.place >= 1
    if all(word in NOT_NAMES for word in core) and core[-1] not in NAME_ENDINGS:
        return False
    if len(core) == 1 and (core[0] in NOT_NAMES or (not form.mid and census.is_common(core[0]))):
        return False
    if german and (form.the + form.indefinite) * 4 > form.count:
        return False
    if len(core) > 1 and _is_place_name(core):
        human = max(2 * form.place + 1, HUMAN_SHARE * form.count)
        return form.human <= human and (form.count > 1 or form.place > 0)
    if form.is_epithet and not form.speech and not census.lower[core[0].lower()]:
        return form.place >= ENOUGH_ALONE  # a ship, an inn: "the Hispaniola lay", "the Spouter"
    if form.human == 0 and not census.lower[core[0].lower()]:
        return form.place >= ENOUGH_ALONE * max(1, form.count // 10)
    enough = max(ENOUGH, ENOUGH_PER_MENTION * min(form.count, 40))
    return form.place >= enough and form.place > form.human


def _is_place_name(core: Sequence[str]) -> bool:
    return core[-1] in NAME_ENDINGS or core[0].rstrip(".") in NAME_STARTS


def _surface(form: Form) -> tuple[str, ...]:
    return form.surfaces.most_common(1)[0][0]


def _place_of(form: Form) -> Place:
    words = _surface(form)
    name = " ".join(words)
    return Place(
        name=f"the {name}" if 2 * form.the > form.count else name,
        mentions=form.count,
        first=form.first,
        interior=interior_of(words[-1]),
    )


def interior_of(noun: str) -> bool | None:
    """Whether one is inside in a "Kitchen" or on a "street"; None where the word does not tell."""
    word = noun.rpartition("-")[2].lower() if noun.lower() not in PLACE_NOUNS else noun.lower()
    if (word in INTERIOR) == (word in EXTERIOR):
        return None  # neither, or a word for both: "bank", "bridge"
    return word in INTERIOR


def _nouns(chapters: Sequence[str]) -> Iterator[Place]:
    counts: dict[str, int] = {}
    firsts: dict[str, int] = {}
    inside: dict[str, bool | None] = {}
    offset = 0
    for text in chapters:
        for words in place_nouns(text, 0, len(text)):
            counts[words.name] = counts.get(words.name, 0) + 1
            firsts.setdefault(words.name, offset + words.start)
            inside.setdefault(words.name, words.interior)
        offset += len(text)
    for name, count in counts.items():
        if count >= LEAST_NOUNS:
            yield Place(name=name, mentions=count, first=firsts[name], interior=inside[name])


def place_nouns(text: str, start: int, end: int) -> Iterator[PlaceWords]:
    """Rooms, roads and the like that `start:end` puts somebody in, at, or on the way to."""
    for match in _NOUN.finditer(text, start, end):
        found = _place_noun(match["nouns"])
        if found is None or found.group() in _VAGUE:
            continue
        stop = match.start("nouns") + found.end()
        how = match["how"].lower()
        yield PlaceWords(
            start=match.start("place"),
            end=stop,
            name=f"the {found.group()}",
            interior=False
            if how.startswith(("in front", "outside"))
            else interior_of(found.group()),
            how=" ".join(how.split()),
        )


def _place_noun(words: str) -> re.Match[str] | None:
    """The place among up to three words behind an article: "kitchen" of "old kitchen"."""
    best: re.Match[str] | None = None
    for match in _WORDS.finditer(words):
        word = match.group()
        if word in _STOPS:
            break
        if best is not None and word in _PARTS_OF:
            return None
        if word in PLACE_NOUNS:
            best = match
        elif best is not None:
            break
    return best
