"""A character's profile: every field cites the book, or stays empty."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.db import models
from pydantic import Field

from canon.archetypes import score_archetypes
from canon.models import Character, CharacterArchetype, Evidence
from scriptwriter import bookdata
from scriptwriter.prose.profile import read_profile
from storyforge.core.errors import StateConflict
from storyforge.generation.context import Layer, Section
from storyforge.generation.models import Made
from storyforge.generation.pipeline import Writing
from storyforge.generation.records import Record
from storyforge.generation.spec import Generation

LINES_SHOWN = 60


class Cited(Record):
    """A statement with the words it rests on."""

    text: str = Field("", max_length=1_000, description="One to four sentences; empty if unknown.")
    evidence: list[Evidence] = Field(default_factory=list, description="Verbatim passages.")


class Profile(Record):
    """A character's profile."""

    role: str = Field("", pattern="^(protagonist|antagonist|supporting|minor|)$")
    character_arc: Cited = Cited()
    physical_description: Cited = Cited()
    personality: Cited = Cited()
    goals: Cited = Cited()
    voice: Cited = Cited()
    backstory: Cited = Cited()
    want: Cited = Cited()
    need: Cited = Cited()
    lie: Cited = Cited()
    ghost: Cited = Cited()


CITED = tuple(name for name in Profile.model_fields if name != "role")


class CharacterProfile(Generation):
    kind = "character.profile"
    label = "Write the profile"
    help = "Looks, temper, voice, goals, want, need, lie and ghost, each with the words behind it."
    target = Character
    output = Profile
    shown = ("text",)
    system = (
        "You are a dramaturg who writes character sheets. You state only what the book supports."
    )
    instructions = (
        "Write this character's profile. Each field has one to four sentences and at least one passage"
        " copied exactly from the material; leave a field empty when nothing supports it."
    )

    def sections(self, target: Character, request: Any) -> Iterable[Section]:
        names = ", ".join(alias.text for alias in target.aliases.all())
        yield Section(
            title="Character",
            text=f"{target.code} {target.name}; also: {names}. Role so far: {target.role}",
            code=target.code,
            layer=Layer.PLAN,
            mandatory=True,
        )
        said = target.utterances.order_by("origin", "start")[:LINES_SHOWN]
        lines = "\n".join(f"“{quote.text}”" for quote in said)
        yield Section(title="What they say", text=lines, code="lines", weight=1_000)
        yield from _narration(target)

    def write_by_rules(self, writing: Writing) -> Profile:
        character: Character = writing.target
        book = character.books.first()
        if book is None:
            raise StateConflict("This character belongs to no book; write the profile by hand.")
        data = bookdata.load(book)
        person = next((p for p in data.people if p.key == character.code), None)
        if person is None:
            raise StateConflict("This character is not part of the book's cast any more.")
        claims = read_profile(person, data.people, data.texts, data.lines)
        fields = {
            name: Cited(text=claim.text, evidence=data.evidence(claim.passages))
            for name, claim in claims.items()
        }
        return Profile(role=character.role, **fields)

    def problems(self, target: Character, output: Profile, request: Any) -> Sequence[str]:
        texts = [
            " ".join(text.split())
            for book in target.books.all()
            for text in book.chapters.values_list("text__text", flat=True)
        ]
        return [
            f"{name}: {evidence.quote[:80]!r} does not stand in the book."
            for name in CITED
            for evidence in getattr(output, name).evidence
            if not any(" ".join(evidence.quote.split()) in text for text in texts)
        ]

    def save(
        self, target: Character, output: Profile, *, made: Made, request: Any
    ) -> Sequence[models.Model]:
        source = made.generation_method
        target.propose("role", output.role, source=source, evidence=[])
        for name in CITED:
            cited = getattr(output, name)
            target.propose(name, cited.text, source=source, evidence=cited.evidence)
        for name, value in made.fields().items():
            setattr(target, name, value)
        target.save()
        return [target, *_link_archetypes(target)]


def _narration(target: Character) -> Iterable[Section]:
    """The paragraphs that name the character, as many as fit."""
    names = [alias.text for alias in target.aliases.all()] or [target.name]
    for book in target.books.all():
        for chapter in book.chapters.select_related("text"):
            paragraphs = [p for p in chapter.text.text.split("\n\n") if any(n in p for n in names)]
            yield Section(
                title=f"Chapter {chapter.number:03}",
                text="\n\n".join(paragraphs[:8]),
                code=f"ch{chapter.number}",
                layer=Layer.STORY,
                weight=100,
            )


def _link_archetypes(target: Character) -> list[CharacterArchetype]:
    """Archetypes scored over the whole sheet, with the words that caused them."""
    sheet = " ".join(getattr(target, name) for name in Character.PROFILE)
    target.archetype_links.all().delete()
    return CharacterArchetype.objects.bulk_create(
        CharacterArchetype(
            project_id=target.project_id,
            character=target,
            archetype=score.archetype,
            weight=round(score.weight, 3),
            reasons=[reason.model_dump() for reason in score.reasons],
        )
        for score in score_archetypes(sheet)
    )
