"""The fourteen invariants of jobs and money, each one query that must find nothing.

The engine keeps them at every moment; whatever is found is a fault of ours or of somebody's hand in
the database. `manage.py jobs_fsck` prints them.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Iterator
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db import connection

from storyforge.jobs.due import TURN, line_values
from storyforge.jobs.models import Job
from storyforge.money.models import KEPT_DAYS
from storyforge.projects.models import ProjectContent

EVENTS_KEPT = "7 days"  # after a job's end; see `upkeep`
MAX_LISTED = 100  # rows of one invariant
PATIENCE = "15 seconds"  # for a reaper or dispatcher to come by


@dataclass(frozen=True, kw_only=True, slots=True)
class Invariant:
    """What holds, in words, and the query for rows that break it: id, and what is wrong there."""

    code: str
    text: str
    sql: str | Callable[[], str]


@dataclass(frozen=True, kw_only=True, slots=True)
class Broken:
    """An invariant that does not hold, with the first rows that break it."""

    code: str
    text: str
    rows: list[str]


VALUES: dict[str, Any] = {
    "ended": list(Job.TERMINAL),
    "events_kept": EVENTS_KEPT,
    "patience": PATIENCE,
    "kept_days": KEPT_DAYS,
}

# JOBS.md says "no due job undispatched for 15 seconds": a long line, an account's cap and the slots kept for
# people hold jobs back for longer, and rightly. So it is what a dispatcher would ring now, by its own rule,
# unless that became possible a moment ago, since something ended, went back or was rung.
FORGOTTEN = f"""
WITH {TURN}
SELECT job.id, job.queue || ', due since ' || greatest(job.run_after, job.updated_at)
FROM fitting JOIN jobs_job job USING (id) LEFT JOIN jobs_job run ON run.id = job.parent_id
WHERE fitting.number <= fitting.cap
  AND greatest(job.run_after, job.updated_at, run.updated_at, job.dispatched_at + %(patience)s::interval)
      < now() - %(patience)s::interval
  AND NOT EXISTS (SELECT FROM jobs_job unit WHERE unit.parent_id = job.id
                  AND greatest(unit.completed_at, unit.dispatched_at) > now() - %(patience)s::interval)
  AND NOT EXISTS (SELECT FROM jobs_job other
                  WHERE (other.queue = job.queue OR other.account_id IS NOT DISTINCT FROM job.account_id)
                  AND (greatest(other.completed_at, other.dispatched_at) > now() - %(patience)s::interval
                       OR other.status = 'pending' AND other.attempt > 0
                          AND other.updated_at > now() - %(patience)s::interval))
  AND EXISTS (SELECT FROM jobs_worker worker WHERE worker.queues ? job.queue
              AND worker.beat_at > now() - interval '30 seconds'
              AND worker.started_at < now() - %(patience)s::interval)
