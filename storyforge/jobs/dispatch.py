"""Finds due jobs and rings the workers. Any number of copies may run."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterator
from datetime import timedelta

import psycopg
from django.db import Error as DatabaseFault
from django.db import connection, connections, transaction
from django.db.models import Exists, F, OuterRef, QuerySet
from django.db.models.functions import Now
from kombu.exceptions import OperationalError as BrokerAway

from storyforge.jobs import idempotency, trees
from storyforge.jobs.backoff import back_off
from storyforge.jobs.due import Ring, pick
from storyforge.jobs.engine import engine
from storyforge.jobs.errors import DeadlineExceeded, QueueTimeout, WorkerLost
from storyforge.jobs.listening import direct_parameters
from storyforge.jobs.models import MAX_LOST, Job, Worker
from storyforge.jobs.moves import CHANNEL
from storyforge.jobs.spending import book_unknown
from storyforge.jobs.tasks import run_job
from storyforge.jobs.upkeep import upkeep_when_due

logger = logging.getLogger(__name__)

POLL_SECONDS = 1.0
UPKEEP_SECONDS = 1.0  # between reapings
PURGE_SECONDS = 60.0  # between purges of old keys; each takes a batch
BEAT_SECONDS = 5.0  # between a worker's signs of life
START_WITHIN = timedelta(days=1)
BATCH = 100  # jobs one round ends
REST = 2  # times as long as a picking took, before the next: a flood gets a third of a processor
LONGEST_REST = 0.1


def ring(rings: list[Ring]) -> None:
    """Send the messages. A broker that is away loses nothing: what it did not take is picked again."""
    for number, message in enumerate(rings):
        try:
            run_job.apply_async((str(message.job_id),), queue=message.queue, retry=False)
        except BrokerAway as error:
            logger.warning("broker away, will ring again: %s", error)
            _take_back(rings[number:])
            return


@engine()
def _take_back(rings: list[Ring]) -> None:
    """Nobody was rung: as if dispatched, they would wait for a quarter of a minute after the broker is back."""
    waiting = Job.objects.filter(pk__in=[r.job_id for r in rings], status=Job.Status.PENDING)
    waiting.update(dispatched_at=None)


@engine()
def reap() -> int:
    """Take back the jobs of dead workers, and end the ones nobody may try again; how many."""
    dead = Job.objects.filter(status=Job.Status.RUNNING, lease_until__lt=Now())
    return _with_each(dead, _reap_one)


@engine()
def expire() -> int:
    """End the jobs that nobody could start within a day, or go on with in their time; how many it met.

    Paused ones keep waiting, and so do units of a paused run.
    """
    waiting = Job.objects.filter(status=Job.Status.PENDING, paused_at=None)
    old = waiting.filter(run_after__lt=Now() - START_WITHIN, started_at=None, parent=None)
    held = Job.objects.filter(pk=OuterRef("parent"), paused_at__isnull=False)
    late = waiting.filter(~Exists(held), deadline_at__lt=Now(), cancel_requested_at=None)
    return _with_each(old, lambda job: trees.expire(job, QueueTimeout())) + _with_each(
        late, lambda job: trees.expire(job, DeadlineExceeded())
    )


def _with_each(rows: QuerySet[Job], end: Callable[[Job], object]) -> int:
    """End the jobs, at most a batch; how many. Another dispatcher may be at the same ones.

    Each in a transaction of its own: the end of one locks quotas, and jobs are locked before these.
    """
    met = 0
    for pk in list(rows.values_list("pk", flat=True)[:BATCH]):
        with transaction.atomic():
            job = rows.select_for_update(skip_locked=True).filter(pk=pk).first()
            if job is not None:
                end(job)
                met += 1
    return met


def _reap_one(job: Job) -> None:
    error = WorkerLost()
    Job.objects.filter(pk=job.pk).update(lost=F("lost") + 1)
    if job.writer == Job.Writer.MODEL:
        book_unknown(job)
    if job.cancel_requested_at:
        trees.end_canceled(job)
    elif job.lost + 1 >= MAX_LOST or job.attempt >= job.max_attempts:
        trees.fail(job, error)
    else:
        trees.put_back(job, seconds=back_off(0, error), error=error)


class Dispatcher:
    """The loop: woken by NOTIFY, at the latest each second."""

    def __init__(self, *, worker: str = "", queues: tuple[str, ...] = (), slots: int = 0) -> None:
        self.worker, self.queues, self.slots = worker, queues, slots
        self._stopping = threading.Event()
        self._upkept = self._beaten = self._purged = 0.0
        self._rest_until = 0.0

    def stop(self) -> None:
        self._stopping.set()

    def run(self) -> None:
        """Until stopped. A database that is away is tried again each second."""
        while not self._stopping.is_set():
            try:
                for _ in self._wakes():
                    self._round()
                    if self._stopping.is_set():
                        break
            except (DatabaseFault, psycopg.Error) as error:
                logger.warning("dispatcher: database away: %s", error)
                self._stopping.wait(POLL_SECONDS)
            finally:
                connections.close_all()
        if self.worker:
            Worker.objects.filter(pk=self.worker).delete()
            connections.close_all()

    def _round(self) -> None:
        self._upkeep()
        begun = time.monotonic()  # upkeep is seldom: who asks next need not wait for it
        ring(pick())
        ended = time.monotonic()
        self._rest_until = ended + min(REST * (ended - begun), LONGEST_REST)

    def _upkeep(self) -> None:
        now = time.monotonic()
        if now - self._upkept >= UPKEEP_SECONDS:
            self._upkept = now
            reap()
            expire()
        if now - self._purged >= PURGE_SECONDS:
            self._purged = now
            idempotency.purge()
            upkeep_when_due()
        if self.worker and now - self._beaten >= BEAT_SECONDS:
            self._beaten = now
            Worker.objects.update_or_create(
                name=self.worker,
                defaults={"queues": list(self.queues), "slots": self.slots, "beat_at": Now()},
            )

    def _wakes(self) -> Iterator[None]:
        """Yield at once, then after each notification or second, over a connection of its own.

        What is notified during the rest after a round is one round.
        """
        with psycopg.connect(**direct_parameters(), autocommit=True) as listener:
            listener.execute(f"LISTEN {CHANNEL}")
            yield
            while True:
                for _ in listener.notifies(timeout=POLL_SECONDS, stop_after=1):
                    self._stopping.wait(max(0.0, self._rest_until - time.monotonic()))
                for _ in listener.notifies(timeout=0):
                    pass
                yield


def notify() -> None:
    """Wake the dispatchers when the current transaction commits."""
    with connection.cursor() as cursor:
        cursor.execute(f"NOTIFY {CHANNEL}")
