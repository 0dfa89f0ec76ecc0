"""What happens to a job together with its units: cancel, and give up."""

from __future__ import annotations

from django.db import transaction
from django.db.models import F
from django.db.models.functions import Now

from storyforge.core.errors import StoryforgeError
from storyforge.jobs import registry
from storyforge.jobs.errors import DeadlineExceeded
from storyforge.jobs.models import Job
from storyforge.jobs.moves import move_all

STOPPING_SECONDS = 2.0  # until a run that gives up looks again whether its units have stopped


def cancel(job: Job) -> bool:
    """Cancel a job, or a run with all its units; False when it has ended already.

    Units that wait are canceled, running ones are asked to stop unless the kind lets them finish.
    The run itself ends last. All of it is one transaction: a run that is asked to stop and whose units are
    not would pay for all of them.
    """
    if not job.is_run:
        return job.cancel()
    with transaction.atomic(savepoint=False):
        asked = job.cancel()
        if asked:
            handler = registry.find(job.kind)
            stop_units(job, running=not getattr(handler, "finishes_units", False))
    return asked


def put_back(
    job: Job, *, seconds: float, error: StoryforgeError | None = None, counts: bool = True
) -> bool:
    """Let a job wait, for its next attempt or a worker.

    It ends where somebody has asked it to stop meanwhile, and fails where the wait is beyond its deadline.
    """
    waits = job.put_back(seconds=seconds, error=error, counts=counts)
    return waits or end_canceled(job) or fail(job, DeadlineExceeded())


def fail(job: Job, error: StoryforgeError) -> bool:
    """Fail a job. A run with living units stops them first, and fails when it is looked at again.

    False, and nothing is stopped, when the job is not ours any more.
    """
    return job.fail(error) or (job.is_run and _stop_first(job, error))


def _stop_first(run: Job, error: StoryforgeError) -> bool:
    with transaction.atomic(savepoint=False):
        ours = run.put_back(seconds=STOPPING_SECONDS, error=error, counts=False, late=True)
        if ours:
            stop_units(run, running=True)
    return ours


def end_canceled(job: Job) -> bool:
    """End a job that was asked to stop; a run with living units is looked at again after them.

    False for one that nobody has asked.
    """
    if job.end_canceled():
        return True
    asked = Job.objects.filter(pk=job.pk, cancel_requested_at__isnull=False)
    return job.is_run and asked.exists() and job.put_back(seconds=STOPPING_SECONDS, late=True)


def expire(job: Job, error: StoryforgeError) -> bool:
    """Fail a job that waits; a run with living units stops them first. The caller has locked it."""
    expired = job.expire(error)
    if not expired and job.is_run:
        stop_units(job, running=True)
    return expired


def stop_units(run: Job, *, running: bool) -> None:
    """Cancel the units that wait, and ask the running ones to stop; three statements for any number."""
    units = Job.objects.filter(parent=run, cancel_requested_at=None).order_by()
    changes = {"event_seq": F("event_seq") + 1, "cancel_requested_at": Now(), "updated_at": Now()}
    with transaction.atomic():
        # Jobs are locked before quotas, everywhere: a unit that ends gives its money back.
        living = units.filter(status__in=Job.UNFINISHED).order_by("pk")
        list(living.select_for_update().values_list("pk"))
        move_all(
            units.filter(status=Job.Status.PENDING),
            event="job.canceled",
            data={},
            status=Job.Status.CANCELED,
            completed_at=Now(),
            **changes,
        )
        if running:
            move_all(
                units.filter(status=Job.Status.RUNNING),
                event="job.cancel_requested",
                data={},
                **changes,
            )
