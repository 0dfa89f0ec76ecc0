"""What a kind of generation declares. One subclass in one file is all a new kind needs."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from django.db import models
from pydantic import BaseModel, ConfigDict, Field

from storyforge.ai.config import get_text_provider, has_text_provider
from storyforge.ai.errors import NoModel
from storyforge.core.errors import StoryforgeError
from storyforge.generation import pipeline
from storyforge.generation.callers import OWN_ALIAS
from storyforge.generation.context import Section, assemble
from storyforge.generation.models import Made
from storyforge.generation.records import Record
from storyforge.jobs import registry
from storyforge.jobs.models import Job
from storyforge.jobs.queues import Priority, Queue
from storyforge.jobs.runs import Plan, RunHandler, UnitSeen
from storyforge.jobs.targets import load_target
from storyforge.money.estimates import worst_case
from storyforge.projects.models import ProjectContent
from storyforge.projects.roles import Action

if TYPE_CHECKING:
    from storyforge.generation.pipeline import Writing
    from storyforge.jobs.execution import Execution

FENCE = "data-000000000000"  # for estimates: as long as any


class Request(BaseModel):
    """What a client may say when asking for a generation; kinds add fields of their own."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)

    instructions: str = Field("", max_length=4_000, description="Your own wishes, for this run.")
    writer: Literal["auto", "model", "rules"] = Field(
        "auto", description="auto: the model where one is configured, else the rules."
    )


class Kind(ABC):
    """What a person can ask for on a target: an endpoint, a button, a job. Declaring one registers it."""

    kind: ClassVar[str]
    label: ClassVar[str]
    help: ClassVar[str]
    target: ClassVar[type[ProjectContent]]
    request: ClassVar[type[Request]] = Request
    action: ClassVar[Action] = Action.GENERATE
    priority: ClassVar[Priority] = Priority.NORMAL
    deadline_seconds: ClassVar[int] = 1_800
    provider: ClassVar[str] = "default"
    offered: ClassVar[bool] = True  # whether endpoints and pages offer it for every target

    def __init_subclass__(cls, *, abstract: bool = False, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if not abstract:
            registry.register(cls())

    def queue_for(self, writer: str) -> Queue:
        """Models make a thread wait; rules keep a processor busy."""
        return Queue.STREAM if writer == Job.Writer.MODEL else Queue.CPU

    def writer_for(self, wish: str, *, own_key: bool) -> str:
        """rules or model, which an account's own key brings too.

        Raises `NoModel` for a model that is not there.
        """
        there = has_text_provider(self.provider) or (own_key and self.provider == OWN_ALIAS)
        if wish == "model" and not there:
            raise NoModel
        return Job.Writer.MODEL if there and wish != "rules" else Job.Writer.RULES

    @abstractmethod
    def most_micros(self, target: Any, request: Any, *, writer: str) -> int:
        """What it may cost at most. Raises `UnknownPrice` for a model without a price."""

    @abstractmethod
    def run(self, execution: Execution) -> None:
        """Do the work of a claimed job."""


class GenerationRun(RunHandler, Kind, abstract=True):
    """A generation of many parts: a run whose units are generations of one part each."""

    deadline_seconds: ClassVar[int] = RunHandler.deadline_seconds

    def plan(self, run: Job, units: Sequence[UnitSeen]) -> Plan:
        """The plan for the target as the actor may still reach it."""
        target = load_target(run, self.target, self.action)
        return self.plan_for(target, self.request.model_validate(run.input), run, units)

    @abstractmethod
    def plan_for(self, target: Any, request: Any, run: Job, units: Sequence[UnitSeen]) -> Plan:
        """What is next, from rows only; see `RunHandler.plan`."""


class Generation(Kind, abstract=True):
    """A kind of generation: one subclass in one file.

    Both writers, rules and model, give the same `output`; it passes `problems`, and `save`
    turns it into rows in the transaction that completes the job, with the target's row locked.
    """

    output: ClassVar[type[Record]]
    context_budget: ClassVar[int] = 60_000  # tokens
    max_tokens: ClassVar[int] = 8_000
    shown: ClassVar[tuple[str, ...]] = ()  # texts of a model's answer that are shown as they come
    failure_code: ClassVar[str] = "invalid_output"
    system: ClassVar[str]
    instructions: ClassVar[str]
    shares_prefix: ClassVar[bool] = (
        False  # whether many calls begin alike: worth a cache at the provider
    )

    @abstractmethod
    def sections(self, target: Any, request: Any) -> Iterable[Section]:
        """What the model should know; the rules' receipt lists the same."""

    def problems(self, target: Any, output: Any, request: Any) -> Sequence[str]:
        """What is wrong with an output of the right shape: unknown codes, missing quotes."""
        return ()

    @abstractmethod
    def save(self, target: Any, output: Any, *, made: Made, request: Any) -> Sequence[models.Model]:
        """Write the rows; runs in the completing transaction. Returns what was created."""

    def call_seconds(self) -> float | None:
        """After how many seconds a call is given up as one that a later try may mend; None: the job's time."""
        return None

    def calls(self, target: Any, request: Any) -> int:
        """How many times a model is asked at most, repairs not counted."""
        return 1

    def planned_input(self, target: Any, request: Any) -> int:
        """How many tokens of context a model is shown in all these calls together.

        Counted on the sections as they are now; what is written meanwhile is topped up at the call. Kinds that
        are the units of runs count from figures they have at hand instead.
        """
        try:
            shown = assemble(
                self.sections(target, request), budget=self.context_budget, fence=FENCE
            ).tokens
        except StoryforgeError:  # the job will say it; until then it may cost all of it
            shown = self.context_budget
        return self.calls(target, request) * shown

    def most_micros(self, target: Any, request: Any, *, writer: str) -> int:
        """What it may cost at most: each call and its repair with its context and a full answer.

        Raises `UnknownPrice` for a model without a price.
        """
        if writer != Job.Writer.MODEL:
            return 0
        calls = self.calls(target, request)
        each = -(-self.planned_input(target, request) // calls)
        return worst_case(
            get_text_provider(self.provider).model,
            calls=calls * pipeline.CALLS,
            max_input=each + pipeline.AROUND_CONTEXT,
            max_output=self.max_tokens,
        )

    def write_by_model(self, writing: Writing) -> Record:
        """One call; kinds that need several ask step by step."""
        sections = self.sections(writing.target, writing.request)
        return writing.ask(self.output, sections, instructions=self.instructions)

    @abstractmethod
    def write_by_rules(self, writing: Writing) -> Record:
        """The same output from the data alone: deterministic, same bytes on every run."""

    def run(self, execution: Execution) -> None:
        """The handler's part: see `pipeline.run`."""
        pipeline.run(self, execution)
