"""One claimed job in the hands of one worker: what a handler may do with it."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from django.db import connection, connections, transaction
from django.db.models import F
from django.db.models.functions import Greatest

from storyforge.core.errors import DatabaseUnavailable, StoryforgeError
from storyforge.core.prepared import Prepared
from storyforge.jobs import spending, trees
from storyforge.jobs.backoff import back_off
from storyforge.jobs.engine import engine
from storyforge.jobs.errors import CancelRequested, FenceLost, NewerRelease, ShuttingDown
from storyforge.jobs.models import BreakerOpen, Job, JobStep, ProviderCall

LOCK = Prepared(
    "lock_job",
    """
SELECT spent_micros FROM jobs_job
WHERE id = %(id)s AND fence = %(fence)s AND status = 'running' FOR UPDATE
""",
)
DEAF_SECONDS = 30.0  # to reach a border; as long as a worker that is stopped gives its jobs
USED = ("input_tokens", "output_tokens", "cost_micros")


class Execution:
    """A handler's view of the job it runs.

    The beat thread sets `interruption` when the job was canceled, taken over, is late, or the worker stops;
    `check` raises it, `should_stop` tells a provider's stream to close.
    """

    def __init__(self, job: Job) -> None:
        self.job = job
        self.fence = job.fence
        self.interruption: StoryforgeError | None = None
        self._interrupted = 0.0
        self.call: ProviderCall | None = None

    def interrupt(self, reason: StoryforgeError) -> None:
        """Ask the handler to stop; the first reason stays."""
        if self.interruption is None:
            self._interrupted = time.monotonic()
            self.interruption = reason

    def is_deaf(self) -> bool:
        """Whether it was asked to stop so long ago that it hangs: nobody keeps its lease any more."""
        asked = self.interruption is not None
        return asked and time.monotonic() - self._interrupted > DEAF_SECONDS

    def should_stop(self) -> bool:
        return self.interruption is not None

    def check(self) -> None:
        """Raise the interruption, if there is one. Call it between pieces of work."""
        if self.interruption is not None:
            raise self.interruption

    def progress(self, done: int, total: int, label: str) -> None:
        """Tell people how far the work is; a border at which the job may stop."""
        self.check()
        if not self.job.report(done=done, total=total, label=label):
            raise FenceLost

    @engine()
    def step(self, name: str) -> JobStep | None:
        """A finished step of an earlier claim, or None."""
        if self.fence == 1:
            return None
        return JobStep.objects.filter(job=self.job, name=name).first()

    def begin_call(self, step: str, *, model: str, worst_micros: int) -> ProviderCall:
        """Write down a provider call before it is made; see `spending.begin`."""
        return spending.begin(self, step, model=model, worst_micros=worst_micros)

    def end_call(self, call: ProviderCall, *, outcome: str, **used: Any) -> None:
        """Book a call that gave no step; see `spending.settle`."""
        spending.settle(self, call, outcome=outcome, **used)

    @engine()
    def record_step(
        self,
        name: str,
        *,
        output: Any,
        call: ProviderCall | None = None,
        outcome: str = spending.Outcome.ANSWERED,
        **figures: Any,
    ) -> JobStep:
        """Journal a finished step with its figures; raises `FenceLost` when the job is not ours.

        The `call` that it came from is booked in the same transaction.
        """
        used = {name: figures.get(name, 0) for name in USED}
        step = JobStep(job=self.job, name=name, fence=self.fence, output=output, **figures)
        if call is not None:
            spending.settle(self, call, outcome=outcome, step=step, **used)
            return step
        with transaction.atomic(savepoint=False):
            self.charge(**used)
            step.save(force_insert=True)
        return step

    @engine()
    def charge(self, *, input_tokens: int, output_tokens: int, cost_micros: int) -> None:
        """Add to what the job has used; also for calls that came to nothing.

        Locks the job's row for the rest of the transaction. Raises `FenceLost` when it is not ours.
        """
        mine = Job.objects.filter(pk=self.job.pk, fence=self.fence, status=Job.Status.RUNNING)
        if not mine.update(
            input_tokens=F("input_tokens") + input_tokens,
            output_tokens=F("output_tokens") + output_tokens,
            spent_micros=F("spent_micros") + cost_micros,
            reserved_micros=Greatest(F("reserved_micros") - cost_micros, 0),
        ):
            raise FenceLost
        self.job.reserved_micros = max(self.job.reserved_micros - cost_micros, 0)

    @engine()
    def lock(self) -> None:
        """Lock the job row for this transaction, and learn what it has spent.

        Raises `FenceLost` when it is no longer ours.
        """
        row = LOCK.one(id=self.job.pk, fence=self.fence)
        if row is None:
            raise FenceLost
        (self.job.spent_micros,) = row

    @contextmanager
    def completing(self) -> Iterator[dict[str, Any]]:
        """One transaction for the effects and the completion.

        Yields the result to fill. A cancel or a take-over that comes first rolls all of it back.
        """
        result: dict[str, Any] = {}
        with transaction.atomic():
            self.lock()
            yield result
            if not self.job.complete(result):
                raise CancelRequested

    def end(self, error: StoryforgeError) -> None:
        """Record how the work ended when it did not complete."""
        if self.call is not None:  # it crashed in a call: nobody knows what that has cost
            with suppress(FenceLost):
                spending.settle(self, self.call, outcome=spending.Outcome.UNKNOWN)
        elif isinstance(error, DatabaseUnavailable):
            self._book_unheard()
        match error:
            case CancelRequested():
                trees.end_canceled(self.job)
            case FenceLost():
                return
            case ShuttingDown():
                trees.put_back(self.job, seconds=0)
            case BreakerOpen() | NewerRelease():  # not the job's fault: the attempt is given back
                trees.put_back(self.job, seconds=back_off(0, error), error=error, counts=False)
            case _ if self.job.cancel_requested_at and trees.end_canceled(self.job):
                return
            case _ if error.retryable and self.job.attempt < self.job.max_attempts:
                trees.put_back(self.job, seconds=back_off(self.job.attempt, error), error=error)
            case _:
                trees.fail(self.job, error)

    @engine()
    def _book_unheard(self) -> None:
        """A call may have been written down whose answer the database could not give."""
        with suppress(FenceLost), transaction.atomic():
            self.lock()
            spending.book_unknown(self.job)


@contextmanager
def released_db() -> Iterator[None]:
    """Give the database connection back while waiting for somebody else.

    48 threads on a pool of 8 that hold theirs through a model call starve each other. Raises
    RuntimeError inside a transaction, which must never span a wait.
    """
    give_back_db()
    yield


def give_back_db() -> None:
    """Return this thread's connections to the pool; RuntimeError inside a transaction."""
    blocks = connection.atomic_blocks
    # A test case's own transaction, in which nothing waits for a pool, is the one exception.
    if any(not getattr(block, "_from_testcase", False) for block in blocks):
        raise RuntimeError("A transaction must not wait for the network.")
    if not blocks:
        connections.close_all()
