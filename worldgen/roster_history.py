"""Roster lines as they were before a run, so that a rollback brings them back with their rows."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any

from worldgen.models import Campaign, GenerationRun, RosterLine, RowChange, TableRun

LINES = "roster"  # the table name of lines in the history
FIELDS = ("table_name", "position", "name", "line", "parent_code", "fact_codes", "is_dropped")
BATCH = 500


def keep_lines(
    campaign: Campaign,
    lines: Iterable[RosterLine],
    standing: dict[str, RosterLine],
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


def _told(line: RosterLine) -> dict[str, Any]:
    return {name: getattr(line, name) for name in FIELDS}
