"""Finds due jobs and rings the workers. Any number of copies may run."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Iterator
from datetime import timedelta

import psycopg
from django.db import DatabaseError, connection, connections, transaction
from django.db.models import F, Q
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
REST = 3  # times as long as a round took, before the next: a flood gets a quarter of a processor


def ring(rings: list[Ring]) -> None:
    """Send the messages. A broker that is away loses nothing: the rows are rung again later."""
    for message in rings:
        try:
            run_job.apply_async((str(message.job_id),), queue=message.queue, retry=False)
        except BrokerAway as error:
            logger.warning("broker away, will ring again: %s", error)
            return


@engine()
def reap() -> int:
    """Take back the jobs of dead workers, and end the ones nobody may try again; how many."""
    dead = Q(status=Job.Status.RUNNING, lease_until__lt=Now())
    reaped = 0
    with transaction.atomic():
        for job in Job.objects.select_for_update(skip_locked=True).filter(dead)[:100]:
            _reap_one(job)
            reaped += 1
    return reaped


@engine()
def expire() -> int:
    """End the jobs that nobody could start within a day; how many. Paused ones keep waiting."""
    old = Q(created_at__lt=Now() - START_WITHIN, started_at=None, paused_at=None)
    late = Job.objects.filter(old, status=Job.Status.PENDING, parent=None)
    return sum(job.expire(QueueTimeout()) for job in late[:100])


def _reap_one(job: Job) -> None:
    error = WorkerLost()
    Job.objects.filter(pk=job.pk).update(lost=F("lost") + 1)
    if job.writer == Job.Writer.MODEL:
        book_unknown(job)
    if job.cancel_requested_at:
        trees.end_canceled(job)
    elif job.lost + 1 >= MAX_LOST:
        trees.fail(job, error)
    elif job.deadline_at and Job.objects.filter(pk=job.pk, deadline_at__lt=Now()).exists():
        trees.fail(job, DeadlineExceeded())
    else:
        job.put_back(seconds=back_off(0, error), error=error)


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
            except (DatabaseError, psycopg.Error) as error:
                logger.warning("dispatcher: database away: %s", error)
                self._stopping.wait(POLL_SECONDS)
            finally:
                connections.close_all()
        if self.worker:
            Worker.objects.filter(pk=self.worker).delete()
            connections.close_all()

    def _round(self) -> None:
        begun = time.monotonic()
        self._upkeep()
        ring(pick())
        ended = time.monotonic()
        self._rest_until = ended + REST * (ended - begun)

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
                    time.sleep(max(0.0, self._rest_until - time.monotonic()))
                for _ in listener.notifies(timeout=0):
                    pass
                yield


def notify() -> None:
    """Wake the dispatchers when the current transaction commits."""
    with connection.cursor() as cursor:
        cursor.execute(f"NOTIFY {CHANNEL}")
