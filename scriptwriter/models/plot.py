"""The plot of a whole book on one page."""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from pydantic import BaseModel, ConfigDict, Field

from canon.models import Evidence
from scriptwriter.models.book import Book
from storyforge.core.fields import TypedJSONField
from storyforge.generation.models import GeneratedContent


class Theme(BaseModel):
    """What the story is about beneath its events, with passages that show it."""

    model_config = ConfigDict(extra="forbid")

    name: str = Field(description="One to four words.", max_length=80)
    evidence: list[Evidence] = Field(
        default_factory=list, description="At least two passages of the book."
    )


class PlotOverview(GeneratedContent):
    """The plot of a book on one page; every writing is a new version."""

    class Status(models.TextChoices):
        DRAFT = "draft"
        ACTIVE = "active"
        SUPERSEDED = "superseded"

    #: What a writer fills and a person edits.
    CONTENT = (
        "logline", "themes", "story_type", "genre", "tone", "audience", "setting",
    )  # fmt: skip

    book = models.ForeignKey(Book, models.CASCADE, related_name="plots", editable=False)
    version = models.PositiveIntegerField(editable=False)
    status = models.CharField(max_length=12, choices=Status.choices, default=Status.ACTIVE)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, editable=False, related_name="+"
    )
    logline = models.TextField(
        max_length=400,
        blank=True,
        help_text="One sentence of at most 50 words: who wants what, and what stands in the way.",
    )
    themes = TypedJSONField(of=list[Theme], default=list, blank=True, help_text="Two to five.")
    story_type = models.CharField(
        max_length=50, blank=True, help_text="Such as quest, mystery, comedy of manners."
    )
    genre = models.CharField(max_length=50, blank=True, help_text="Such as adventure or gothic.")
    tone = models.CharField(max_length=50, blank=True, help_text="Such as wry or dark.")
    audience = models.CharField(max_length=50, blank=True, help_text="Whom it is for.")
    setting = models.TextField(max_length=1_000, blank=True, help_text="Where and when.")
    custom_instructions = models.TextField(max_length=4_000, blank=True, editable=False)
    include_character_images = models.BooleanField(default=False, editable=False)
    locked_fields = ArrayField(models.CharField(max_length=30), default=list, blank=True)

    class Meta:
        ordering = ["-version"]
        constraints = [
            models.UniqueConstraint(fields=["book", "version"], name="plot_version"),
            models.UniqueConstraint(
                fields=["book"], condition=Q(status="active"), name="plot_one_active"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.book} v{self.version}"
