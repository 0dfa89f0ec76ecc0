"""A change of jobs and the events that tell it, in one statement: one round trip, all or nothing."""

from __future__ import annotations

import json
from functools import cache
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db import connection
from django.db.models.sql import UpdateQuery

from storyforge.core.prepared import Prepared
from storyforge.core.rows import Columns
from storyforge.jobs.engine import engine

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from storyforge.jobs.models import Job

CHANNEL = "jobs"
# A run tells its start once; its later planning passes claim it in silence. Whatever stops running
# leaves room for another, so the dispatchers are woken where one waits: a round without need would
# cost more than the end of a job.
MOVE = """
WITH moved AS ({update} RETURNING jobs_job.*),
told AS (
    INSERT INTO jobs_jobevent (job_id, seq, type, attempt, data, at)
    SELECT id, event_seq, %(event)s::text, attempt, %(data)s::jsonb, statement_timestamp() FROM moved
    WHERE %(event)s::text <> '' AND NOT (planned AND %(event)s::text = 'job.started')
)
SELECT {moved}, CASE WHEN status = 'pending' OR status <> 'running' AND EXISTS (
    SELECT FROM jobs_job WHERE status = 'pending') THEN pg_notify(%(channel)s, '') END AS rung FROM moved
"""
# The hottest are written out. A message may have been sent before somebody paused.
CLAIM = """
UPDATE jobs_job SET status = 'running', attempt = attempt + 1, fence = fence + 1,
    event_seq = event_seq + CASE WHEN planned THEN 0 ELSE 1 END,
    lease_until = statement_timestamp() + %(lease)s * interval '1 second',
    started_at = coalesce(started_at, statement_timestamp()),
    deadline_at = coalesce(deadline_at, statement_timestamp() + deadline_seconds * interval '1 second'),
    updated_at = statement_timestamp()
WHERE id = %(id)s AND status = 'pending' AND run_after <= statement_timestamp()
  AND (deadline_at > statement_timestamp() OR deadline_at IS NULL OR cancel_requested_at IS NOT NULL)
  AND paused_at IS NULL
  AND (parent_id IS NULL OR NOT EXISTS (
       SELECT FROM jobs_job run WHERE run.id = jobs_job.parent_id AND run.paused_at IS NOT NULL))
"""
# What is not named has its default in the table; a test compares the row with the model's.
ACCEPT = Prepared(
    "accept",
    """
WITH accepted AS (
    INSERT INTO jobs_job (
        id, project_id, kind, status, writer, actor_id, account_id, target_type, target_id, input,
        queue, priority, attempt, max_attempts, lost, fence, deadline_seconds, progress_done,
        progress_total, progress_label, event_seq, input_tokens, output_tokens, spent_micros,
        reserved_micros, quotas, partial, retry_of_id, is_run, planned, seen, max_cost_micros,
        schema_version
    ) VALUES (
        %(id)s, %(project_id)s, %(kind)s, 'pending', %(writer)s, %(actor_id)s, %(account_id)s,
        %(target_type)s, %(target_id)s, %(input)s::jsonb, %(queue)s, %(priority)s, 0,
        %(max_attempts)s, 0, 0, %(deadline_seconds)s, 0, 0, '', 1, 0, 0, 0, %(reserved_micros)s,
        %(quotas)s, false, %(retry_of_id)s, %(is_run)s, false, false, %(max_cost_micros)s,
        %(schema_version)s
    ) RETURNING id, kind, created_at, updated_at, run_after
), told AS (
    INSERT INTO jobs_jobevent (job_id, seq, type, attempt, data, at)
    SELECT id, 1, 'job.created', 0, jsonb_build_object('kind', kind), created_at FROM accepted
)
SELECT created_at, updated_at, run_after, pg_notify(%(channel)s, '') FROM accepted
""",
)
GIVEN = (
    "id", "project_id", "kind", "writer", "actor_id", "account_id", "target_type", "target_id", "queue",
    "priority", "max_attempts", "deadline_seconds", "reserved_micros", "quotas", "retry_of_id", "is_run",
    "max_cost_micros", "schema_version",
)  # fmt: skip
# Running jobs of ours only; the values are those of the row. A share below the known one (1 of 4 after
# 1 of 2) changes only the label: what is told is what the row says then.
REPORT = Prepared(
    "report",
    """
WITH moved AS (
    UPDATE jobs_job SET event_seq = event_seq + 1, updated_at = statement_timestamp(),
        progress_label = %(label)s,
        progress_done = CASE WHEN %(done)s::bigint * progress_total >= progress_done * %(total)s::bigint
                        THEN %(done)s ELSE progress_done END,
        progress_total = CASE WHEN %(done)s::bigint * progress_total >= progress_done * %(total)s::bigint
                         THEN %(total)s ELSE progress_total END
    WHERE id = %(id)s AND fence = %(fence)s AND status = 'running'
    RETURNING id, event_seq, attempt, progress_done, progress_total, progress_label
), told AS (
    INSERT INTO jobs_jobevent (job_id, seq, type, attempt, data, at)
    SELECT id, event_seq, %(event)s, attempt, %(data)s::jsonb || CASE WHEN %(done)s::bigint IS NULL THEN '{}'
           ELSE jsonb_build_object('done', progress_done, 'total', progress_total) END,
           statement_timestamp() FROM moved
)
SELECT event_seq, progress_done, progress_total, progress_label FROM moved
""",
)
COMPLETE = """
UPDATE jobs_job SET status = 'completed', event_seq = event_seq + 1, lease_until = NULL,
    completed_at = statement_timestamp(), updated_at = statement_timestamp(),
    progress_done = progress_total, result = %(result)s::jsonb, partial = %(partial)s, error = NULL
WHERE id = %(id)s AND fence = %(fence)s AND status = 'running' AND cancel_requested_at IS NULL
"""


