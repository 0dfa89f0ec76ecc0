"""The columns of the job table, and what they say."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Now

from storyforge.core.acting import Door
from storyforge.jobs.queues import Priority, Queue
from storyforge.projects.models import Project, ProjectContent

MAX_ATTEMPTS = 5
DEADLINE_SECONDS = 1_800
KEPT = timedelta(days=30)  # an ended job, with its result
#: Errors with which a job waits for somebody outside to let it on: a provider that rests, or has had enough.
OUTSIDE = frozenset({"provider_resting", "provider_rate_limited"})
MAX_LOST = 3  # a job that killed its worker three times is not tried again


class JobRow(ProjectContent):
    """What is known of a job; `Job` says how it changes."""

    class Status(models.TextChoices):
        PENDING = "pending"
        RUNNING = "running"
        COMPLETED = "completed"
        FAILED = "failed"
        CANCELED = "canceled"

    class Writer(models.TextChoices):
        MODEL = "model"
        RULES = "rules"
        NONE = "none"  # work that writes no text, such as an import

    doors: ClassVar = (Door.JOBS,)

    UNFINISHED: ClassVar = (Status.PENDING, Status.RUNNING)
    TERMINAL: ClassVar = (Status.COMPLETED, Status.FAILED, Status.CANCELED)

    project = models.ForeignKey(  # type: ignore[assignment]
        Project,
        models.CASCADE,
        null=True,
        related_name="+",
        help_text="Null for work outside of all.",
    )
    # By the database's clock, as all times of a job: processes on other machines may be hours off.
    created_at = models.DateTimeField(db_default=Now(), db_index=True, editable=False)
    updated_at = models.DateTimeField(db_default=Now(), editable=False)
    kind = models.CharField(max_length=60)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.PENDING)
    writer = models.CharField(max_length=10, choices=Writer.choices, default=Writer.NONE)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )
    account = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.CASCADE,
        null=True,
        related_name="+",
        help_text="Who pays; nobody for system work.",
    )
    target_type = models.CharField(max_length=60, blank=True)
    target_id = models.UUIDField(null=True, db_index=True)
    input = models.JSONField(default=dict)
    schema_version = models.PositiveSmallIntegerField(
        db_default=1,
        default=1,
        help_text="Of the input, as its kind counted when it was asked for.",
    )
    queue = models.CharField(max_length=10, choices=Queue.choices)
    priority = models.PositiveSmallIntegerField(choices=Priority.choices, default=Priority.NORMAL)

    attempt = models.PositiveSmallIntegerField(default=0)
    max_attempts = models.PositiveSmallIntegerField(default=MAX_ATTEMPTS)
    lost = models.PositiveSmallIntegerField(default=0, help_text="Attempts whose worker died.")
    fence = models.BigIntegerField(default=0)
    lease_until = models.DateTimeField(null=True)
    run_after = models.DateTimeField(db_default=Now())
    dispatched_at = models.DateTimeField(null=True)
    deadline_seconds = models.PositiveIntegerField(default=DEADLINE_SECONDS)
    deadline_at = models.DateTimeField(null=True, help_text="Counts from the first start.")
    cancel_requested_at = models.DateTimeField(null=True)
    paused_at = models.DateTimeField(null=True)
    started_at = models.DateTimeField(null=True)
    completed_at = models.DateTimeField(null=True)

    progress_done = models.PositiveIntegerField(default=0)
    progress_total = models.PositiveIntegerField(default=0)
    progress_label = models.CharField(max_length=200, blank=True)
    event_seq = models.PositiveIntegerField(default=0)
    result = models.JSONField(null=True)
    input_tokens = models.PositiveIntegerField(default=0)
    output_tokens = models.PositiveIntegerField(default=0)
    spent_micros = models.BigIntegerField(default=0)
    reserved_micros = models.BigIntegerField(default=0, help_text="Set aside and not yet spent.")
    quotas = ArrayField(
        models.BigIntegerField(), default=list, help_text="The money.Quota rows it is settled on."
    )
    error = models.JSONField(null=True)
    partial = models.BooleanField(
        default=False, help_text="Completed with holes: some units failed."
    )
    retry_of = models.ForeignKey("self", models.SET_NULL, null=True, related_name="+")
    max_cost_micros = models.BigIntegerField(
        null=True, help_text="What it may cost at most, where who asked said so."
    )

    is_run = models.BooleanField(default=False)
    planned = models.BooleanField(default=False, help_text="A run after its first planning pass.")
    parent = models.ForeignKey("self", models.CASCADE, null=True, related_name="units")
    unit_key = models.CharField(max_length=200, null=True)  # noqa: DJ001 - unique where there is one
    seen = models.BooleanField(default=False, help_text="A unit whose end its run has noticed.")

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.kind} {self.status}"

    @property
    def is_terminal(self) -> bool:
        return self.status in self.TERMINAL

    @property
    def expires_at(self) -> datetime | None:
        """When an ended job and its result are no longer kept."""
        return self.completed_at + KEPT if self.completed_at else None

    @property
    def next_attempt_at(self) -> datetime | None:
        """When a job that failed, or was held up by a provider, is tried again, at the soonest."""
        failed = self.attempt > 0 or self.error is not None
        return self.run_after if self.status == self.Status.PENDING and failed else None

    @property
    def waits_for(self) -> str | None:
        """What a pending job waits for but a worker: `units` of its own, or an outside `provider`."""
        if self.status != self.Status.PENDING:
            return None
        if (self.error or {}).get("error_code") in OUTSIDE:
            return "provider"
        return "units" if self.planned else None

    @property
    def state(self) -> str:
        """The status in words for people: retrying, canceling, partial and so on."""
        words = {
            "paused": self.paused_at is not None and not self.is_terminal,
            "canceling": self.cancel_requested_at is not None and not self.is_terminal,
            "partial": self.status == self.Status.COMPLETED and self.partial,
            "expired": self.error is not None and self.error.get("error_code") == "queue_timeout",
        }
        if self.status == self.Status.PENDING:
            waiting = self.waits_for is not None
            words |= {"waiting": waiting, "retrying": self.attempt > 0, "queued": True}
        return next((word for word, holds in words.items() if holds), str(self.status))
