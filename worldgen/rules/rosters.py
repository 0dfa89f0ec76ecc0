"""Rosters: which rows a phase gets, with names and one line each, before any detail is written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from worldgen.rules.brief import Brief, Line
from worldgen.rules.entities import party_plan
from worldgen.rules.names import Registry
from worldgen.rules.phase2b import towns_of
from worldgen.rules.powers import great_gods
from worldgen.rules.tables import PHASES, PREFIXES, number_of, row_count
from worldgen.rules.world import World, Writer


def roster_of(phase: str, brief: Brief, writers: Mapping[str, Writer]) -> dict[str, list[Line]]:
    """Return table -> lines of a phase; lines that stand keep their code, name and words."""
    before = World(brief, writers)
    own = {table: _codes(table, brief, least_rows(table, before)) for table in PHASES[phase]}
    world = World(replace(brief, rosters={**brief.rosters, **own}), writers)
    for table, lines in own.items():
        names = [line["name"] for line in lines.values() if line.get("name")]
        people = [pc.name for pc in brief.characters]
        registry = Registry(names, people=people, banned=brief.locks.banned_words)
        for code in world.codes(table):
            if not lines[code].get("name"):
                world.rosters[table][code] = {"code": code, **writers[table].line(world, code, registry)}  # fmt: skip
    return {table: [world.rosters[table][code] for code in world.codes(table)] for table in own}


def least_rows(table: str, world: World) -> int:
    """Return how many rows a rule needs: a shop and a tavern in every town, an altar for each great god."""
    if table == "entities":
        return len(party_plan(world).people)
    if table in ("shops", "taverns"):
        return len(towns_of(world))
    return len(great_gods(world)) if table == "temples" else 0


def _codes(table: str, brief: Brief, least: int) -> dict[str, Line]:
    standing = {code: dict(line) for code, line in brief.rosters.get(table, {}).items()}
    number = max((number_of(code) for code in standing), default=0)
    while len(standing) < max(least, row_count(table, brief)):
        number += 1
        code = f"{PREFIXES[table]}{number:02d}"
        standing[code] = {"code": code}
    return standing
