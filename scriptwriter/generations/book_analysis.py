"""A book is read: who is in it, who says what, where its scenes are."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import Field

from canon.models import Character
from scriptwriter.analysis import (
    BookFound,
    ChapterFound,
    PersonFound,
    PlaceFound,
    QuoteFound,
    SceneFound,
    store,
)
from scriptwriter.models import Book
from scriptwriter.prose.adapt import Reading
from scriptwriter.prose.cast import Cast
from scriptwriter.prose.people import find_people
from scriptwriter.prose.places import find_places
from scriptwriter.prose.reading import read_chapter
from storyforge.core.errors import StateConflict
from storyforge.generation.context import CHARACTERS_PER_TOKEN, TOKENS_A_WORD, Section
from storyforge.generation.models import Made
from storyforge.generation.pipeline import Writing
from storyforge.generation.records import Record
from storyforge.generation.spec import Generation

QUOTES_A_CALL = 120  # about 2,500 tokens of answer
WORDS_A_CALL = 1_000  # of text with that many quotes, at the least
AROUND = 1_500  # characters of text before the first quote of a call
PEOPLE_TOKENS = 120 * 30  # for estimates: the list of people, at its longest


class Merge(Record):
    """People of the list who are one and the same."""

    keep: str = Field(description="Code of the fullest name.")
    same: list[str] = Field(description="Codes of the others.", min_length=1)


class CastReview(Record):
    """What is wrong with the list of people that the rules made."""

    merges: list[Merge] = Field(default_factory=list, max_length=60)
    not_people: list[str] = Field(default_factory=list, description="Codes that name no person.")


class Speaker(Record):
    """Who speaks a quote."""

    quote: str = Field(description="Code of the quote, such as q12.")
    speaker: str = Field(description="Code of a person of the list, or unknown.")
    confidence: float = Field(ge=0, le=1)


class ChapterReview(Record):
    """The speakers of the quotes marked in the text."""

    speakers: list[Speaker]
    summary: str = Field("", max_length=1_200, description="What happens, in 120 words at most.")


@dataclass(frozen=True, kw_only=True, slots=True)
class Batch:
    """Quotes of one chapter that go into one call, and the text around them with codes put in."""

    name: str
    codes: frozenset[str]
    text: str


class BookAnalysis(Generation):
    kind = "book.analysis"
    label = "Read for people and scenes"
    help = "Finds the cast, who speaks each quote, places and scenes."
    target = Book
    output = BookFound
    shown = ("summary",)
    max_tokens = 8_000
    system = "You are a careful reader who marks up novels for a dramaturg. You invent nothing."
    instructions = "Review the material."

    def sections(self, target: Book, request: Any) -> Iterable[Section]:
        for chapter in target.chapters.all():
            text = f"{chapter.title}, {chapter.words} words"
            yield Section(title=f"Chapter {chapter.number}", text=text, code=f"ch{chapter.number}")

    def calls(self, target: Book, request: Any) -> int:
        words = target.chapters.values_list("words", flat=True)
        return 1 + sum(-(-count // WORDS_A_CALL) for count in words)

    def planned_input(self, target: Book, request: Any) -> int:
        """The text once, and in each call the people and what lies around its quotes."""
        words = sum(target.chapters.values_list("words", flat=True))
        around = PEOPLE_TOKENS + round(2 * AROUND / CHARACTERS_PER_TOKEN)
        return round(words * TOKENS_A_WORD) + self.calls(target, request) * around

    def write_by_rules(self, writing: Writing) -> BookFound:
        """Cast first, then chapter by chapter, telling how far it is."""
        texts = chapter_texts(writing.target)
        total = len(texts) + 1
        writing.progress(0, total, "Looking for people")
        cast = find_people(texts)
        chapters = []
        for number, text in enumerate(texts, start=1):
            writing.progress(number, total, f"Reading chapter {number} of {len(texts)}")
            chapters.append(_chapter(number, read_chapter(text, cast)))
        return _found(cast, texts, chapters)

    def write_by_model(self, writing: Writing) -> BookFound:
        """The rules' reading is the evidence; the model corrects who is who and who speaks."""
        found = self.write_by_rules(writing)
        texts = chapter_texts(writing.target)
        total = len(texts) + 1
        writing.progress(0, total, "Reviewing the cast")
        review = writing.ask(
            CastReview,
            [_people_section(found.people)],
            instructions="List which of these people are the same person under two names, and which"
            " are no people. Only what you are sure of. Answer with codes.",
            name="cast",
            check=lambda r: _unknown_people(r, found),
        )
        found = merge_people(found, review)
        for chapter, text in zip(found.chapters, texts, strict=True):
            writing.progress(chapter.number, total, f"Speakers of chapter {chapter.number}")
            self._review_chapter(writing, found, chapter, text)
        return found

    def _review_chapter(
        self, writing: Writing, found: BookFound, chapter: ChapterFound, text: str
    ) -> None:
        keys = {person.key for person in found.people} | {"unknown"}
        for batch in _batches(chapter, text):
            review = writing.ask(
                ChapterReview,
                [
                    _people_section(found.people),
                    Section(title="Text", text=batch.text, code=batch.name, mandatory=True),
                ],
                instructions="Each quote in the text is followed by its code in brackets. Say for every"
                " code who speaks it. Then summarize what happens in this text.",
                name=batch.name,
                check=lambda r, codes=batch.codes: _bad_speakers(r, codes, keys),  # type: ignore[misc]
            )
            _apply(chapter, review)

    def problems(self, target: Book, output: BookFound, request: Any) -> Sequence[str]:
        keys = {person.key for person in output.people} | {""}
        return [
            f"{quote.code} of chapter {chapter.number} names nobody of the cast."
            for chapter in output.chapters
            for quote in chapter.quotes
            if quote.speaker not in keys
        ]

    def save(
        self, target: Book, output: BookFound, *, made: Made, request: Any
    ) -> Sequence[Character]:
        return store(target, output, made=made)


