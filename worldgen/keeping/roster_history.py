"""Roster lines as they were before a run, so that a rollback brings them back with their rows."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from typing import Any

from worldgen import phases
from worldgen.models import Campaign, GenerationRun, RosterLine, RowChange, TableRun
from worldgen.planning.part import Part
from worldgen.rows import Listed, World
from worldgen.rules import number_of, row_count
from worldgen.rules.brief import Brief, Line

LINES = "roster"  # the table name of lines in the history
FIELDS = ("table_name", "position", "name", "line", "parent_code", "fact_codes", "is_dropped")
BATCH = 500
AnyLine = RosterLine | Listed


def keep_lines(
    campaign: Campaign,
    lines: Iterable[AnyLine],
    standing: Mapping[str, AnyLine],
    *,
    table_run: TableRun | None,
) -> None:
    """Write down the lines that are about to be written, as they are now."""
    RowChange.objects.bulk_create(
        [
            RowChange(
                project_id=campaign.project_id,
                campaign=campaign,
                table_run=table_run,
                table_name=LINES,
                row_id=(standing.get(line.code) or line).pk,
                row_key=line.code,
                before=_told(standing[line.code]) if line.code in standing else None,
            )
            for line in lines
        ],
        batch_size=BATCH,
    )


def restore_roster(run: GenerationRun, *, keep: Collection[str]) -> None:
    """Take away the lines that came with the run, and set back those it changed.

    Lines that a person edited stay, and those of rows that stay (`keep`: their codes).
    """
    changes = RowChange.objects.filter(
        campaign=run.campaign_id, table_run__phase_run__run=run, table_name=LINES
    )
    first: dict[str, Any] = {}
    for change in changes.order_by("created_at", "pk"):
        first.setdefault(change.row_key, change.before)
    lines = RosterLine.objects.filter(campaign=run.campaign_id, is_edited=False)
    mine = lines.filter(code__in=set(first) - set(keep))
    mine.filter(code__in=[code for code, before in first.items() if before is None]).delete()
    back = [line for line in mine if first[line.code]]
    for line in back:
        for name in FIELDS:
            setattr(line, name, first[line.code][name])
    RosterLine.objects.bulk_update(back, FIELDS, batch_size=BATCH)


def brief_anew(brief: Brief, world: World, part: Part) -> Brief:
    """The brief with only the codes of the phase's lines, as many as are wanted; edited lines stay whole."""
    fresh: dict[str, dict[str, Line]] = {}
    for table in phases.by_code(part.phase).tables:
        lines = brief.rosters.get(table, {})
        edited = {code for code in lines if world.rosters[table][code].is_edited}
        free = sorted((code for code in lines if code not in edited), key=number_of)
        room = max(0, row_count(table, brief) - len(edited))
        kept = edited | set(free[:room])
        fresh[table] = {
            code: line if code in edited else {"code": code}
            for code, line in lines.items()
            if code in kept
        }
    return replace(brief, rosters={**brief.rosters, **fresh})


def drop_lines(world: World, part: Part, lines: dict[str, Any], run: TableRun) -> list[str]:
    """Where a roster was written anew: drop the lines that it does not hold, and say which.

    Their rows stay, marked as stale, until a person removes them.
    """
    if not part.anew:
        return []
    listed = {line["code"] for rows in lines.values() for line in rows}
    gone = [
        line
        for table in phases.by_code(part.phase).tables
        for code, line in world.rosters.get(table, {}).items()
        if code not in listed and not line.is_edited and not line.is_dropped
    ]
    return drop(world.campaign, gone, table_run=run)


def drop(campaign: Campaign, lines: Iterable[AnyLine], *, table_run: TableRun | None) -> list[str]:
    """Take lines off the roster, so that a rollback of the run lists them again; their codes."""
    gone = list(lines)
    keep_lines(campaign, gone, {line.code: line for line in gone}, table_run=table_run)
    RosterLine.objects.filter(pk__in=[line.pk for line in gone]).update(is_dropped=True)
    return [line.code for line in gone]


def _told(line: AnyLine) -> dict[str, Any]:
    return {name: getattr(line, name) for name in FIELDS}
