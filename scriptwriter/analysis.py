"""What an analysis of a book holds, and how it becomes rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db.models.functions import Now
from pydantic import Field

from canon.characters import add_characters
from canon.models import Alias, Character, Utterance
from scriptwriter.models import Book, Chapter, ChapterScene, Place
from scriptwriter.prose.overview import opponent
from scriptwriter.prose.presence import most_present, read_presence
from scriptwriter.prose.types import Person
from storyforge.generation.models import Made
from storyforge.generation.records import Record

KEEP_PEOPLE = 60  # a longer cast list helps nobody; the rest stay in the text
KEEP_PLACES = 60
LEAST_MENTIONS = 3  # unless they speak
SUPPORTING_SHARE = 0.15  # of the protagonist's presence


class PersonFound(Record):
    """Somebody in the book; `key` is what quotes and scenes call them."""

    key: str
    name: str
    aliases: list[str] = Field(default_factory=list)
    gender: str = ""
    mentions: int = 0
    is_narrator: bool = False


class PlaceFound(Record):
    """Somewhere the book goes."""

    name: str
    mentions: int = 0
    interior: bool | None = None


class QuoteFound(Record):
    """A quote with its speaker's key, "" when unknown."""

    code: str
    start: int
    end: int
    text: str
    speaker: str = ""
    cue: str = ""
    cue_start: int = 0
    cue_end: int = 0
    verb: str = ""
    method: str = "none"
    confidence: float = 0.0


class SceneFound(Record):
    """A scene's span with what its words say of place, time and cast."""

    start: int
    end: int
    place: str = ""
    interior: bool | None = None
    time: str = ""
    reason: str = ""
    cast: list[str] = Field(default_factory=list)


class ChapterFound(Record):
    """One chapter."""

    number: int
    summary: str = ""
    quotes: list[QuoteFound] = Field(default_factory=list)
    scenes: list[SceneFound] = Field(default_factory=list)


class BookFound(Record):
    """A whole book."""

    people: list[PersonFound]
    places: list[PlaceFound]
    chapters: list[ChapterFound]


def store(book: Book, found: BookFound, *, made: Made) -> list[Character]:
    """Save an analysis; an earlier one's quotes, scenes and places give way, characters stay."""
    by_key = _store_people(book, found, made=made)
    book.places.all().delete()
    Place.objects.bulk_create(
        Place(project_id=book.project_id, book=book, **place.model_dump())
        for place in found.places[:KEEP_PLACES]
    )
    chapters = {c.number: c for c in book.chapters.select_related("text")}
    _store_quotes(chapters, found, by_key)
    _store_scenes(chapters, found, by_key)
    Book.objects.filter(pk=book.pk).update(analyzed_at=Now(), updated_at=Now())
    return list(dict.fromkeys(by_key.values()))


def spoken_words(found: BookFound) -> dict[str, int]:
    """Words spoken by each person's key."""
    spoken: dict[str, int] = {}
    for chapter in found.chapters:
        for quote in chapter.quotes:
            spoken[quote.speaker] = spoken.get(quote.speaker, 0) + len(quote.text.split())
    return spoken


@dataclass(frozen=True, kw_only=True, slots=True)
class Billing:
    """The people worth a card, whose book it is first; presence and roles by key."""

    people: tuple[PersonFound, ...]
    presence: Mapping[str, float]
    roles: Mapping[str, str]


def bill(found: BookFound, texts: Sequence[str]) -> Billing:
    """Who is worth a card, in what order and in what role, by presence and strife in the text."""
    spoken = spoken_words(found)
    by_key = {
        p.key: p for p in found.people if p.mentions >= LEAST_MENTIONS or spoken.get(p.key, 0)
    }
    people = [_as_person(p) for p in by_key.values()]
    presence = read_presence(people, texts, spoken)
    ranked = most_present(people, presence, spoken)[:KEEP_PEOPLE]
    most = max(presence.values(), default=0.0)
    roles = {p.key: _role(i, presence[p.key], most) for i, p in enumerate(ranked)}
    against = opponent(texts, ranked)
    if against is not None:
        roles[against.key] = Character.Role.ANTAGONIST
    return Billing(people=tuple(by_key[p.key] for p in ranked), presence=presence, roles=roles)


