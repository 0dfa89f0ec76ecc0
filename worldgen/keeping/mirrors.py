"""The other end of a relation that goes both ways: it comes and goes with the one that a person writes."""

from __future__ import annotations

from typing import Any

from worldgen.answers.derive import ENDS, amend, other_ends
from worldgen.answers.validator import Checked, check_row
from worldgen.answers.vocabulary_of_links import back_of
from worldgen.errors import InvalidRow
from worldgen.keeping.save import Writer, save_rows
from worldgen.models import Campaign, WorldRow
from worldgen.phases import table_of, tables
from worldgen.rows import Row, load, load_rows

#: Sets of rows of the same table that name each other.
MUTUAL = {"geography_regions": "adjacent_regions"}


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


def neighbors_of(row: WorldRow) -> set[str]:
    """The codes of the rows that this one names and that name it; none where its table has no such set."""
    name = MUTUAL.get(table_of(type(row)))
    return set(load_rows([row])[row.pk][name]) if name else set()


def agree(campaign: Campaign, row: WorldRow, *, before: set[str], actor_id: Any) -> None:
    """Let the neighbors name a row that a person wrote, and no more those that it named `before` and does not now.

    Locked ones stay as they are, which the checks tell. Raises `InvalidRow` where one has no room for it.
    """
    table = table_of(type(row))
    now = neighbors_of(row)
    if now == before:
        return
    name, key = MUTUAL[table], row.code  # type: ignore[attr-defined]
    rows = []
    for other, standing in load(campaign, (table,)).tables[table].items():
        names = set(standing.values[name])
        wanted = names | {key} if other in now else names - {key} if other in before else names
        if wanted != names and not standing.state["is_locked"]:
            rows.append({**standing.values, name: sorted(wanted)})
    if full := [issue for values in rows for issue in check_row(table, values)[1]]:
        raise InvalidRow(full)
    amend(campaign, table, rows, writer=Writer(source="derived", actor_id=actor_id))
