"""Whole worlds by rules: valid by construction, the same for the same seed, told in the premise's words.

`WORLDS=200` makes the sweep as wide as wanted; CI takes a few of each size.
"""

from __future__ import annotations

import itertools
import json
import os
import random
from dataclasses import replace

import pytest

from worldgen.rules import Brief, Locks, write_relations, write_roster, write_rows
from worldgen.rules.tables import PHASES, PREFIXES, RELATIONS, row_count
from worldgen.rules.tests.invariants import broken
from worldgen.rules.tests.shapes import DESIGN, TABLES
from worldgen.rules.tests.worlds import RAIL, SEA, brief, full, party, rosters_of, sample

SWEEP = int(os.environ.get("WORLDS", "3"))
PARTIES = (4, 1, 8, 2, 6, 0, 3, 5, 7)
PREMISES = (SEA, RAIL, "")
MAGIC = ("medium", "none", "high", "low")


def _varied(seed: int, size: str) -> Brief:
    return brief(
        seed,
        size=size,
        characters=party(PARTIES[seed % len(PARTIES)]),
        premise=PREMISES[seed % len(PREMISES)],
        magic_level=MAGIC[seed % len(MAGIC)],
        party_level=1 + seed * 3 % 20,
    )


@pytest.mark.parametrize(
    ("size", "seed"),
    [("small", s) for s in range(SWEEP * 2)] + [("standard", s) for s in range(SWEEP)] + [("large", 4)],
)  # fmt: skip
def test_a_world_keeps_every_rule(size: str, seed: int) -> None:
    told, rows = full(_varied(seed, size))
    assert broken(told, rows) == []


def test_phases_tables_and_counts_are_those_of_the_design() -> None:
    named = {p: list(t) for p, t in PHASES.items()} | {"3C": list(RELATIONS)}
    assert named == {p: found["tables"] for p, found in DESIGN["phases"].items()}
    for size in ("small", "standard", "large"):
        told = brief(size=size)
        assert {t: row_count(t, told) for t in TABLES} == {
            t: f["rows"][size] for t, f in TABLES.items()
        }
    assert {t: f["code_prefix"] for t, f in TABLES.items() if "code_prefix" in f} == PREFIXES


@pytest.mark.parametrize("size", ["small", "standard"])
def test_every_table_has_the_rows_that_the_design_asks_for(size: str) -> None:
    wanted = {table: design["rows"][size] for table, design in TABLES.items()}
    assert sum(wanted.values()) == {"small": 189, "standard": 429}[size]
    for seed in range(SWEEP):
        _, rows = full(brief(seed, size=size))
        assert {t: len(rows[t]) for t in TABLES if len(rows[t]) < wanted[t]} == {}, seed
        listed = {t: len(rows[t]) for t in PREFIXES if t != "entities"}
        more = {t: n for t, n in listed.items() if n > wanted[t]}
        assert set(more) <= {"shops", "taverns", "temples"}, more  # what towns and gods need
        assert all(row["description"].strip() for t in PREFIXES for row in rows[t])


def test_a_roster_has_the_rows_asked_for_and_short_lines() -> None:
    for table, lines in rosters_of(brief()).items():
        assert len(lines) == row_count(table, brief())
        assert all(1 <= len(line["line"].split()) <= 12 for line in lines.values()), table
        assert all(
            set(line) == {"code", "name", "line", "parent", "facts"} for line in lines.values()
        )


def test_a_larger_party_gets_more_people_places_things_and_quests() -> None:
    four, eight = rosters_of(brief()), rosters_of(brief(characters=party(8)))
    grown = {table for table in four if len(eight[table]) > len(four[table])}
    assert {"entities", "locations", "items", "quest_hooks", "encounters"} <= grown


