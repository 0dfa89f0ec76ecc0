"""The one way to ask for work."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db import transaction

from storyforge.accounts.models import User
from storyforge.core.prepared import Prepared
from storyforge.jobs import pricing, registry
from storyforge.jobs.engine import engine
from storyforge.jobs.errors import QueueFull
from storyforge.jobs.models import Job
from storyforge.jobs.moves import accept
from storyforge.jobs.pricing import Wish
from storyforge.jobs.queues import Priority
from storyforge.jobs.runs import RunHandler
from storyforge.jobs.signals import job_created
from storyforge.money.errors import LimitExceeded
from storyforge.money.quotas import reserve
from storyforge.projects.models import Project

MAX_WAITING = 200  # pending jobs of one account; more is a runaway client
WAITING = Prepared(
    "waiting",
    """
SELECT count(*) FROM jobs_job
WHERE account_id = %(account)s AND status = 'pending' AND parent_id IS NULL
""",
)


def create_job(
    kind: str,
    *,
    project: Project,
    actor: User,
    target_type: str = "",
    target_id: UUID | None = None,
    payload: dict[str, Any] | None = None,
    writer: str = Job.Writer.NONE,
    priority: Priority | None = None,
    retry_of: Job | None = None,
    worst_micros: int | None = None,
    max_cost_micros: int | None = None,
) -> Job:
    """Write the job row and its first event, and wake the dispatchers after the commit.

    The caller has checked that the actor may. A priority may only lower the kind's own. What the job may
    cost at the worst is set aside. Raises `UnknownKind`, `QueueFull`, `UnknownPrice` and `LimitExceeded`.
    """
    handler = registry.get(kind)
    if worst_micros is None:
        wish = Wish(kind=kind, writer=writer, target_id=target_id, input=payload or {})
        worst_micros = pricing.worst_micros(project.owner_id, [wish])[0]
    _refuse_dear(worst_micros, max_cost_micros)
    with transaction.atomic():
        # What an account may spend is checked and set aside here, before the length of its queue.
        quotas = reserve(project.owner_id, worst_micros, project_id=project.pk, actor_id=actor.pk)
        _refuse_flood(project.owner_id)
        job = Job(
            kind=kind,
            project=project,
            actor=actor,
            account_id=project.owner_id,
            target_type=target_type,
            target_id=target_id,
            input=payload or {},
            schema_version=registry.version_of(handler),
            writer=writer,
            queue=handler.queue_for(writer),
            priority=max(handler.priority, priority or handler.priority),
            deadline_seconds=handler.deadline_seconds,
            is_run=isinstance(handler, RunHandler),
            retry_of=retry_of,
            max_cost_micros=max_cost_micros,
            reserved_micros=worst_micros,
            quotas=quotas,
        )
        accept(job)
        job_created.send(sender=Job, job=job)
    return job


def _refuse_dear(worst: int, limit: int | None) -> None:
    if limit is not None and worst > limit:
        text = "It may cost more than you want to pay for it."
        raise LimitExceeded(text, quota="job", needed=worst, limit=limit)


@engine()
def _refuse_flood(account_id: int) -> None:
    """Raise `QueueFull` for an account with too many jobs waiting; units belong to their run's one."""
    (waiting,) = WAITING.one(account=account_id)
    if waiting >= MAX_WAITING:
        full = QueueFull()
        full.members["violated-policies"] = ["queue"]
        raise full
