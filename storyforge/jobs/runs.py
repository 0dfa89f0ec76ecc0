"""Runs and their units: a job that plans others, decided from rows only.

A run is claimed for a planning pass, one short transaction: it looks at its units, adds new ones, and
waits again or ends. It holds no worker while its units work. A run waits as `pending` and is due when
a unit has ended that it has not seen, or when no unit lives (see `dispatch`). Units have no units.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from storyforge.core.errors import StoryforgeError
from storyforge.jobs import registry
from storyforge.jobs.engine import engine
from storyforge.jobs.errors import FenceLost
from storyforge.jobs.execution import Execution
from storyforge.jobs.models import Job, JobEvent
from storyforge.jobs.pricing import Wish, worst_micros
from storyforge.jobs.queues import Priority, Queue
from storyforge.jobs.spending import reserve_from_run
from storyforge.jobs.trees import stop_units
from storyforge.money.plans import in_flight_of

AHEAD = 2  # living units of a run: so many times what its account may have in flight


class RunStalled(StoryforgeError):
    """The run has nothing left to wait for, and yet is not done."""

    code = "run_stalled"
    status = 500


@dataclass(frozen=True, kw_only=True, slots=True)
class NewUnit:
    """A piece of work to add; `key` is unique in its run, so that it is added once."""

    key: str
    kind: str
    target_type: str = ""
    target_id: UUID | None = None
    input: dict[str, Any] = field(default_factory=dict)
    writer: str = Job.Writer.NONE
    deadline_seconds: int | None = None  # the kind's own where it is not given


@dataclass(frozen=True, kw_only=True, slots=True)
class UnitSeen:
    """A unit as its run sees it. `inherited`: completed by the run that this one retries."""

    key: str
    kind: str
    status: str
    input: dict[str, Any]
    result: dict[str, Any] | None
    error: dict[str, Any] | None
    attempt: int
    inherited: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Plan:
    """What a run does next.

    New units; how far it is, out of how much; whether it is finished (with holes: `partial`),
    has failed for good, or should pause until a person has looked.
    """

    done: int
    total: int
    label: str = ""
    units: Sequence[NewUnit] = ()
    finished: bool = False
    partial: bool = False
    failed: StoryforgeError | None = None
    pause: bool = False
    result: dict[str, Any] = field(default_factory=dict)


class RunHandler(ABC):
    """A kind of run. `plan` is all it adds to a handler."""

    kind: ClassVar[str]
    label: ClassVar[str]
    priority: ClassVar[Priority] = Priority.NORMAL
    deadline_seconds: ClassVar[int] = 24 * 3_600
    finishes_units: ClassVar[bool] = False  # on cancel: running units end by themselves

    def queue_for(self, writer: str) -> Queue:
        """A planning pass is short, and must not wait behind computing."""
        return Queue.STREAM

    @abstractmethod
    def plan(self, run: Job, units: Sequence[UnitSeen]) -> Plan:
        """What is next, from rows only: no clock, no network, the same answer for the same rows.

        Called in the pass's transaction with the run locked.
        """

    def run(self, execution: Execution) -> None:
        """The handler's part: one planning pass."""
        _planning_pass(self, execution)


@engine()
def _planning_pass(handler: RunHandler, execution: Execution) -> None:
    job = execution.job
    with transaction.atomic():
        execution.lock()
        job.refresh_from_db(fields=["cancel_requested_at", "paused_at"])
        units = _units(job)
        living = sum(1 for unit in units if unit.status in Job.UNFINISHED)
        Job.objects.filter(parent=job, status__in=Job.TERMINAL, seen=False).update(seen=True)
        if job.cancel_requested_at:
            _end_or_wait(job, None, living)
            return
        plan = _plan(handler, job, units)
        known = {unit.key for unit in units}
        room = AHEAD * in_flight_of(job.account_id) - living
        fresh = [unit for unit in plan.units if unit.key not in known][: max(0, room)]
        if not plan.failed and not plan.finished:
            _add(job, fresh)
            living += len(fresh)
        _end_or_wait(job, plan, living)


