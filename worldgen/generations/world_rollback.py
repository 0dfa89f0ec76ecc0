"""Undo a run: a job of its own, as a world may be large."""

from __future__ import annotations

from typing import ClassVar

from storyforge.accounts.models import User
from storyforge.jobs import registry
from storyforge.jobs.create import create_job
from storyforge.jobs.execution import Execution
from storyforge.jobs.models import Job
from storyforge.jobs.queues import Priority
from storyforge.jobs.targets import load_target, lock_target
from storyforge.projects.roles import Action
from worldgen.keeping.rollback import refuse_unfit, roll_back
from worldgen.keeping.stale import refresh
from worldgen.models import GenerationRun

ROLLBACK = "world.rollback"


class WorldRollback(registry.OnTheProcessor):
    """Undo what one run wrote; asked for by `POST runs/{id}/rollback`."""

    kind: ClassVar[str] = ROLLBACK
    label: ClassVar[str] = "Undo a run"
    priority: ClassVar[Priority] = Priority.NORMAL
    deadline_seconds: ClassVar[int] = 600

    def run(self, execution: Execution) -> None:
        """Undo and complete in one transaction, with the campaign locked."""
        job = execution.job
        made: GenerationRun = load_target(job, GenerationRun, Action.GENERATE)
        with execution.completing() as result:
            campaign = lock_target(made.campaign)
            report = roll_back(made, actor_id=job.actor_id).report()
            # Viewers see results of jobs: counts, and no codes of rows that are hidden from them.
            result.update({name: report[name] for name in ("removed", "restored", "kept")})
            result["stale"] = refresh(campaign)


def ask_rollback(run: GenerationRun, *, actor: User) -> Job:
    """The job that undoes a run. Raises what `refuse_unfit` does, and what any job may be refused with."""
    refuse_unfit(run)
    return create_job(
        ROLLBACK,
        project=run.project,
        actor=actor,
        target_type="generationrun",
        target_id=run.pk,
    )


def rollback_of(run: GenerationRun) -> Job | None:
    """The job that is undoing a run at the moment."""
    jobs = Job.objects.filter(kind=ROLLBACK, target_id=run.pk, status__in=Job.UNFINISHED)
    return jobs.first()


registry.register(WorldRollback())
