"""What earlier runs have left of a world: the rows that a run which writes what is missing leaves out.

A row with a code is missing or it stands. Relations have no such list, and not every row has some, so what
counts is where they were asked to start from.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime

from worldgen import phases
from worldgen.models import Campaign, TableRun
from worldgen.planning.part import source_of
from worldgen.rows import World


def written(world: World, tables: Iterable[str]) -> dict[str, list[str]]:
    """By table the codes whose rows are written; for relations, of the rows they were to start from."""
    tables = list(tables)
    asked = _asked(world.campaign)
    found: dict[str, list[str]] = {}
    for table in tables:
        if not world.tables[table]:  # also where somebody has cleared it
            continue
        if phases.tables()[table].code_prefix:
            found[table] = sorted(world.tables[table])
        else:
            found[table] = sorted(_done(world, table, asked.get(table)))
    return {table: codes for table, codes in found.items() if codes}


class _Asked:
    """The rows from which relations of a table were asked for: by code, or all that stood at a time."""

    def __init__(self) -> None:
        self.codes: set[str] = set()
        self.until: datetime | None = None


def _asked(campaign: Campaign) -> dict[str, _Asked]:
    """By relation table, what its calls of runs that still count have been asked for."""
    found: dict[str, _Asked] = defaultdict(_Asked)
    calls = TableRun.objects.filter(
        campaign=campaign, kind="relations", state__in=("ok", "partial")
    ).exclude(phase_run__run__state="rolled_back")
    rows = calls.order_by("created_at").values_list("table_name", "row_codes", "created_at")
    for table, codes, made in rows:
        found[table].codes.update(codes)
        if not codes:  # the whole table
            found[table].until = made
    return found


def _done(world: World, table: str, asked: _Asked | None) -> set[str]:
    """The rows whose relations are written: asked for before, or a person's own."""
    source, rows = source_of(table), world.tables[table].values()
    if asked is None and any(row.state["source"] == "imported" for row in rows):
        return set(world.tables[source])  # it came as a whole
    start = phases.links(phases.tables()[table])[0].name
    done = {row.values[start] for row in rows if row.is_protected}
    if asked is None:
        return done
    if asked.until is not None:
        known = phases.tables()[source].objects.filter(campaign=world.campaign)
        there = known.filter(created_at__lte=asked.until)
        done.update(there.values_list("code", flat=True))
    return done | asked.codes
