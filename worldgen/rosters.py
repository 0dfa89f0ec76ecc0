"""Rosters: the rows of a phase as names and single lines, before any detail is written."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from storyforge.ai.errors import NotJson
from storyforge.ai.text.strict_json import extract_json
from storyforge.core.errors import StoryforgeError
from worldgen import phases
from worldgen.answers.resolving import phases_table
from worldgen.issues import Issue
from worldgen.keeping.roster_history import FIELDS, keep_lines
from worldgen.models import Campaign, RosterLine, TableRun
from worldgen.planning.part import Part
from worldgen.prompting.fact_plan import allotted
from worldgen.rows import Listed, World
from worldgen.rules.brief import Line
from worldgen.rules.names import banned_pattern, bare, too_close
from worldgen.rules.world import short

#: What a model is asked for: one line for each code.
SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {
        "lines": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {
                    "code": {"type": "string", "description": "Of the list to write."},
                    "name": {
                        "type": "string",
                        "description": "At most 80 characters, unlike every other name.",
                    },
                    "line": {"type": "string", "description": "At most 12 words, no secrets."},
                    "parent": {
                        "type": "string",
                        "description": "Code of the row it belongs to or stands in, or empty.",
                    },
                },
                "required": ["code", "name", "line", "parent"],
                "additionalProperties": False,
            },
        }
    },
    "required": ["lines"],
    "additionalProperties": False,
}


class RosterRefused(StoryforgeError):
    """The roster holds names or codes that this world does not allow."""

    code = "roster_refused"
    status = 500


class Told(BaseModel):
    """A roster line as a model gives it."""

    model_config = ConfigDict(extra="ignore", str_strip_whitespace=True)

    code: str
    name: str = Field(min_length=1, max_length=80)
    line: str = ""
    parent: str | None = ""


def taken_from(
    world: World, part: Part, payload: Any
) -> tuple[dict[str, list[Line]], dict[str, Any]]:
    """The lines of an answer by table, and for each code that is still missing why it was refused."""
    wanted, facts = set(part.codes or ()), allotted(world, part)
    lines: dict[str, list[Line]] = {}
    refused: dict[str, Any] = {}
    given: set[str] = set()
    for raw in _lines_in(payload):
        try:
            told = Told.model_validate(raw)
        except ValidationError as error:
            _refuse(refused, raw, [e["msg"] for e in error.errors()][:3], wanted)
            continue
        code, table = told.code.casefold(), phases_table(told.code.casefold())
        if code not in wanted or code in given:
            continue
        line = {
            "code": code,
            "name": told.name,
            "line": short(told.line)[:200],
            "parent": _known(world, told.parent or "", wanted),
            "facts": facts.get(code, []),
        }
        here = [*lines.get(table, []), line]
        names = [_plain_line(x) for x in world.rosters.get(table, {}).values() if x.code != code]
        phase = phases.phase_of(table).code
        wrong = [
            i.message for i in problems(world, phase, {table: [*names, *here]}) if i.row == code
        ]
        if wrong:
            _refuse(refused, raw, wrong, wanted)
        else:
            lines[table] = here
            given.add(code)
    return lines, {code: refused.get(code, {}) for code in part.codes or () if code not in given}


def _refuse(refused: dict[str, Any], raw: Any, wrong: list[str], wanted: set[str]) -> None:
    code = str(raw.get("code", "")).casefold() if isinstance(raw, dict) else ""
    if code in wanted:
        refused[code] = {"line": raw, "problems": wrong}


def _known(world: World, parent: str, wanted: set[str]) -> str | None:
    code = parent.strip().casefold()
    known = code in wanted or any(code in lines for lines in world.rosters.values())
    return code if code and known else None


def _plain_line(line: Listed) -> Line:
    return {"code": line.code, "name": line.name}


def _lines_in(payload: Any) -> list[Any]:
    value = payload
    for _ in range(3):
        if isinstance(value, str):
            try:
                value = extract_json(value)
            except NotJson:
                return []
        if isinstance(value, dict) and "lines" in value:
            value = value["lines"]
        if isinstance(value, list):
            return value
    return [value] if isinstance(value, dict) else []


def problems(
    world: World, phase: str, lines: dict[str, list[Line]], *, apart: bool = True
) -> list[Issue]:
    """What is wrong with a roster: codes, names given twice, names of the party, banned words.

    With `apart`, as writers are held to, also names that differ in one letter: references would mix them up.
    """
    found = []
    party = {pc.name.casefold() for pc in world.party.values()}
    banned = banned_pattern(map(str, world.campaign.locks.get("banned_words", ())))
    for table in phases.by_code(phase).tables:
        prefix = phases.tables()[table].code_prefix
        taken: set[str] = set()
        for line in lines.get(table, []):
            name, code = line["name"].casefold(), line["code"]
            near = next((n for n in taken if n != name and too_close(bare(n), bare(name))), "")
            for wrong, message in (
                (not code.startswith(prefix), f"A code of this table begins with {prefix}."),
                (name in taken, "This name is given twice."),
                (name in party, "A player character has this name."),
                (bool(banned and banned.search(bare(name))), "The name holds a banned word."),
                (bool(apart and near), "Another name differs from it in one letter."),
            ):
                if wrong:
                    found.append(Issue(table=table, row=code, code="roster", message=message))
            taken.add(name)
    return found


def save_roster(
    campaign: Campaign, lines: dict[str, list[Line]], *, table_run: TableRun | None = None
) -> int:
    """Save the lines of some tables; lines that a person edited stay. Says how many there are."""
    standing = {line.code: line for line in RosterLine.objects.filter(campaign=campaign)}
    edited = {code for code, line in standing.items() if line.is_edited}
    rows = [
        _row(campaign, table, number, line)
        for table, listed in lines.items()
        for number, line in enumerate(listed)
        if line["code"] not in edited
    ]
    news = [row for row in rows if not _is_there(row, standing.get(row.code))]
    keep_lines(campaign, news, standing, table_run=table_run)
    RosterLine.objects.bulk_create(
        news,
        update_conflicts=True,
        unique_fields=["campaign", "code"],
        update_fields=["position", "name", "line", "parent_code", "fact_codes", "is_dropped"],
    )
    return len(rows)


def _is_there(row: RosterLine, standing: RosterLine | None) -> bool:
    return standing is not None and all(
        getattr(row, name) == getattr(standing, name) for name in FIELDS
    )


def _row(campaign: Campaign, table: str, number: int, line: dict[str, Any]) -> RosterLine:
    return RosterLine(
        project_id=campaign.project_id,
        campaign=campaign,
        table_name=table,
        code=line["code"],
        position=number,
        name=line["name"],
        line=line.get("line") or "",
        parent_code=line.get("parent") or "",
        fact_codes=list(line.get("facts") or ()),
    )
