"""What of a world is asked of an evil provider: single rows of every table, rosters, targeted calls, facts."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.urls import reverse

from storyforge.projects.models import ProjectContent
from tests.make import make
from worldgen import phases
from worldgen.models import Campaign, PCFact, PlayerCharacter
from worldgen.rows import load
from worldgen.tests.whole import new_campaign, write_world

Body = Callable[[Campaign, int], Mapping[str, Any]]
DEAREST = "world.run a mend"
FACT = "Mara hid the last key of the Sluice under a stone."


def world_of(project: Any) -> Campaign:
    """A whole small world by rules."""
    campaign = new_campaign(project)
    write_world(campaign)
    return campaign


def a_row(phase: str) -> Body:
    """One row of one table of the phase anew, another table with each answer."""

    def body(campaign: Campaign, number: int) -> Mapping[str, Any]:
        tables = load(campaign).tables
        filled = [t for t in phases.by_code(phase).tables if tables[t]]
        table = filled[number % len(filled)]
        return {"writer": "model", "mode": "row", "rows": {table: [min(tables[table])]}}

    return body


def a_roster(_: Campaign, number: int) -> Mapping[str, Any]:
    """The rows of a phase listed anew by the model, and written by rules."""
    listed = [phase.code for phase in phases.PHASES if phase.has_roster]
    return {
        "writer": "rules", "writers": {"rosters": "model"}, "mode": "phase",
        "phases": [listed[number % len(listed)]], "keep_roster": False,
    }  # fmt: skip


def a_mend(campaign: Campaign, _: int) -> Mapping[str, Any]:
    """A fact that no row uses yet, and a repair: a model is to let a row use it."""
    pc = PlayerCharacter.objects.get(campaign=campaign, code="pc1")
    make(PCFact, campaign.project, campaign=campaign, pc=pc, code="pc1f9", kind="secret",
         text=FACT, must_use=True)  # fmt: skip
    return {"writer": "model", "mode": "repair"}


CASES: dict[str, Body] = {
    **{f"world.run a row of {phase.code}": a_row(phase.code) for phase in phases.PHASES},
    "world.run a roster": a_roster,
    DEAREST: a_mend,
}


def pages_of(target: ProjectContent) -> list[str]:
    """Where the result shows."""
    project, world = target.project_id, target
    if isinstance(target, PlayerCharacter):
        return [reverse("world_character", args=[project, target.campaign_id, target.code])]
    names = ("world", "world_runs", "world_checks", "world_drafts")
    return [reverse(name, args=[project, world.pk]) for name in names]
