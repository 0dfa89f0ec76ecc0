"""Where waiting jobs stand in line."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from storyforge.core.prepared import Prepared
from storyforge.jobs.due import LINE, line_values
from storyforge.jobs.engine import engine

# The order in which `due.PICK` takes them: what a worker has been rung for, then fairly between accounts,
# then what is beyond an account's cap and waits for its own jobs to end.
PLACES = Prepared(
    "places",
    f"""
WITH {LINE}, waiting AS (
    SELECT id, queue, CASE WHEN fits THEN 1 ELSE 2 END AS turn, rank, priority, created_at
    FROM standing
    UNION ALL
    SELECT id, queue, 0, 0, priority, created_at FROM jobs_job
    WHERE status = 'pending' AND dispatched_at > statement_timestamp() - %(again)s * interval '1 second'
), placed AS (
    SELECT id, row_number() OVER (PARTITION BY queue ORDER BY turn, rank, priority, created_at) AS place
    FROM waiting
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
    return dict(PLACES.all(**line_values(), ids=ids))
