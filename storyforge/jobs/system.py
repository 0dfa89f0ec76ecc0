"""Work of the installation itself: nobody asked for it, nobody pays, no member sees it."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from storyforge.jobs import registry
from storyforge.jobs.dispatch import notify
from storyforge.jobs.engine import engine
from storyforge.jobs.models import MAX_ATTEMPTS, Job, JobEvent

PREFIX = "system."


@engine()
def create_system_jobs(
    kind: str,
    targets: Sequence[UUID],
    *,
    target_type: str = "",
    max_attempts: int = MAX_ATTEMPTS,
) -> list[Job]:
    """A job for each target, in the caller's transaction: three statements, however many.

    They belong to no project and no account, run by the same engine as all others, and count against
    nobody's limits. `kind` starts with `system.`.
    """
    handler = registry.get(kind)
    jobs = [
        Job(
            kind=kind,
            target_type=target_type,
            target_id=target,
            queue=handler.queue_for(Job.Writer.NONE),
            priority=handler.priority,
            deadline_seconds=handler.deadline_seconds,
            max_attempts=max_attempts,
            event_seq=1,
        )
        for target in targets
    ]
    Job.objects.bulk_create(jobs)
    JobEvent.objects.bulk_create(
        JobEvent(job=job, seq=1, type="job.created", data={"kind": kind}) for job in jobs
    )
    notify()
    return jobs
