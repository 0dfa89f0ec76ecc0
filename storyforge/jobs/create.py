"""The one way to ask for work."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db import transaction

from storyforge.accounts.models import User
from storyforge.jobs import registry
from storyforge.jobs.dispatch import notify
from storyforge.jobs.errors import QueueFull
from storyforge.jobs.models import Job, JobEvent
from storyforge.jobs.runs import RunHandler
from storyforge.projects.models import Project

MAX_WAITING = 200  # pending jobs of one account; more is a runaway client


def create_job(
    kind: str,
    *,
    project: Project,
    actor: User,
    target_type: str = "",
    target_id: UUID | None = None,
    payload: dict[str, Any] | None = None,
    writer: str = Job.Writer.NONE,
    retry_of: Job | None = None,
) -> Job:
    """Write the job row and its first event, and wake the dispatchers after the commit.

    The broker is never touched here, so a job is accepted while it is away. The caller
    has checked that the actor may. Raises `UnknownKind` and `QueueFull`.
    """
    handler = registry.get(kind)
    with transaction.atomic():
        waiting = Job.objects.filter(account=project.owner_id, status=Job.Status.PENDING).count()
        if waiting >= MAX_WAITING:
            raise QueueFull
        job = Job.objects.create(
            kind=kind,
            project=project,
            actor=actor,
            account_id=project.owner_id,
            target_type=target_type,
            target_id=target_id,
            input=payload or {},
            writer=writer,
            queue=handler.queue_for(writer),
            priority=handler.priority,
            deadline_seconds=handler.deadline_seconds,
            is_run=isinstance(handler, RunHandler),
            retry_of=retry_of,
            event_seq=1,
        )
        JobEvent.objects.create(job=job, seq=1, type="job.created", data={"kind": kind})
        notify()
    return job
