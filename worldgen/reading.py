"""All rows of a campaign in one statement: many tables, one round trip, one piece of JSON for each table.

The statement is put together once for each choice of tables, and planned once by each connection. Floats
that look like whole numbers in JSON are made floats again.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache
from typing import Any
from uuid import UUID

from django.db import connection, models
from psycopg.sql import SQL, Composable, Composed, Identifier, Literal

from storyforge.core.prepared import Prepared
from worldgen import phases
from worldgen.models import Campaign, PCFact, PlayerCharacter, RosterLine, WorldRow
from worldgen.models.fields import Link
from worldgen.phases import table_of

LEFT_OUT = ("project", "campaign", "created_at", "updated_at", "embedding", "embedding_model")
#: What readers of a world know of a roster line.
LINE_FIELDS = ("table_name", "code", "position", "name", "line", "parent_code", "fact_codes",
               "is_edited", "is_dropped")  # fmt: skip
SETS = defaultdict[UUID, list[UUID]]


@dataclass(kw_only=True, slots=True)
class Records:
    """What stands in some tables: columns by table, targets by set of references, codes by id, roster lines."""

    lines: list[dict[str, Any]] = field(default_factory=list)
    party: list[PlayerCharacter] = field(default_factory=list)
    facts: list[PCFact] = field(default_factory=list)
    rows: dict[str, list[dict[str, Any]]] = field(default_factory=lambda: defaultdict(list))
    sets: dict[str, SETS] = field(default_factory=lambda: defaultdict(lambda: defaultdict(list)))
    codes: dict[UUID, str] = field(default_factory=dict)


def read(campaign: Campaign, wanted: Iterable[str], *, frame: bool = False) -> Records:
    """The rows of these tables, and the codes of all that they refer to; roster, party and facts, if wanted."""
    names = tuple(wanted)
    found = Records()
    for part, text in _pieces(names, frame).all(campaign=campaign.pk) if names or frame else ():
        _take(found, part, json.loads(text or "[]"))
    return found


def _take(found: Records, part: str, values: list[Any]) -> None:
    table, _, name = part.partition(".")
    if name == "code":
        found.codes.update((UUID(pk), code) for pk, code in values)
    elif name:
        for own, other in values:
            found.sets[part][UUID(own)].append(UUID(other))
    elif part == ROSTER:
        found.lines += [{**line, "pk": UUID(line["pk"])} for line in values]
    elif part == PARTY:
        found.party += [_instance(PlayerCharacter, row) for row in values]
    elif part == FACTS:
        found.facts += [_instance(PCFact, row) for row in values]
    else:
        for row in values:
            _take_row(found, table, row)


def _take_row(found: Records, table: str, value: dict[str, Any]) -> None:
    for column in _ids(table):
        if value[column] is not None:
            value[column] = UUID(value[column])
    for column in _floats(table):
        if value[column] is not None:
            value[column] = float(value[column])
    if "code" in value:
        found.codes[value["id"]] = value["code"]
    found.rows[table].append(value)


def _instance(model: type[models.Model], row: dict[str, Any]) -> Any:
    """A row of the frame, as Django reads it; columns that were not asked for are looked up if they are."""
    columns = [f for f in model._meta.concrete_fields if f.attname in row]
    values = [row[f.attname] for f in columns]
    found = [
        UUID(value) if value is not None and _holds_id(column) else value
        for column, value in zip(columns, values, strict=True)
    ]
    return model.from_db(connection.alias, [f.attname for f in columns], found)


def _holds_id(column: Any) -> bool:
    target = column.target_field if column.is_relation else column
    return isinstance(target, models.UUIDField)


@cache
def _ids(table: str) -> tuple[str, ...]:
    model = phases.tables()[table]
    return tuple(f.attname for f in _columns(model) if f.is_relation or f.primary_key)


@cache
def _floats(table: str) -> tuple[str, ...]:
    return tuple(
        f.name for f in _columns(phases.tables()[table]) if isinstance(f, models.FloatField)
    )


def _columns(model: type[WorldRow]) -> list[Any]:
    return [f for f in model._meta.concrete_fields if f.name not in LEFT_OUT]


@cache
def _pieces(wanted: tuple[str, ...], frame: bool) -> Prepared:  # noqa: FBT001 - of the cache
    parts = [*_parts(wanted), *(FRAME if frame else [])]
    return Prepared("read_world", SQL(" UNION ALL ").join(parts).as_string(None))


ROSTER, PARTY, FACTS = "roster", "party", "facts"
ROWS = SQL(
    "SELECT {part}, jsonb_agg(to_jsonb(r))::text FROM (SELECT {columns} FROM {table} {here}) r"
)
PAIRS = SQL(
    "SELECT {part}, jsonb_agg(jsonb_build_array(t.{own}, t.{other}))::text FROM {through} t"
    " JOIN {table} r ON r.id = t.{own} {here}"
)
CODES = SQL("SELECT {part}, jsonb_agg(jsonb_build_array(id, code))::text FROM {table} {here}")
HERE = SQL("WHERE campaign_id = %(campaign)s")
ORDERED = SQL(
    "SELECT {part}, jsonb_agg(to_jsonb(r) ORDER BY {order})::text FROM"
    " (SELECT {columns} FROM {table} {here}) r"
)


def _ordered(part: str, model: type[Any], columns: Iterable[Composable]) -> Composed:
    """Rows of a model in the order of its Meta."""
    return ORDERED.format(
        part=Literal(part),
        order=SQL(", ").join(Identifier("r", name) for name in model._meta.ordering),
        columns=SQL(", ").join(columns),
        table=Identifier(model._meta.db_table),
        here=HERE,
    )


def _all_of(model: type[Any]) -> list[Composable]:
    columns = (f.column for f in model._meta.concrete_fields)
    return [Identifier(name) for name in columns if name not in ("created_at", "updated_at")]


#: What every reader of a world knows beside its tables.
FRAME = (
    _ordered(ROSTER, RosterLine, [SQL("id AS pk"), *map(Identifier, LINE_FIELDS)]),
    _ordered(PARTY, PlayerCharacter, _all_of(PlayerCharacter)),
    _ordered(FACTS, PCFact, _all_of(PCFact)),
)


def _parts(wanted: tuple[str, ...]) -> Iterator[Composed]:
    """The pieces of the statement: rows, sets of references, codes of rows of other tables."""
    others: set[type[Any]] = set()
    for table in wanted:
        model = phases.tables()[table]
        own = Identifier(model._meta.db_table)
        columns = SQL(", ").join(Identifier(f.column) for f in _columns(model))
        yield ROWS.format(part=Literal(table), columns=columns, table=own, here=HERE)
        for many in phases.link_sets(model):
            yield PAIRS.format(
                part=Literal(f"{table}.{many.name}"),
                own=Identifier(many.m2m_column_name()),
                other=Identifier(many.m2m_reverse_name()),
                through=Identifier(many.m2m_db_table()),
                table=own,
                here=HERE,
            )
        links = [f for f in model._meta.concrete_fields if isinstance(f, Link)]
        others |= {f.related_model for f in [*links, *phases.link_sets(model)]}
    for other in sorted(others, key=lambda m: m._meta.db_table):
        if table_of(other) not in wanted:
            part = Literal(f"{table_of(other)}.code")
            yield CODES.format(part=part, table=Identifier(other._meta.db_table), here=HERE)
