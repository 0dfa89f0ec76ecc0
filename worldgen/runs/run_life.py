"""Runs, attempts at phases and table runs move with their jobs, in the same transactions.

A row is written when its run is accepted, so that a campaign has one unfinished run at most, whichever door
the run came through. What ends a job may have no user, or one who may no longer write: rows move as the owner's.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F
from django.db.models.functions import Coalesce, Now

from storyforge.core.acting import acting_as
from storyforge.jobs import registry
from storyforge.jobs.models import Job
from storyforge.jobs.signals import job_created, job_finished, job_held
from storyforge.money.errors import BudgetExceeded
from storyforge.projects.models import Membership
from storyforge.projects.roles import Role
from worldgen.errors import RunInProgress
from worldgen.models import Campaign, GenerationRun, PhaseRun, TableRun
from worldgen.planning.part import Part
from worldgen.runs.run_wishes import RunWish, scope_of
from worldgen.runs.table_runs import end_phase, keep_table_run, refuse_second_run

RUN = "world.run"
UNITS = "world."


def listen() -> None:
    """Hear of runs that are accepted, held and ended, and of their parts that end."""
    job_created.connect(_on_created, dispatch_uid="worldgen.created")
    job_held.connect(_on_held, dispatch_uid="worldgen.held")
    job_finished.connect(_on_finished, dispatch_uid="worldgen.finished")


def tell_pass(run: GenerationRun, *, pauses: bool) -> None:
    """Note that the run works, or that its plan waits for a person; in the planning pass."""
    state = "paused" if pauses else "running"
    if run.state == state and run.started_at:
        return
    GenerationRun.objects.filter(pk=run.pk, state__in=GenerationRun.UNFINISHED).exclude(
        state=state, started_at__isnull=False
    ).update(state=state, started_at=Coalesce(F("started_at"), Now()))


def _on_created(job: Job, **_: Any) -> None:
    """The run's row. Raises `RunInProgress`, `PhaseNeedsMissing`, `NothingToDo` and `BudgetExceeded`."""
    if job.kind != RUN or job.target_id is None:
        return
    campaign = Campaign.objects.filter(pk=job.target_id).first()
    if campaign is None:
        return
    refuse_second_run(campaign)
    handler: Any = registry.get(job.kind)
    wish: RunWish = handler.request.model_validate(job.input)
    if wish.budget_micros is not None and job.reserved_micros > wish.budget_micros:
        raise BudgetExceeded
    before = GenerationRun.objects.filter(campaign=campaign, job=job.retry_of_id).first()
    retried = before if job.retry_of_id else None
    params = retried.params if retried else scope_of(campaign, wish).model_dump(mode="json")
    try:
        with transaction.atomic():
            GenerationRun.objects.create(
                project_id=campaign.project_id,
                campaign=campaign,
                job=job,
                requested_by_id=job.actor_id,
                mode=wish.mode,
                params=params,
                budget_micros=wish.budget_micros,
            )
    except IntegrityError as error:  # another request was quicker
        raise RunInProgress from error


def _on_held(job: Job, **_: Any) -> None:
    if job.kind == RUN:
        with as_owner(job):
            runs = GenerationRun.objects.filter(job=job, state__in=GenerationRun.UNFINISHED)
            if job.paused_at:
                runs.update(state="paused")
            else:
                runs.filter(started_at=None).update(state="queued")
                runs.exclude(started_at=None).update(state="running")


def _on_finished(job: Job, **_: Any) -> None:
    if job.kind == RUN:
        with as_owner(job):
            _end_run(job)
    elif job.parent_id and job.kind.startswith(UNITS) and job.status == Job.Status.FAILED:
        with as_owner(job):
            _fail_part(job)


def _end_run(job: Job) -> None:
    runs = GenerationRun.objects.filter(job=job)
    runs.update(state=job.status, finished_at=Now())
    open_ones = PhaseRun.objects.filter(run__job=job, state__in=("waiting", "running"))
    if job.status == Job.Status.COMPLETED:  # what was mended has no step that follows from it
        for phase_run in open_ones:
            end_phase(phase_run)
    else:
        open_ones.update(state="failed", finished_at=Now())


def _fail_part(job: Job) -> None:
    """A part that failed for good leaves its table run too, with the reason."""
    if job.target_type != "campaign" or job.target_id is None:
        return
    campaign = Campaign.objects.filter(pk=job.target_id).first()
    part = Part.model_validate(job.input)
    if campaign is None or not part.phase:
        return
    row = keep_table_run(campaign, part, job)
    code = (job.error or {}).get("error_code", "")
    TableRun.objects.filter(pk=row.pk).update(state="failed", error_code=code[:60])


@contextmanager
def as_owner(job: Job) -> Iterator[None]:
    """What ends a job may have no user: its rows move as those of the project's owner."""
    owner = Membership.objects.filter(project=job.project_id, role=Role.OWNER).first()
    with acting_as(owner.user_id if owner else None):
        yield
