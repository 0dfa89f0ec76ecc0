"""From a client's wish to a job: one function behind every door."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from pydantic import ValidationError
from rest_framework import serializers

from storyforge.accounts.models import User
from storyforge.ai.config import get_text_provider, has_text_provider
from storyforge.ai.errors import ProviderMisconfigured
from storyforge.core.errors import NotFound
from storyforge.generation.spec import Generation, Kind
from storyforge.jobs import registry
from storyforge.jobs.create import create_job
from storyforge.jobs.errors import UnknownKind
from storyforge.jobs.models import Job
from storyforge.projects.access import require
from storyforge.projects.models import ProjectContent


def generations() -> list[Generation]:
    """Every registered kind of generation."""
    return [h for h in registry.handlers() if isinstance(h, Generation)]


def kinds() -> list[Kind]:
    """Everything a person can ask for: generations, and runs of many."""
    return [h for h in registry.handlers() if isinstance(h, Kind)]


def kind_for(kind: str, target: ProjectContent) -> Kind:
    """The kind, if it works on this sort of target; else `UnknownKind`."""
    spec = registry.get(kind)
    if not isinstance(spec, Kind) or not isinstance(target, spec.target):
        raise UnknownKind(f"{kind!r} is nothing that can be generated here.")
    return spec


def generation_for(kind: str, target: ProjectContent) -> Generation:
    """The same for a single generation: a run shows no model anything itself."""
    spec = kind_for(kind, target)
    if not isinstance(spec, Generation):
        raise UnknownKind(f"{kind!r} is a run of many generations; look at one of its parts.")
    return spec


def read_request(spec: Kind, body: Mapping[str, Any]) -> dict[str, Any]:
    """The body in the kind's own shape; raises a validation error that names the fields."""
    try:
        return spec.request.model_validate(dict(body)).model_dump(mode="json")
    except ValidationError as error:
        problems: dict[str, list[str]] = {}
        for item in error.errors():
            name = ".".join(str(part) for part in item["loc"]) or "non_field_errors"
            problems.setdefault(name, []).append(item["msg"])
        raise serializers.ValidationError(problems) from error


def choose_writer(spec: Kind, wish: str) -> str:
    """rules or model; raises `ProviderMisconfigured` for a model that is not there."""
    there = has_text_provider(spec.provider)
    if wish == "model" and not there:
        raise ProviderMisconfigured("No model is configured; the rules can write this.")
    return Job.Writer.MODEL if there and wish != "rules" else Job.Writer.RULES


def request_generation(
    kind: str, *, target: ProjectContent, actor: User, body: Mapping[str, Any]
) -> Job:
    """Check the role, then the body, then accept the job."""
    if target is None:
        raise NotFound
    spec = kind_for(kind, target)
    require(actor, spec.action, target.project_id)
    payload = read_request(spec, body)
    return create_job(
        kind,
        project=target.project,
        actor=actor,
        target_type=target._meta.model_name or "",
        target_id=target.pk,
        payload=payload,
        writer=choose_writer(spec, payload["writer"]),
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class Button:
    """A generate button as pages show it."""

    kind: str
    label: str
    help: str
    url: str
    writer: str
    writer_label: str
    method: str = "post"


def buttons_for(target: ProjectContent, *, basename: str) -> list[Button]:
    """One button per kind that works on this target; a new kind appears by itself."""
    return [
        Button(
            kind=spec.kind,
            label=spec.label,
            help=spec.help,
            url=reverse(f"{basename}-generate", args=[target.pk, spec.kind]),
            writer=(writer := choose_writer(spec, "auto")),
            writer_label=_writer_label(spec, writer),
        )
        for spec in kinds()
        if isinstance(target, spec.target)
    ]


def _writer_label(spec: Kind, writer: str) -> str:
    if writer == Job.Writer.RULES:
        return "Free, made by rules"
    return f"Written by {get_text_provider(spec.provider).model}"
