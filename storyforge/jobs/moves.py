"""A change of jobs and the events that tell it, in one statement: one round trip, all or nothing."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from django.db import connection
from django.db.models.sql import UpdateQuery

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
    told = {"event": event, "data": json.dumps(data), "channel": CHANNEL}
    statement = MOVE.format(update=update)
    return list(rows.model._default_manager.raw(statement, {**names, **told}))
