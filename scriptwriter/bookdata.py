"""A book's rows back as the plain data that rules work on."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from canon.models import Character, Evidence, Utterance
from scriptwriter.models import Book, Chapter
from scriptwriter.prose.passages import Passage
from scriptwriter.prose.types import Person, Place


@dataclass(frozen=True, kw_only=True, slots=True)
class BookData:
    """A book as rules see it: texts in order, people most present first, what each of them says."""

    book: Book
    chapters: list[Chapter]
    texts: list[str]
    characters: list[Character]
    people: list[Person]
    places: list[Place]
    lines: dict[str, list[Passage]]

    def evidence(self, passages: Sequence[Passage]) -> list[Evidence]:
        """Passages as evidence on rows: the origin is the id of the chapter text."""
        return [
            Evidence(
                quote=p.quote[:600],
                origin=str(self.chapters[p.chapter].text.pk),
                start=p.start,
                end=p.end,
            )
            for p in passages
        ]


def load(book: Book) -> BookData:
    """Read it in a handful of queries, whatever the size of the book."""
    chapters = list(book.chapters.select_related("text").order_by("number"))
    characters = list(
        book.characters.filter(is_active=True)
        .prefetch_related("aliases")
        .order_by("-spoken_words", "-mentions", "name")
    )
    # An analysis gives out codes by presence in the book.
    characters.sort(key=lambda c: (c.role != Character.Role.PROTAGONIST, int(c.code[1:])))
    index = {chapter.text.pk: i for i, chapter in enumerate(chapters)}
    lines: dict[str, list[Passage]] = defaultdict(list)
    said = Utterance.objects.filter(
        project=book.project_id, origin__in=index, speaker__in=characters
    )
    for quote in said.order_by("origin", "start").values_list(
        "speaker__code", "origin", "start", "end", "text"
    ):
        code, origin, start, end, text = quote
        lines[code].append(Passage(chapter=index[origin], start=start, end=end, quote=text))
    for passages in lines.values():
        passages.sort(key=lambda p: (p.chapter, p.start))
    return BookData(
        book=book,
        chapters=chapters,
        texts=[chapter.text.text for chapter in chapters],
        characters=characters,
        people=[_person(c) for c in characters],
        places=[
            Place(name=p.name, mentions=p.mentions, first=0, interior=p.interior)
            for p in book.places.all()
        ],
        lines=dict(lines),
    )


def talkers(data: BookData) -> Counter[str]:
    """Words spoken by each person's key."""
    return Counter({c.code: c.spoken_words for c in data.characters})


def _person(character: Character) -> Person:
    gender = character.gender if character.gender in {"female", "male"} else ""
    return Person(
        key=character.code,
        name=character.name,
        aliases=tuple(alias.text for alias in character.aliases.all()),
        gender=gender,  # type: ignore[arg-type]
        mentions=character.mentions,
    )