def test_the_same_seed_gives_the_same_bytes_in_any_order_of_calls() -> None:
    told, rows = full(brief(11))
    calls = [(t, code) for t in PREFIXES for code in told.rosters[t]]
    random.Random(3).shuffle(calls)  # noqa: S311 - an order, not a secret
    bare = replace(told, rows={})
    alone = {key: write_rows(key[0], [key[1]], bare)[0] for key in calls[:60]}
    for (table, code), row in alone.items():
        written = next(r for r in rows[table] if r["code"] == code)
        assert json.dumps(row) == json.dumps(written), (table, code)
    for table in RELATIONS:
        assert write_relations(table, bare) == write_relations(table, told), table
    assert json.dumps(full(brief(11))[1]) == json.dumps(rows)


def test_other_seeds_give_other_worlds() -> None:
    one, two = (rosters_of(brief(seed, characters=())) for seed in (1, 2))
    for table in ("deities", "entities", "locations"):
        names = [{line["name"] for line in told[table].values()} for told in (one, two)]
        assert len(names[0] & names[1]) < len(names[0]) / 4, table


def test_another_attempt_words_a_row_anew_and_keeps_its_links() -> None:
    told, rows = sample()
    links = {f["name"] for f in TABLES["factions"]["fields"] if f["parsed"]["k"] in ("fk", "m2m")}
    again = write_rows("factions", ["fac02"], replace(told, attempt=1))[0]
    first = next(r for r in rows["factions"] if r["code"] == "fac02")
    assert again["description"] != first["description"]
    assert {k: again[k] for k in links} == {k: first[k] for k in links}


def test_two_premises_read_differently() -> None:
    sea, rail = full(brief(7))[1], full(brief(7, premise=RAIL, genre="gaslamp fantasy"))[1]
    for table in ("geography_regions", "locations", "factions", "entities", "deities"):
        texts = [{row["description"] for row in rows[table]} for rows in (sea, rail)]
        names = [{row["name"] for row in rows[table]} for rows in (sea, rail)]
        assert not texts[0] & texts[1], table
        backstory = len(names[0]) if table == "entities" else 4
        assert len(names[0] & names[1]) <= backstory, table
    told = [json.dumps(w).casefold() for w in (sea, rail)]
    assert told[0].count("tide") > 5 * (1 + told[1].count("tide"))
    assert told[1].count("steam") > 5 * (1 + told[0].count("steam"))
    assert "The Tide Court of Marrow Isle" in {r["name"] for r in sea["factions"]}
    assert "Marrow Isle" in {r["name"] for r in sea["geography_regions"]}
    assert "The Meridian Line" in {r["name"] for r in rail["factions"]}
    assert "The Empress".casefold() in told[1]


def test_the_backstories_name_people_places_and_things() -> None:
    told = rosters_of(brief(3))
    names = {
        t: {line["name"] for line in told[t].values()} for t in ("entities", "locations", "items")
    }
    assert {"Corin", "Captain Dorn Hask", "Aldous Wren", "Mother Prue", "Lady Coriane"} <= names[
        "entities"
    ]
    assert {"Gull Reach", "Cinder Halt", "Oldmere"} <= names["locations"]
    assert {"The Tide Ledger", "The Brass Key", "Lady Coriane’s Locket"} <= names["items"]


def test_a_death_in_a_backstory_is_a_death_in_the_world() -> None:
    _, rows = sample()
    status = {r["name"]: r["status"] for r in rows["entities"]}
    assert (status["Hagan"], status["Aldous Wren"], status["Lord Emmerich Vale"]) == (
        "dead",
        "missing",
        "alive",
    )


def test_locked_facts_and_banned_words_are_kept() -> None:
    locks = Locks(banned_words=("salt", "Gull", "brine"), facts=("The moon is a lie.",))
    told, rows = full(brief(4, locks=locks, characters=party(8)[5:6]))
    assert broken(told, rows) == []
    now = next(r for r in rows["historical_periods"] if r["end_year"] is None)
    assert "The moon is a lie." in {e["description"] for e in now["key_events"]}
    names = " ".join(line["name"] for lines in told.rosters.values() for line in lines.values())
    assert not {"gull", "salt", "brine"} & set(names.casefold().split())


