"""A whole world: a run whose units are rosters, tables, what follows from them, and the checks."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar, Literal

from pydantic import Field

from storyforge.core.errors import StoryforgeError
from storyforge.generation.spec import GenerationRun, Request
from storyforge.jobs import registry
from storyforge.jobs.errors import PermissionRevoked, TargetGone
from storyforge.jobs.execution import Execution
from storyforge.jobs.models import Job
from storyforge.jobs.queues import Priority, Queue
from storyforge.jobs.runs import NewUnit, Plan, UnitSeen
from storyforge.projects.access import may
from storyforge.projects.roles import Action
from worldgen.models import Campaign
from worldgen.parts import Part, parts_of, write

PART = "world.part"


class PartFailed(StoryforgeError):
    """A part of the world could not be written; try again, and only what is missing is done."""

    code = "world_part_failed"
    status = 500


class WorldRequest(Request):
    """Worlds are written by rules."""

    writer: Literal["auto", "rules"] = Field("auto", description="Rules, whichever is chosen.")


class WorldRun(GenerationRun):
    kind = "world.run"
    label = "Make the world"
    help = "Forty-three linked tables in nine phases, from the premise and the backstories."
    target = Campaign
    request = WorldRequest

    def writer_for(self, wish: str, *, own_key: bool) -> str:
        """Always the rules."""
        return Job.Writer.RULES

    def most_micros(self, target: Campaign, request: WorldRequest, *, writer: str) -> int:
        return 0

    def plan_for(
        self, target: Campaign, request: WorldRequest, run: Job, units: Sequence[UnitSeen]
    ) -> Plan:
        groups = list(parts_of())
        status = {unit.key: unit.status for unit in units}
        done = sum(1 for state in status.values() if state == Job.Status.COMPLETED)
        total = sum(len(group) for group in groups)
        if any(state in Job.TERMINAL and state != "completed" for state in status.values()):
            return Plan(done=done, total=total, failed=PartFailed())
        for group in groups:
            if any(status.get(part.key) != Job.Status.COMPLETED for part in group):
                return Plan(
                    units=[_unit(target, part, run) for part in group],
                    done=done,
                    total=total,
                    label=_label(group[0]),
                )
        return Plan(done=done, total=total, finished=True, result=_result(units))


class WorldPart:
    """One unit of a world."""

    kind: ClassVar[str] = PART
    label: ClassVar[str] = "Part of a world"
    priority: ClassVar[Priority] = Priority.BACKGROUND
    deadline_seconds: ClassVar[int] = 600

    def queue_for(self, writer: str) -> Queue:
        """Drawing and checking keep a processor busy."""
        return Queue.CPU

    def run(self, execution: Execution) -> None:
        """Write the part and complete together, with the campaign locked: parts save one by one."""
        job = execution.job
        if job.actor is None or not may(job.actor, Action.GENERATE, job.project_id):
            raise PermissionRevoked
        part = Part.model_validate(job.input)
        with execution.completing() as result:
            rows = Campaign.objects.select_for_update().filter(project=job.project_id)
            campaign = rows.filter(pk=job.target_id).first()
            if campaign is None:
                raise TargetGone
            result.update(write(campaign, part, job))


registry.register(WorldPart())


def _unit(campaign: Campaign, part: Part, run: Job) -> NewUnit:
    return NewUnit(
        key=part.key,
        kind=PART,
        target_type="campaign",
        target_id=campaign.pk,
        input=part.model_dump(),
        writer=run.writer,
    )


def _label(part: Part) -> str:
    words = {"facts": "Reading the backstories", "checks": "Checking the world"}
    return words.get(part.step) or f"Phase {part.phase}"


def _result(units: Sequence[UnitSeen]) -> dict[str, Any]:
    """Rows by table, rows that were refused, and what the checks found."""
    results = {unit.key: unit.result or {} for unit in units}
    rows = {u.input["table"]: results[u.key] for u in units if u.input["step"] == "rows"}
    return {
        "rows": {table: found.get("valid", 0) for table, found in rows.items()},
        "refused": {
            table: found["refused"] for table, found in rows.items() if found.get("refused")
        },
        "facts": results.get("facts", {}).get("facts", 0),
        "findings": results.get("checks", {}).get("listed", []),
    }
