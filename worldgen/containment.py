"""What a row lies in and what lies in it, at any depth: recursive queries over `parent_*`.

One statement each, whatever the number of rows. A circle, which no writer may leave, ends where it began.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import QuerySet
from psycopg.sql import SQL, Identifier

from worldgen import phases
from worldgen.models import WorldRow
from worldgen.phases import Model

WALK = """
WITH RECURSIVE walk AS (
    SELECT id, {parent} AS parent, 0 AS depth FROM {table}
    WHERE campaign_id = %(campaign)s AND id = %(row)s
  UNION ALL
    SELECT each.id, each.{parent}, walk.depth + 1 FROM {table} each
    JOIN walk ON {meets} WHERE each.campaign_id = %(campaign)s
) CYCLE id SET again USING way
SELECT id, parent FROM walk WHERE depth > 0 ORDER BY depth, id
"""
UP, DOWN = "each.id = walk.parent", "each.{parent} = walk.id"


@dataclass(frozen=True, slots=True)
class Inside:
    """A row and the row it lies in."""

    id: UUID
    parent: UUID


@cache
def parent_of(model: Model) -> str:
    """The field that says what a row of this table lies in; empty where rows lie in none of their own."""
    own = (link.name for link in phases.links(model) if link.related_model is model)
    return next((name for name in own if name.startswith("parent_")), "")


def above(row: WorldRow, field: str = "") -> list[UUID]:
    """The rows that this one lies in, the nearest first. A row in a circle lies in itself.

    `field`: another reference of its table to itself, such as `orbits`.
    """
    model = type(row)
    field = field or parent_of(model)
    if not field:
        return []
    return [pk for pk, _ in _walk(_statement(model, field, UP), row.campaign_id, row.pk)]


def inside(model: Model, campaign_id: UUID, pk: UUID) -> list[Inside]:
    """The rows that lie in this one, those that lie in it directly first."""
    field = parent_of(model)
    if not field:
        return []
    return [Inside(*found) for found in _walk(_statement(model, field, DOWN), campaign_id, pk)]


def seen_inside(rows: QuerySet[Any], campaign_id: UUID, pk: UUID) -> set[UUID]:
    """Those of `rows` that lie in a row; nothing is told of what lies behind a row that is not among them."""
    found = inside(rows.model, campaign_id, pk)
    there = set(rows.filter(pk__in=[each.id for each in found]).values_list("pk", flat=True))
    reached = {pk}
    for each in found:
        if each.parent in reached and each.id in there:
            reached.add(each.id)
    return reached - {pk}


def _walk(statement: str, campaign_id: UUID, pk: UUID) -> list[tuple[UUID, UUID]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, {"campaign": campaign_id, "row": pk})
        found: list[tuple[UUID, UUID]] = cursor.fetchall()
    return found


@cache
def _statement(model: Model, field: str, way: str) -> str:
    [column] = [link.column for link in phases.links(model) if link.name == field]
    parent = Identifier(column)
    table = Identifier(model._meta.db_table)
    meets = SQL(way).format(parent=parent) if way == DOWN else SQL(way)
    return SQL(WALK).format(parent=parent, table=table, meets=meets).as_string(None)
