"""The job table is the queue, the journal and the truth; Celery only rings the bell."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, ClassVar

from django.conf import settings
from django.db import models, transaction
from django.db.models import F, Q
from django.db.models.functions import Coalesce, Now

from storyforge.core.errors import StoryforgeError
from storyforge.jobs.errors import JobActive
from storyforge.jobs.queues import Priority, Queue
from storyforge.projects.models import ProjectContent

MAX_ATTEMPTS = 5
WORKER_GONE_SECONDS = 30
MAX_LOST = 3  # a job that killed its worker three times is not tried again


class Job(ProjectContent):
    """One piece of background work.

        pending -> running              claim: attempt+1, fence+1, lease
        running -> pending              transient error, shutdown, lease expired
        running -> completed | failed   with the fence; effects in the same transaction
        running -> canceled             after a cancel request
        pending -> canceled | failed

    Every transition is one conditional UPDATE by the database's clock whose row count is checked, and
    writes its event in the same transaction. The fence is a counter: a worker that lost its lease
    holds an old one and changes nothing.
    """

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

    UNFINISHED: ClassVar = (Status.PENDING, Status.RUNNING)
    TERMINAL: ClassVar = (Status.COMPLETED, Status.FAILED, Status.CANCELED)

    kind = models.CharField(max_length=60)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.PENDING)
    writer = models.CharField(max_length=10, choices=Writer.choices, default=Writer.NONE)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )
    account = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", help_text="Who pays."
    )
    target_type = models.CharField(max_length=60, blank=True)
    target_id = models.UUIDField(null=True, db_index=True)
    input = models.JSONField(default=dict)
    queue = models.CharField(max_length=10, choices=Queue.choices)
    priority = models.PositiveSmallIntegerField(choices=Priority.choices, default=Priority.NORMAL)

    attempt = models.PositiveSmallIntegerField(default=0)
    max_attempts = models.PositiveSmallIntegerField(default=MAX_ATTEMPTS)
    lost = models.PositiveSmallIntegerField(default=0, help_text="Attempts whose worker died.")
    fence = models.BigIntegerField(default=0)
    lease_until = models.DateTimeField(null=True)
    run_after = models.DateTimeField(db_default=Now())
    dispatched_at = models.DateTimeField(null=True)
    deadline_at = models.DateTimeField(null=True)
    cancel_requested_at = models.DateTimeField(null=True)
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
    error = models.JSONField(null=True)
    retry_of = models.ForeignKey("self", models.SET_NULL, null=True, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="job_lease_while_running",
                condition=Q(status="running", lease_until__isnull=False)
                | (~Q(status="running") & Q(lease_until=None)),
            ),
            models.CheckConstraint(
                name="job_end_has_time",
                condition=Q(
                    status__in=["completed", "failed", "canceled"], completed_at__isnull=False
                )
                | Q(status__in=["pending", "running"], completed_at=None),
            ),
        ]
        indexes = [
            models.Index(fields=["project", "-created_at"], name="job_project_recent"),
            models.Index(fields=["run_after"], name="job_due", condition=Q(status="pending")),
            models.Index(fields=["lease_until"], name="job_leased", condition=Q(status="running")),
            models.Index(
                fields=["account", "queue"],
                name="job_unfinished",
                condition=Q(status__in=["pending", "running"]),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.status}"

    @property
    def is_terminal(self) -> bool:
        return self.status in self.TERMINAL

    @property
    def state(self) -> str:
        """The status in words for people: retrying, canceling and so on."""
        if self.status == self.Status.RUNNING and self.cancel_requested_at:
            return "canceling"
        if self.status == self.Status.PENDING:
            return "retrying" if self.attempt else "queued"
        return str(self.status)

    def _move(
        self, guard: Q, *, event: str, data: dict[str, Any] | None = None, **changes: Any
    ) -> bool:
        """Apply the changes where the guard still holds, with the event; False when it does not."""
        with transaction.atomic(savepoint=False):
            moved = Job.objects.filter(guard, pk=self.pk).update(
                event_seq=F("event_seq") + 1, updated_at=Now(), **changes
            )
            if moved:
                self.refresh_from_db()
                JobEvent.objects.create(
                    job=self, seq=self.event_seq, type=event, data=data or {}, attempt=self.attempt
                )
        return bool(moved)

    def claim(self, *, deadline_seconds: int = 1_800) -> bool:
        """pending -> running, for the worker that calls it; the deadline counts from the first start."""
        return self._move(
            Q(status=self.Status.PENDING, run_after__lte=Now()),
            event="job.started",
            status=self.Status.RUNNING,
            attempt=F("attempt") + 1,
            fence=F("fence") + 1,
            lease_until=Now() + timedelta(seconds=settings.JOB_LEASE_SECONDS),
            started_at=Coalesce(F("started_at"), Now()),
            deadline_at=Coalesce(F("deadline_at"), Now() + timedelta(seconds=deadline_seconds)),
        )

    def complete(self, result: dict[str, Any]) -> bool:
        """running -> completed; call it in the transaction that writes the effects."""
        return self._move(
            self._mine() & Q(cancel_requested_at=None),
            event="job.completed",
            status=self.Status.COMPLETED,
            result=result,
            lease_until=None,
            completed_at=Now(),
            progress_done=F("progress_total"),
            error=None,
        )

    def fail(self, error: StoryforgeError) -> bool:
        """running -> failed."""
        document = self.error_document(error)
        return self._move(
            self._mine(),
            event="job.failed",
            data=document,
            status=self.Status.FAILED,
            lease_until=None,
            completed_at=Now(),
            error=document,
        )

    def end_canceled(self) -> bool:
        """running -> canceled, once the worker has noticed the request."""
        return self._move(
            self._mine() & Q(cancel_requested_at__isnull=False),
            event="job.canceled",
            status=self.Status.CANCELED,
            lease_until=None,
            completed_at=Now(),
        )

    def put_back(self, *, seconds: float, error: StoryforgeError | None = None) -> bool:
        """running -> pending, due again after `seconds`; without an error the attempt is given back."""
        return self._move(
            self._mine(),
            event="job.retrying" if error else "job.waiting",
            data={"seconds": round(seconds, 1)},
            status=self.Status.PENDING,
            lease_until=None,
            dispatched_at=None,
            run_after=Now() + timedelta(seconds=seconds),
            attempt=F("attempt") if error else F("attempt") - 1,
            error=self.error_document(error) if error else None,
        )

    def cancel(self) -> bool:
        """pending -> canceled at once; running: ask the worker. False when it has ended already."""
        return self._move(
            Q(status=self.Status.PENDING),
            event="job.canceled",
            status=self.Status.CANCELED,
            completed_at=Now(),
            cancel_requested_at=Now(),
        ) or self._move(
            Q(status=self.Status.RUNNING, cancel_requested_at=None),
            event="job.cancel_requested",
            cancel_requested_at=Now(),
        )

    def report(self, *, done: int, total: int, label: str) -> bool:
        """Tell how far the work is; progress never goes backwards within an attempt."""
        return self._move(
            self._mine(),
            event="job.progress",
            data={"done": done, "total": total, "label": label},
            progress_done=done,
            progress_total=total,
            progress_label=label[:200],
        )

    def delete_finished(self) -> None:
        """Remove an ended job; raises `JobActive` for one that is not."""
        deleted, _ = Job.objects.filter(pk=self.pk, status__in=self.TERMINAL).delete()
        if not deleted:
            raise JobActive

    def error_document(self, error: StoryforgeError) -> dict[str, Any]:
        """What a client may know of an error."""
        return {
            "error_code": error.code,
            "message": error.message,
            "retryable": error.retryable,
            "attempts": self.attempt,
        }

    def _mine(self) -> Q:
        return Q(status=self.Status.RUNNING, fence=self.fence)


class JobStep(models.Model):
    """A finished piece of a job that is never paid again: its output, tokens and cost."""

    job = models.ForeignKey(Job, models.CASCADE, related_name="steps")
    name = models.CharField(max_length=100)
    fence = models.BigIntegerField()
    output = models.JSONField()
    model = models.CharField(max_length=100, blank=True)
    input_tokens = models.PositiveIntegerField(default=0)
    output_tokens = models.PositiveIntegerField(default=0)
    cost_micros = models.BigIntegerField(default=0)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["job", "name"], name="step_once")]

    def __str__(self) -> str:
        return self.name


class JobEvent(models.Model):
    """What happened to a job, numbered without gaps, written with the change it tells."""

    job = models.ForeignKey(Job, models.CASCADE, related_name="events")
    seq = models.PositiveIntegerField()
    type = models.CharField(max_length=30)
    attempt = models.PositiveSmallIntegerField(default=0)
    data = models.JSONField(default=dict)
    at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [models.UniqueConstraint(fields=["job", "seq"], name="event_seq_once")]
        ordering = ["seq"]

    def __str__(self) -> str:
        return f"{self.seq} {self.type}"


class Worker(models.Model):
    """A worker process that beats: which queues it serves, and how many jobs at once."""

    name = models.CharField(max_length=200, primary_key=True)
    queues = models.JSONField(default=list)
    slots = models.PositiveIntegerField()
    started_at = models.DateTimeField(db_default=Now())
    beat_at = models.DateTimeField(db_default=Now())

    def __str__(self) -> str:
        return self.name

    @classmethod
    def alive(cls) -> models.QuerySet[Worker]:
        """Those that beat within the last half minute."""
        return cls.objects.filter(beat_at__gt=Now() - timedelta(seconds=WORKER_GONE_SECONDS))
