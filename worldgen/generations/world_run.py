"""A whole world: a run whose units are rosters, chunks of tables, what follows from them, and the checks."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar, Literal

from django.conf import settings
from pydantic import Field, field_validator

from storyforge.accounts.models import ProviderKey
from storyforge.core.errors import StoryforgeError
from storyforge.generation.spec import GenerationRun, Request
from storyforge.jobs import registry
from storyforge.jobs.execution import Execution
from storyforge.jobs.models import Job
from storyforge.jobs.queues import Priority
from storyforge.jobs.runs import NewUnit, Plan, UnitSeen
from storyforge.jobs.targets import load_target, lock_target
from storyforge.projects.roles import Action
from worldgen import phases
from worldgen.generations.world_phases import writer_of
from worldgen.models import Campaign
from worldgen.planning.follow import FACTS, leaves_a_hole, part_of
from worldgen.planning.part import Mends, Part
from worldgen.planning.plan import Next, Order, decide
from worldgen.runs.budgets import within
from worldgen.runs.estimates import Estimate, estimate
from worldgen.runs.parts import write
from worldgen.runs.run_life import tell_pass
from worldgen.runs.run_wishes import RunWish, Scope, scope_of
from worldgen.runs.sight import USUAL_RATE, observed_rate, patience, sight_of
from worldgen.runs.table_runs import run_of

PART = "world.part"
#: The modes that leave no finding which can be mended, and where they may add rows.
MENDS: dict[str, Mends] = {"full": "everywhere", "repair": "begun"}
TRIES, BETWEEN_TRIES = 5, 60  # a job tries a call so often, so many seconds apart at most


class PartFailed(StoryforgeError):
    """A part of the world could not be written; try again, and only what is missing is done."""

    code = "world_part_failed"
    status = 500


class WorldRequest(RunWish):
    """What is written, who writes what, and whether a person looks at the rosters first."""

    writers: dict[str, Literal["model", "rules"]] = Field(
        default_factory=dict,
        max_length=50,
        description='The writer of single tables, of "facts" or of "rosters", where it is another.',
    )
    review_rosters: bool = Field(
        default=False, description="Pause when all rosters are ready, before any row is written."
    )

    @field_validator("writers")
    @classmethod
    def known(cls, value: dict[str, str]) -> dict[str, str]:
        """Only tables of a world, facts and rosters have writers."""
        if unknown := sorted(set(value) - {*phases.tables(), "facts", "rosters"}):
            raise ValueError(f"{unknown[0]!r} is no table of a world")
        return value


class WorldRun(GenerationRun):
    kind = "world.run"
    label = "Make the world"
    help = "Forty-three linked tables in nine phases, from the premise and the backstories."
    target = Campaign
    request = WorldRequest
    finishes_units = True

    def most_micros(self, target: Campaign, request: WorldRequest, *, writer: str) -> int:
        """What is set aside when it begins: its estimate, at most its budget."""
        if writer != Job.Writer.MODEL and "model" not in request.writers.values():
            return 0
        order = order_of(target, request, writer, scope_of(target, request))
        return estimate(target, order, budget_micros=request.budget_micros).reserved_micros

    def plan_for(
        self, target: Campaign, request: WorldRequest, run: Job, units: Sequence[UnitSeen]
    ) -> Plan:
        made = run_of(target, run_job=run.pk, actor_id=run.actor_id)
        failed = [u for u in units if u.status == "failed" and part_of(u).writer != "model"]
        scope = Scope.model_validate(made.params)
        order = order_of(target, request, run.writer, scope)
        found = decide(sight_of(target, order, units))
        if failed:
            tell_pass(made, pauses=False)
            return Plan(done=found.done_tokens, total=found.total_tokens, failed=PartFailed())
        # Nobody waits for rules, so how fast models are is asked only where one writes.
        by_model = any(part.writer == "model" for part in found.parts)
        rate = observed_rate(target) if by_model else USUAL_RATE
        ready = [
            _unit(target, part, rate=rate, wishes=request.instructions, scope=scope)
            for part in found.parts
        ]
        units_now = within(made.budget_micros or request.budget_micros, run, ready)
        if ready and not units_now and not found.living:
            found.pause = "The budget of this run is reached: raise it, let rules write, or stop."
        tell_pass(made, pauses=bool(found.pause))
        return Plan(
            units=units_now,
            done=found.done_tokens,
            total=found.total_tokens,
            label=found.pause or found.label,
            pause=bool(found.pause),
            finished=found.finished,
            partial=found.finished and _has_holes(found, units),
            result=_result(found, units) if found.finished else {},
        )


def order_of(
    campaign: Campaign, request: WorldRequest, writer: str, scope: Scope | None = None
) -> Order:
    """What the plan is told of a request."""
    scope = scope or Scope()
    return Order(
        tables=frozenset(scope.tables),
        only=scope.only,
        skip=scope.skip,
        keep_rosters=scope.keep_rosters,
        anew=frozenset(scope.anew),
        writer=writer,
        writers=request.writers,
        review_rosters=request.review_rosters,
        mode=campaign.phase_mode,
        parallel=settings.WORLDGEN_PARALLEL_CALLS,
        mends="" if scope.only else MENDS.get(scope.mode, ""),
    )


def estimated(campaign: Campaign, wish: WorldRequest) -> Estimate:
    """What a run of this wish would take; nothing is made. Raises what asking for the run would raise."""
    own_key = ProviderKey.pays_for(campaign.project.owner_id)
    writer = WorldRun().writer_for(wish.writer, own_key=own_key)
    order = order_of(campaign, wish, writer, scope_of(campaign, wish))
    return estimate(campaign, order, budget_micros=wish.budget_micros)


class WorldPart(registry.OnTheProcessor):
    """A unit of a world that code does."""

    kind: ClassVar[str] = PART
    label: ClassVar[str] = "Part of a world"
    priority: ClassVar[Priority] = Priority.BACKGROUND
    deadline_seconds: ClassVar[int] = 600

    def run(self, execution: Execution) -> None:
        """Do the part and complete together, with the campaign locked: parts save one by one."""
        job = execution.job
        campaign = load_target(job, Campaign, Action.GENERATE)
        part = Part.model_validate(job.input)
        with execution.completing() as result:
            result.update(write(lock_target(campaign), part, job))


registry.register(WorldPart())


def _unit(campaign: Campaign, part: Part, *, rate: float, wishes: str, scope: Scope) -> NewUnit:
    """The job of a part. Its deadline leaves room for every try of its call."""
    part.attempt = scope.attempts.get(part.phase, 1)
    deadline = None
    writer = str(part.writer) if part.is_written or part.pc else str(Job.Writer.RULES)
    if writer == Job.Writer.MODEL:
        part.instructions = wishes
        part.seconds = patience(part.expected_tokens, rate)
        deadline = int(TRIES * (part.seconds + BETWEEN_TRIES))
    return NewUnit(
        key=part.key,
        kind=_kind(part),
        target_type="playercharacter" if part.pc else "campaign",
        target_id=part.pc or campaign.pk,
        input=Request(instructions=wishes, writer=part.writer).model_dump()
        if part.pc
        else part.model_dump(mode="json"),
        writer=writer,
        deadline_seconds=deadline,
    )


def _kind(part: Part) -> str:
    if part.pc:
        return FACTS
    return writer_of(part.phase).kind if part.is_written else PART


def _has_holes(found: Next, units: Sequence[UnitSeen]) -> bool:
    """Whether something that was asked for is not there."""
    return bool(found.lacking) or any(leaves_a_hole(unit) for unit in units)


def _result(found: Next, units: Sequence[UnitSeen]) -> dict[str, Any]:
    """Rows by table, rows that were refused for good, and what the checks found.

    The last checks count the rows; where a run ended without, what its parts were asked for counts.
    """
    rows = dict.fromkeys(phases.tables(), 0)
    counted: dict[str, int] = {}
    refused: dict[str, Any] = {}
    facts = 0
    findings: list[str] = []
    for unit in units:
        part, result = part_of(unit), unit.result or {}
        if part.table:
            rows[part.table] += result.get("valid", 0)
            if result.get("refused") and (part.writer == "rules"):
                refused.setdefault(part.table, {}).update(result["refused"])
        facts += result.get("facts", 0)
        if part.step == "checks" and "listed" in result:
            findings, counted = result["listed"], result.get("rows", {})
    return {
        "rows": counted or rows,
        "refused": refused,
        "lacking": found.lacking,
        "facts": facts,
        "findings": findings,
    }
