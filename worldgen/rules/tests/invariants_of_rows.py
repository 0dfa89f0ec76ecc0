"""What the writer by rules promises of its rows beyond the rules of every world."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from typing import Any

from worldgen.rules import Brief
from worldgen.rules.names import bare, too_close
from worldgen.rules.tests.shapes import TABLES, by_code, problems

Row = dict[str, Any]
Rows = dict[str, list[Row]]
GONE = ("dead", "missing")


def shapes_and_references(told: Brief, rows: Rows) -> Iterator[str]:
    codes = {table: {r["code"] for r in rows[table] if "code" in r} for table in rows}
    codes["player_characters"] = {pc.code for pc in told.characters}
    for table, found in rows.items():
        for row in found:
            yield from problems(table, row, codes)
        for key in [TABLES[table]["unique"]] if "unique" in TABLES[table] else []:
            taken = Counter(tuple(row[k] for k in key) for row in found)
            yield from (f"{table}: {k} twice" for k, n in taken.items() if n > 1)
    yield from _soft(rows, codes, set(told.facts()))


def _soft(rows: Rows, codes: dict[str, set[str]], facts: set[str]) -> Iterator[str]:
    tied: list[tuple[str, str, set[str]]] = []
    for row in rows["historical_periods"]:
        tied += [
            ("region", e["region"], codes["geography_regions"])
            for e in row["key_events"]
            if e["region"]
        ]
    for row in rows["economic_systems"]:
        tied += [
            ("origin", g["origin_region"], codes["geography_regions"]) for g in row["trade_goods"]
        ]
    for row in rows["locations"]:
        tied += [("race", d["race"], codes["races"]) for d in row["demographics"]]
    for row in rows["quest_hooks"]:
        tied += [
            ("stage", s["location"], codes["locations"]) for s in row["stages"] if s["location"]
        ]
    for row in rows["shops"]:
        tied += [("stock", g["item"], codes["items"]) for g in row["inventory"] if g["item"]]
    for row in rows["taverns"]:
        known = codes["entities"] | codes["quest_hooks"] | codes["locations"] | codes["items"]
        tied += [("rumor", r["about"], known) for r in row["rumors"]]
    for row in rows["entities"]:
        tied += [("fact", f, facts) for f in row["backstory_fact_ids"]]
    yield from (f"soft {what} {value}" for what, value, known in tied if value not in known)


def names_apart(told: Brief, rows: Rows) -> Iterator[str]:
    for table, found in rows.items():
        names = [bare(r["name"]) for r in found if "name" in r]
        for i, name in enumerate(names):
            yield from (
                f"{table}: {name} and {o}"
                for o in names[:i]
                if too_close(*sorted((name, o), key=len))
            )


def facts_cited_and_quoted(told: Brief, rows: Rows) -> Iterator[str]:
    cited = {f for lines in told.rosters.values() for line in lines.values() for f in line["facts"]}
    text = str([rows[t] for t in ("entities", "locations", "items", "quest_hooks")])
    for code, (_, fact) in told.facts().items():
        if fact.must_use and code not in cited:
            yield f"{code} not cited"
        if fact.must_use and repr(fact.text)[1:-1] not in text and fact.text not in text:
            yield f"{code} not told: {fact.text}"


def connections(told: Brief, rows: Rows) -> Iterator[str]:
    for row in rows["entities"]:
        facts = any(pc.facts for pc in told.characters if pc.code == row["pc"])
        if bool(row["backstory_fact_ids"]) != facts:
            yield f"{row['code']} facts"
    for row in rows["items"]:
        if bool(row["pc"]) != bool(row["pc_connection_detail"]):
            yield f"{row['code']} detail"


def events_in_time(told: Brief, rows: Rows) -> Iterator[str]:
    for row in rows["calendar_systems"]:
        days = sum(m["days"] for m in row["months"]) + len(row["intercalary_days"])
        if row["year_length_days"] != days:
            yield f"{row['code']} year length"
    now = next(r["current_year"] for r in rows["calendar_systems"] if r["is_primary"])
    for row in rows["historical_periods"]:
        end = now if row["end_year"] is None else row["end_year"]
        if any(e["year"] > end for e in row["key_events"]) or row["start_year"] >= end:
            yield f"{row['code']} event in the future, or empty"


def roads_everywhere(told: Brief, rows: Rows) -> Iterator[str]:
    ways = [(r["from_location"], r["to_location"]) for r in rows["location_connections"]]
    places = [r["code"] for r in rows["locations"]]
    if places and reached(places[0], ways) < set(places):
        yield "places without a road"


def reached(start: Any, pairs: list[tuple[Any, Any]]) -> set[Any]:
    """Return everything that pairs join to the start."""
    sides = defaultdict(set)
    for one, two in pairs:
        sides[one].add(two)
        sides[two].add(one)
    found, open_ends = {start}, [start]
    while open_ends:
        fresh = sides[open_ends.pop()] - found
        found |= fresh
        open_ends += fresh
    return found


def owners_live(told: Brief, rows: Rows) -> Iterator[str]:
    gone = {r["code"] for r in rows["entities"] if r["status"] in GONE}
    yield from (f"{r['code']} owner" for r in rows["buildings"] if r["owner"] in gone)


def parts_fit_the_whole(told: Brief, rows: Rows) -> Iterator[str]:
    land = by_code(rows, "geography_regions")
    for code, row in land.items():
        parts = [r for r in land.values() if r["parent_region"] == code]
        people = [r["population"] for r in rows["locations"] if r["region"] == code]
        if sum(p["population"] for p in parts) > row["population"] or sum(
            p["area_km2"] for p in parts
        ) > row["area_km2"]:  # fmt: skip
            yield f"{code} parts"
        if sum(people) > row["population"]:
            yield f"{code} people"


def encounters_fit(told: Brief, rows: Rows) -> Iterator[str]:
    quests = by_code(rows, "quest_hooks")
    rooms = {r["code"]: {x["number"] for x in r["rooms"]} for r in rows["dungeons"]}
    where = {r["code"]: r["location"] for r in rows["dungeons"]}
    for row in rows["encounters"]:
        if row["encounter_type"] == "combat" and not row["creatures"]:
            yield f"{row['code']} no creatures"
        quest = quests.get(row["quest"])
        if quest and not quest["min_level"] <= row["party_level"] <= quest["max_level"]:
            yield f"{row['code']} level"
        if row["dungeon"] and (
            row["dungeon_room"] not in rooms[row["dungeon"]]
            or where[row["dungeon"]] != row["location"]
        ):
            yield f"{row['code']} room"
