"""Worlds as files: made in a job, kept a while, handed to game masters."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass

from storyforge.core.downloads import File, named
from storyforge.jobs.models import Job
from worldgen import phases
from worldgen.exchange.markdown import document
from worldgen.exchange.world_json import export
from worldgen.models import Campaign, WorldExport
from worldgen.rows import World, load

#: Files of one campaign that are kept; older ones go.
KEPT = 5


@dataclass(frozen=True, kw_only=True, slots=True)
class Format:
    """How a world becomes a file."""

    extension: str
    media_type: str
    write: Callable[[World], str]


def _json(world: World) -> str:
    return json.dumps(export(world), ensure_ascii=False, indent=1, default=str) + "\n"


FORMATS = {
    "json": Format(extension=".world.json", media_type="application/json", write=_json),
    "markdown": Format(extension=".md", media_type="text/markdown; charset=utf-8", write=document),
}


def write_export(campaign: Campaign, name: str, job: Job) -> WorldExport:
    """The world as it stands, as a new file; the oldest ones of the campaign go."""
    world = load(campaign)
    made = FORMATS[name]
    row: WorldExport = WorldExport.objects.create(
        project_id=campaign.project_id,
        campaign=campaign,
        job=job,
        format=name,
        filename=named(campaign.name, made.extension, otherwise="world"),
        content=made.write(world).encode(),
        rows=sum(len(world.rows(table)) for table in phases.tables()),
    )
    keep = WorldExport.objects.filter(campaign=campaign).values_list("pk", flat=True)[:KEPT]
    WorldExport.objects.filter(campaign=campaign).exclude(pk__in=list(keep)).delete()
    return row


def file_of(row: WorldExport) -> File:
    """The file to hand over."""
    media_type = FORMATS[row.format].media_type
    return File(filename=row.filename, media_type=media_type, content=bytes(row.content))
