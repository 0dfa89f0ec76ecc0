"""What was asked for, what was written, and what did not become part of the world."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q

from storyforge.jobs.models import Job
from worldgen.models.base import CampaignContent
from worldgen.models.fields import Link, Whole, Word


class GenerationRun(CampaignContent):
    """One request to make or remake something; its parent job is the truth about its progress."""

    UNFINISHED = ("queued", "running", "paused")

    job = models.ForeignKey(Job, models.SET_NULL, null=True, related_name="+")
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )
    mode = Word("full phase table row repair")
    params = models.JSONField(default=dict, blank=True)
    budget_micros = models.BigIntegerField(null=True, blank=True)
    state = Word("queued running paused failed completed canceled rolled_back", default="queued")
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta(CampaignContent.Meta):
        ordering = ["-created_at"]
        constraints = [
            models.UniqueConstraint(fields=["campaign", "id"], name="generation_run_in_campaign"),
            models.UniqueConstraint(
                fields=["campaign"],
                condition=Q(state__in=("queued", "running", "paused")),
                name="one_unfinished_run",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.mode} {self.state}"


class PhaseRun(CampaignContent):
    """One attempt at one phase."""

    run = Link(GenerationRun, on_delete=models.CASCADE)
    phase = models.CharField(max_length=2)
    attempt = Whole(1, 100, default=1)
    state = Word("waiting running done partial failed skipped", default="waiting")
    input_hash = models.CharField(max_length=64, blank=True)
    percent = Whole(0, 100, default=0)
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta(CampaignContent.Meta):
        ordering = ["phase", "attempt"]
        constraints = [
            models.UniqueConstraint(fields=["campaign", "id"], name="phase_run_in_campaign"),
            models.UniqueConstraint(fields=["run", "phase", "attempt"], name="phase_run_once"),
        ]

    def __str__(self) -> str:
        return f"{self.phase} {self.state}"


class TableRun(CampaignContent):
    """One call of a writer: a roster, or rows of one table. `table_name` is empty for a roster."""

    phase_run = Link(PhaseRun, on_delete=models.CASCADE)
    job = models.ForeignKey(Job, models.SET_NULL, null=True, related_name="+")
    table_name = models.CharField(max_length=40, blank=True)
    kind = Word("roster detail relations repair derive")
    chunk = Whole(0, 10_000, default=0)
    row_codes = models.JSONField(default=list, blank=True)
    input_hash = models.CharField(max_length=64, blank=True)
    unit_key = models.CharField(max_length=64)
    state = Word("pending running ok partial failed skipped", default="pending")
    attempts = Whole(0, 20, default=0)
    writer = Word("model rules code")
    model = models.CharField(max_length=80, blank=True)
    tokens_in = Whole(0, 10_000_000, default=0)
    tokens_cached = Whole(0, 10_000_000, default=0)
    tokens_out = Whole(0, 1_000_000, default=0)
    cost_micros = models.BigIntegerField(default=0)
    duration_ms = Whole(0, 10_000_000, default=0)
    error_code = models.CharField(max_length=60, blank=True)
    seen = models.JSONField(
        default=dict, blank=True, help_text="Fingerprints of what its rows were made from."
    )

    class Meta(CampaignContent.Meta):
        ordering = ["created_at", "chunk"]
        constraints = [
            models.UniqueConstraint(fields=["campaign", "id"], name="table_run_in_campaign"),
            models.UniqueConstraint(fields=["unit_key"], name="table_run_unit"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.table_name} {self.chunk}"

    def end(self, result: dict[str, Any]) -> None:
        """Note how it ended: partial where rows are missing or were refused."""
        holes = any(result.get(name) for name in ("missing", "refused", "drafts"))
        state = "partial" if holes else "ok"
        if state != self.state:
            self.state = state
            type(self).objects.filter(pk=self.pk).update(state=state)


class RosterLine(CampaignContent):
    """A row before its details: name and one line. Keeps its code for good, so none is used twice."""

    table_name = models.CharField(max_length=40)
    code = models.CharField(max_length=12)
    position = models.PositiveIntegerField(default=0)
    name = models.CharField(max_length=80)
    line = models.CharField(max_length=200, blank=True)
    parent_code = models.CharField(max_length=12, blank=True)
    fact_codes = models.JSONField(default=list, blank=True)
    is_edited = models.BooleanField(default=False)
    is_dropped = models.BooleanField(default=False)

    class Meta(CampaignContent.Meta):
        ordering = ["table_name", "position", "code"]
        constraints = [
            models.UniqueConstraint(fields=["campaign", "code"], name="roster_line_code"),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"


class RowDraft(CampaignContent):
    """A written row that is not in the world: an invalid one, or a candidate for a protected row."""

    table_run = Link(TableRun, on_delete=models.CASCADE)
    table_name = models.CharField(max_length=40)
    row_key = models.CharField(max_length=120)
    kind = Word("invalid candidate")
    payload = models.JSONField()
    issues = models.JSONField(default=list)

    class Meta(CampaignContent.Meta):
        ordering = ["-created_at"]
        indexes = [models.Index(fields=["campaign", "table_name", "row_key"], name="draft_row")]

    def __str__(self) -> str:
        return f"{self.kind} {self.row_key}"


class ReferenceIssue(CampaignContent):
    """A reference that did not resolve by code, and how it was settled."""

    run = Link(GenerationRun, on_delete=models.CASCADE)
    table_name = models.CharField(max_length=40)
    row_key = models.CharField(max_length=120)
    field = models.CharField(max_length=60)
    raw_value = models.CharField(max_length=200)
    reason = Word("unknown ambiguous wrong_type later_phase dead self")
    step = Whole(1, 7, help_text="Rung of the ladder that settled it.")
    resolution = Word("open resolved repaired nulled row_dropped stub_created user", default="open")
    candidates = models.JSONField(default=list)

    class Meta(CampaignContent.Meta):
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return f"{self.row_key}.{self.field}: {self.raw_value}"


class RowChange(CampaignContent):
    """A row as it was before a run or a person changed it; what rollback and comparison read."""

    table_run = models.ForeignKey(TableRun, models.SET_NULL, null=True, related_name="+")
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )
    table_name = models.CharField(max_length=40)
    row_id = models.UUIDField()
    row_key = models.CharField(max_length=120)
    before = models.JSONField(null=True, help_text="The row in codes; null where it is new.")
    after_hash = models.CharField(max_length=64, blank=True)

    class Meta(CampaignContent.Meta):
        ordering = ["-created_at"]
        indexes = [models.Index(fields=["campaign", "table_name", "row_id"], name="change_row")]

    def __str__(self) -> str:
        return f"{self.table_name} {self.row_key}"
