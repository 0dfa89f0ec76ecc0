"""The nine phases: which tables they make, and what each needs. Needs follow from the references.

A declaration that contradicts the models stops the application: see `check`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.core.exceptions import ImproperlyConfigured

from worldgen import models
from worldgen.models import PlayerCharacter, WorldRow
from worldgen.models.fields import Link, Links

Model = type[WorldRow]


@dataclass(frozen=True, kw_only=True, slots=True)
class Phase:
    """A milestone of a world. `reads` are phases whose rows it mentions by code without needing them."""

    code: str
    title: str
    focus: str
    models: tuple[Model, ...]
    reads: tuple[str, ...] = ()

    @property
    def tables(self) -> tuple[str, ...]:
        """The names of its tables, in the order in which writers see them."""
        return tuple(table_of(model) for model in self.models)

    @property
    def group(self) -> str:
        """Which of the three groups it belongs to: 1, 2 or 3."""
        return self.code[0]

    @property
    def has_roster(self) -> bool:
        """Whether its rows have codes, so that they are listed before they are written."""
        return any(model.code_prefix for model in self.models)


PHASES: tuple[Phase, ...] = (
    Phase(
        code="1A",
        title="Core world systems",
        focus="world-independent foundations",
        models=(
            models.CalendarSystem,
            models.Plane,
            models.GeographyRegion,
            models.HistoricalPeriod,
            models.EconomicSystem,
            models.LegalSystem,
            models.CelestialBody,
        ),
    ),
    Phase(
        code="1B",
        title="Character building",
        focus="what player characters are built from",
        models=(
            models.Race,
            models.CharacterClass,
            models.Feat,
            models.Background,
        ),
    ),
    Phase(
        code="1C",
        title="Social framework",
        focus="peoples, faiths and powers",
        models=(
            models.Language,
            models.Culture,
            models.Pantheon,
            models.Deity,
            models.Faction,
        ),
    ),
    Phase(
        code="2A",
        title="PC-connected entities",
        focus="people tied to the backstories",
        models=(models.Entity,),
    ),
    Phase(
        code="2B",
        title="PC-connected locations",
        focus="places that matter to the player characters",
        models=(
            models.Location,
            models.Dungeon,
            models.Building,
        ),
        reads=("1B",),
    ),
    Phase(
        code="2C",
        title="PC-connected items",
        focus="things that matter to the player characters",
        models=(
            models.Item,
            models.ItemEffect,
            models.SentientItemProperties,
        ),
    ),
    Phase(
        code="3A",
        title="Quest hooks and encounters",
        focus="adventures and challenges",
        models=(
            models.QuestHook,
            models.Encounter,
        ),
    ),
    Phase(
        code="3B",
        title="World population",
        focus="businesses and services in the places",
        models=(
            models.Shop,
            models.Tavern,
            models.Temple,
        ),
        reads=("2C", "3A"),
    ),
    Phase(
        code="3C",
        title="Final relationships",
        focus="who is what to whom, and where",
        models=(
            models.EntityRelationship,
            models.EntityLocation,
            models.EntityFaction,
            models.EntityItem,
            models.EntityDeity,
            models.EntityLanguage,
            models.FactionRelationship,
            models.FactionLocation,
            models.DeityRelationship,
            models.LocationConnection,
            models.QuestEntity,
            models.QuestLocation,
            models.QuestItem,
            models.EncounterEntity,
            models.ItemLocation,
        ),
    ),
)


def table_of(model: type[Any]) -> str:
    """The name of a table in URLs, tools and exports."""
    return str(model._meta.db_table).removeprefix("worldgen_")


@cache
def tables() -> dict[str, Model]:
    """Every table of a world by name, in the order of the phases."""
    return {table_of(model): model for phase in PHASES for model in phase.models}


@cache
def phase_of(table: str) -> Phase:
    """The phase that makes the table. Raises `KeyError` for a table of no phase."""
    return {t: phase for phase in PHASES for t in phase.tables}[table]


def by_code(code: str) -> Phase:
    """The phase of this code, such as 2B. Raises `KeyError`."""
    return {phase.code: phase for phase in PHASES}[code]


@cache
def links(model: Model) -> tuple[Link, ...]:
    """The references to single rows that a writer gives."""
    return tuple(f for f in model._meta.fields if isinstance(f, Link) and f.editable)


@cache
def deferred(model: Model) -> tuple[Link, ...]:
    """The references that code fills from relation rows, to tables that are made later."""
    return tuple(f for f in model._meta.fields if isinstance(f, Link) and not f.editable)


@cache
def link_sets(model: Model) -> tuple[Links, ...]:
    """The references to several rows."""
    return tuple(f for f in model._meta.many_to_many if isinstance(f, Links))


@cache
def writable(model: Model) -> tuple[Any, ...]:
    """The fields a writer gives, in the order of the declaration; texts and numbers first come first."""
    own = [*model._meta.fields, *model._meta.many_to_many]
    return tuple(sorted((f for f in own if f.editable), key=lambda field: field.creation_counter))


def needed_tables(model: Model, *, required_only: bool = False) -> set[str]:
    """The tables its references point to, without itself."""
    needed = [f for f in links(model) if not (required_only and f.null)]
    sets = [f for f in link_sets(model) if not (required_only and (f.blank or not f.low))]
    return {
        table_of(f.related_model)
        for f in [*needed, *sets]
        if f.related_model not in (model, PlayerCharacter)
    }


@cache
def needs(code: str) -> tuple[str, ...]:
    """The phases that must come before this one, in order."""
    phase = by_code(code)
    wanted = {phase_of(t).code for model in phase.models for t in needed_tables(model)}
    return tuple(p.code for p in PHASES if p.code in wanted and p.code != code)


@cache
def levels() -> dict[str, int]:
    """The level of each table: 1 where it needs no other, else one above the highest it needs."""
    found: dict[str, int] = {}
    for table, model in tables().items():
        _level(table, model, found, above=())
    return found


def _level(table: str, model: Model, found: dict[str, int], *, above: tuple[str, ...]) -> int:
    if table in above:
        raise ImproperlyConfigured(f"Tables need each other: {' -> '.join([*above, table])}.")
    if table not in found:
        below = [_level(t, tables()[t], found, above=(*above, table)) for t in needed_tables(model)]
        found[table] = 1 + max(below, default=0)
    return found[table]


def in_level_order() -> list[str]:
    """Every table after those it needs."""
    order = list(tables())
    return sorted(order, key=lambda table: (levels()[table], order.index(table)))


def check() -> None:
    """Raise `ImproperlyConfigured` when the phases contradict the models."""
    problems = [*_problems()]
    if problems:
        raise ImproperlyConfigured("\n".join(problems))
    levels()


def _problems() -> Iterator[str]:
    made = [model for phase in PHASES for model in phase.models]
    for model in _concrete(WorldRow):
        if made.count(model) != 1:
            yield f"{model.__name__} is in {made.count(model)} phases."
    yield from _misplaced()
    for model in made:
        for soft in model.soft_links:
            if unknown := set(soft.to) - {*tables(), "pc_facts"}:
                yield f"{model.__name__}.{soft.path} names unknown tables: {sorted(unknown)}."


def _misplaced() -> Iterator[str]:
    codes = [phase.code for phase in PHASES]
    for phase in PHASES:
        for table in {t for model in phase.models for t in needed_tables(model)}:
            if codes.index(phase_of(table).code) > codes.index(phase.code):
                yield f"Phase {phase.code} needs {table} of the later phase {phase_of(table).code}."
        for read in phase.reads:
            if read in needs(phase.code) or read not in codes:
                yield f"Phase {phase.code} reads {read}, which it needs anyway or which is not there."


def _concrete(model: type[Any]) -> Iterator[Model]:
    for kind in model.__subclasses__():
        if not kind._meta.abstract:
            yield kind
        yield from _concrete(kind)
