"""The root of a world, the party, and what the party's backstories say."""

from __future__ import annotations

import hashlib
from typing import Annotated, Any
from uuid import UUID

from django.conf import settings
from django.db import models
from pydantic import BaseModel, ConfigDict, Field

from storyforge.core.fields import TypedJSONField
from storyforge.projects.models import ProjectContent
from worldgen.models.base import CampaignContent
from worldgen.models.fields import Line, Link, Listed, Prose, Whole, Word

Wish = Annotated[str, Field(max_length=160)]


class Locks(BaseModel):
    """What the game master has settled; no writer changes it."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)

    tone: str = Field("", max_length=200, description="How everything sounds.")
    banned_words: list[Annotated[str, Field(max_length=60)]] = Field(
        default_factory=list, max_length=100, description="Words that no name may hold."
    )
    naming_style: str = Field("", max_length=200, description="How names sound.")
    facts: list[Annotated[str, Field(max_length=240)]] = Field(
        default_factory=list, max_length=40, description="Facts that must hold."
    )


def phase_mode_of(project_id: UUID) -> str:
    """The mode of new campaigns: nine for so many of 100 projects as `WORLDGEN_PHASE_MODE` says."""
    drawn = int(hashlib.sha256(project_id.bytes).hexdigest()[:8], 16) % 100
    return "nine" if drawn < settings.WORLDGEN_PHASE_MODE else "three"


class Campaign(ProjectContent):
    """A world and what its game master wants of it. Its status follows from its runs."""

    SIZES = ("small", "standard", "large")

    name = Line(80)
    premise = Prose(2_000, blank=True)
    genre = Line(60, blank=True)
    tone = Line(60, blank=True)
    technology_level = Line(60, blank=True)
    magic_level = Word("none low medium high", default="medium")
    rules_system = Word("srd_5_1 srd_5_2 generic", default="generic")
    party_level = Whole(1, 20, default=1)
    random_seed = models.BigIntegerField(
        default=1, help_text="What the rules draw from: the same seed, the same world."
    )
    size = Word(SIZES, default="standard")
    locks = TypedJSONField(of=Locks, default=dict, blank=True)
    phase_mode = Word("nine three", default="nine")
    is_archived = models.BooleanField(default=False)

    class Meta:
        ordering = ["-created_at"]
        constraints = [
            models.UniqueConstraint(fields=["project", "name"], name="campaign_name"),
            models.UniqueConstraint(fields=["project", "id"], name="campaign_in_project"),
        ]

    def __str__(self) -> str:
        return str(self.name)

    def save(self, *args: Any, **kwargs: Any) -> None:
        """A new campaign begins in the mode that its project is rolled out to."""
        if self._state.adding and self.phase_mode == "nine":
            self.phase_mode = phase_mode_of(self.project_id)
        super().save(*args, **kwargs)

    @property
    def total_phases(self) -> int:
        """How many milestones its status shows."""
        return 9 if self.phase_mode == "nine" else 3

    def count_wanted(self, row_counts: tuple[int, int, int]) -> int:
        """How many rows of a table a world of this size asks for."""
        return row_counts[self.SIZES.index(self.size)]


class PlayerCharacter(CampaignContent):
    """One of the party: who plays it, and the backstory the world must fit."""

    code_prefix = "pc"

    code = models.CharField(max_length=12, editable=False, help_text="Such as pc1.")
    player = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    canon_character = models.ForeignKey(
        "canon.Character", models.SET_NULL, null=True, blank=True, related_name="+"
    )
    name = Line(80)
    race_text = Line(80, blank=True)
    class_text = Line(80, blank=True)
    level = Whole(1, 20, default=1)
    backstory = Prose(8_000, blank=True)
    goals = Listed(Wish, 0, 6, blank=True)
    bonds = Listed(Wish, 0, 6, blank=True)

    class Meta(CampaignContent.Meta):
        ordering = ["code"]
        constraints = [
            models.UniqueConstraint(fields=["campaign", "code"], name="player_character_code"),
            models.UniqueConstraint(fields=["campaign", "id"], name="player_character_in_campaign"),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"


class PCFact(CampaignContent):
    """One thing a backstory says. People confirm, edit and add facts; an edited one stays."""

    pc = Link(PlayerCharacter, on_delete=models.CASCADE, editable=False)
    code = models.CharField(max_length=12, editable=False, help_text="Such as pc1f3.")
    kind = Word("person place item event debt secret goal")
    text = Prose(240)
    span_start = Whole(0, 8_000, null=True, help_text="Where it begins in the backstory.")
    span_end = Whole(0, 8_000, null=True)
    must_use = models.BooleanField(default=True)
    origin = Word("model rules user", default="user", editable=False)
    is_confirmed = models.BooleanField(default=False)

    class Meta(CampaignContent.Meta):
        ordering = ["code"]
        constraints = [
            models.UniqueConstraint(fields=["pc", "code"], name="pc_fact_code"),
            models.UniqueConstraint(fields=["campaign", "id"], name="pc_fact_in_campaign"),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.text[:40]}"


class FactCitation(CampaignContent):
    """Which row uses which fact; what coverage counts."""

    fact = Link(PCFact, on_delete=models.CASCADE)
    table_name = models.CharField(max_length=40)
    row_id = models.UUIDField()
    via = Word("roster field user")
    table_run = models.ForeignKey("worldgen.TableRun", models.SET_NULL, null=True, related_name="+")

    class Meta(CampaignContent.Meta):
        constraints = [
            models.UniqueConstraint(fields=["fact", "table_name", "row_id"], name="fact_cited_once")
        ]
        indexes = [models.Index(fields=["campaign", "table_name", "row_id"], name="citation_row")]

    def __str__(self) -> str:
        return f"{self.table_name} {self.row_id}"
