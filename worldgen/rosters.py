"""Rosters: the rows of a phase as names and single lines, before any detail is written."""

from __future__ import annotations

from typing import Any

from worldgen import phases
from worldgen.issues import Issue
from worldgen.models import Campaign, RosterLine
from worldgen.rows import World
from worldgen.rules.brief import Line

MAX_WORDS = 12


def problems(world: World, phase: str, lines: dict[str, list[Line]]) -> list[Issue]:
    """What is wrong with a roster: codes, names given twice, names of the party, banned words."""
    found = []
    party = {pc.name.casefold() for pc in world.party.values()}
    banned = {str(word).casefold() for word in world.campaign.locks.get("banned_words", ())}
    for table in phases.by_code(phase).tables:
        prefix = phases.tables()[table].code_prefix
        taken: set[str] = set()
        for line in lines.get(table, []):
            name, code = line["name"].casefold(), line["code"]
            for wrong, message in (
                (not code.startswith(prefix), f"A code of this table begins with {prefix}."),
                (name in taken, "This name is given twice."),
                (name in party, "A player character has this name."),
                (bool(banned & set(name.split())), "The name holds a banned word."),
            ):
                if wrong:
                    found.append(Issue(table=table, row=code, code="roster", message=message))
            taken.add(name)
    return found


def save_roster(campaign: Campaign, lines: dict[str, list[Line]]) -> int:
    """Save the lines of some tables; lines that a person edited stay. Says how many there are."""
    edited = RosterLine.objects.filter(campaign=campaign, is_edited=True)
    keep = set(edited.values_list("code", flat=True))
    rows = [
        _row(campaign, table, number, line)
        for table, listed in lines.items()
        for number, line in enumerate(listed)
        if line["code"] not in keep
    ]
    RosterLine.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["campaign", "code"],
        update_fields=["position", "name", "line", "parent_code", "fact_codes", "is_dropped"],
    )
    return len(rows)


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
