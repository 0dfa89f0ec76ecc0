"""Rows go: with their history kept, in a few statements for each table."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db import router
from django.db.models.sql.subqueries import DeleteQuery

from worldgen import phases
from worldgen.keeping import history
from worldgen.models import FactCitation
from worldgen.rows import Standing, World

Place = tuple[str, str]  # table and key


def remove(
    world: World, rows: Mapping[Place, Standing], *, actor_id: Any, table_run: Any = None
) -> None:
    """Remove rows that no row which stays refers to; the keys in the database hold that.

    References that code fills are emptied first; it fills them again.
    """
    if not rows:
        return
    by_table: dict[str, list[UUID]] = defaultdict(list)
    for (table, _), row in rows.items():
        by_table[table].append(row.id)
    history.keep(
        world.campaign,
        [(table, row, "") for (table, _), row in rows.items()],
        actor_id=actor_id,
        table_run=table_run,
    )
    gone = {pk for ids in by_table.values() for pk in ids}
    _empty_filled(world, gone)
    for table in reversed(phases.in_level_order()):
        if ids := by_table.get(table):
            _remove(table, ids)
    FactCitation.objects.filter(campaign=world.campaign, row_id__in=gone).delete()


def _empty_filled(world: World, gone: set[UUID]) -> None:
    for model in phases.tables().values():
        for link in phases.deferred(model):
            pointing = model.objects.filter(
                campaign=world.campaign, **{f"{link.attname}__in": gone}
            )
            pointing.update(**{link.name: None})


def _remove(table: str, ids: list[UUID]) -> None:
    """Below Django's collector, which would read everything that might refer to the rows."""
    model = phases.tables()[table]
    for many in phases.link_sets(model):
        through: Any = many.remote_field.through
        through.objects.filter(**{f"{many.m2m_column_name()}__in": ids}).delete()
    DeleteQuery(model).delete_batch([str(pk) for pk in ids], router.db_for_write(model))
