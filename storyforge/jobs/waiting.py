"""Waiting a moment for a job to end, for clients that prefer one answer to polling."""

from __future__ import annotations

import re
import threading
import time
from uuid import UUID

from django.conf import settings

from storyforge.jobs.execution import give_back_db
from storyforge.jobs.models import Job

LONGEST = 30  # seconds
LOOK_SECONDS = 0.2
_WAIT = re.compile(r"(?:^|[,;\s])wait\s*=\s*\"?(\d{1,3})\"?(?=$|[,;\s])", re.IGNORECASE)

_waiting = 0
_lock = threading.Lock()


def wish(header: str | None) -> int:
    """The seconds of `Prefer: wait=N` (RFC 7240), 1 to 30; 0 for none, and for what is not understood."""
    found = _WAIT.search(header or "")
    seconds = int(found.group(1)) if found else 0
    return seconds if 1 <= seconds <= LONGEST else 0


def wait_for_end(job_id: UUID, seconds: int) -> Job | None:
    """The job once it has ended; None when it has not in so many seconds.

    At most a quarter of `WEB_SLOTS` requests wait at once in a process, the others are answered at
    once. The database connection is given back between looks.
    """
    if not _enter():
        return None
    try:
        return _look(job_id, until=time.monotonic() + seconds)
    finally:
        _leave()


def _look(job_id: UUID, *, until: float) -> Job | None:
    while True:
        job = Job.objects.filter(pk=job_id).first()
        if job is None or job.is_terminal:
            return job
        give_back_db()
        left = until - time.monotonic()
        if left <= 0:
            return None
        time.sleep(min(LOOK_SECONDS, left))


def _enter() -> bool:
    global _waiting
    with _lock:
        if _waiting >= max(1, settings.WEB_SLOTS // 4):
            return False
        _waiting += 1
        return True


def _leave() -> None:
    global _waiting
    with _lock:
        _waiting -= 1
