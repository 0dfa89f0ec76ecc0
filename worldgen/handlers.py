"""Kinds of work that are not generations."""

from __future__ import annotations

from typing import ClassVar

from storyforge.jobs import registry
from storyforge.jobs.execution import Execution
from storyforge.jobs.queues import Priority, Queue
from storyforge.jobs.targets import load_target
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
        campaign = load_target(job, Campaign, Action.EDIT)
        execution.progress(0, 1, "Reading the world")
        with execution.completing() as result:
            made = write_export(campaign, job.input["format"], job)
            result["created"] = [{"type": "worldexport", "id": str(made.pk)}]


registry.register(WorldExporting())
