"""The story bible: who is in it, what they are called, what they say."""

from __future__ import annotations

from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models
from pydantic import BaseModel, ConfigDict, Field

from storyforge.core.fields import TypedJSONField
from storyforge.generation.models import GeneratedContent
from storyforge.projects.models import Project, ProjectContent


class Evidence(BaseModel):
    """A verbatim piece of a text that supports a claim."""

    model_config = ConfigDict(extra="forbid")

    quote: str = Field(description="Verbatim words of the text.", max_length=600)
    origin: str = Field("", description="Id of the text it stands in.")
    start: int = Field(0, ge=0, description="Offset in that text.")
    end: int = Field(0, ge=0)


class FieldState(BaseModel):
    """Where a character's field comes from. A writer fills a field only while it is proposed or empty."""

    model_config = ConfigDict(extra="forbid")

    status: str = Field("proposed", pattern="^(proposed|confirmed|locked)$")
    source: str = Field("rules", pattern="^(author|import|model|rules)$")
    evidence: list[Evidence] = Field(default_factory=list)


class Archetype(models.Model):
    """A pattern of character; the same for everybody. Staff switch one off, old links stay."""

    code = models.SlugField(max_length=40, unique=True)
    set = models.CharField(max_length=20, default="core", db_index=True)
    name = models.CharField(max_length=100)
    category = models.CharField(max_length=50, db_index=True)
    description = models.TextField()
    traits = ArrayField(models.CharField(max_length=60), default=list)
    typical_roles = ArrayField(models.CharField(max_length=60), default=list)
    example_characters = models.TextField(blank=True)
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ["set", "pk"]
        constraints = [models.UniqueConstraint(fields=["set", "name"], name="archetype_name")]

    def __str__(self) -> str:
        return self.name


class Lock(ProjectContent):
    """Genre, tone and style that every version of a script keeps. Immutable: a change makes a new one."""

    genre = models.CharField(max_length=50, blank=True)
    tone = models.CharField(max_length=50, blank=True)
    pov = models.CharField("point of view", max_length=50, blank=True)
    tense = models.CharField(max_length=20, blank=True)
    rating = models.CharField(max_length=20, blank=True)
    style_sample = models.TextField(blank=True, max_length=1_500)
    banned = ArrayField(models.CharField(max_length=60), default=list, blank=True)

    class Meta:
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return ", ".join(part for part in (self.genre, self.tone) if part) or "no lock"


class Character(GeneratedContent):
    """Somebody in the story. Two may share a name; the code tells them apart."""

    class Role(models.TextChoices):
        PROTAGONIST = "protagonist"
        ANTAGONIST = "antagonist"
        SUPPORTING = "supporting"
        MINOR = "minor"

    #: The fields a profile fills; each has an entry in `field_state` once it is filled.
    PROFILE = (
        "role", "character_arc", "physical_description", "personality", "goals", "voice",
        "backstory", "want", "need", "lie", "ghost",
    )  # fmt: skip

    code = models.CharField(max_length=12, editable=False)
    name = models.CharField(max_length=255, help_text="The name readers know them by.")
    role = models.CharField(
        max_length=20, choices=Role.choices, blank=True, help_text="Their part in the story."
    )
    character_arc = models.TextField(
        max_length=2_000, blank=True, help_text="How they change from beginning to end."
    )
    physical_description = models.TextField(
        max_length=2_000, blank=True, help_text="What one sees of them."
    )
    personality = models.TextField(
        max_length=2_000, blank=True, help_text="How they are: temper, manners, habits."
    )
    goals = models.TextField(max_length=2_000, blank=True, help_text="What they work towards.")
    voice = models.TextField(
        max_length=2_000, blank=True, help_text="How they talk: words, length, habits of speech."
    )
    backstory = models.TextField(
        max_length=4_000, blank=True, help_text="What happened to them before the story."
    )
    want = models.TextField(max_length=1_000, blank=True, help_text="Their outer goal.")
    need = models.TextField(max_length=1_000, blank=True, help_text="What they lack within.")
    lie = models.TextField(
        max_length=1_000, blank=True, help_text="The false belief that holds them back."
    )
    ghost = models.TextField(
        max_length=1_000, blank=True, help_text="The wound of the past behind the lie."
    )
    gender = models.CharField(max_length=20, blank=True)
    mentions = models.PositiveIntegerField(default=0, editable=False)
    spoken_words = models.PositiveIntegerField(default=0, editable=False)
    field_state = TypedJSONField(of=dict[str, FieldState], default=dict, editable=False)
    is_active = models.BooleanField(default=True)
    archetypes: models.ManyToManyField[Archetype, CharacterArchetype] = models.ManyToManyField(
        Archetype, through="CharacterArchetype", related_name="characters"
    )

    class Meta:
        ordering = ["-spoken_words", "-mentions", "name"]
        constraints = [models.UniqueConstraint(fields=["project", "code"], name="character_code")]
        indexes = [models.Index(fields=["project", "role"], name="character_role")]

    def __str__(self) -> str:
        return self.name

    def may_write(self, field: str) -> bool:
        """Whether a writer may fill the field: it is empty, or nobody has confirmed it yet."""
        state = self.field_state.get(field, {})
        return not getattr(self, field) or state.get("status") == "proposed"

    def propose(self, field: str, value: str, *, source: str, evidence: list[Evidence]) -> bool:
        """Fill a field that may be written; says whether it was. The caller saves."""
        if not value or not self.may_write(field):
            return False
        setattr(self, field, value)
        state = FieldState(source=source, evidence=evidence)
        self.field_state[field] = state.model_dump(mode="json")
        return True

    def confirm(self, field: str) -> None:
        """A person wrote or accepted the field: no writer changes it again. The caller saves."""
        state = {**self.field_state.get(field, {}), "status": "confirmed", "source": "author"}
        self.field_state[field] = FieldState.model_validate(state).model_dump(mode="json")


