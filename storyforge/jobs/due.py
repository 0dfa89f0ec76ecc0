"""Which jobs are due, and whose turn it is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import connection, transaction

from storyforge.core.prepared import Prepared
from storyforge.jobs.engine import engine
from storyforge.jobs.models import WORKER_GONE_SECONDS, Job
from storyforge.jobs.queues import Priority
from storyforge.money.models import IN_FLIGHT

RING_AGAIN_SECONDS = 15  # a message may be lost; a doubled one does no harm
OUT_SLOTS = 4  # of a worker: slow receivers leave the rest to those who wait for a model
AHEAD = 2  # messages beyond the free slots of a queue, so that no worker waits for a round

# Of a row `job`. A run between its passes (`run_after` is the last one) is due when a unit has ended that
# it has not seen, or none lives. While units of it wait for a worker, planning more would start nothing
# sooner: it looks once a second then, to say how far it is. statement_timestamp() is what Django's Now() means, too.
DUE = """
job.status = 'pending' AND job.run_after <= statement_timestamp()
  AND job.paused_at IS NULL
  AND (job.deadline_at > statement_timestamp() OR job.deadline_at IS NULL OR job.cancel_requested_at IS NOT NULL)
  AND (job.parent_id IS NULL OR NOT EXISTS (
       SELECT FROM jobs_job run WHERE run.id = job.parent_id AND run.paused_at IS NOT NULL))
  AND (NOT job.planned
       OR EXISTS (SELECT FROM jobs_job unit WHERE unit.parent_id = job.id AND NOT unit.seen
                  AND unit.status IN ('completed', 'failed', 'canceled'))
          AND (job.run_after <= statement_timestamp() - interval '1 second'
               OR NOT EXISTS (SELECT FROM jobs_job unit WHERE unit.parent_id = job.id
                              AND unit.status = 'pending' AND unit.dispatched_at IS NULL
                              AND unit.run_after <= statement_timestamp()))
       OR NOT EXISTS (SELECT FROM jobs_job unit WHERE unit.parent_id = job.id
                      AND unit.status IN ('pending', 'running')))
"""

# Fair round robin: a job's rank in its queue is the number of jobs its account has in flight there plus
# its place among the account's due ones, so a flood of one account cannot hold up another's first job.
# An account has at most its cap in flight over all queues: its plan's, unless the setting says one for
# all. Background work leaves one place of the cap and a quarter of all slots to people who wait.
# Work of the system has no account and counts as one, 0.
FLYING = """
flying AS (
    SELECT coalesce(account_id, 0) AS account, queue, count(*) AS n FROM jobs_job
    WHERE status = 'running'
       OR (status = 'pending' AND dispatched_at > statement_timestamp() - %(again)s * interval '1 second')
    GROUP BY account_id, queue
)
"""
# Of the jobs for which `{wanted}` holds, and whose place among their account's fits `{place}`.
STANDING = f"""
ready AS (
    SELECT * FROM (
        SELECT job.id, coalesce(job.account_id, 0) AS account, job.queue, job.priority, job.created_at,
               row_number() OVER (
                   PARTITION BY job.account_id, job.queue ORDER BY job.priority, job.created_at
               ) AS nth
        FROM jobs_job job
        WHERE {{wanted}} AND {DUE}
          AND (job.dispatched_at IS NULL
               OR job.dispatched_at <= statement_timestamp() - %(again)s * interval '1 second')
    ) waiting WHERE nth {{place}}
), asking AS (
    SELECT accounts.account, accounts.queue,
           coalesce(sum(flying.n) FILTER (WHERE flying.queue = accounts.queue), 0) AS here,
           coalesce(sum(flying.n), 0) AS everywhere,
           coalesce(nullif(%(cap)s, 0), max(plan.in_flight), %(default_cap)s) AS cap
    FROM (SELECT DISTINCT account, queue FROM ready) accounts
    LEFT JOIN flying USING (account)
    LEFT JOIN money_account payer ON payer.user_id = accounts.account
    LEFT JOIN money_plan plan ON plan.code = payer.plan_id
    GROUP BY accounts.account, accounts.queue
), standing AS (
    SELECT ready.*, here + nth AS rank, everywhere,
           greatest(1, cap - (ready.priority = %(background)s)::int) AS cap,
           everywhere + nth <= greatest(1, cap - (ready.priority = %(background)s)::int) AS fits
    FROM ready JOIN asking USING (account, queue)
)
"""  # noqa: S608 - a constant of ours
LINE = f"{FLYING}, {STANDING.format(wanted='true', place='> 0')}"
# While no worker is free, a flood is not even sorted; and of one account no more jobs are looked at than there is room.
TURN = f"""
{FLYING}, room AS (
    SELECT slots.queue, slots.n + %(ahead)s - coalesce(sum(flying.n), 0) AS n,
           slots.n / 4 AS kept
    FROM (SELECT queue, sum(CASE queue WHEN 'out' THEN least(slots, %(out)s) ELSE slots END) AS n
          FROM jobs_worker, jsonb_array_elements_text(queues) queue
          WHERE beat_at > statement_timestamp() - %(gone)s * interval '1 second' GROUP BY queue) slots
    LEFT JOIN flying USING (queue) GROUP BY slots.queue, slots.n
), {
    STANDING.format(
        wanted="job.queue = ANY(ARRAY(SELECT queue FROM room WHERE n > 0))",
        place="<= (SELECT max(n) FROM room)",
    )
}, ordered AS (
    SELECT standing.*, row_number() OVER (
        PARTITION BY queue ORDER BY rank, priority, created_at) AS place
    FROM standing WHERE fits
), fitting AS (
    SELECT ordered.*, everywhere + row_number() OVER (
        PARTITION BY account ORDER BY priority, created_at) AS number
    FROM ordered JOIN room USING (queue)
    WHERE place <= room.n - CASE WHEN priority = %(background)s THEN kept ELSE 0 END
)
"""  # noqa: S608 - a constant of ours
PICK = Prepared(
    "pick",
    f"""
WITH {TURN}, rung AS (
    UPDATE jobs_job SET dispatched_at = statement_timestamp()
    FROM fitting WHERE jobs_job.id = fitting.id AND fitting.number <= fitting.cap
    RETURNING jobs_job.id, jobs_job.queue, fitting.place
)
SELECT id, queue FROM rung ORDER BY place
""",  # noqa: S608 - a constant of ours
)
# Two dispatchers picking at once would each fill the same room.
LOCK = "SELECT pg_advisory_xact_lock(hashtext('storyforge.jobs.dispatch'))"


@dataclass(frozen=True, kw_only=True, slots=True)
class Ring:
    """A message to send."""

    job_id: UUID
    queue: str


def line_values() -> dict[str, Any]:
    """The values of `LINE` and `TURN`."""
    return {
        "again": RING_AGAIN_SECONDS,
        "ahead": AHEAD,
        "gone": WORKER_GONE_SECONDS,
        "cap": settings.JOBS_PER_ACCOUNT,
        "default_cap": IN_FLIGHT,
        "background": int(Priority.BACKGROUND),
        "out": OUT_SLOTS,
    }


@engine()
def pick() -> list[Ring]:
    """Mark the jobs whose turn it is as dispatched and return them."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(LOCK)
        return [Ring(job_id=pk, queue=queue) for pk, queue in PICK.all(**line_values())]


@engine()
def next_due() -> Job | None:
    """The first due job, for a worker that takes them straight from the table."""
    query = f"SELECT job.* FROM jobs_job job WHERE {DUE} ORDER BY priority, created_at LIMIT 1"  # noqa: S608 - the same
    return next(iter(Job.objects.raw(query)), None)
