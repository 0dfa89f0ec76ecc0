"""The one way a job changes: each transition a conditional UPDATE with its event."""

from __future__ import annotations

import functools
import logging
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pgtrigger
from django.conf import settings
from django.db import models, transaction
from django.db.models import F, Q
from django.db.models.functions import Coalesce, Greatest, Now

from storyforge.core.errors import StoryforgeError
from storyforge.jobs.engine import engine
from storyforge.jobs.errors import CannotPause, JobActive
from storyforge.jobs.models.row import KEPT, JobRow
from storyforge.jobs.moves import claim, complete, move, report
from storyforge.jobs.signals import job_finished, job_held
from storyforge.jobs.spending import RELEASES

logger = logging.getLogger(__name__)

ROLLOUT = timedelta(minutes=10)  # while workers of two releases may be at work


class Job(JobRow):
    """One piece of background work.

        pending -> running              claim: attempt+1, fence+1, lease
        running -> pending              transient error, shutdown, lease expired
        running -> completed | failed   with the fence; effects in the same transaction
        running -> canceled             after a cancel request
        pending -> canceled | failed

    The database refuses every other change of status. A transition is one conditional UPDATE by the
    database's clock, and its event is written by the same statement. The fence is a counter: a worker
    that lost its lease holds an old one and changes nothing.

    A run is a job that plans others, its units: see `runs`. Between planning passes it is pending.
    """

    class Meta:
        triggers = [
            pgtrigger.FSM(
                name="job_status",
                field="status",
                transitions=[
                    ("pending", "running"),
                    ("running", "pending"),
                    ("running", "completed"),
                    ("running", "failed"),
                    ("running", "canceled"),
                    ("pending", "canceled"),
                    ("pending", "failed"),
                ],
            ),
            *RELEASES,
        ]
        constraints = [
            models.UniqueConstraint(fields=["parent", "unit_key"], name="unit_once"),
            models.CheckConstraint(
                name="job_unit_has_key",
                condition=Q(parent=None, unit_key=None)
                | Q(parent__isnull=False, unit_key__isnull=False, is_run=False),
            ),
            models.CheckConstraint(
                name="job_lease_while_running",
                condition=Q(status="running", lease_until__isnull=False)
                | (~Q(status="running") & Q(lease_until=None)),
            ),
            models.CheckConstraint(
                name="job_end_has_time",
                condition=Q(
                    status__in=["completed", "failed", "canceled"], completed_at__isnull=False
                )
                | Q(status__in=["pending", "running"], completed_at=None),
            ),
        ]
        indexes = [
            models.Index(fields=["project", "-created_at"], name="job_project_recent"),
            # Few fail, so a list of them would read all jobs of everybody to find them.
            models.Index(
                fields=["project", "-created_at"],
                name="job_failed_recent",
                condition=Q(status="failed"),
            ),
            models.Index(fields=["run_after"], name="job_due", condition=Q(status="pending")),
            models.Index(fields=["lease_until"], name="job_leased", condition=Q(status="running")),
            models.Index(
                fields=["account", "queue"],
                name="job_unfinished",
                condition=Q(status__in=["pending", "running"]),
            ),
            models.Index(
                fields=["parent", "status"],
                name="job_units",
                condition=Q(parent__isnull=False),
            ),
        ]

    @engine()
    def _move(
        self, guard: Q, *, event: str, data: dict[str, Any] | None = None, **changes: Any
    ) -> bool:
        """Apply the changes where the guard still holds, with the event; False when it does not."""
        if event:
            changes.setdefault("event_seq", F("event_seq") + 1)
        rows = Job.objects.filter(guard, pk=self.pk).order_by()
        make = functools.partial(
            move, rows, event=event, data=data or {}, updated_at=Now(), **changes
        )
        return self._end(make) if changes.get("status") in self.TERMINAL else self._read(make())

    @engine()
    def _end(self, make: Callable[[], Job | None]) -> bool:
        """Make the last move; who listens to an end writes in the same transaction."""
        with transaction.atomic(savepoint=False):
            ended = self._read(make())
            if ended:
                job_finished.send(sender=Job, job=self)
        return ended

    def _read(self, moved: Job | None) -> bool:
        """Take over the columns of the moved row; False without one."""
        if moved is None:
            return False
        for field in self._meta.concrete_fields:
            setattr(self, field.attname, getattr(moved, field.attname))
        return True

    def claim(self) -> bool:
        """pending -> running, for the worker that calls it; reads the whole row.

        A planning pass of a run that has planned before tells no event.
        """
        return self._read(claim(Job, self.pk, lease_seconds=settings.JOB_LEASE_SECONDS))

    @engine()
    def is_recent(self) -> bool:
        """Whether it was accepted no longer ago than a rolling deployment takes."""
        return Job.objects.filter(pk=self.pk, created_at__gt=Now() - ROLLOUT).exists()

    def complete(self, result: dict[str, Any], *, partial: bool = False) -> bool:
        """running -> completed; call it in the transaction that writes the effects."""
        return self._end(lambda: complete(self, result, partial=partial))

    def fail(self, error: StoryforgeError) -> bool:
        """running -> failed; not for a run whose units live: see `trees.fail`."""
        document = self._named(error)
        return self._move(
            self._mine() & self._has_no_life(),
            event="job.failed",
            data=document,
            status=self.Status.FAILED,
            lease_until=None,
            completed_at=Now(),
            error=document,
        )

    def end_canceled(self) -> bool:
        """running -> canceled, once the worker has noticed the request."""
        return self._move(
            self._mine() & Q(self._has_no_life(), cancel_requested_at__isnull=False),
            event="job.canceled",
            status=self.Status.CANCELED,
            lease_until=None,
            completed_at=Now(),
        )

    def put_back(
        self,
        *,
        seconds: float,
        error: StoryforgeError | None = None,
        counts: bool = True,
        late: bool = False,
    ) -> bool:
        """running -> pending, due again after `seconds`; False also where that is after its deadline.

        Also where a cancel was asked for meanwhile, which nobody would notice while it waits. Without an error,
        or where it does not count, the attempt is given back. A `late` one goes back all the same: a run whose
        units have to stop.
        """
        document = self._named(error) if error else None
        told = {"error_code": error.code, "message": error.message} if error else {}
        due = Now() + timedelta(seconds=seconds)
        in_time = Q(deadline_at=None) | Q(deadline_at__gte=due)
        return self._move(
            self._mine() & (Q() if late else Q(in_time, cancel_requested_at=None)),
            event="job.retrying" if error and counts else "job.waiting",
            data={"seconds": round(seconds, 1), **told},
            status=self.Status.PENDING,
            lease_until=None,
            dispatched_at=None,
            run_after=due,
            attempt=F("attempt") if error and counts else F("attempt") - 1,
            error=document,
        )

    def wait_for_units(self, *, done: int, total: int, label: str, pause: bool) -> bool:
        """running -> pending, for a run after a planning pass: due when a unit has ended.

        The pass gives its attempt back. It tells an event only where people would see a change.
        """
        news = (done, total, label) != (
            self.progress_done,
            self.progress_total,
            self.progress_label,
        )
        return self._move(
            self._mine(),
            event="job.progress" if news else "",
            data={"done": done, "total": total, "label": label},
            status=self.Status.PENDING,
            planned=True,
            lease_until=None,
            dispatched_at=None,
            run_after=Now(),
            attempt=F("attempt") - 1,
            progress_done=done,
            progress_total=total,
            progress_label=label[:200],
            paused_at=Coalesce(F("paused_at"), Now()) if pause else F("paused_at"),
            error=None,
        )

    def expire(self, error: StoryforgeError) -> bool:
        """pending -> failed, for a job that nobody started in time, or tried again in time."""
        document = self._named(error)
        return self._move(
            Q(self._has_no_life(), status=self.Status.PENDING),
            event="job.failed",
            data=document,
            status=self.Status.FAILED,
            completed_at=Now(),
            error=document,
        )

    def cancel(self) -> bool:
        """pending -> canceled at once; running: ask the worker. False when it has ended already.

        A run with living units ends after them: cancel it with `trees.cancel`. One that goes back between the two
        statements is canceled by the third.
        """
        if self._cancel_waiting():
            return True
        asked = self._move(
            Q(status__in=self.UNFINISHED, cancel_requested_at=None),
            event="job.cancel_requested",
            cancel_requested_at=Now(),
            paused_at=None,
        )
        if asked and self.status == self.Status.PENDING:
            self._cancel_waiting()
        return asked

    def _cancel_waiting(self) -> bool:
        return self._move(
            Q(self._has_no_life(), status=self.Status.PENDING),
            event="job.canceled",
            status=self.Status.CANCELED,
            completed_at=Now(),
            cancel_requested_at=Coalesce(F("cancel_requested_at"), Now()),
        )

    def pause(self) -> bool:
        """Start nothing of this job or run any more; False when it is paused already.

        Running units of a run finish. Raises `CannotPause` for a job that is running or has ended.
        """
        if self.is_terminal or not (self.is_run or self.status == self.Status.PENDING):
            raise CannotPause(job_status=self.status)
        stoppable = Q(status=self.Status.PENDING) | Q(status=self.Status.RUNNING, is_run=True)
        free = Q(paused_at=None, cancel_requested_at=None)
        return self._hold(stoppable & free, event="job.paused", paused_at=Now())

    def resume(self) -> bool:
        """Go on after a pause; False when it is not paused. Raises `CannotPause` for one that has ended.

        No clock ran meanwhile: all deadlines move, and the day within which somebody has to start begins anew.
        """
        if self.is_terminal:
            raise CannotPause(job_status=self.status)
        paused = Q(status__in=self.UNFINISHED, paused_at__isnull=False)
        later = F("deadline_at") + (Now() - F("paused_at"))
        at_once = {"run_after": Greatest(F("run_after"), Now()), "dispatched_at": None}
        with transaction.atomic(savepoint=False):
            if self.is_run:
                self._delay_units(paused)
            return self._hold(
                paused,
                event="job.resumed",
                paused_at=None,
                deadline_at=later,
                **at_once,
            )

    @engine()
    def _delay_units(self, paused: Q) -> None:
        """Units that waited with their run have as much more time as it was paused."""
        run = Job.objects.select_for_update().filter(paused, pk=self.pk)
        for since in run.values_list("paused_at", flat=True):
            units = Job.objects.filter(parent=self, status=self.Status.PENDING)
            later = F("deadline_at") + (Now() - models.Value(since))
            units.update(deadline_at=later, dispatched_at=None)

    def _hold(self, guard: Q, *, event: str, **changes: Any) -> bool:
        """Pause or resume; who listens writes in the same transaction."""
        with transaction.atomic(savepoint=False):
            moved = self._move(guard, event=event, **changes)
            if moved:
                job_held.send(sender=Job, job=self)
        return moved

    def report(self, *, done: int, total: int, label: str) -> bool:
        """Tell how far the work is; progress never goes backwards within an attempt."""
        news = {"done": done, "total": total, "label": label}
        return report(
            self, event="job.progress", data=news, done=done, total=total, label=label[:200]
        )

    def tell(self, *, step: str, offset: int, text: str, label: str) -> bool:
        """Pass on the next piece of the text a step is writing; `offset`: characters before it.

        A step that is begun again tells its text from offset 0 again.
        """
        news = {"step": step, "offset": offset, "text": text}
        return report(self, event="job.delta", data=news, done=None, total=None, label=label[:200])

    def has_expired(self) -> bool:
        """Whether the database's clock has passed `expires_at`; a purge will come by."""
        return Job.objects.filter(pk=self.pk, completed_at__lte=Now() - KEPT).exists()

    def delete_finished(self) -> None:
        """Remove an ended job; raises `JobActive` for one that is not."""
        deleted, _ = Job.objects.filter(pk=self.pk, status__in=self.TERMINAL).delete()
        if not deleted:
            raise JobActive

    def _named(self, error: StoryforgeError) -> dict[str, Any]:
        """What a client may know of an error; the log names it by the same id."""
        logger.info("job=%s error=%s detail=%s", self.pk, error.code, error.detail_id)
        return {
            "error_code": error.code,
            "message": error.message,
            "retryable": error.retryable,
            "attempts": self.attempt,
            "detail_id": error.detail_id,
        }

    def _has_no_life(self) -> Q:
        """No unit lives; what is no run has none."""
        if not self.is_run:
            return Q()
        units = Job.objects.filter(parent=models.OuterRef("pk"), status__in=Job.UNFINISHED)
        return Q(~models.Exists(units))

    def _mine(self) -> Q:
        return Q(status=self.Status.RUNNING, fence=self.fence)
