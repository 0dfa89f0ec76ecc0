"""The other end of a relation that goes both ways: it comes and goes with the one that a person writes."""

from __future__ import annotations

from typing import Any

from worldgen.answers.derive import ENDS, other_ends
from worldgen.answers.validator import Checked
from worldgen.answers.vocabulary_of_links import back_of
from worldgen.keeping.save import Writer, save_rows
from worldgen.models import Campaign, WorldRow
from worldgen.phases import table_of, tables
from worldgen.rows import Row, load


def mirror_of(row: WorldRow) -> WorldRow | None:
    """The row that says from the other end what this one says; None where there is none."""
    table = table_of(type(row))
    if table not in ENDS:
        return None
    start, end = ENDS[table]
    back = back_of(table, row.relationship_type)  # type: ignore[attr-defined]
    ends = {f"{start}_id": getattr(row, f"{end}_id"), f"{end}_id": getattr(row, f"{start}_id")}
    model: Any = tables()[table]
    rows = model.objects.filter(
        campaign=row.campaign_id, relationship_type=back, is_locked=False, **ends
    )
    found: WorldRow | None = rows.first()
    return found


def complete(campaign: Campaign, table: str, *, said: str, actor_id: Any) -> None:
    """Write the other ends that are missing in a table of relations, after a person wrote the row `said`."""
    if table not in ENDS:
        return
    missing: list[Row] = other_ends(load(campaign, (table,)), table, said=said)
    writer = Writer(source="derived", actor_id=actor_id)
    save_rows(campaign, table, Checked(rows=missing), writer=writer)