def test_the_naming_style_is_heard() -> None:
    def names(style: str) -> str:
        told = rosters_of(brief(2, locks=Locks(naming_style=style), characters=()))
        return "".join(line["name"] for line in told["deities"].values()).casefold()

    norse, soft = names("short norse names"), names("soft, flowing, melodic")
    assert sum(norse.count(c) for c in "kgd") > 2 * sum(soft.count(c) for c in "kgd")


def test_an_edited_roster_line_steers_the_row() -> None:
    told, _ = sample()
    lines = {code: dict(line) for code, line in told.rosters["locations"].items()}
    village = next(c for c, line in lines.items() if line["line"].startswith("Village"))
    lines[village] |= {
        "name": "Haven of Crows",
        "line": lines[village]["line"].replace("Village", "City", 1),
    }
    edited = replace(told, rosters={**told.rosters, "locations": lines})
    row = write_rows("locations", [village], edited)[0]
    assert (row["name"], row["location_type"]) == ("Haven of Crows", "city")
    assert row["population"] > 5000


def test_kinds_read_from_the_lines_are_the_kinds_drawn() -> None:
    told, rows = full(brief(9, size="large"))
    for table, field in (
        ("locations", "location_type"), ("buildings", "building_type"), ("items", "item_type"), ("shops", "shop_type"),
        ("encounters", "encounter_type"), ("quest_hooks", "quest_type"), ("deities", "rank"), ("factions", "faction_type"),
    ):  # fmt: skip
        for row in rows[table]:
            line = told.rosters[table][row["code"]]["line"].casefold()
            assert line.startswith(row[field].replace("_", " ")), (line, row[field])


def test_a_row_that_stands_is_built_upon() -> None:
    told, rows = sample()
    race = {
        **next(r for r in rows["races"] if r["code"] == "rac01"),
        "lifespan": 30,
        "age_adult": 10,
    }
    told = replace(told, rows={"races": {"rac01": race}})
    people = write_rows("entities", list(told.rosters["entities"]), told)
    ages = [r["age"] for r in people if r["race"] == "rac01"]
    assert ages
    assert max(ages) <= 36


def test_a_dropped_and_an_added_line_leave_a_valid_world() -> None:
    first = rosters_of(brief(12))
    held = {t: dict(lines) for t, lines in first.items()}
    del held["factions"]["fac03"]
    held["locations"]["loc77"] = {
        "code": "loc77",
        "name": "Crowhaven",
        "line": "Town by the sea",
        "parent": None,
        "facts": [],
    }
    shops = {
        "code": "shp77",
        "name": "Crow Goods",
        "line": "General shop in Crowhaven",
        "parent": None,
        "facts": [],
    }
    held["shops"]["shp77"] = shops
    held["taverns"]["tav77"] = {
        **shops,
        "code": "tav77",
        "name": "The Crow",
        "line": "Tavern in Crowhaven",
    }
    told = replace(brief(12), rosters=held)
    again = {line["code"] for line in write_roster("1C", told)["factions"]}
    assert "fac09" in again
    rows = {t: write_rows(t, list(held[t]), told) for t in PREFIXES}
    assert {r["faction"] for r in write_relations("entity_factions", told)} == set(held["factions"])
    assert "loc77" in {r["location"] for r in rows["shops"]} & {
        r["location"] for r in rows["taverns"]
    }


def test_a_planted_fault_is_found() -> None:
    """The rules above catch what they are meant to catch."""
    told, rows = full(brief(1, size="small"))
    faults = (
        ("entities", "race", "rac99"), ("locations", "population", 10**9), ("planes", "is_home", True),
        ("items", "value_gp", 10**6), ("encounters", "difficulty", "trivial"), ("factions", "name", "The Tide Court of Marrow Isle"),
        ("temples", "deity", "dei04"), ("dungeons", "rooms", []), ("quest_hooks", "pc", None), ("races", "lifespan", 1),
    )  # fmt: skip
    for table, field, value in faults:
        planted = {t: [dict(r) for r in found] for t, found in rows.items()}
        for row in itertools.islice(planted[table], 0, None):
            row[field] = value
        with pytest.raises((AssertionError, StopIteration, ValueError, KeyError)):
            assert broken(told, planted) == [], (table, field)