"""  # noqa: S608 - a constant of ours

INVARIANTS = (
    Invariant(
        code="I1",
        text="every idempotency key has the one job that its answer names",
        sql="""
        SELECT key.id, 'answer names ' || coalesce(nullif(key.body, '')::jsonb ->> 'id', 'nothing')
        FROM jobs_idempotencykey key
        LEFT JOIN jobs_job job ON job.id = (nullif(key.body, '')::jsonb ->> 'id')::uuid
        WHERE key.body = '' OR key.job_id IS DISTINCT FROM job.id""",
    ),
    Invariant(
        code="I2",
        text="a job has one terminal event if it has ended, else none",
        sql="""
        SELECT job.id, job.status || ', ' || count(event.id) || ' ends told'
        FROM jobs_job job LEFT JOIN jobs_jobevent event ON event.job_id = job.id
             AND event.type IN ('job.completed', 'job.failed', 'job.canceled')
        GROUP BY job.id
        HAVING count(event.id) <> (job.status = ANY (%(ended)s))::int
           AND NOT (job.completed_at < now() - %(events_kept)s::interval AND count(event.id) = 0)""",
    ),
    Invariant(
        code="I3",
        text="the events of a job are numbered from 1 to its event_seq",
        sql="""
        SELECT job.id, job.event_seq || ' expected, ' || count(event.id) || ' found'
        FROM jobs_job job LEFT JOIN jobs_jobevent event ON event.job_id = job.id
        GROUP BY job.id
        HAVING (count(event.id) <> job.event_seq OR coalesce(max(event.seq), 0) <> job.event_seq)
           AND NOT (job.completed_at < now() - %(events_kept)s::interval AND count(event.id) = 0)""",
    ),
    Invariant(
        code="I4",
        text="a job has a result if and only if it completed",
        sql="""
        SELECT id, status || CASE WHEN result IS NULL THEN ' without' ELSE ' with' END || ' a result'
        FROM jobs_job WHERE (status = 'completed') <> (result IS NOT NULL)""",
    ),
    Invariant(
        code="I5",
        text="each quota is the sum of its ledger and its unfinished jobs, within its limit",
        sql="""
        WITH held AS (
            SELECT unnest(quotas) AS id, sum(reserved_micros) AS n FROM jobs_job
            WHERE reserved_micros <> 0 AND status <> ALL (%(ended)s) GROUP BY 1
        ), booked AS (
            SELECT unnest(quotas) AS id, sum(charged_micros) AS n FROM money_ledgerentry GROUP BY 1
        )
        SELECT quota.id::text, quota.scope || ': reserved ' || reserved_micros || ' of '
               || coalesce(held.n, 0) || ', spent ' || spent_micros || ' of ' || coalesce(booked.n, 0)
        FROM money_quota quota LEFT JOIN held USING (id) LEFT JOIN booked USING (id)
        WHERE (quota.starts_on IS NULL OR quota.starts_on > current_date - %(kept_days)s)
          AND (reserved_micros <> coalesce(held.n, 0) OR spent_micros <> coalesce(booked.n, 0)
               OR spent_micros + reserved_micros > limit_micros)
        UNION ALL
        SELECT id::text, status || ' and holds ' || reserved_micros FROM jobs_job
        WHERE reserved_micros <> 0 AND status = ANY (%(ended)s)""",
    ),
    Invariant(
        code="I6",
        text="no job was tried more often than allowed",
        sql="SELECT id, attempt || ' of ' || max_attempts FROM jobs_job WHERE attempt > max_attempts",
    ),
    Invariant(
        code="I7",
        text="a job has a lease if and only if it runs",
        sql="""
        SELECT id, status || ', lease ' || coalesce(lease_until::text, 'none') FROM jobs_job
        WHERE (status = 'running') <> (lease_until IS NOT NULL)""",
    ),
    Invariant(
        code="I8",
        text="no running job has a lease that ended long ago",
        sql="""
        SELECT id, 'lease until ' || lease_until FROM jobs_job
        WHERE status = 'running' AND lease_until < now() - %(patience)s::interval""",
    ),
    Invariant(
        code="I9",
        text="no job waits whose turn it is, while a dispatcher beats",
        sql=lambda: FORGOTTEN,
    ),
    Invariant(
        code="I10",
        text="no step was written by a claim that is still to come",
        sql="""
        SELECT step.id::text, step.name || ': fence ' || step.fence || ' of ' || job.fence
        FROM jobs_jobstep step JOIN jobs_job job ON job.id = step.job_id
        WHERE step.fence > job.fence""",
    ),
    Invariant(
        code="I11",
        text="every provider call has ended, or its worker still has the job",
        sql="""
        SELECT call.id::text, call.step || ' of ' || job.id || ', ' || job.status
        FROM jobs_providercall call JOIN jobs_job job ON job.id = call.job_id
        WHERE call.ended_at IS NULL AND (job.status <> 'running' OR job.fence <> call.fence)""",
    ),
    Invariant(
        code="I12", text="a job names only objects of its own project", sql=lambda: _strangers()
    ),
    Invariant(
        code="I13",
        text="no run has ended before its units",
        sql="""
        SELECT run.id, run.status || ', unit ' || unit.id || ' is ' || unit.status
        FROM jobs_job run JOIN jobs_job unit ON unit.parent_id = run.id
        WHERE run.status = ANY (%(ended)s) AND unit.status <> ALL (%(ended)s)""",
    ),
    Invariant(
        code="I14",
        text="a unit's key is its own in its run, and units have no units",
        sql="""
        SELECT min(id::text), count(*) || ' units with the key ' || unit_key FROM jobs_job
        WHERE parent_id IS NOT NULL GROUP BY parent_id, unit_key HAVING count(*) > 1
        UNION ALL
        SELECT unit.id::text, 'is a unit of the unit ' || parent.id
        FROM jobs_job unit JOIN jobs_job parent ON parent.id = unit.parent_id
        WHERE parent.parent_id IS NOT NULL""",
    ),
)


def check(*, without: Container[str] = ()) -> Iterator[Broken]:
    """The invariants that do not hold, of all but some. The caller sees the rows of all projects."""
    values = {**VALUES, **line_values()}
    for invariant in INVARIANTS:
        if invariant.code in without:
            continue
        sql = invariant.sql if isinstance(invariant.sql, str) else invariant.sql()
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT * FROM ({sql}) AS found LIMIT {MAX_LISTED}", values)  # noqa: S608 - constants of ours
            rows = [f"{pk}: {wrong}" for pk, wrong in cursor.fetchall()]
        if rows:
            yield Broken(code=invariant.code, text=invariant.text, rows=rows)


def _strangers() -> str:
    """Targets, runs and repeated jobs in another project than the job's."""
    models: list[type[Any]] = [m for m in apps.get_models() if issubclass(m, ProjectContent)]
    parts = [
        f"SELECT job.id, 'target {model._meta.model_name} of another project' FROM jobs_job job"  # noqa: S608 - names of models
        f" JOIN {model._meta.db_table} named ON named.id = job.target_id"
        f" WHERE job.target_type = '{model._meta.model_name}'"
        " AND job.project_id IS NOT NULL AND named.project_id <> job.project_id"
        for model in models
        if model is not Job
    ]
    parts += [
        f"SELECT job.id, '{column} of another project' FROM jobs_job job"  # noqa: S608 - constants of ours
        f" JOIN jobs_job named ON named.id = job.{column}"
        " WHERE named.project_id IS DISTINCT FROM job.project_id"
        for column in ("parent_id", "retry_of_id")
    ]
    return " UNION ALL ".join(parts)
