"""What every row of a world is: in a campaign, written by somebody, perhaps hidden from players."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any, ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from pydantic import Field

from storyforge.core.fields import TypedJSONField
from storyforge.projects.models import ProjectContent
from worldgen.models.fields import Line, Listed, Prose, Whole, Word

#: `hidden_rows` of a table that is hidden from players as a whole.
EVERY_ROW = Q(pk__isnull=False)
EMBEDDING_SIZE = 384


class RowState(models.TextChoices):
    """How far a row has come."""

    ROSTER = "roster"
    DRAFTED = "drafted"
    VALID = "valid"
    NEEDS_REPAIR = "needs_repair"
    ACCEPTED = "accepted"


class Source(models.TextChoices):
    """Who wrote a row last."""

    MODEL = "model", "written by a model"
    RULES = "rules", "made by rules"
    EDITED = "edited", "edited by a person"
    IMPORTED = "imported", "imported"
    DERIVED = "derived", "derived by code"


#: A row of these sources is never changed by a run.
PROTECTED = (Source.EDITED, Source.IMPORTED)


@dataclass(frozen=True, slots=True)
class SoftLink:
    """A text inside a row that names rows by code: `path` such as `stages[].location`.

    An empty text names nothing. With `free_text` it may also be words that name no row.
    """

    path: str
    to: tuple[str, ...]
    free_text: bool = False

    @property
    def field(self) -> str:
        """The field of the row it stands in."""
        return self.path.partition("[")[0]

    @property
    def key(self) -> str:
        """The key inside each element; empty where the elements are the codes themselves."""
        return self.path.partition("].")[2]


def once(*fields: str, name: str) -> models.UniqueConstraint:
    """Only one row of a campaign has this combination: the identity of rows without a code."""
    return models.UniqueConstraint(fields=["campaign", *fields], name=name)


class CampaignContent(ProjectContent):
    """Content of one campaign; the project stands on each row too, for its walls."""

    campaign = models.ForeignKey(
        "worldgen.Campaign", models.CASCADE, related_name="+", editable=False
    )
    project = models.ForeignKey(
        "projects.Project", models.CASCADE, related_name="+", editable=False
    )

    class Meta(ProjectContent.Meta):
        abstract = True


class WorldRow(CampaignContent):
    """A row of one of the tables of a world.

    The class says what writers and readers need to know of its table: how many rows a writer is asked
    for (small, standard, large), the tokens of a row, which fields and rows only game masters see.
    """

    row_counts: ClassVar[tuple[int, int, int]]
    row_tokens: ClassVar[int]
    code_prefix: ClassVar[str] = ""
    allows_stub: ClassVar[bool] = False
    inline: ClassVar[tuple[str, ...]] = ()
    soft_links: ClassVar[tuple[SoftLink, ...]] = ()
    gm_fields: ClassVar[tuple[str, ...]] = ()
    hidden_rows: ClassVar[Q | None] = None

    row_state = Word(RowState, default=RowState.VALID, editable=False)
    source = Word(Source, default=Source.EDITED, editable=False)
    is_locked = models.BooleanField(default=False, editable=False)
    is_stale = models.BooleanField(default=False, editable=False)
    is_revealed = models.BooleanField(default=False, editable=False)
    revealed_fields = ArrayField(
        models.CharField(max_length=60), size=40, default=list, blank=True, editable=False
    )
    revision = Whole(1, 1_000_000_000, default=1, editable=False)
    content_hash = models.CharField(max_length=64, blank=True, editable=False)
    table_run = models.ForeignKey(
        "worldgen.TableRun", models.SET_NULL, null=True, editable=False, related_name="+"
    )
    extra = TypedJSONField(of=dict[str, Any], default=dict, blank=True, editable=False)

    class Meta(CampaignContent.Meta):
        abstract = True
        constraints = [
            # The target of the composite keys that hold references inside their campaign.
            models.UniqueConstraint(fields=["campaign", "id"], name="%(class)s_in_campaign"),
        ]

    @property
    def is_protected(self) -> bool:
        """Whether no run may change the row: a person locked it, wrote it or brought it."""
        return self.is_locked or self.source in PROTECTED


class NamedRow(WorldRow):
    """A row with a code that others refer to; it stays when the name changes."""

    code = models.CharField(max_length=12, editable=False)
    name = Line(80, help_text="Unlike the others.")
    summary = Line(200, help_text="One line, without secrets.")
    description = Prose(600, help_text="Two to five sentences, without secrets.")
    tags = Listed(Annotated[str, Field(max_length=30)], 0, 6, blank=True)
    embedding = ArrayField(
        models.FloatField(), size=EMBEDDING_SIZE, null=True, blank=True, editable=False
    )
    embedding_model = models.CharField(max_length=80, blank=True, editable=False)

    class Meta(WorldRow.Meta):
        abstract = True
        ordering = ["code"]
        constraints = [
            *WorldRow.Meta.constraints,
            models.UniqueConstraint(fields=["campaign", "code"], name="%(class)s_code"),
            models.UniqueConstraint("campaign", Lower("name"), name="%(class)s_name"),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"


class RelationRow(WorldRow):
    """A row that links others; its identity is what it links."""

    class Meta(WorldRow.Meta):
        abstract = True
        ordering = ["created_at", "pk"]

    def __str__(self) -> str:
        return f"{self._meta.verbose_name} {self.pk}"