def _plan(handler: RunHandler, job: Job, units: Sequence[UnitSeen]) -> Plan:
    """The handler's plan; what it refuses for good is the run's end, after its units have stopped."""
    try:
        return handler.plan(job, units)
    except StoryforgeError as error:
        if error.retryable:
            raise
        return Plan(done=job.progress_done, total=job.progress_total, failed=error)


def _end_or_wait(job: Job, plan: Plan | None, living: int) -> None:
    """End the run when nothing lives any more; a run that gives up stops its units first."""
    if plan is None:  # canceled
        moved = _wait(job, None) if living else job.end_canceled()
    elif plan.failed and living:
        stop_units(job, running=True)
        moved = _wait(job, plan)
    elif plan.failed:
        moved = job.fail(plan.failed)
    elif plan.finished and not living:
        moved = job.complete(plan.result, partial=plan.partial)
    elif living or plan.pause:
        moved = _wait(job, plan)
    else:
        moved = job.fail(RunStalled())
    if not moved:
        raise FenceLost


def _wait(job: Job, plan: Plan | None) -> bool:
    """Back to pending; progress never goes backwards, also when the plan has grown."""
    done, total, label = job.progress_done, job.progress_total, job.progress_label
    if plan and plan.done * total >= done * plan.total:
        done, total = plan.done, plan.total
    return job.wait_for_units(
        done=done,
        total=total,
        label=plan.label if plan else label,
        pause=bool(plan and plan.pause),
    )


def _units(run: Job) -> list[UnitSeen]:
    """The run's units, and the completed ones of the runs it retries, oldest first."""
    fields = ("unit_key", "kind", "status", "input", "result", "error", "attempt", "parent_id")
    mine = Q(parent=run)
    if earlier := _retried(run):
        mine |= Q(parent__in=earlier, status=Job.Status.COMPLETED, partial=False)
    rows = Job.objects.filter(mine).order_by("created_at", "unit_key").values(*fields)
    found: dict[str, UnitSeen] = {}
    for row in rows:
        key, parent = row.pop("unit_key"), row.pop("parent_id")
        found[key] = UnitSeen(key=key, inherited=parent != run.pk, **row)
    return list(found.values())


def _retried(run: Job) -> list[UUID]:
    """The runs that this one continues, newest first; seldom more than one or two."""
    found: list[UUID] = []
    before = run.retry_of_id
    while before is not None:
        found.append(before)
        before = Job.objects.filter(pk=before).values_list("retry_of_id", flat=True).first()
    return found


def _add(run: Job, units: Sequence[NewUnit]) -> None:
    """Two INSERTs, whatever the number of units; each takes its share of the run's reservation."""
    jobs = [_job(run, unit) for unit in units]
    if run.reserved_micros:
        wishes = [
            Wish(kind=job.kind, writer=job.writer, target_id=job.target_id, input=job.input)
            for job in jobs
        ]
        reserve_from_run(run, list(zip(jobs, worst_micros(run.account_id, wishes), strict=True)))
    Job.objects.bulk_create(jobs)
    JobEvent.objects.bulk_create(
        JobEvent(job=job, seq=1, type="job.created", data={"kind": job.kind}) for job in jobs
    )


def _job(run: Job, unit: NewUnit) -> Job:
    handler = registry.get(unit.kind)
    return Job(
        parent=run,
        unit_key=unit.key,
        kind=unit.kind,
        project_id=run.project_id,
        actor_id=run.actor_id,
        account_id=run.account_id,
        target_type=unit.target_type,
        target_id=unit.target_id,
        input=unit.input,
        schema_version=registry.version_of(handler),
        writer=unit.writer,
        queue=handler.queue_for(unit.writer),
        priority=Priority.BACKGROUND,
        deadline_seconds=unit.deadline_seconds or handler.deadline_seconds,
        event_seq=1,
    )
