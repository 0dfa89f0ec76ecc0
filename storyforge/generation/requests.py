"""From a client's wish to a job: one function behind every door."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from storyforge.accounts.models import ProviderKey, User
from storyforge.ai.config import get_text_provider
from storyforge.generation.spec import Generation, Kind
from storyforge.jobs import registry
from storyforge.jobs.errors import UnknownKind
from storyforge.jobs.models import Job
from storyforge.jobs.orders import order
from storyforge.projects.models import ProjectContent


def generations() -> list[Generation]:
    """Every kind of generation that is offered by itself."""
    return [h for h in registry.handlers() if isinstance(h, Generation) and h.offered]


def kinds() -> list[Kind]:
    """Everything that is offered: generations, and runs of many."""
    return [h for h in registry.handlers() if isinstance(h, Kind) and h.offered]


def generation_for(kind: str, target: ProjectContent) -> Generation:
    """The generation, if it works on this sort of target: a run shows no model anything itself.

    Raises `UnknownKind`.
    """
    spec = registry.get(kind)
    if not (isinstance(spec, Generation) and spec.offered and isinstance(target, spec.target)):
        raise UnknownKind(f"{kind!r} shows no model anything of this; look at one of its parts.")
    return spec


def request_generation(
    kind: str, *, target: ProjectContent, actor: User, body: Mapping[str, Any]
) -> Job:
    """Check the role, then the body, then accept the job."""
    return order(kind, target=target, actor=actor, body=body).create()


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
    own_key = ProviderKey.pays_for(target.project.owner_id)
    return [
        _button(spec, reverse(f"{basename}-generate", args=[target.pk, spec.kind]), own_key=own_key)
        for spec in kinds()
        if isinstance(target, spec.target)
    ]


def button(spec: Kind, target: ProjectContent, *, url: str) -> Button:
    """The button of one kind, for targets with an address of their own."""
    return _button(spec, url, own_key=ProviderKey.pays_for(target.project.owner_id))


def _button(spec: Kind, url: str, *, own_key: bool) -> Button:
    writer = spec.writer_for("auto", own_key=own_key)
    return Button(
        kind=spec.kind,
        label=spec.label,
        help=spec.help,
        url=url,
        writer=writer,
        writer_label=_writer_label(spec, writer, own_key=own_key),
    )


def _writer_label(spec: Kind, writer: str, *, own_key: bool) -> str:
    if writer == Job.Writer.RULES:
        return "Free, made by rules"
    if own_key:
        return "Written by a model, with the owner's own key"
    return f"Written by {get_text_provider(spec.provider).model}"
