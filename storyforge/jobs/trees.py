"""What happens to a job together with its units: cancel, and give up."""

from __future__ import annotations

from django.db import transaction
from django.db.models import F
from django.db.models.functions import Now

from storyforge.core.errors import StoryforgeError
from storyforge.jobs import registry
from storyforge.jobs.models import Job
from storyforge.jobs.moves import move_all

STOPPING_SECONDS = 2.0  # until a run that gives up looks again whether its units have stopped


def cancel(job: Job) -> bool:
    """Cancel a job, or a run with all its units; False when it has ended already.

    Units that wait are canceled, running ones are asked to stop unless the kind lets them finish.
    The run itself ends last.
    """
    asked = job.cancel()
    if asked and job.is_run:
        handler = registry.find(job.kind)
        stop_units(job, running=not getattr(handler, "finishes_units", False))
    return asked


def fail(job: Job, error: StoryforgeError) -> bool:
    """Fail a job. A run with living units stops them first, and fails when it is looked at again."""
    if job.fail(error):
        return True
    if not job.is_run:
        return False
    stop_units(job, running=True)
    return job.put_back(seconds=STOPPING_SECONDS, error=error)


def end_canceled(job: Job) -> bool:
    """End a job that was asked to stop; a run with living units is looked at again after them."""
    return job.end_canceled() or (job.is_run and job.put_back(seconds=STOPPING_SECONDS))


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
