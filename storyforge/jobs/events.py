"""The events of jobs as clients read them: from the table only, in order, without gaps."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from rest_framework.utils.encoders import JSONEncoder

from storyforge.jobs.engine import engine
from storyforge.jobs.models import JobEvent

PAGE = 500
LAST = ("job.completed", "job.failed", "job.canceled")  # nothing follows one of these

# A job's rows by its unique index, however many jobs are asked for.
FRESH = """
SELECT event.* FROM unnest(%(jobs)s::uuid[], %(afters)s::int[]) AS wanted (job_id, after)
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


def document(event: JobEvent) -> dict[str, Any]:
    """The event as clients get it, in pages and in streams."""
    return {
        "job_id": event.job_id,
        "seq": event.seq,
        "type": event.type,
        "at": event.at,
        "attempt": event.attempt,
        "data": event.data,
    }


@engine()
def page(job_id: UUID, after: int) -> list[JobEvent]:
    """The events that follow number `after`, at most `PAGE`, of a job that the reader may see."""
    return list(JobEvent.objects.filter(job=job_id, seq__gt=after).order_by("seq")[:PAGE])


@engine()
def fresh(wanted: Mapping[UUID, int], *, most: int) -> list[Frame]:
    """What follows the given number in each job, at most `most` of one job; one query.

    For the readers of many jobs at once, each of whom may see theirs.
    """
    values = {"jobs": list(wanted), "afters": list(wanted.values()), "most": most}
    return [frame(event) for event in JobEvent.objects.raw(FRESH, values)]


def frame(event: JobEvent) -> Frame:
    """The event as server-sent event; its JSON holds no line break."""
    text = json.dumps(document(event), cls=JSONEncoder, ensure_ascii=False, separators=(",", ":"))
    return Frame(
        job_id=event.job_id,
        seq=event.seq,
        is_last=event.type in LAST,
        data=f"id: {event.seq}\nevent: {event.type}\ndata: {text}\n\n".encode(),
    )
