"""A person's changes to rosters, before details are written: rename, drop, add and reorder lines."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction

from storyforge.core.errors import StateConflict
from worldgen import phases
from worldgen.edits.editing import locked, next_code
from worldgen.errors import InvalidRow
from worldgen.issues import Issue
from worldgen.models import Campaign, RosterLine
from worldgen.rosters import problems
from worldgen.rows import World, load
from worldgen.rules.brief import Line

CHANGED = ("name", "line", "position", "is_dropped")


@transaction.atomic
def change_roster(
    campaign: Campaign,
    changes: Sequence[Mapping[str, Any]],
    additions: Sequence[Mapping[str, Any]],
    *,
    even_written: bool = False,
) -> list[RosterLine]:
    """Change lines by code and add new ones, all or none; the campaign's lines afterwards.

    Changed lines are a person's from then on: no run renames or drops them. Raises `InvalidRow` for unknown
    codes, names that are taken or banned, and `StateConflict` for a line whose row is written: that is the
    one to change. With `even_written` such lines are changed too; the next run writes after them.
    """
    locked(campaign)
    lines = {line.code: line for line in RosterLine.objects.filter(campaign=campaign)}
    if unknown := [c["code"] for c in changes if c["code"] not in lines]:
        raise InvalidRow([_issue("", unknown[0], "The roster has no line of this code.")])
    if not even_written:
        _refuse_written(campaign, [lines[change["code"]] for change in changes])
    for change in changes:
        line = lines[change["code"]]
        for name in CHANGED:
            setattr(line, name, change.get(name, getattr(line, name)))
        line.is_edited = True
    touched = [lines[change["code"]] for change in changes]
    RosterLine.objects.bulk_update(touched, [*CHANGED, "is_edited"])
    for new in additions:
        _add(campaign, new)
    world = load(campaign, ())
    if issues := _problems(world, {line.table_name for line in touched}, additions):
        raise InvalidRow(issues)
    return list(RosterLine.objects.filter(campaign=campaign))


def _add(campaign: Campaign, new: Mapping[str, Any]) -> None:
    table = new["table"]
    last = RosterLine.objects.filter(campaign=campaign, table_name=table).count()
    RosterLine.objects.create(
        project_id=campaign.project_id,
        campaign=campaign,
        table_name=table,
        code=next_code(campaign, table),
        position=new.get("position", last),
        name=new["name"],
        line=new.get("line", ""),
        is_edited=True,
    )


def _refuse_written(campaign: Campaign, lines: Sequence[RosterLine]) -> None:
    by_table = defaultdict(list)
    for line in lines:
        by_table[line.table_name].append(line.code)
    for table, codes in by_table.items():
        model: Any = phases.tables()[table]
        rows = model.objects.filter(campaign=campaign, code__in=codes)
        if written := rows.values_list("code", flat=True).first():
            raise StateConflict(f"{written} is written already; change the row.")


def _problems(world: World, tables: set[str], new: Sequence[Mapping[str, Any]]) -> list[Issue]:
    found = []
    for table in sorted(tables | {line["table"] for line in new}):
        lines: list[Line] = [
            {"code": line.code, "name": line.name}
            for line in world.rosters.get(table, {}).values()
            if not line.is_dropped
        ]
        found += problems(world, phases.phase_of(table).code, {table: lines}, apart=False)
    return found


def _issue(table: str, row: str, message: str) -> Issue:
    return Issue(table=table, row=row, field="code", code="roster", message=message)
