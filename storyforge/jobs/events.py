"""The events of jobs as clients read them: from the table only, in order, without gaps."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection

from storyforge.jobs.engine import engine
from storyforge.jobs.models import JobEvent

PAGE = 500
LAST = ("job.completed", "job.failed", "job.canceled")  # nothing follows one of these

# A job's rows by its unique index, however many jobs are asked for.
FRESH = """
SELECT event.job_id, seq, type, attempt, at, data::text FROM unnest(%(jobs)s::uuid[], %(afters)s::int[]) AS wanted (job_id, after)
CROSS JOIN LATERAL (
    SELECT * FROM jobs_jobevent
    WHERE job_id = wanted.job_id AND seq > wanted.after ORDER BY seq LIMIT %(most)s
) event
"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Frame:
    """An event as it goes over the wire of an event stream."""

    job_id: UUID
    seq: int
    is_last: bool
    data: bytes


@engine()
def page(job_id: UUID, after: int) -> list[JobEvent]:
    """The events that follow number `after`, at most `PAGE`, of a job that the reader may see."""
    return list(JobEvent.objects.filter(job=job_id, seq__gt=after).order_by("seq")[:PAGE])


@engine()
def fresh(wanted: Mapping[UUID, int], *, most: int) -> list[Frame]:
    """What follows the given number in each job, at most `most` of one job; one query.

    For the readers of many jobs at once, each of whom may see theirs.
    """
    values: dict[str, Any] = {"jobs": list(wanted), "afters": list(wanted.values()), "most": most}
    with connection.cursor() as cursor:
        cursor.execute(FRESH, values)
        return [_frame(*row) for row in cursor.fetchall()]


def frame(event: JobEvent) -> Frame:
    """The event as server-sent event."""
    data = json.dumps(event.data, ensure_ascii=False, separators=(",", ":"))
    return _frame(event.job_id, event.seq, event.type, event.attempt, event.at, data)


def _frame(job_id: UUID, seq: int, kind: str, attempt: int, at: datetime, data: str) -> Frame:
    """Encoded once, however many read it. JSON, of PostgreSQL too, holds no line break."""
    when = at.isoformat().replace("+00:00", "Z")
    text = (
        f'id: {seq}\nevent: {kind}\ndata: {{"job_id":"{job_id}","seq":{seq},"type":"{kind}",'
        f'"at":"{when}","attempt":{attempt},"data":{data}}}\n\n'
    )
    return Frame(job_id=job_id, seq=seq, is_last=kind in LAST, data=text.encode())
