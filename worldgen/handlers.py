"""Kinds of work that are not generations."""

from __future__ import annotations

from typing import ClassVar

from storyforge.jobs import registry
from storyforge.jobs.errors import PermissionRevoked, TargetGone
from storyforge.jobs.execution import Execution
from storyforge.jobs.queues import Priority, Queue
from storyforge.projects.access import may
from storyforge.projects.roles import Action
from worldgen.exchange.exporting import write_export
from worldgen.models import Campaign


class WorldExporting:
    """Writes a world to a file."""

    kind: ClassVar[str] = "world.export"
    label: ClassVar[str] = "Write the world to a file"
    priority: ClassVar[Priority] = Priority.WAITING
    deadline_seconds: ClassVar[int] = 300

    def queue_for(self, writer: str) -> Queue:
        """Writing keeps a processor busy."""
        return Queue.CPU

    def run(self, execution: Execution) -> None:
        """Write and complete together. The result names the file and tells nothing of what is in it."""
        job = execution.job
        if job.actor is None or not may(job.actor, Action.EDIT, job.project_id):
            raise PermissionRevoked
        execution.progress(0, 1, "Reading the world")
        with execution.completing() as result:
            rows = Campaign.objects.filter(project=job.project_id)
            campaign = rows.filter(pk=job.target_id).first()
            if campaign is None:
                raise TargetGone
            made = write_export(campaign, job.input["format"], job)
            result["created"] = [{"type": "worldexport", "id": str(made.pk)}]


registry.register(WorldExporting())
