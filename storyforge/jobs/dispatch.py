"""Finds due jobs and rings the workers. Any number of copies may run."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

import psycopg
from django.conf import settings
from django.db import DatabaseError, connection, connections, transaction
from django.db.models import F, Q
from django.db.models.functions import Now
from kombu.exceptions import OperationalError as BrokerAway

from storyforge.jobs.backoff import back_off
from storyforge.jobs.errors import DeadlineExceeded, WorkerLost
from storyforge.jobs.models import MAX_LOST, WORKER_GONE_SECONDS, Job, Worker
from storyforge.jobs.tasks import run_job

logger = logging.getLogger(__name__)

CHANNEL = "jobs"
RING_AGAIN_SECONDS = 15  # a message may be lost; a doubled one does no harm
AHEAD = 2  # messages beyond the free slots of a queue, so that no worker waits for a round
POLL_SECONDS = 1.0
UPKEEP_SECONDS = 1.0  # between reapings
BEAT_SECONDS = 5.0  # between a worker's signs of life
GATHER_SECONDS = 0.02  # notifications that come together are one round

# Fair round robin: a job's rank is the number of jobs its account has in flight plus its place among
# the account's due ones, so a flood of one account cannot hold up another's first job.
# statement_timestamp() is what Django's Now() means, too.
PICK = """
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
    WHERE job.status = 'pending' AND job.run_after <= statement_timestamp()
      AND (job.dispatched_at IS NULL
           OR job.dispatched_at <= statement_timestamp() - %(again)s * interval '1 second')
), room AS (
    SELECT slots.queue, slots.n + %(ahead)s - coalesce(sum(flying.n), 0) AS n
    FROM (SELECT queue, sum(slots) AS n FROM jobs_worker, jsonb_array_elements_text(queues) queue
          WHERE beat_at > statement_timestamp() - %(gone)s * interval '1 second' GROUP BY queue) slots
    LEFT JOIN flying USING (queue) GROUP BY slots.queue, slots.n
), ordered AS (
    SELECT due.id, due.queue, row_number() OVER (
        PARTITION BY due.queue ORDER BY due.rank, due.priority, due.created_at) AS place
    FROM due WHERE due.rank <= %(cap)s
), rung AS (
    UPDATE jobs_job SET dispatched_at = statement_timestamp()
    FROM ordered JOIN room USING (queue)
    WHERE jobs_job.id = ordered.id AND ordered.place <= room.n
    RETURNING jobs_job.id, jobs_job.queue, ordered.place
)
SELECT id, queue FROM rung ORDER BY place
"""
# Two dispatchers picking at once would each fill the same room.
LOCK = "SELECT pg_advisory_xact_lock(hashtext('storyforge.jobs.dispatch'))"


@dataclass(frozen=True, kw_only=True, slots=True)
class Ring:
    """A message to send."""

    job_id: UUID
    queue: str


def pick() -> list[Ring]:
    """Mark the jobs whose turn it is as dispatched and return them."""
    values = {
        "again": RING_AGAIN_SECONDS,
        "ahead": AHEAD,
        "gone": WORKER_GONE_SECONDS,
        "cap": settings.JOBS_PER_ACCOUNT,
    }
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(LOCK)
        cursor.execute(PICK, values)
        return [Ring(job_id=pk, queue=queue) for pk, queue in cursor.fetchall()]


def ring(rings: list[Ring]) -> None:
    """Send the messages. A broker that is away loses nothing: the rows are rung again later."""
    for message in rings:
        try:
            run_job.apply_async((str(message.job_id),), queue=message.queue, retry=False)
        except BrokerAway as error:
            logger.warning("broker away, will ring again: %s", error)
            return


def reap() -> int:
    """Take back the jobs of dead workers, and end the ones nobody may try again; how many."""
    dead = Q(status=Job.Status.RUNNING, lease_until__lt=Now())
    reaped = 0
    with transaction.atomic():
        for job in Job.objects.select_for_update(skip_locked=True).filter(dead)[:100]:
            _reap_one(job)
            reaped += 1
    return reaped


def _reap_one(job: Job) -> None:
    error = WorkerLost()
    Job.objects.filter(pk=job.pk).update(lost=F("lost") + 1)
    if job.cancel_requested_at:
        job.end_canceled()
    elif job.lost + 1 >= MAX_LOST:
        job.fail(error)
    elif job.deadline_at and Job.objects.filter(pk=job.pk, deadline_at__lt=Now()).exists():
        job.fail(DeadlineExceeded())
    else:
        job.put_back(seconds=back_off(0, error), error=error)


class Dispatcher:
    """The loop: woken by NOTIFY, at the latest each second."""

    def __init__(self, *, worker: str = "", queues: tuple[str, ...] = (), slots: int = 0) -> None:
        self.worker, self.queues, self.slots = worker, queues, slots
        self._stopping = threading.Event()
        self._upkept = self._beaten = 0.0

    def stop(self) -> None:
        self._stopping.set()

    def run(self) -> None:
        """Until stopped. A database that is away is tried again each second."""
        while not self._stopping.is_set():
            try:
                for _ in self._wakes():
                    self._upkeep()
                    ring(pick())
                    if self._stopping.is_set():
                        break
            except (DatabaseError, psycopg.Error) as error:
                logger.warning("dispatcher: database away: %s", error)
                self._stopping.wait(POLL_SECONDS)
            finally:
                connections.close_all()
        if self.worker:
            Worker.objects.filter(pk=self.worker).delete()
            connections.close_all()

    def _upkeep(self) -> None:
        now = time.monotonic()
        if now - self._upkept >= UPKEEP_SECONDS:
            self._upkept = now
            reap()
        if self.worker and now - self._beaten >= BEAT_SECONDS:
            self._beaten = now
            Worker.objects.update_or_create(
                name=self.worker,
                defaults={"queues": list(self.queues), "slots": self.slots, "beat_at": Now()},
            )

    def _wakes(self) -> Iterator[None]:
        """Yield at once, then at each notification or second, over a connection of its own."""
        parameters = connection.get_connection_params()
        for key in ("cursor_factory", "context", "server_side_binding", "pool", "isolation_level"):
            parameters.pop(key, None)
        with psycopg.connect(**parameters, autocommit=True) as listener:
            listener.execute(f"LISTEN {CHANNEL}")
            yield
            while True:
                for _ in listener.notifies(timeout=POLL_SECONDS, stop_after=1):
                    time.sleep(GATHER_SECONDS)
                for _ in listener.notifies(timeout=0):
                    pass
                yield


def notify() -> None:
    """Wake the dispatchers when the current transaction commits."""
    with connection.cursor() as cursor:
        cursor.execute(f"NOTIFY {CHANNEL}")