def chapter_texts(book: Book) -> list[str]:
    """The normalized chapter texts in order; raises `StateConflict` while there are none."""
    texts = list(book.chapters.order_by("number").values_list("text__text", flat=True))
    if not texts:
        raise StateConflict("This book has not been read yet.")
    return texts


def _found(cast: Cast, texts: list[str], chapters: list[ChapterFound]) -> BookFound:
    return BookFound(
        people=[
            PersonFound(
                key=p.key,
                name=p.name,
                aliases=list(p.aliases),
                gender=p.gender,
                mentions=p.mentions,
                is_narrator=p.is_narrator,
            )
            for p in cast.people
        ],
        places=[
            PlaceFound(name=p.name, mentions=p.mentions, interior=p.interior)
            for p in find_places(texts, cast)
        ],
        chapters=chapters,
    )


def _chapter(number: int, reading: Reading) -> ChapterFound:
    return ChapterFound(
        number=number,
        quotes=list(_quotes(reading)),
        scenes=[
            SceneFound(
                start=s.start,
                end=s.end,
                place=s.place,
                interior=s.interior,
                time=s.time,
                reason=s.reason,
                cast=list(s.cast),
            )
            for s in reading.scenes
        ],
    )


def _quotes(reading: Reading) -> Iterator[QuoteFound]:
    for quote in reading.quotes:
        if not quote.is_speech:
            continue
        who = reading.attributions.get(quote.code)
        yield QuoteFound(
            code=quote.code,
            start=quote.start,
            end=quote.end,
            text=quote.text,
            speaker=who.speaker if who else "",
            cue=reading.text[who.tag_start : who.tag_end] if who else "",
            cue_start=who.tag_start if who else 0,
            cue_end=who.tag_end if who else 0,
            verb=who.verb if who else "",
            method=who.method if who else "none",
            confidence=round(who.confidence, 3) if who else 0.0,
        )


def _people_section(people: Sequence[PersonFound]) -> Section:
    lines = [
        f"{p.key}: {p.name}; also {', '.join(p.aliases) or 'nothing else'}; {p.mentions} mentions"
        for p in people[:120]
    ]
    return Section(title="People", text="\n".join(lines), code="cast", mandatory=True)


def _unknown_people(review: CastReview, found: BookFound) -> list[str]:
    keys = {person.key for person in found.people}
    named = [k for m in review.merges for k in (m.keep, *m.same)] + review.not_people
    return [f"There is no person {key!r} in the list." for key in named if key not in keys]


def merge_people(found: BookFound, review: CastReview) -> BookFound:
    """The same book with people merged and non-people dropped; quotes and scenes follow."""
    into = {
        same: merge.keep for merge in review.merges for same in merge.same if same != merge.keep
    }
    gone = set(review.not_people) - set(into.values())

    def new(key: str) -> str:
        key = into.get(key, key)
        return "" if key in gone else key

    people = {p.key: p.model_copy(deep=True) for p in found.people}
    for same, keep in into.items():
        people[keep].aliases += [people[same].name, *people[same].aliases]
        people[keep].mentions += people[same].mentions
    merged = found.model_copy(deep=True)
    merged.people = [p for k, p in people.items() if k not in into and k not in gone]
    for chapter in merged.chapters:
        for quote in chapter.quotes:
            quote.speaker = new(quote.speaker)
        for scene in chapter.scenes:
            scene.cast = [k for k in dict.fromkeys(map(new, scene.cast)) if k]
    return merged


def _batches(chapter: ChapterFound, text: str) -> Iterator[Batch]:
    for first in range(0, len(chapter.quotes), QUOTES_A_CALL):
        quotes = chapter.quotes[first : first + QUOTES_A_CALL]
        at = max(0, quotes[0].start - AROUND)
        pieces = []
        for quote in quotes:
            pieces += [text[at : quote.end], f"[{quote.code}]"]
            at = quote.end
        pieces.append(text[at : at + AROUND])
        yield Batch(
            name=f"speakers.{chapter.number}.{first // QUOTES_A_CALL + 1}",
            codes=frozenset(quote.code for quote in quotes),
            text="".join(pieces),
        )


def _bad_speakers(review: ChapterReview, codes: frozenset[str], keys: set[str]) -> list[str]:
    answered = [s.quote for s in review.speakers]
    return [
        *(f"{code} has no answer." for code in sorted(codes - set(answered))),
        *(f"There is no quote {code!r}." for code in answered if code not in codes),
        *(f"There is no person {s.speaker!r}." for s in review.speakers if s.speaker not in keys),
    ]


def _apply(chapter: ChapterFound, review: ChapterReview) -> None:
    by_code = {quote.code: quote for quote in chapter.quotes}
    for answer in review.speakers:
        quote = by_code[answer.quote]
        if quote.method == "explicit":  # the book itself says who speaks
            continue
        quote.speaker = "" if answer.speaker == "unknown" else answer.speaker
        quote.confidence = answer.confidence
        quote.method = "implicit" if quote.speaker else "none"
    chapter.summary = f"{chapter.summary} {review.summary}".strip()
