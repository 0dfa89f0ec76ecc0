"""Where waiting jobs stand in line."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from storyforge.core.prepared import Prepared
from storyforge.jobs.due import DUE
from storyforge.jobs.engine import engine

# The order in which `due.PICK` takes them: fair between accounts, then by priority and age.
PLACES = Prepared(
    "places",
    f"""
WITH flying AS (
    SELECT account_id, queue, count(*) AS n FROM jobs_job WHERE status = 'running'
    GROUP BY account_id, queue
), ranked AS (
    SELECT job.id, job.queue, job.priority, job.created_at,
           coalesce(flying.n, 0) + row_number() OVER (
               PARTITION BY job.account_id, job.queue ORDER BY job.priority, job.created_at
           ) AS rank
    FROM jobs_job job LEFT JOIN flying USING (account_id, queue)
    WHERE {DUE}
), placed AS (
    SELECT id, row_number() OVER (PARTITION BY queue ORDER BY rank, priority, created_at) AS place
    FROM ranked
)
SELECT id, place FROM placed WHERE id = ANY(%(ids)s)
""",  # noqa: S608 - a constant of ours
)


@engine()
def places(job_ids: Iterable[UUID]) -> dict[UUID, int]:
    """The place in its queue, from 1, of each of the jobs that is due and waits; one query."""
    ids = list(job_ids)
    if not ids:
        return {}
    return dict(PLACES.all(ids=ids))
