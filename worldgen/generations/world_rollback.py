"""Undo a run: a job of its own, as a world may be large."""

from __future__ import annotations

from typing import ClassVar

from storyforge.jobs import registry
from storyforge.jobs.errors import PermissionRevoked, TargetGone
from storyforge.jobs.execution import Execution
from storyforge.jobs.queues import Priority, Queue
from storyforge.projects.access import may
from storyforge.projects.roles import Action
from worldgen.edits.editing import locked
from worldgen.keeping.rollback import roll_back
from worldgen.keeping.stale import refresh
from worldgen.models import GenerationRun

ROLLBACK = "world.rollback"


class WorldRollback:
    """Undo what one run wrote; asked for by `POST runs/{id}/rollback`."""

    kind: ClassVar[str] = ROLLBACK
    label: ClassVar[str] = "Undo a run"
    priority: ClassVar[Priority] = Priority.NORMAL
    deadline_seconds: ClassVar[int] = 600

    def queue_for(self, writer: str) -> Queue:
        """It reads and compares the whole world."""
        return Queue.CPU

    def run(self, execution: Execution) -> None:
        """Undo and complete in one transaction, with the campaign locked."""
        job = execution.job
        if job.actor is None or not may(job.actor, Action.GENERATE, job.project_id):
            raise PermissionRevoked
        with execution.completing() as result:
            runs = GenerationRun.objects.filter(project=job.project_id, pk__in=[job.target_id])
            made = runs.select_related("campaign").first()
            if made is None:
                raise TargetGone
            locked(made.campaign)
            report = roll_back(made, actor_id=job.actor_id).report()
            # Viewers see results of jobs: counts, and no codes of rows that are hidden from them.
            result.update({name: report[name] for name in ("removed", "restored", "kept")})
            result["stale"] = refresh(made.campaign)


registry.register(WorldRollback())
