"""What must hold for a world by rules: the rules of every world, and what this writer promises beyond them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any
from uuid import uuid4

from worldgen import phases
from worldgen.answers import table_rules
from worldgen.checking.checks import CHECKS as EVERY_WORLD
from worldgen.checking.checks import run_checks
from worldgen.checking.graph import cohesion, links_of
from worldgen.models import Campaign, PCFact, PlayerCharacter
from worldgen.rows import Standing, World, key_of
from worldgen.rules import Brief
from worldgen.rules.tests import invariants_of_rows as rows_alone
from worldgen.rules.tests.invariants_of_rows import Rows

#: W04 asks the database who cites a fact, W15 only flags.
JUDGED = sorted(EVERY_WORLD.keys() - {"W04", "W15"})
STATE = {"is_locked": False, "source": "rules"}


def broken(told: Brief, rows: Rows) -> list[str]:
    """Return everything that is wrong with a world, in words."""
    found = [f"{f.code} {f.table} {f.row}: {f.message}" for f in judged(told, rows)]
    found += [f"{i.table} {i.row} {i.field}: {i.message}" for i in refused(rows)]
    return found + [f"{check.__name__}: {what}" for check in CHECKS for what in check(told, rows)]


def judged(told: Brief, rows: Rows) -> list[Any]:
    """Return what the checks of all worlds find."""
    return run_checks(world_of(told, rows), JUDGED)


def refused(rows: Rows) -> list[Any]:
    """Return what the rules of single rows find; people of somebody without a fact are refused later."""
    return [
        issue
        for table, found in rows.items()
        for row in found
        for issue in table_rules.problems(table, dict(row), key=str(row.get("code", "")))
        if issue.field != "backstory_fact_ids"
    ]


def world_of(told: Brief, rows: Rows) -> World:
    """Return the world as the checks see it; nothing of it is in a database."""
    locks = {"banned_words": list(told.locks.banned_words)}
    campaign = Campaign(premise=told.premise, locks=locks)
    party = {pc.code: PlayerCharacter(code=pc.code, name=pc.name) for pc in told.characters}
    facts = [
        PCFact(code=code, text=fact.text, must_use=fact.must_use)
        for code, (_, fact) in told.facts().items()
    ]
    world = World(campaign=campaign, party=party, facts=facts)
    for table, model in phases.tables().items():
        keyed = {key_of(model, row): row for row in rows.get(table, ())}
        world.tables[table] = {
            key: Standing(id=uuid4(), key=key, values=row, state=STATE)
            for key, row in sorted(keyed.items())
        }
    return world


def ranks_of_members(told: Brief, rows: Rows) -> Iterator[str]:
    ranks = {r["code"]: {x["order"]: x["title"] for x in r["ranks"]} for r in rows["factions"]}
    for row in rows["entity_factions"]:
        if ranks[row["faction"]].get(row["rank_order"]) != row["role"]:
            yield f"{row} rank"


def words(told: Brief, rows: Rows) -> Iterator[str]:
    said: Counter[str] = Counter()
    for table, found in rows.items():
        for row in found:
            if "summary" in row:
                said[f"{table}: {row['description']}"] += 1
    yield from (f"twice: {text}" for text, n in said.items() if n > 1)
    typed = str((told.premise, told.genre, told.characters, told.locks))
    for what in ("{name", "{place", "{a ", "{pc", "  "):
        if what not in typed and any(what in text for text in said):
            yield f"an open slot: {what}"
    for word in told.locks.banned_words:
        if word.strip() and f" {word.casefold()} " in str(rows).casefold():
            yield f"banned word {word}"


def hangs_together(told: Brief, rows: Rows) -> Iterator[str]:
    """WA22, of the rows as they are handed in: what code adds later only links more."""
    linked = links_of(world_of(told, rows))
    nodes = [row["code"] for found in rows.values() for row in found if "code" in row]
    share, links = cohesion(nodes, linked)
    if share < 0.95 or links < 3:
        yield f"{share:.1%} in the largest part, {links:.2f} links a row"


def one_keeper_or_place(told: Brief, rows: Rows) -> Iterator[str]:
    for row in rows["items"]:
        if bool(row["current_owner"]) == bool(row["current_location"]):
            yield f"{row['code']} owner and place"


def homes_and_roads(told: Brief, rows: Rows) -> Iterator[str]:
    homes = Counter(r["entity"] for r in rows["entity_locations"] if r["is_primary"])
    for row in rows["entities"]:  # the dead and the missing too
        if homes[row["code"]] != 1:
            yield f"{row['code']} has {homes[row['code']]} homes"
    speeds = {"road": 5, "trail": 4, "river": 5, "sea_route": 9, "air": 15, "tunnel": 4, "bridge": 4}  # fmt: skip
    for row in rows["location_connections"]:
        hours, kind = row["travel_hours"], row["connection_type"]
        if hours and not 1 / 3 <= row["distance_km"] / speeds[kind] / hours <= 3:
            yield f"{row} speed"


CHECKS: tuple[Callable[[Brief, Rows], Iterator[str]], ...] = (
    rows_alone.shapes_and_references, rows_alone.names_apart, rows_alone.facts_cited_and_quoted,
    rows_alone.connections, rows_alone.events_in_time, rows_alone.roads_everywhere,
    rows_alone.owners_live, rows_alone.parts_fit_the_whole, rows_alone.encounters_fit,
    ranks_of_members, words, hangs_together, one_keeper_or_place, homes_and_roads,
)  # fmt: skip
