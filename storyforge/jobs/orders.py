"""From a client's wish to a job: what may be asked for by name, and the one order of checks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, ClassVar, Literal, Protocol, TypeVar, runtime_checkable
from uuid import UUID

from django.db.models import Avg, F
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from rest_framework import serializers

from storyforge.accounts.models import ProviderKey, User
from storyforge.core.errors import NotFound
from storyforge.jobs import registry
from storyforge.jobs.create import create_job
from storyforge.jobs.errors import UnknownKind
from storyforge.jobs.models import Job
from storyforge.jobs.queues import Priority
from storyforge.projects.access import Seen, get_visible, require, see
from storyforge.projects.models import Project, ProjectContent
from storyforge.projects.roles import Action, Role

RECENT = 50  # completed jobs whose time says how long the next one takes

Shape = TypeVar("Shape", bound=BaseModel)


@runtime_checkable
class Askable(Protocol):
    """What a handler adds so that clients may ask for its kind by name."""

    kind: ClassVar[str]
    label: ClassVar[str]
    help: ClassVar[str]
    target: ClassVar[type[ProjectContent]]
    request: ClassVar[type[BaseModel]]
    action: ClassVar[Action]

    def writer_for(self, wish: str, *, own_key: bool) -> str:
        """The writer for auto, model or rules; raises `ProviderMisconfigured` without a model."""

    def most_micros(self, target: Any, request: Any, *, writer: str) -> int:
        """What it may cost at most, in micro-dollars. Raises `UnknownPrice`."""


class Target(BaseModel):
    """What a job works on."""

    model_config = ConfigDict(extra="forbid")

    type: str = Field(max_length=60)
    id: UUID


class JobBody(BaseModel):
    """The body of `POST /api/v1/jobs`; `GET /api/v1/kinds` tells each kind's target and input."""

    model_config = ConfigDict(extra="forbid")

    kind: str = Field(max_length=60)
    project: UUID | None = None
    target: Target
    input: dict[str, Any] = Field(default_factory=dict)
    writer: Literal["auto", "model", "rules"] | None = None
    priority: Literal["normal", "low"] = "normal"
    max_cost_micros: int | None = Field(default=None, ge=0, le=2**63 - 1)


@dataclass(frozen=True, kw_only=True, slots=True)
class Order:
    """A job that may be made: access checked, input validated, writer chosen."""

    handler: Askable
    target: ProjectContent
    actor: User
    request: BaseModel
    writer: str
    own_key: bool
    priority: Priority | None = None
    max_cost_micros: int | None = None

    @property
    def input(self) -> dict[str, Any]:
        """The validated input, with what was left out."""
        return self.request.model_dump(mode="json")

    @property
    def most_micros(self) -> int:
        """What it may cost at most: nothing with the account's own key. Raises `UnknownPrice`."""
        if self.own_key:
            return 0
        return self.handler.most_micros(self.target, self.request, writer=self.writer)

    def create(self) -> Job:
        """Make the job. Raises what `create_job` raises."""
        return create_job(
            self.handler.kind,
            project=self.target.project,
            actor=self.actor,
            target_type=self.target._meta.model_name or "",
            target_id=self.target.pk,
            payload=self.input,
            writer=self.writer,
            priority=self.priority,
            worst_micros=self.most_micros,
            max_cost_micros=self.max_cost_micros,
        )

    def estimate(self) -> dict[str, Any]:
        """What it may cost at most, and the seconds the last such jobs of the project took (or null)."""
        same = Job.objects.filter(
            project=self.target.project_id,
            kind=self.handler.kind,
            writer=self.writer,
            status=Job.Status.COMPLETED,
        )
        recent = same.order_by("-created_at")[:RECENT].annotate(
            took=F("completed_at") - F("started_at")
        )
        took = recent.aggregate(mean=Avg("took"))["mean"]
        return {
            "kind": self.handler.kind,
            "writer": self.writer,
            "cost": {"most_micros": self.most_micros, "currency": "USD"},
            "seconds": round(took.total_seconds(), 1) if took else None,
        }


