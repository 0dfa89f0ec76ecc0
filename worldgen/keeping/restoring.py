"""Rows get an earlier state back, or lose references to rows that go: one statement for each table."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from worldgen import phases
from worldgen.directory import Directory
from worldgen.ids import Ids
from worldgen.keeping import history, storing
from worldgen.models import WorldRow
from worldgen.rows import Row, Standing, World, content_hash

Place = tuple[str, str]  # table and key


def restore(world: World, rows: Mapping[Place, Row], *, actor_id: Any) -> None:
    """Let these rows be what is given, as `Standing.as_json` says it; each leaves its state of today.

    The revision goes on counting, so that nobody takes the old row for one they have seen. Rows may change
    names with each other and with rows that are removed next.
    """
    directory = Directory(world.campaign)
    for table in phases.in_level_order():
        here = {key: state for (name, key), state in rows.items() if name == table}
        if here:
            _restore(world, directory, table, here, actor_id=actor_id)


def bring_back(world: World, rows: Mapping[Place, Standing], *, actor_id: Any) -> None:
    """Let rows that were removed stand again as they were, under their old ids."""
    directory = Directory(world.campaign)
    for table in phases.in_level_order():
        here = {key: row for (name, key), row in rows.items() if name == table}
        if not here:
            continue
        model = phases.tables()[table]
        ids = Ids(directory, model, here, {})
        built = {key: _built(world, model, r, r.as_json(), ids) for key, r in here.items()}
        storing.upsert(model, built.values())
        storing.set_links(model, {built[key].pk: row.values for key, row in here.items()}, ids)
        changes = [(table, here[key], row.content_hash) for key, row in built.items()]
        history.keep(world.campaign, changes, actor_id=actor_id, came=True)


def _restore(
    world: World, directory: Directory, table: str, rows: Mapping[str, Row], *, actor_id: Any
) -> None:
    model, standing = phases.tables()[table], world.tables[table]
    ids = Ids(directory, model, standing, {})
    built = {key: _built(world, model, standing[key], state, ids) for key, state in rows.items()}
    storing.free_names(model, [row.pk for row in built.values()])
    storing.upsert(model, built.values())
    storing.set_links(model, {built[key].pk: state["values"] for key, state in rows.items()}, ids)
    changes = [(table, standing[key], row.content_hash) for key, row in built.items()]
    history.keep(world.campaign, changes, actor_id=actor_id)


def _built(world: World, model: type[WorldRow], row: Standing, state: Row, ids: Ids) -> WorldRow:
    values, was = state["values"], state["state"]
    return storing.built(
        world.campaign,
        model,
        values,
        ids,
        pk=row.id,
        source=was["source"],
        row_state=was["row_state"],
        is_stale=was["is_stale"],
        revision=row.state["revision"] + 1,
        content_hash=content_hash(values),
        table_run_id=UUID(was["table_run"]) if was.get("table_run") else None,
    )
