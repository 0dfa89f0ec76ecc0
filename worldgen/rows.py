"""Rows as writers and exports know them: plain values, references as codes.

A row of a table with codes is named by its code; one of a relation table by the codes it links, such as
`ent03|ent07|friend`.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any
from uuid import UUID

from worldgen import phases
from worldgen.models import Campaign, PCFact, PlayerCharacter, VocabularyEntry, WorldRow
from worldgen.models.fields import Link
from worldgen.phases import table_of, tables
from worldgen.reading import read

Row = dict[str, Any]
#: System columns that readers of a world are shown beside what was written.
STATE = ("row_state", "source", "is_locked", "is_stale", "is_revealed", "revision")
PARTY = "player_characters"
SHORT = 16  # characters of a fingerprint


@dataclass(frozen=True, kw_only=True, slots=True)
class Standing:
    """A row that stands: its id, what is written in it, and its state."""

    id: UUID
    key: str
    values: Row
    state: Row
    content_hash: str = ""
    table_run: UUID | None = None

    def as_json(self) -> Row:
        """The row as the history keeps it."""
        run = str(self.table_run) if self.table_run else None
        return {"values": self.values, "state": {**self.state, "table_run": run}}

    @property
    def is_protected(self) -> bool:
        """Whether no run may change it."""
        return bool(self.state["is_locked"]) or self.state["source"] in ("edited", "imported")


@dataclass(frozen=True, kw_only=True, slots=True)
class Listed:
    """A roster line as readers know it; see `RosterLine`."""

    pk: UUID
    table_name: str
    code: str
    position: int
    name: str
    line: str
    parent_code: str
    fact_codes: list[str]
    is_edited: bool
    is_dropped: bool


@dataclass(kw_only=True)
class World:
    """Everything that stands in a campaign, in plain data: what checks, exports and writers read.

    The vocabulary is looked up when it is first asked for.
    """

    campaign: Campaign
    party: dict[str, PlayerCharacter] = field(default_factory=dict)
    facts: list[PCFact] = field(default_factory=list)
    tables: dict[str, dict[str, Standing]] = field(default_factory=dict)
    rosters: dict[str, dict[str, Listed]] = field(default_factory=dict)

    @cached_property
    def vocabulary(self) -> list[VocabularyEntry]:
        """The names of open rules documents that writers may use."""
        return list(VocabularyEntry.objects.filter(campaign=self.campaign))

    def rows(self, table: str) -> dict[str, Row]:
        """What is written in the rows of a table, by key."""
        return {key: standing.values for key, standing in self.tables.get(table, {}).items()}


def content_hash(values: Mapping[str, Any]) -> str:
    """sha256 of the canonical row."""
    text = json.dumps(values, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def fingerprint(value: Any) -> str:
    """A short hash of plain data."""
    text = json.dumps(value, sort_keys=True, ensure_ascii=False, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:SHORT]


def identity(model: type[WorldRow]) -> tuple[str, ...]:
    """The fields by which a row of this table is known: its code, or what it links."""
    if model.code_prefix:
        return ("code",)
    name = f"{table_of(model)}_once"
    constraint = next(c for c in model._meta.constraints if c.name == name)
    return tuple(constraint.fields[1:])  # type: ignore[attr-defined]


def key_of(model: type[WorldRow], values: Mapping[str, Any]) -> str:
    """The key of a row given in codes."""
    return "|".join(str(values[name]) for name in identity(model))


def load(campaign: Campaign, names: Iterable[str] | None = None) -> World:
    """The world of a campaign, or those of its tables: one query, however many tables and rows."""
    wanted = list(tables()) if names is None else [t for t in tables() if t in set(names)]
    records = read(campaign, wanted, frame=True)
    world = World(campaign=campaign, facts=records.facts)
    world.party = {pc.code: pc for pc in records.party}
    for told in records.lines:
        line = Listed(**told)
        world.rosters.setdefault(line.table_name, {})[line.code] = line
    for table in wanted:
        sets = {
            f.name: records.sets[f"{table}.{f.name}"] for f in phases.link_sets(tables()[table])
        }
        rows = records.rows[table]
        world.tables[table] = _standing(tables()[table], rows, sets, records.codes)
    return world


def load_rows(rows: Iterable[WorldRow]) -> dict[UUID, Row]:
    """What is written in these rows of one model, by id."""
    found = list(rows)
    if not found:
        return {}
    model = type(found[0])
    ids = [row.pk for row in found]
    sets = _sets(model, ids)
    wanted = {getattr(row, f.attname) for row in found for f in phases.links(model)}
    wanted |= {pk for by_row in sets.values() for pks in by_row.values() for pk in pks}
    targets = {f.related_model for f in [*phases.links(model), *phases.link_sets(model)]}
    codes: dict[UUID, str] = {}
    for target in targets:
        rows_of_target = target._default_manager.filter(pk__in=wanted)
        codes.update(rows_of_target.values_list("pk", "code"))
    return {row.pk: _values(model, vars(row), sets, codes) for row in found}


def standing(
    campaign: Campaign, model: type[WorldRow], codes: Mapping[UUID, str]
) -> dict[str, Standing]:
    """The rows of a table by key, given the codes of all they refer to."""
    records = read(campaign, [table_of(model)])
    sets = {f.name: records.sets[f"{table_of(model)}.{f.name}"] for f in phases.link_sets(model)}
    return _standing(model, records.rows[table_of(model)], sets, codes)


def _standing(
    model: type[WorldRow],
    records: Iterable[Mapping[str, Any]],
    sets: Mapping[str, Mapping[UUID, list[UUID]]],
    codes: Mapping[UUID, str],
) -> dict[str, Standing]:
    found = {}
    for record in records:
        values = _values(model, record, sets, codes)
        key = key_of(model, values)
        found[key] = Standing(
            id=record["id"],
            key=key,
            values=values,
            state={name: record[name] for name in STATE},
            content_hash=record["content_hash"],
            table_run=record["table_run_id"],
        )
    return dict(sorted(found.items()))


def _sets(model: type[WorldRow], ids: list[UUID]) -> dict[str, dict[UUID, list[UUID]]]:
    """The sets of references of these rows: field to row to targets; one query a field."""
    found: dict[str, dict[UUID, list[UUID]]] = {}
    for many in phases.link_sets(model):
        through = many.remote_field.through
        own, other = many.m2m_column_name(), many.m2m_reverse_name()
        by_row = found.setdefault(many.name, {})
        pairs = through.objects.filter(**{f"{own}__in": ids}).values_list(own, other)
        for row, target in pairs:
            by_row.setdefault(row, []).append(target)
    return found


def _values(
    model: type[WorldRow],
    record: Mapping[str, Any],
    sets: Mapping[str, Mapping[UUID, list[UUID]]],
    codes: Mapping[UUID, str],
) -> Row:
    values: Row = {"code": record["code"]} if model.code_prefix else {}
    for column in phases.writable(model):
        if column.many_to_many:
            targets = sets[column.name].get(record["id"], ())
            values[column.name] = sorted(codes[pk] for pk in targets)
        elif isinstance(column, Link):
            target = record[column.attname]
            values[column.name] = codes[target] if target else None
        else:
            values[column.name] = record[column.attname]
    return values