def askable() -> list[Askable]:
    """Every kind that clients may ask for by name."""
    return [h for h in registry.handlers() if isinstance(h, Askable) and _is_offered(h)]


def is_asked_for(kind: str) -> bool:
    """Whether clients may ask for this kind by name."""
    return any(handler.kind == kind for handler in askable())


def asked(kind: str) -> Askable:
    """The kind with this name; raises `UnknownKind`."""
    handler = registry.get(kind)
    if not (isinstance(handler, Askable) and _is_offered(handler)):
        raise UnknownKind(f"{kind!r} is nothing that can be asked for by name.")
    return handler


def _is_offered(handler: Askable) -> bool:
    """Kinds that only runs use are units of theirs, and nobody's to ask for."""
    return bool(getattr(handler, "offered", True))


def order(
    kind: str,
    *,
    target: ProjectContent,
    actor: User,
    body: Mapping[str, Any],
    role: Role | None = None,
) -> Order:
    """An order for a row the actor may see: the role, asked for where not given, the input, the writer.

    Raises `UnknownKind` for a kind that does not work on this sort of row, `RoleTooLow`, a validation
    error that names the fields, and `ProviderMisconfigured`.
    """
    handler = asked(kind)
    if not isinstance(target, handler.target):
        raise UnknownKind(f"{kind!r} is nothing that can be generated here.")
    if role is None:
        require(actor, handler.action, target.project_id)
    else:
        Seen(row=target, role=role).require(handler.action)
    request = validated(handler.request, body)
    wish = getattr(request, "writer", "auto")
    own_key = wish != "rules" and ProviderKey.pays_for(target.project.owner_id)
    return Order(
        handler=handler,
        target=target,
        actor=actor,
        request=request,
        writer=handler.writer_for(wish, own_key=own_key),
        own_key=own_key,
    )


def read_order(body: Mapping[str, Any], *, actor: User) -> Order:
    """The order of a generic body: first all that it names is looked up, then it is validated.

    Whether it may cost too much is asked when it is made: the answer to a known key comes before that.
    """
    seen = _named(body, actor)
    form = validated(JobBody, body)
    if seen is None:  # its type is another than the kind works on
        raise serializers.ValidationError({"target.type": ["This kind works on something else."]})
    wish = {} if form.writer is None else {"writer": form.writer}
    made = order(
        form.kind, target=seen.row, actor=actor, body={**form.input, **wish}, role=seen.role
    )
    priority = None if form.priority == "normal" else Priority.BACKGROUND
    return replace(made, priority=priority, max_cost_micros=form.max_cost_micros)


def _named(body: Mapping[str, Any], actor: User) -> Seen[ProjectContent] | None:
    """The target, as far as the body names one; raises `UnknownKind`, `NotFound`, `RoleTooLow`."""
    kind, project, target = (body.get(name) for name in ("kind", "project", "target"))
    handler = asked(kind) if isinstance(kind, str) else None
    if isinstance(project, str):
        get_visible(Project.objects.all(), actor, pk=project)
    if handler is None or not isinstance(target, dict) or not isinstance(target.get("id"), str):
        return None
    if target.get("type") != handler.target._meta.model_name:
        return None
    seen = see(handler.target, actor, target["id"])
    if isinstance(project, str) and seen.row.project_id != UUID(project):
        raise NotFound
    seen.require(handler.action)
    return seen


def validated(shape: type[Shape], body: Mapping[str, Any]) -> Shape:
    """The body in this shape; raises a validation error that names the fields."""
    try:
        return shape.model_validate(dict(body))
    except ValidationError as error:
        problems: dict[str, list[str]] = {}
        for item in error.errors():
            name = ".".join(str(part) for part in item["loc"]) or "non_field_errors"
            problems.setdefault(name, []).append(item["msg"])
        raise serializers.ValidationError(problems) from error
