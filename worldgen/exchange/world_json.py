"""A world as one lossless JSON document: tables by name, rows by code, references as codes.

What code derives is left out and made again on import. Export, import, export gives equal documents.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Annotated, Any
from uuid import uuid4

from django.db import IntegrityError, transaction
from django.db.models import Q
from pydantic import BaseModel, ConfigDict, Field, ValidationError, create_model

from storyforge.core.errors import StateConflict, StoryforgeError
from storyforge.generation.records import Record, record_type
from storyforge.projects.models import Project
from worldgen import phases
from worldgen.answers.derive import fill_deferred
from worldgen.answers.validator import Checked, check_row
from worldgen.edits.own_fields import Own
from worldgen.exchange.licenses import sentences
from worldgen.exchange.vocabulary import MOST_KEPT, EntryIn, exported, keep
from worldgen.issues import Issue
from worldgen.keeping.save import Writer, save_rows
from worldgen.models import Campaign, Locks, PCFact, PlayerCharacter, RosterLine
from worldgen.rows import Row, World, load

MOST_ROWS = 20_000
FORMAT = "storyforge-world"
VERSION = 1
TAKEN = "The project has a campaign of this name; give another one."
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


Code = Annotated[str, Field(max_length=12, pattern=r"^[a-z]{2,4}\d{1,6}(f\d{1,4})?$")]


class Inside(BaseModel):
    """Base of what stands inside a document; unknown keys are refused."""

    model_config = ConfigDict(extra="forbid")


class LineIn(Inside):
    """A roster line."""

    code: Code
    position: int = Field(0, ge=0, le=100_000)
    name: str = Field(max_length=80)
    line: str = Field("", max_length=200)
    parent_code: str = Field("", max_length=12)
    fact_codes: list[Code] = Field(default_factory=list, max_length=40)
    is_dropped: bool = False


class StateIn(Inside):
    """What people decided about a row, besides what it says."""

    is_locked: bool = False
    is_revealed: bool = False
    revealed_fields: list[Annotated[str, Field(max_length=60)]] = Field(
        default_factory=list, max_length=40
    )
    extra: Own = Field(default_factory=dict)


FactIn = create_model("FactIn", __base__=record_type(PCFact, *FACT), code=(Code, ...))
CharacterIn = create_model(
    "CharacterIn",
    __base__=record_type(PlayerCharacter, *CHARACTER),
    code=(Code, ...),
    facts=(Annotated[list[FactIn], Field(max_length=100)], Field(default_factory=list)),
)
if TYPE_CHECKING:
    CampaignIn = Record
else:
    CampaignIn = record_type(Campaign, *CAMPAIGN)


class Document(Inside):
    """A world document; its rows are checked by the validator of each table."""

    format: str = Field(pattern=f"^{FORMAT}$")
    version: int = Field(ge=1, le=VERSION)
    attribution: list[Annotated[str, Field(max_length=600)]] = Field(
        default_factory=list, max_length=10
    )
    campaign: CampaignIn
    party: list[CharacterIn] = Field(default_factory=list, max_length=20)
    roster: dict[str, list[LineIn]] = Field(default_factory=dict)
    tables: dict[str, list[Any]] = Field(default_factory=dict)
    vocabulary: list[EntryIn] = Field(default_factory=list, max_length=MOST_KEPT)
    states: dict[str, dict[str, StateIn]] = Field(default_factory=dict)


@dataclass(kw_only=True, slots=True)
class Report:
    """What an import would make or has made: rows by table, why others are refused, what is there already."""

    campaign: Campaign | None = None
    rows: dict[str, int] = field(default_factory=dict)
    issues: list[Issue] = field(default_factory=list)
    duplicates: list[dict[str, Any]] = field(default_factory=list)


def export(world: World) -> dict[str, Any]:
    """The document of a world that was loaded as a whole."""
    return {
        "format": FORMAT,
        "version": VERSION,
        "attribution": sentences(entry.attribution for entry in world.vocabulary),
        "campaign": {
            **{name: getattr(world.campaign, name) for name in CAMPAIGN},
            "locks": Locks.model_validate(world.campaign.locks).model_dump(),
        },
        "party": [_character(world, pc) for pc in world.party.values()],
        "roster": {
            table: [{name: getattr(line, name) for name in LINE} for line in lines.values()]
            for table in phases.tables()
            if (lines := world.rosters.get(table))
        },
        "tables": {
            table: list(rows.values()) for table in phases.tables() if (rows := world.rows(table))
        },
        "vocabulary": exported(world.vocabulary),
        "states": {table: found for table in phases.tables() if (found := _states(world, table))},
    }


def _states(world: World, table: str) -> dict[str, Row]:
    """What people decided about rows of a table, by key; only of rows about which they did."""
    names = ("is_locked", "is_revealed", "revealed_fields", "extra")
    decided = Q(is_locked=True) | Q(is_revealed=True) | ~Q(revealed_fields=[]) | ~Q(extra={})
    rows = phases.tables()[table].objects.filter(decided, campaign=world.campaign)
    keys = {standing.id: key for key, standing in world.tables.get(table, {}).items()}
    found = {keys[values.pop("pk")]: values for values in rows.values("pk", *names) if keys}
    return dict(sorted(found.items()))


def _character(world: World, pc: PlayerCharacter) -> Row:
    facts = [fact for fact in world.facts if fact.pc_id == pc.pk]
    return {
        **{name: getattr(pc, name) for name in CHARACTER},
        "facts": [{name: getattr(fact, name) for name in FACT} for fact in facts],
    }


def read(project: Project, document: Any, *, name: str = "", dry_run: bool = False) -> Report:
    """Import a document in one go: what it says, its rows, and `bring`."""
    found = understood(document)
    return bring(project, found, shaped(found), name=name, dry_run=dry_run)


def bring(
    project: Project,
    found: Document,
    rows: Mapping[str, Checked],
    *,
    name: str = "",
    dry_run: bool = False,
    border: Callable[[], None] = lambda: None,
) -> Report:
    """Save a document as a new campaign, all of it or, where a row is refused, nothing.

    Raises `StateConflict` where the project has a campaign of its name. A dry run says the same in its report
    and leaves nothing. `border` is called before each table and may stop it all by raising.
    """
    wanted: Row = found.campaign.model_dump(warnings=False)  # locks left out are a plain {}
    wanted["name"] = name or wanted["name"]
    wanted["locks"] = Locks.model_validate(wanted["locks"]).model_dump()
    report = Report(duplicates=_duplicates(project, wanted, found))
    if not dry_run and any(other["same_name"] for other in report.duplicates):
        raise StateConflict(TAKEN, duplicates=report.duplicates)
    with transaction.atomic():
        if dry_run and any(other["same_name"] for other in report.duplicates):
            wanted["name"] = f"{wanted['name'][:60]} {uuid4().hex[:12]}"
        campaign = report.campaign = _named(project, wanted)
        _party(campaign, found)
        keep(campaign, found.vocabulary)
        _list(campaign, found)
        _fill(report, campaign, rows, border)
        if not report.issues:
            _decide(campaign, found)
            fill_deferred(campaign)
        if dry_run or report.issues:
            transaction.set_rollback(True)
            report.campaign = None
    return report


def understood(document: Any) -> Document:
    """What a file says, without its rows. Raises `UnreadableWorld` for what is no world."""
    try:
        found = Document.model_validate(document)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        where = ".".join(str(part) for part in first["loc"][:6])
        raise UnreadableWorld(f"This is no world: {where}: {first['msg']}.") from error
    for part in (found.tables, found.roster, found.states):
        if unknown := sorted(set(part) - set(phases.tables())):
            raise UnreadableWorld(f"There is no table {unknown[0][:40]!r}.")
    if sum(len(rows) for rows in found.tables.values()) > MOST_ROWS:
        raise UnreadableWorld(f"More than {MOST_ROWS:,} rows.")
    if not str(getattr(found.campaign, "name", "")).strip():
        raise UnreadableWorld("The campaign has no name.")
    _refuse_twice([line.code for lines in found.roster.values() for line in lines], "roster line")
    party: list[Any] = found.party
    _refuse_twice([pc.code for pc in party], "player character")
    _refuse_twice([fact.code for pc in party for fact in pc.facts], "fact")
    return found


def _refuse_twice(codes: list[str], what: str) -> None:
    if twice := [code for code, times in Counter(codes).items() if times > 1]:
        raise UnreadableWorld(f"The {what} {twice[0]} is given twice.")


def _duplicates(project: Project, wanted: Row, found: Document) -> list[dict[str, Any]]:
    """Campaigns of the project with this name, or with the rows of this document."""
    size = sum(len(rows) for rows in found.tables.values())
    listed = []
    for other in Campaign.objects.filter(project=project):
        same_name = other.name == wanted["name"]
        same = bool(size) and other.premise == wanted["premise"]
        same = same and load_and_export(other)["tables"] == found.tables
        if same_name or same:
            listed.append(
                {
                    "id": str(other.pk),
                    "name": other.name,
                    "same_name": same_name,
                    "same_content": same,
                }
            )
    return listed


def shaped(found: Document) -> dict[str, Checked]:
    """The rows of a document, each checked by itself, by table."""
    return {table: _shaped(table, rows) for table, rows in found.tables.items()}


def _shaped(table: str, rows: list[Any]) -> Checked:
    checked = Checked()
    for number, raw in enumerate(rows):
        row, issues = check_row(table, raw, number=number)
        if issues:
            checked.invalid.append((row, issues))
        else:
            checked.rows.append(row)
    return checked


def _named(project: Project, wanted: Row) -> Campaign:
    campaign = Campaign(project=project, **wanted)
    try:
        with transaction.atomic():
            campaign.save(force_insert=True)
    except IntegrityError as error:  # another import was quicker
        raise StateConflict(TAKEN) from error
    return campaign


def _list(campaign: Campaign, found: Document) -> None:
    RosterLine.objects.bulk_create(
        RosterLine(
            project_id=campaign.project_id, campaign=campaign, table_name=table, **line.model_dump()
        )
        for table, lines in found.roster.items()
        for line in lines
    )


def _fill(
    report: Report,
    campaign: Campaign,
    rows: Mapping[str, Checked],
    border: Callable[[], None],
) -> None:
    for table in phases.in_level_order():
        border()
        if not (checked := rows.get(table)):
            continue
        saved = save_rows(campaign, table, checked, writer=Writer(source="imported"))
        if checked.rows or checked.invalid:
            report.rows[table] = len(saved.valid)
        report.issues += [issue for issues in saved.invalid.values() for issue in issues]


def _party(campaign: Campaign, found: Document) -> None:
    place = {"project_id": campaign.project_id, "campaign": campaign}
    listed: list[Any] = found.party
    party = [PlayerCharacter(**place, **pc.model_dump(exclude={"facts"})) for pc in listed]
    PlayerCharacter.objects.bulk_create(party)
    PCFact.objects.bulk_create(
        PCFact(**place, pc=pc, **fact.model_dump())
        for pc, raw in zip(party, listed, strict=True)
        for fact in raw.facts
    )


def _decide(campaign: Campaign, found: Document) -> None:
    """Lock and reveal what was locked and revealed."""
    for table, states in found.states.items():
        model = phases.tables()[table]
        ids = {key: s.id for key, s in load(campaign, (table,)).tables[table].items()}
        rows = [
            model(id=ids[key], **state.model_dump()) for key, state in states.items() if key in ids
        ]
        for row in rows:
            row.revealed_fields = sorted(set(row.revealed_fields) & set(model.gm_fields))
        model.objects.bulk_update(rows, ["is_locked", "is_revealed", "revealed_fields", "extra"])


def load_and_export(campaign: Campaign) -> dict[str, Any]:
    """The document of a campaign as it stands now."""
    return export(load(campaign))