class CharacterArchetype(ProjectContent):
    """How much of an archetype a character has, and the words that say so."""

    character = models.ForeignKey(Character, models.CASCADE, related_name="archetype_links")
    archetype = models.ForeignKey(Archetype, models.PROTECT, related_name="links")
    weight = models.FloatField(help_text="Share from 0 to 1.")
    reasons = models.JSONField(default=list, help_text="Matched traits with the words around them.")

    class Meta:
        ordering = ["-weight"]
        constraints = [
            models.UniqueConstraint(fields=["character", "archetype"], name="archetype_once")
        ]

    def __str__(self) -> str:
        return f"{self.archetype} {self.weight:.2f}"


class Alias(ProjectContent):
    """A name the text uses for a character."""

    character = models.ForeignKey(Character, models.CASCADE, related_name="aliases")
    text = models.CharField(max_length=255)
    case_sensitive = models.BooleanField(default=True)
    evidence = TypedJSONField(of=list[Evidence], default=list, blank=True)

    class Meta:
        ordering = ["text"]
        verbose_name_plural = "aliases"
        constraints = [models.UniqueConstraint(fields=["character", "text"], name="alias_once")]

    def __str__(self) -> str:
        return self.text


class Utterance(ProjectContent):
    """Something said: by whom as far as is known, how that is known, and where it stands."""

    class Method(models.TextChoices):
        EXPLICIT = "explicit"
        ANAPHORIC = "anaphoric"
        IMPLICIT = "implicit"
        NONE = "none"

    code = models.CharField(max_length=12)
    origin = models.UUIDField(db_index=True, help_text="The immutable text it stands in.")
    start = models.PositiveIntegerField()
    end = models.PositiveIntegerField()
    text = models.TextField()
    speaker = models.ForeignKey(
        Character, models.SET_NULL, null=True, blank=True, related_name="utterances"
    )
    cue_text = models.CharField(
        max_length=500, blank=True, help_text="The speech tag, such as: said Alice."
    )
    cue_start = models.PositiveIntegerField(default=0)
    cue_end = models.PositiveIntegerField(default=0)
    verb = models.CharField(max_length=40, blank=True)
    method = models.CharField(max_length=10, choices=Method.choices, default=Method.NONE)
    confidence = models.FloatField(default=0.0)

    class Meta:
        ordering = ["origin", "start"]
        constraints = [models.UniqueConstraint(fields=["origin", "code"], name="utterance_code")]

    def __str__(self) -> str:
        return self.text[:60]


def next_code(model: type[Any], project: Project, letter: str) -> int:
    """The number after the highest code of this model in the project; call with the project locked."""
    codes = model.objects.filter(project=project).values_list("code", flat=True)
    return max((int(c[len(letter) :]) for c in codes), default=0) + 1