def _as_person(person: PersonFound) -> Person:
    gender = person.gender if person.gender in {"female", "male"} else ""
    return Person(
        key=person.key,
        name=person.name,
        aliases=tuple(person.aliases),
        gender=gender,  # type: ignore[arg-type]
        mentions=person.mentions,
        is_narrator=person.is_narrator,
    )


def _texts(book: Book) -> list[str]:
    return list(book.chapters.order_by("number").values_list("text__text", flat=True))


def _store_people(book: Book, found: BookFound, *, made: Made) -> dict[str, Character]:
    """One character per person: the book's own of that name, else a new one."""
    spoken = spoken_words(found)
    billing = bill(found, _texts(book))
    cast = billing.people
    known = {c.name.casefold(): c for c in book.characters.all()}
    by_key, fresh = {}, []
    for person in cast:
        character = known.get(person.name.casefold())
        if character is None:
            character = Character(
                project_id=book.project_id,
                name=person.name[:255],
                gender=person.gender,
                **made.fields(),
            )
            fresh.append(character)
        character.mentions, character.spoken_words = person.mentions, spoken.get(person.key, 0)
        role = billing.roles[person.key]
        character.propose("role", role, source=made.generation_method, evidence=[])
        by_key[person.key] = character
    add_characters(book.project, fresh)
    old = [c for c in by_key.values() if c not in fresh]
    Character.objects.bulk_update(old, ["mentions", "spoken_words", "role", "field_state"])
    book.characters.add(*by_key.values())
    _store_aliases(by_key, cast)
    return by_key


def _role(rank: int, own: float, most: float) -> str:
    """By presence alone: whose book it is, who matters in it."""
    if rank == 0:
        return Character.Role.PROTAGONIST
    if own >= SUPPORTING_SHARE * most:
        return Character.Role.SUPPORTING
    return Character.Role.MINOR


def _store_aliases(by_key: Mapping[str, Character], cast: Sequence[PersonFound]) -> None:
    Alias.objects.bulk_create(
        [
            Alias(project_id=by_key[p.key].project_id, character=by_key[p.key], text=alias[:255])
            for p in cast
            for alias in dict.fromkeys([p.name, *p.aliases])
        ],
        ignore_conflicts=True,  # an alias that is there already, perhaps with a person's evidence
    )


def _store_quotes(
    chapters: Mapping[int, Chapter], found: BookFound, by_key: Mapping[str, Character]
) -> None:
    origins = [c.text.pk for c in chapters.values()]
    Utterance.objects.filter(origin__in=origins).delete()
    Utterance.objects.bulk_create(
        [
            Utterance(
                project_id=chapters[chapter.number].project_id,
                origin=chapters[chapter.number].text.pk,
                code=quote.code,
                start=quote.start,
                end=quote.end,
                text=quote.text,
                speaker=by_key.get(quote.speaker),
                cue_text=quote.cue[:500],
                cue_start=quote.cue_start,
                cue_end=quote.cue_end,
                verb=quote.verb[:40],
                method=quote.method,
                confidence=quote.confidence,
            )
            for chapter in found.chapters
            for quote in chapter.quotes
        ],
        batch_size=2_000,
    )


def _store_scenes(
    chapters: Mapping[int, Chapter], found: BookFound, by_key: Mapping[str, Character]
) -> None:
    ChapterScene.objects.filter(chapter__in=chapters.values()).delete()
    rows, casts = [], []
    for chapter in found.chapters:
        row = chapters[chapter.number]
        if chapter.summary:
            Chapter.objects.filter(pk=row.pk).update(summary=chapter.summary)
        for number, scene in enumerate(chapter.scenes, start=1):
            values = scene.model_dump(exclude={"cast"})
            values |= {"place": scene.place[:200], "time": scene.time[:100]}
            rows.append(
                ChapterScene(project_id=row.project_id, chapter=row, number=number, **values)
            )
            casts.append({by_key[key] for key in scene.cast if key in by_key})
    ChapterScene.objects.bulk_create(rows)
    through = ChapterScene.cast.through
    through.objects.bulk_create(
        through(chapterscene_id=row.pk, character_id=character.pk)
        for row, cast in zip(rows, casts, strict=True)
        for character in cast
    )
