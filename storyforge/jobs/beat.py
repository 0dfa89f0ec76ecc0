"""One thread per worker process keeps the leases of all its jobs and hears cancels."""

from __future__ import annotations

import logging
import mmap
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import Error as DatabaseFault
from django.db import connections
from django.db.models import Case, When
from django.db.models.functions import Now

from storyforge.core.prepared import Prepared
from storyforge.jobs.engine import engine
from storyforge.jobs.errors import CancelRequested, DeadlineExceeded, FenceLost, ShuttingDown
from storyforge.jobs.execution import Execution
from storyforge.jobs.models import Job

logger = logging.getLogger(__name__)

# One statement, also for 200 jobs; an OR of as many conditions costs tens of milliseconds to build.
EXTEND = Prepared(
    "extend",
    """
UPDATE jobs_job SET lease_until = statement_timestamp() + %(seconds)s * interval '1 second'
FROM unnest(%(ids)s::uuid[], %(fences)s::bigint[]) AS mine (id, fence)
WHERE jobs_job.id = mine.id AND jobs_job.fence = mine.fence AND status = 'running'
""",
)
LOOK_SECONDS = 0.4  # how soon a running job hears of a cancel


class Beat:
    """Watches the executions of this process.

    Twice a second it reads fence and cancel flag of all of them in one query; each third of a
    lease it extends the leases in one UPDATE, but of those that have long been asked to stop and do
    not: a thread cannot be ended from outside, so its job is taken from it. While the database is away it keeps trying: the leases
    then run out, and the fence stops this worker's late writes.
    """

    def __init__(self, *, threaded: bool = True) -> None:
        self.threaded = (
            threaded  # a test inside a transaction looks by itself: a thread sees no row
        )
        self._running: dict[UUID, Execution] = {}
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._extended = 0.0
        # A worker's pool of processes is forked from it and hears no signal when it is stopped: it reads this byte.
        self._stopping = mmap.mmap(-1, 1)

    @property
    def is_stopping(self) -> bool:
        """Whether this worker is being stopped, also in the processes of its pool."""
        return self._stopping[0] != 0

    @contextmanager
    def watching(self, execution: Execution) -> Iterator[None]:
        """Keep this job's lease while the block runs."""
        with self._lock:
            self._running[execution.job.pk] = execution
            if self.threaded and not (self._thread and self._thread.is_alive()):
                self._thread = threading.Thread(target=self._loop, name="beat", daemon=True)
                self._thread.start()
        if self.is_stopping:
            execution.interrupt(ShuttingDown())
        try:
            yield
        finally:
            with self._lock:
                del self._running[execution.job.pk]

    def stop(self) -> None:
        """The worker is being stopped: every job goes back at its next border."""
        self._stopping[0] = 1
        self._interrupt_all()

    def _interrupt_all(self) -> None:
        for execution in self._snapshot():
            execution.interrupt(ShuttingDown())

    @engine()
    def look(self) -> None:
        """One round: notice cancels and lost fences, extend leases when a third has passed."""
        executions = self._snapshot()
        if not executions:
            return
        late = Case(When(deadline_at__lt=Now(), then=True), default=False)
        running = Job.objects.filter(
            pk__in=[e.job.pk for e in executions], status=Job.Status.RUNNING
        )
        rows = running.annotate(late=late).order_by()
        found = {
            pk: row for pk, *row in rows.values_list("pk", "fence", "cancel_requested_at", "late")
        }
        for execution in executions:
            fence, cancel_requested_at, is_late = found.get(execution.job.pk, (None, None, False))
            if fence != execution.fence:
                execution.interrupt(FenceLost())
            elif cancel_requested_at is not None:
                execution.interrupt(CancelRequested())
            elif is_late:
                execution.interrupt(DeadlineExceeded())
        if time.monotonic() - self._extended >= settings.JOB_LEASE_SECONDS / 3:
            self._extend(executions)

    def _extend(self, executions: list[Execution]) -> None:
        kept = [execution for execution in executions if not execution.is_deaf()]
        values: dict[str, Any] = {
            "ids": [execution.job.pk for execution in kept],
            "fences": [execution.fence for execution in kept],
            "seconds": settings.JOB_LEASE_SECONDS,
        }
        EXTEND.run(**values)
        self._extended = time.monotonic()

    def _snapshot(self) -> list[Execution]:
        with self._lock:
            return list(self._running.values())

    def _loop(self) -> None:
        while True:
            time.sleep(LOOK_SECONDS)
            if self.is_stopping:
                self._interrupt_all()
            try:
                self.look()
            except DatabaseFault as error:  # any: it may read only, or be changed by a migration
                logger.warning("beat: database away: %s", error)
            finally:
                connections.close_all()


beat = Beat()
