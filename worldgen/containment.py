"""What a row lies in and what lies in it, at any depth: recursive queries over `parent_*`.

One statement each, whatever the number of rows. A circle, which no writer may leave, ends where it began.
"""

from __future__ import annotations

from functools import cache
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import QuerySet
from django.db.models.expressions import RawSQL
from psycopg.sql import SQL, Identifier

from worldgen import phases
from worldgen.models import WorldRow
from worldgen.phases import Model

UP = """
WITH RECURSIVE walk AS (
    SELECT id, {parent} AS parent, 0 AS depth FROM {table}
    WHERE campaign_id = %(campaign)s AND id = %(row)s
  UNION ALL
    SELECT each.id, each.{parent}, walk.depth + 1 FROM {table} each
    JOIN walk ON each.id = walk.parent WHERE each.campaign_id = %(campaign)s
) CYCLE id SET again USING way
SELECT id FROM walk WHERE depth > 0 ORDER BY depth, id
"""
# Each row once, so that a circle ends; without depth and way a row is a few bytes to compare.
DOWN = """
WITH RECURSIVE walk (id) AS (
    SELECT each.id FROM {table} each
    WHERE each.campaign_id = %s AND each.{parent} = %s{seen}
  UNION
    SELECT each.id FROM {table} each
    JOIN walk ON each.{parent} = walk.id WHERE each.campaign_id = %s{seen}
)
SELECT id FROM walk WHERE id <> %s
"""
SEEN = "/* seen */"  # where a condition goes that leaves rows out


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
    with connection.cursor() as cursor:
        cursor.execute(_up(model, field), {"campaign": row.campaign_id, "row": row.pk})
        return [pk for (pk,) in cursor.fetchall()]


def ids_inside(seen: QuerySet[Any], campaign_id: UUID, pk: UUID, *, all_seen: bool) -> RawSQL:
    """The ids of the rows that lie in a row, however deep, for `pk__in` of a list: part of its statement.

    `seen` are all rows of the table that somebody sees, with `all_seen` all there are: nothing is told of what
    lies behind a row that is not among them.
    """
    model: Model = seen.model
    text, known = _down(model), ()
    if not all_seen:
        sql, known = seen.order_by().values("pk").query.sql_with_params()
        text = text.replace(SEEN, f" AND each.id IN ({sql})")
    return RawSQL(text, (campaign_id, pk, *known, campaign_id, *known, pk))  # noqa: S611 - our own text


@cache
def _up(model: Model, field: str) -> str:
    return _statement(UP, model, field)


@cache
def _down(model: Model) -> str:
    return _statement(DOWN, model, parent_of(model))


def _statement(text: str, model: Model, field: str) -> str:
    [column] = [link.column for link in phases.links(model) if link.name == field]
    table = Identifier(model._meta.db_table)
    told = SQL(text).format(parent=Identifier(column), table=table, seen=SQL(SEEN))
    return told.as_string(None)
