"""Which jobs are due, and whose turn it is."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.conf import settings
from django.db import connection, transaction

from storyforge.jobs.engine import engine
from storyforge.jobs.models import WORKER_GONE_SECONDS, Job
from storyforge.jobs.queues import Priority

RING_AGAIN_SECONDS = 15  # a message may be lost; a doubled one does no harm
OUT_SLOTS = 4  # of a worker: slow receivers leave the rest to those who wait for a model
AHEAD = 2  # messages beyond the free slots of a queue, so that no worker waits for a round

# Of a row `job`. A run between its passes is due when a unit has ended that it has not seen, or none
# lives. statement_timestamp() is what Django's Now() means, too.
DUE = """
job.status = 'pending' AND job.run_after <= statement_timestamp()
  AND job.paused_at IS NULL
  AND (job.parent_id IS NULL OR NOT EXISTS (
       SELECT FROM jobs_job run WHERE run.id = job.parent_id AND run.paused_at IS NOT NULL))
  AND (NOT job.planned
       OR EXISTS (SELECT FROM jobs_job unit WHERE unit.parent_id = job.id AND NOT unit.seen
                  AND unit.status IN ('completed', 'failed', 'canceled'))
       OR NOT EXISTS (SELECT FROM jobs_job unit WHERE unit.parent_id = job.id
                      AND unit.status IN ('pending', 'running')))
"""

# Fair round robin: a job's rank is the number of jobs its account has in flight plus its place among
# the account's due ones, so a flood of one account cannot hold up another's first job. Background
# work leaves one place of its account's cap and a quarter of all slots to people who wait.
PICK = f"""
WITH flying AS (
    SELECT account_id, queue, count(*) AS n FROM jobs_job
    WHERE status = 'running'
       OR (status = 'pending' AND dispatched_at > statement_timestamp() - %(again)s * interval '1 second')
    GROUP BY account_id, queue
), due AS (
    SELECT job.id, job.queue, job.priority, job.created_at,
           coalesce(flying.n, 0) + row_number() OVER (
               PARTITION BY job.account_id, job.queue ORDER BY job.priority, job.created_at
           ) AS rank
    FROM jobs_job job LEFT JOIN flying USING (account_id, queue)
    WHERE {DUE}
      AND (job.dispatched_at IS NULL
           OR job.dispatched_at <= statement_timestamp() - %(again)s * interval '1 second')
), room AS (
    SELECT slots.queue, slots.n + %(ahead)s - coalesce(sum(flying.n), 0) AS n,
           slots.n / 4 AS kept
    FROM (SELECT queue, sum(CASE queue WHEN 'out' THEN least(slots, %(out)s) ELSE slots END) AS n
          FROM jobs_worker, jsonb_array_elements_text(queues) queue
          WHERE beat_at > statement_timestamp() - %(gone)s * interval '1 second' GROUP BY queue) slots
    LEFT JOIN flying USING (queue) GROUP BY slots.queue, slots.n
), ordered AS (
    SELECT due.id, due.queue, due.priority, row_number() OVER (
        PARTITION BY due.queue ORDER BY due.rank, due.priority, due.created_at) AS place
    FROM due WHERE due.rank <= greatest(1, %(cap)s - (due.priority = %(background)s)::int)
), rung AS (
    UPDATE jobs_job SET dispatched_at = statement_timestamp()
    FROM ordered JOIN room USING (queue)
    WHERE jobs_job.id = ordered.id
      AND ordered.place <= room.n - CASE WHEN ordered.priority = %(background)s THEN kept ELSE 0 END
    RETURNING jobs_job.id, jobs_job.queue, ordered.place
)
SELECT id, queue FROM rung ORDER BY place
"""  # noqa: S608 - a constant of ours
# Two dispatchers picking at once would each fill the same room.
LOCK = "SELECT pg_advisory_xact_lock(hashtext('storyforge.jobs.dispatch'))"


@dataclass(frozen=True, kw_only=True, slots=True)
class Ring:
    """A message to send."""

    job_id: UUID
    queue: str


@engine()
def pick() -> list[Ring]:
    """Mark the jobs whose turn it is as dispatched and return them."""
    values = {
        "again": RING_AGAIN_SECONDS,
        "ahead": AHEAD,
        "gone": WORKER_GONE_SECONDS,
        "cap": settings.JOBS_PER_ACCOUNT,
        "background": Priority.BACKGROUND,
        "out": OUT_SLOTS,
    }
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(LOCK)
        cursor.execute(PICK, values)
        return [Ring(job_id=pk, queue=queue) for pk, queue in cursor.fetchall()]


@engine()
def next_due() -> Job | None:
    """The first due job, for a worker that takes them straight from the table."""
    query = f"SELECT job.* FROM jobs_job job WHERE {DUE} ORDER BY priority, created_at LIMIT 1"  # noqa: S608 - the same
    return next(iter(Job.objects.raw(query)), None)
