"""Scripts: scenes keep their identity, their texts are immutable, a version is a tree of them."""

from __future__ import annotations

import hashlib
import json

from django.conf import settings
from django.db import models
from django.db.models import Q
from pydantic import BaseModel, ConfigDict, Field

from canon.models import Character, Lock
from scriptwriter.models.book import Book, Chapter
from scriptwriter.models.plot import PlotOverview
from storyforge.core.fields import TypedJSONField
from storyforge.generation.models import GeneratedContent
from storyforge.projects.models import ProjectContent


class Script(ProjectContent):
    """A screenplay in versions. Its genre and tone are those of its lock, the same in all of them."""

    class Format(models.TextChoices):
        SCREENPLAY = "screenplay"
        TREATMENT = "treatment"
        OUTLINE = "outline"

    title = models.CharField(max_length=300)
    format = models.CharField(max_length=12, choices=Format.choices, default=Format.SCREENPLAY)
    style = models.CharField(max_length=50, blank=True, help_text="Such as cinematic.")
    # Not PROTECT, which would also refuse to delete a whole project with lock and script in it.
    lock = models.ForeignKey(Lock, models.RESTRICT, null=True, blank=True, related_name="scripts")
    book = models.ForeignKey(Book, models.SET_NULL, null=True, blank=True, related_name="scripts")
    chapter = models.ForeignKey(
        Chapter, models.SET_NULL, null=True, blank=True, related_name="scripts"
    )
    plot_overview = models.ForeignKey(
        PlotOverview, models.SET_NULL, null=True, blank=True, related_name="scripts"
    )
    characters = models.ManyToManyField(Character, related_name="scripts", blank=True)
    plot_enhanced = models.BooleanField(default=False, editable=False)
    character_enhanced = models.BooleanField(default=False, editable=False)

    class Meta:
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return self.title


class Scene(ProjectContent):
    """The identity of a scene: it stays while its text, number and place in the script change."""

    script = models.ForeignKey(Script, models.CASCADE, related_name="scenes")
    code = models.CharField(max_length=12, editable=False)

    class Meta:
        ordering = ["created_at"]
        constraints = [models.UniqueConstraint(fields=["script", "code"], name="scene_code")]

    def __str__(self) -> str:
        return self.code


class SceneCard(BaseModel):
    """The plan of a scene."""

    model_config = ConfigDict(extra="forbid")

    setting: str = Field("", max_length=200, description="The heading: INT. PLACE - TIME.")
    goal: str = Field("", max_length=500, description="What the scene is to achieve.")
    conflict: str = Field("", max_length=500, description="What stands in the way.")
    outcome: str = Field("", max_length=500, description="How it ends.")
    tension: float | None = Field(None, ge=0, le=1, description="From 0, calm, to 1.")
    tone: str = Field("", max_length=50, description="The scene's own tone.")
    cast: list[str] = Field(default_factory=list, description="Codes of who is present.")
    chapter_start: int | None = Field(None, ge=0, description="Where it starts in the chapter.")
    chapter_end: int | None = Field(None, ge=0)


class SceneRevision(GeneratedContent):
    """One immutable text of a scene, as Fountain, with its card."""

    scene = models.ForeignKey(Scene, models.CASCADE, related_name="revisions")
    sha256 = models.CharField(max_length=64, db_index=True)
    card = TypedJSONField(of=SceneCard, default=dict)
    text = models.TextField(blank=True)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )
    parent = models.ForeignKey("self", models.SET_NULL, null=True, related_name="takes")

    class Meta:
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return self.sha256[:12]

    def save(self, *args: object, **kwargs: object) -> None:
        """Insert only: a revision never changes."""
        if not self._state.adding:
            raise RuntimeError("A scene revision is immutable; make a new one.")
        self.sha256 = self.digest()
        super().save(*args, **kwargs)  # type: ignore[arg-type]

    def digest(self) -> str:
        """The hash of text and card: equal content, equal hash."""
        card = json.dumps(self.card, sort_keys=True, ensure_ascii=False)
        return hashlib.sha256(f"{card}\x1f{self.text}".encode()).hexdigest()


class ScriptVersion(GeneratedContent):
    """A numbered state of a script: which scenes in which revisions, in which order.

    An open draft is the one version a person's edits flow into; anything else seals it first.
    """

    script = models.ForeignKey(Script, models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField(editable=False)
    parent = models.ForeignKey("self", models.SET_NULL, null=True, related_name="children")
    message = models.CharField(max_length=300, blank=True)
    title_page = models.JSONField(default=list)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )
    is_draft = models.BooleanField(default=False)

    class Meta:
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(fields=["script", "number"], name="version_number"),
            models.UniqueConstraint(
                fields=["script"], condition=Q(is_draft=True), name="version_one_draft"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.script} v{self.number}"


class VersionScene(ProjectContent):
    """A scene in a version: its revision, its place, its printed number."""

    version = models.ForeignKey(ScriptVersion, models.CASCADE, related_name="tree")
    scene = models.ForeignKey(Scene, models.CASCADE, related_name="placements")
    revision = models.ForeignKey(SceneRevision, models.CASCADE, related_name="placements")
    position = models.PositiveIntegerField()
    number_label = models.CharField(max_length=12, blank=True, help_text="Such as 12A.")

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["version", "scene"], name="scene_once_a_version"),
            models.UniqueConstraint(
                fields=["version", "position"],
                name="position_once",
                deferrable=models.Deferrable.DEFERRED,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.position}: {self.scene_id}"