def accept(job: Job) -> None:
    """Write a new job with its first event, and wake the dispatchers when the transaction commits."""
    values = {name: getattr(job, name) for name in GIVEN}
    values |= {"input": json.dumps(job.input), "channel": CHANNEL}
    job.created_at, job.updated_at, job.run_after, _ = ACCEPT.one(**values)
    job.event_seq = 1
    # As Django marks what it has saved.
    job._state.adding, job._state.db = False, connection.alias  # noqa: SLF001


def claim(rows: type[Job], pk: UUID, *, lease_seconds: float) -> Job | None:
    """pending -> running; the job as it is then, or None when it is not there to be claimed."""
    values = {"id": pk, "lease": lease_seconds}
    return _moved_one(rows, "claim", CLAIM, values, event="job.started", data={})


@engine()
def report(job: Job, *, event: str, data: dict[str, Any], **progress: Any) -> bool:
    """Take over `label`, `done` and `total` (None: as it is) and tell of them; False when it is not ours."""
    values = {
        "id": job.pk,
        "fence": job.fence,
        "event": event,
        "data": json.dumps(data),
        **progress,
    }
    row = REPORT.one(**values)
    if row is None:
        return False
    job.event_seq, job.progress_done, job.progress_total, job.progress_label = row
    return True


def complete(job: Job, result: dict[str, Any], *, partial: bool) -> Job | None:
    """running -> completed; the job as it is then, or None when it is canceled or not ours."""
    values = {
        "id": job.pk,
        "fence": job.fence,
        "result": json.dumps(result),
        "partial": partial,
    }
    data = {"partial": True} if partial else {}
    return _moved_one(type(job), "complete", COMPLETE, values, event="job.completed", data=data)


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
    moved = _columns(rows.model)
    statement = MOVE.format(update=update, moved=moved.sql)
    with engine(), connection.cursor() as cursor:
        cursor.execute(statement, {**names, **_told(event, data)})
        return [moved.row(found[:-1]) for found in cursor.fetchall()]


@engine()
def _moved_one(
    model: type[Job],
    called: str,
    update: str,
    values: dict[str, Any],
    *,
    event: str,
    data: dict[str, Any],
) -> Job | None:
    found = _prepared(model, called, update).one(**values, **_told(event, data))
    return _columns(model).row(found[:-1]) if found else None


def _told(event: str, data: dict[str, Any]) -> dict[str, Any]:
    return {"event": event, "data": json.dumps(data), "channel": CHANNEL}


@cache
def _columns(model: type[Job]) -> Columns[Job]:
    return Columns(model, "moved")


@cache
def _prepared(model: type[Job], called: str, update: str) -> Prepared:
    return Prepared(called, MOVE.format(update=update, moved=_columns(model).sql))
