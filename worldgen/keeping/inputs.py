"""What rows were made from, as fingerprints on their table run: what makes them stale when it changes.

The wishes of the campaign and the shape of the table count for all rows of the run; a fact and a row of
another table count for the rows that name them, a fact also where their roster line does. What a person has
accepted as it is, is kept for that row alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any
from uuid import UUID

from worldgen.directory import FACTS, Directory, targets
from worldgen.keeping import references_of
from worldgen.models import Campaign, TableRun
from worldgen.phases import tables
from worldgen.rows import SHORT, Row, fingerprint
from worldgen.schemas import table_schema

WISHES = ("premise", "genre", "tone", "technology_level", "magic_level", "rules_system",
          "party_level", "locks")  # fmt: skip


@dataclass(frozen=True, kw_only=True, slots=True)
class Grounds:
    """What one row was made from: the wishes, the shape of its table, and the rows and facts that it uses."""

    campaign: str | None
    table: str | None
    rows: Mapping[str, str | None]


def grounds_of(seen: Mapping[str, Any], table: str, row_id: UUID | str) -> Grounds:
    """What a row was made from, or was accepted beside, by what its table run keeps."""
    own = seen.get("accepted", {}).get(str(row_id), {})
    if own and "rows" not in own:  # kept before wishes and shape were accepted row by row
        own = {"rows": own}
    uses = seen.get("uses", {}).get(table, {}).get(str(row_id), ())
    known = seen.get("rows", {})
    return Grounds(
        campaign=own.get("campaign", seen.get("campaign")),
        table=own.get("table", seen.get("tables", {}).get(table)),
        rows=own["rows"] if own else {code: known.get(code) for code in uses},
    )


def accept(seen: dict[str, Any], table: str, row_id: UUID, now: Grounds) -> None:
    """Let a row count as made from what there is now; the other rows of the table run stay as they are."""
    rows = {code: told for code, told in now.rows.items() if told}
    kept = {"campaign": now.campaign, "table": now.table, "rows": rows}
    seen.setdefault("accepted", {})[str(row_id)] = kept
    seen["rows"] = {**rows, **seen.get("rows", {})}
    seen.setdefault("uses", {}).setdefault(table, {})[str(row_id)] = sorted(rows)


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
    named = _named(table, rows, directory)
    own = {table} if tables()[table].code_prefix else set()
    told = {FACTS} if any(_facts_told(directory, row) for row in rows.values()) else set()
    known = {
        code: entry.told[:SHORT]
        for other in targets(tables()[table]) | own | told
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
    if accepted := seen.get("accepted"):
        seen["accepted"] = {pk: told for pk, told in accepted.items() if pk not in uses}
    run.seen = seen
    TableRun.objects.filter(pk=run.pk).update(seen=seen)


def _named(table: str, rows: Mapping[UUID, Row], directory: Directory) -> dict[UUID, list[str]]:
    """The codes of the rows and facts that each row uses, in its fields or by its roster line."""
    model = tables()[table]
    return {
        pk: sorted({*references_of.named(model, row), *_facts_told(directory, row)})
        for pk, row in rows.items()
    }


def _facts_told(directory: Directory, row: Row) -> Sequence[str]:
    """The facts that the roster line of a row is about; relations have no line."""
    return directory.facts_told.get(row.get("code", ""), ())


def follow(campaign: Campaign, before: Mapping[str, str], after: Mapping[str, str]) -> None:
    """Code has completed rows: who saw one as it was before has seen it as it is now.

    The table runs are locked: what two transactions note in one of them stays, whoever comes second.
    """
    if not after:
        return
    runs = list(_who_saw(campaign, after))
    for run in runs:
        accepted = run.seen.get("accepted", {}).values()
        for rows in (run.seen["rows"], *(told.get("rows", told) for told in accepted)):
            for code, now in after.items():
                if rows.get(code) == before.get(code, "")[:SHORT]:
                    rows[code] = now[:SHORT]
    TableRun.objects.bulk_update(runs, ["seen"], batch_size=200)


def _who_saw(campaign: Campaign, codes: Iterable[str]) -> Iterable[TableRun]:
    runs = TableRun.objects.filter(campaign=campaign, seen__rows__has_any_keys=list(codes))
    return runs.only("pk", "seen").order_by("pk").select_for_update()
