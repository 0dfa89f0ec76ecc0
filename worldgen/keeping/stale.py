"""Stale rows: what they were made from has changed since. They stay until somebody has them written anew,
accepts them as they are, or removes what the roster no longer lists.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from typing import Any
from uuid import UUID

from django.db import transaction

from worldgen import phases
from worldgen.errors import NotDropped, UnknownRows
from worldgen.keeping import inputs, references_of
from worldgen.keeping.removing import Place, remove
from worldgen.models import Campaign, RosterLine, TableRun
from worldgen.rows import SHORT, Standing, World, fingerprint, load

Seen = dict[str, Any]


def refresh(campaign: Campaign) -> int:
    """Set the mark of every row of a campaign anew; how many are stale. Rows of people are never stale."""
    world = load(campaign)
    seen = _seen(world)
    now = _now(world)
    stale = 0
    for table, rows in world.tables.items():
        wrong: dict[bool, list[UUID]] = {True: [], False: []}
        for key, row in rows.items():
            is_stale = not row.is_protected and bool(_reasons(world, table, key, row, seen, now))
            stale += is_stale
            if is_stale != row.state["is_stale"]:
                wrong[is_stale].append(row.id)
        for mark, ids in wrong.items():
            if ids:
                phases.tables()[table].objects.filter(pk__in=ids).update(is_stale=mark)
    return stale


def mark_stale(campaign: Campaign, before: str) -> int:
    """After its wishes were changed (`before`: their fingerprint until then); how many rows are stale now."""
    return refresh(campaign) if inputs.of_campaign(campaign) != before else 0


def reasons(campaign: Campaign) -> dict[str, dict[str, list[str]]]:
    """Why rows are stale: table to row to what has changed (a code, `campaign`, `table`, `roster`)."""
    world = load(campaign)
    seen, now = _seen(world), _now(world)
    found: dict[str, dict[str, list[str]]] = defaultdict(dict)
    for table, rows in world.tables.items():
        for key, row in rows.items():
            if row.state["is_stale"]:
                found[table][key] = _reasons(world, table, key, row, seen, now)
    return dict(found)


def after_edit(campaign: Campaign, changed: Mapping[str, str]) -> None:
    """Mark the rows that use a row or a fact which a person changed: its code, and the hash it has now."""
    runs = TableRun.objects.filter(campaign=campaign, seen__rows__has_any_keys=list(changed))
    for run in runs.only("pk", "seen"):
        for table, uses in run.seen.get("uses", {}).items():
            made = {pk: inputs.grounds_of(run.seen, table, pk).rows for pk in uses}
            if ids := [pk for pk, rows in made.items() if _have_changed(rows, changed)]:
                rows = phases.tables()[table].objects.filter(pk__in=ids, table_run=run.pk)
                rows.filter(is_locked=False).exclude(source__in=("edited", "imported")).update(
                    is_stale=True
                )


def _have_changed(used: Mapping[str, str | None], changed: Mapping[str, str]) -> bool:
    return any(used.get(code) not in (None, now[:SHORT]) for code, now in changed.items())


@transaction.atomic
def accept(campaign: Campaign, named: Mapping[str, Collection[str]]) -> int:
    """Take the stale ones of these rows as they are, with the campaign locked by the caller; how many.

    From now on they count as made from what there is. Raises `UnknownRows` before one is accepted.
    """
    world = load(campaign)
    places = [(table, key) for table, keys in named.items() for key in keys]
    if unknown := [(table, key) for table, key in places if key not in world.tables[table]]:
        raise UnknownRows(unknown)
    rows = [(table, world.tables[table][key]) for table, key in dict.fromkeys(places)]
    taken = [(table, row) for table, row in rows if row.state["is_stale"]]
    _keep_accepted(world, taken)
    codes = [row.key for _, row in taken]
    RosterLine.objects.filter(campaign=campaign, code__in=codes).update(is_dropped=False)
    for table in named:
        ids = [row.id for of, row in taken if of == table]
        phases.tables()[table].objects.filter(pk__in=ids).update(is_stale=False)
    return len(taken)


def _keep_accepted(world: World, taken: Collection[tuple[str, Standing]]) -> None:
    """Note on their table runs what there is beside these rows now."""
    now, wishes = _now(world), inputs.of_campaign(world.campaign)
    runs = TableRun.objects.in_bulk([row.table_run for _, row in taken if row.table_run])
    for table, row in taken:
        if row.table_run in runs:
            seen = runs[row.table_run].seen
            used = references_of.named(phases.tables()[table], row.values)
            used |= {*inputs.grounds_of(seen, table, row.id).rows}
            beside = {code: now[code] for code in sorted(used) if code in now}
            grounds = inputs.Grounds(campaign=wishes, table=inputs.of_table(table), rows=beside)
            inputs.accept(seen, table, row.id, grounds)
    TableRun.objects.bulk_update(runs.values(), ["seen"], batch_size=200)


def dropped(world: World) -> dict[Place, Standing]:
    """The stale rows that their roster no longer lists, as far as no row which stays refers to them."""
    going = {
        (table, key): row
        for table, rows in world.tables.items()
        for key, row in rows.items()
        if row.state["is_stale"] and not row.is_protected and _is_dropped(world, table, key)
    }
    while blocked := [place for place in _named_by_others(world, going) if place in going]:
        for place in blocked:
            del going[place]
    return going


@transaction.atomic
def remove_dropped(campaign: Campaign, rows: Collection[Place], *, actor_id: Any) -> int:
    """Remove rows that the roster no longer lists, with the campaign locked by the caller.

    Raises `NotDropped` for any other row, before one is removed.
    """
    world = load(campaign)
    there = dropped(world)
    if others := [place for place in rows if place not in there]:
        raise NotDropped(others)
    remove(world, {place: there[place] for place in rows}, actor_id=actor_id)
    return len(rows)


def _named_by_others(world: World, going: Mapping[Place, Standing]) -> Iterator[Place]:
    for table, rows in world.tables.items():
        for key, row in rows.items():
            if (table, key) not in going:
                for code in references_of.named(phases.tables()[table], row.values):
                    yield from ((t, code) for t, k in going if k == code)


def _seen(world: World) -> dict[UUID, Seen]:
    rows = [row for rows in world.tables.values() for row in rows.values()]
    runs = {row.table_run for row in rows if row.table_run is not None}
    return dict(TableRun.objects.filter(pk__in=runs).values_list("pk", "seen"))


def _now(world: World) -> dict[str, str]:
    """Fingerprints of everything that rows name, by code."""
    rows = {
        key: row.content_hash[:SHORT]
        for table, rows in world.tables.items()
        if phases.tables()[table].code_prefix
        for key, row in rows.items()
    }
    facts = {fact.code: fingerprint(fact.text) for fact in world.facts}
    return {**rows, **facts}


def _reasons(
    world: World,
    table: str,
    key: str,
    row: Standing,
    seen: Mapping[UUID, Seen],
    now: Mapping[str, str],
) -> list[str]:
    made = seen.get(row.table_run) if row.table_run else None
    found = ["roster"] if _is_dropped(world, table, key) else []
    if not made:
        return found
    grounds = inputs.grounds_of(made, table, row.id)
    if grounds.campaign != inputs.of_campaign(world.campaign):
        found.append("campaign")
    if grounds.table != inputs.of_table(table):
        found.append("table")
    used = grounds.rows.items()
    return [*found, *(code for code, was in used if was and now.get(code) != was)]


def _is_dropped(world: World, table: str, key: str) -> bool:
    line = world.rosters.get(table, {}).get(key)
    return line is not None and line.is_dropped
