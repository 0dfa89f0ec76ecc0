"""The writer of worlds by rules: pure functions from a brief to rosters and rows.

It reads like a book of random tables, and it is the same for the same random seed, byte for byte.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from worldgen.rules.brief import Brief as Brief
from worldgen.rules.brief import Fact as Fact
from worldgen.rules.brief import Line as Line
from worldgen.rules.brief import Locks as Locks
from worldgen.rules.brief import PlayerCharacter as PlayerCharacter
from worldgen.rules.brief import Row as Row
from worldgen.rules.facts import MAX_FACTS as MAX_FACTS
from worldgen.rules.facts import facts_of as facts_of
from worldgen.rules.names import Registry
from worldgen.rules.rosters import roster_of
from worldgen.rules.tables import number_of as number_of
from worldgen.rules.tables import row_count as row_count
from worldgen.rules.tables import rows_wanted as rows_wanted
from worldgen.rules.world import World
from worldgen.rules.writers import RELATIONS, WRITERS


def write_roster(phase: str, brief: Brief) -> dict[str, list[Line]]:
    """Return table -> roster lines of a phase 1A to 3B.

    Lines in `brief.rosters` of that phase stay; missing ones are added up to the count of the size.
    """
    return roster_of(phase, brief, WRITERS)


def write_rows(table: str, codes: Sequence[str], brief: Brief) -> list[Row]:
    """Return the rows of the codes, in their order; inline rows stand under their table's name."""
    world = World(brief, WRITERS, anew=codes)
    return [world.written(table, code) for code in codes]


def write_one_more(
    table: str, code: str, brief: Brief, *, links: Mapping[str, Any], facts: Sequence[str] = ()
) -> tuple[Line, Row]:
    """Return a roster line and a row that the rosters do not list, with a name of its own.

    `links` are references it must have, which its words then speak of; its first fact says whose it is.
    """
    listed = dict(brief.rosters.get(table, {}))
    line: Line = {"code": code, "facts": list(facts)}
    rosters = {**brief.rosters, table: {**listed, code: line}}
    world = World(replace(brief, rosters=rosters), WRITERS, anew=[code])
    world.shape(table)[code].update(links)
    names = {str(row["name"]) for row in brief.rows.get(table, {}).values()}
    names |= {str(known["name"]) for known in listed.values() if known.get("name")}
    people = [pc.name for pc in brief.characters]
    registry = Registry(sorted(names), people=people, banned=brief.locks.banned_words)
    line |= {**WRITERS[table].line(world, code, registry), "code": code, "facts": list(facts)}
    world.rosters[table][code] = line
    return line, {**world.written(table, code), **links}


def write_relations(table: str, brief: Brief) -> list[Row]:
    """Return all rows of a relation table that the rows written so far ask for.

    For the tables that stand inside quests and encounters: only what those do not hold already.
    """
    return RELATIONS[table](World(brief, WRITERS))
