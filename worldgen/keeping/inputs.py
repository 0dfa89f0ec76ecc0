"""What rows were made from, as fingerprints on their table run: what makes them stale when it changes.

The wishes of the campaign and the shape of the table count for all rows of the run; a fact and a row of
another table count for the rows that name them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from uuid import UUID

from worldgen.directory import Directory, targets
from worldgen.keeping import references_of
from worldgen.models import Campaign, TableRun
from worldgen.phases import tables
from worldgen.rows import SHORT, Row, fingerprint
from worldgen.schemas import table_schema

WISHES = ("premise", "genre", "tone", "technology_level", "magic_level", "rules_system",
          "party_level", "locks")  # fmt: skip


def of_campaign(campaign: Campaign) -> str:
    """The wishes that every writer is told."""
    return fingerprint({name: getattr(campaign, name) for name in WISHES})


@cache
def of_table(table: str) -> str:
    """What writers are asked for."""
    return fingerprint(table_schema(table))


def note(run: TableRun, table: str, rows: Mapping[UUID, Row], directory: Directory) -> None:
    """Add what these rows, by id, were made from to their table run."""
    if not rows:
        return
    named = {pk: sorted(references_of.named(tables()[table], row)) for pk, row in rows.items()}
    own = {table} if tables()[table].code_prefix else set()
    known = {
        code: entry.told[:SHORT]
        for other in targets(tables()[table]) | own
        for code, entry in directory.entries(other).items()
        if entry.told
    }
    seen = dict(run.seen)
    seen["campaign"] = of_campaign(directory.campaign)
    seen["tables"] = {**seen.get("tables", {}), table: of_table(table)}
    used = {code for codes in named.values() for code in codes if code in known}
    seen["rows"] = {**seen.get("rows", {}), **{code: known[code] for code in sorted(used)}}
    uses = {str(pk): [code for code in codes if code in known] for pk, codes in named.items()}
    seen["uses"] = {**seen.get("uses", {}), table: {**seen.get("uses", {}).get(table, {}), **uses}}
    run.seen = seen
    TableRun.objects.filter(pk=run.pk).update(seen=seen)


def follow(campaign: Campaign, before: Mapping[str, str], after: Mapping[str, str]) -> None:
    """Code has completed rows: who saw one as it was before has seen it as it is now."""
    if not after:
        return
    runs = list(_who_saw(campaign, after))
    for run in runs:
        rows = run.seen["rows"]
        for code, now in after.items():
            if rows.get(code) == before.get(code, "")[:SHORT]:
                rows[code] = now[:SHORT]
    TableRun.objects.bulk_update(runs, ["seen"], batch_size=200)


def _who_saw(campaign: Campaign, codes: Iterable[str]) -> Iterable[TableRun]:
    runs = TableRun.objects.filter(campaign=campaign, seen__rows__has_any_keys=list(codes))
    return runs.only("pk", "seen")
