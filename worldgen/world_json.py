"""A world as one lossless JSON document: tables by name, rows by code, references as codes.

What code derives is left out and made again on import. Export, import, export gives equal documents.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from storyforge.core.errors import StoryforgeError
from storyforge.projects.models import Project
from worldgen import phases
from worldgen.issues import Issue
from worldgen.models import Campaign, PCFact, PlayerCharacter, RosterLine
from worldgen.rows import Row, World, load
from worldgen.save import Writer, save_rows
from worldgen.validator import check

FORMAT = "storyforge-world"
VERSION = 1
CAMPAIGN = (
    "name", "premise", "genre", "tone", "technology_level", "magic_level", "rules_system",
    "party_level", "random_seed", "size", "locks", "phase_mode",
)  # fmt: skip
CHARACTER = ("code", "name", "race_text", "class_text", "level", "backstory", "goals", "bonds")
FACT = ("code", "kind", "text", "span_start", "span_end", "must_use", "origin", "is_confirmed")
LINE = ("code", "position", "name", "line", "parent_code", "fact_codes", "is_dropped")


class UnreadableWorld(StoryforgeError):
    """This file is no world that can be read."""

    code = "unreadable_world"
    status = 422


class Document(BaseModel):
    """The outside of a world document; its rows are checked by the validator of each table."""

    model_config = ConfigDict(extra="forbid")

    format: str = Field(pattern=f"^{FORMAT}$")
    version: int = Field(ge=1, le=VERSION)
    campaign: dict[str, Any]
    party: list[dict[str, Any]] = Field(default_factory=list, max_length=20)
    roster: dict[str, list[dict[str, Any]]] = Field(default_factory=dict)
    tables: dict[str, list[dict[str, Any]]] = Field(default_factory=dict)


@dataclass(kw_only=True, slots=True)
class Report:
    """What an import would make or has made: rows by table, and why others are refused."""

    campaign: Campaign | None = None
    rows: dict[str, int] = field(default_factory=dict)
    issues: list[Issue] = field(default_factory=list)


def export(world: World) -> dict[str, Any]:
    """The document of a world that was loaded as a whole."""
    return {
        "format": FORMAT,
        "version": VERSION,
        "campaign": {name: getattr(world.campaign, name) for name in CAMPAIGN},
        "party": [_character(world, pc) for pc in world.party.values()],
        "roster": {
            table: [{name: getattr(line, name) for name in LINE} for line in lines.values()]
            for table in phases.tables()
            if (lines := world.rosters.get(table))
        },
        "tables": {
            table: list(rows.values()) for table in phases.tables() if (rows := world.rows(table))
        },
    }


def _character(world: World, pc: PlayerCharacter) -> Row:
    facts = [fact for fact in world.facts if fact.pc_id == pc.pk]
    return {
        **{name: getattr(pc, name) for name in CHARACTER},
        "facts": [{name: getattr(fact, name) for name in FACT} for fact in facts],
    }


def read(project: Project, document: Any, *, dry_run: bool = False) -> Report:
    """Import a document as a new campaign, all of it or, where a row is refused, nothing.

    Raises `UnreadableWorld` for what is no such document.
    """
    try:
        found = Document.model_validate(document)
    except ValidationError as error:
        raise UnreadableWorld(f"This is no world: {error.errors()[0]['msg']}.") from error
    if unknown := set(found.tables) - set(phases.tables()):
        raise UnreadableWorld(f"There is no table {sorted(unknown)[0]!r}.")
    report = Report()
    with transaction.atomic():
        _fill(project, found, report)
        if dry_run or report.issues:
            transaction.set_rollback(True)
            report.campaign = None
    return report


def _fill(project: Project, found: Document, report: Report) -> None:
    campaign = Campaign(project=project, **_known(found.campaign, CAMPAIGN))
    campaign.full_clean()
    campaign.save(force_insert=True)
    report.campaign = campaign
    _party(campaign, found)
    RosterLine.objects.bulk_create(
        RosterLine(project=project, campaign=campaign, table_name=table, **_known(line, LINE))
        for table, lines in found.roster.items()
        for line in lines
    )
    for table in phases.in_level_order():
        if rows := found.tables.get(table):
            checked = check(table, rows)
            saved = save_rows(campaign, table, checked, writer=Writer(source="imported"))
            report.rows[table] = len(saved.valid)
            report.issues += [issue for issues in saved.invalid.values() for issue in issues]


def _party(campaign: Campaign, found: Document) -> None:
    place = {"project_id": campaign.project_id, "campaign": campaign}
    party = [PlayerCharacter(**place, **_known(pc, CHARACTER)) for pc in found.party]
    PlayerCharacter.objects.bulk_create(party)
    PCFact.objects.bulk_create(
        PCFact(**place, pc=pc, **_known(fact, FACT))
        for pc, raw in zip(party, found.party, strict=True)
        for fact in raw.get("facts", ())
    )


def _known(values: Row, names: tuple[str, ...]) -> Row:
    return {name: values[name] for name in names if name in values}


def load_and_export(campaign: Campaign) -> dict[str, Any]:
    """The document of a campaign as it stands now."""
    return export(load(campaign))
