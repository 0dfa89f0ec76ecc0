"""A change of jobs and the events that tell it, in one statement: one round trip, all or nothing."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db import connection
from django.db.models.sql import UpdateQuery

from storyforge.jobs.engine import engine

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from storyforge.jobs.models import Job

CHANNEL = "jobs"
# A run tells its start once; its later planning passes claim it in silence. Whatever stops running
# leaves room for another, so the dispatchers are woken.
MOVE = """
WITH moved AS ({update} RETURNING jobs_job.*),
told AS (
    INSERT INTO jobs_jobevent (job_id, seq, type, attempt, data, at)
    SELECT id, event_seq, %(event)s, attempt, %(data)s::jsonb, statement_timestamp() FROM moved
    WHERE %(event)s <> '' AND NOT (planned AND %(event)s = 'job.started')
)
SELECT *, CASE WHEN status <> 'running' THEN pg_notify(%(channel)s, '') END AS rung FROM moved
"""
# The hottest of all: written out, because building it from expressions takes longer than running it.
CLAIM = """
UPDATE jobs_job SET status = 'running', attempt = attempt + 1, fence = fence + 1,
    event_seq = event_seq + CASE WHEN planned THEN 0 ELSE 1 END,
    lease_until = statement_timestamp() + %(lease)s * interval '1 second',
    started_at = coalesce(started_at, statement_timestamp()),
    deadline_at = coalesce(deadline_at, statement_timestamp() + deadline_seconds * interval '1 second'),
    updated_at = statement_timestamp()
WHERE id = %(id)s AND status = 'pending' AND run_after <= statement_timestamp()
"""


def claim(rows: type[Job], pk: UUID, *, lease_seconds: float) -> Job | None:
    """pending -> running; the job as it is then, or None when it is not there to be claimed."""
    values = {"id": pk, "lease": lease_seconds}
    return next(iter(_moved(rows, CLAIM, values, event="job.started", data={})), None)


def move(rows: QuerySet[Job], *, event: str, data: dict[str, Any], **changes: Any) -> Job | None:
    """`move_all` for at most one job: the job as it is then, or None when `rows` finds it no more."""
    return next(iter(move_all(rows, event=event, data=data, **changes)), None)


def move_all(rows: QuerySet[Job], *, event: str, data: dict[str, Any], **changes: Any) -> list[Job]:
    """Apply the changes to the jobs that `rows` still finds; the jobs as they are then.

    With an event, the caller's changes raise `event_seq` by one, and the event gets that number.
    """
    query: UpdateQuery = rows.query.chain(UpdateQuery)  # type: ignore[assignment]
    query.add_update_values(changes)
    update, values = query.get_compiler(connection=connection).as_sql()
    names = {f"u{number}": value for number, value in enumerate(values)}
    update %= tuple(f"%({name})s" for name in names)
    return _moved(rows.model, update, names, event=event, data=data)


@engine()
def _moved(
    model: type[Job], update: str, values: dict[str, Any], *, event: str, data: dict[str, Any]
) -> list[Job]:
    told = {"event": event, "data": json.dumps(data), "channel": CHANNEL}
    return list(model.objects.raw(MOVE.format(update=update), {**values, **told}))
