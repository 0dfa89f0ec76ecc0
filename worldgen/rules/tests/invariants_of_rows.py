"""The checks W01 to W13, as far as they are pure; the rest stands in invariants_of_tables.py."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from typing import Any

from worldgen.rules import Brief
from worldgen.rules.names import bare, too_close
from worldgen.rules.numbers import RARITY_BANDS, XP_BY_RATING, dice_average, difficulty
from worldgen.rules.phase3c import FACTION_INVERSE, GOD_INVERSE, INVERSE
from worldgen.rules.tests.shapes import TABLES, by_code, problems

Row = dict[str, Any]
Rows = dict[str, list[Row]]
GONE = ("dead", "missing")


def w01_shapes_and_references(told: Brief, rows: Rows) -> Iterator[str]:
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


def w02_no_orphans(told: Brief, rows: Rows) -> Iterator[str]:
    linked: set[str] = set()
    for table, found in rows.items():
        ends = [f["name"] for f in TABLES[table]["fields"] if f["parsed"]["k"] in ("fk", "m2m")]
        for row in found:
            targets = [
                v for e in ends for v in (row[e] if isinstance(row[e], list) else [row[e]]) if v
            ]
            linked |= set(targets)
            linked |= {row["code"]} if "code" in row and targets else set()
    for table, found in rows.items():
        if table not in ("calendar_systems", "planes"):
            yield from (
                f"{r['code']} alone" for r in found if "code" in r and r["code"] not in linked
            )


def w03_names(told: Brief, rows: Rows) -> Iterator[str]:
    people = {bare(pc.name) for pc in told.characters}
    for table, found in rows.items():
        names = [bare(r["name"]) for r in found if "name" in r]
        for i, name in enumerate(names):
            if name in people:
                yield f"{table}: {name} is a player character"
            if any(bare(w) in name.split() for w in told.locks.banned_words if w.strip()):
                yield f"{table}: {name} is banned"
            yield from (
                f"{table}: {name} and {o}"
                for o in names[:i]
                if too_close(*sorted((name, o), key=len))
            )


def w04_facts_cited_and_quoted(told: Brief, rows: Rows) -> Iterator[str]:
    cited = {f for lines in told.rosters.values() for line in lines.values() for f in line["facts"]}
    text = str([rows[t] for t in ("entities", "locations", "items", "quest_hooks")])
    for code, (_, fact) in told.facts().items():
        if fact.must_use and code not in cited:
            yield f"{code} not cited"
        if fact.must_use and repr(fact.text)[1:-1] not in text and fact.text not in text:
            yield f"{code} not told: {fact.text}"


def w05_everyone_has_a_part(told: Brief, rows: Rows) -> Iterator[str]:
    least = {"entities": 2, "locations": 1, "items": 1, "quest_hooks": 1}
    for pc in told.characters:
        for table, count in least.items():
            if sum(r["pc"] == pc.code for r in rows[table]) < count:
                yield f"{pc.code} lacks {table}"
    for row in rows["entities"]:
        if (row["pc"] is None) != (row["pc_connection"] == "none"):
            yield f"{row['code']} connection"
        facts = any(pc.facts for pc in told.characters if pc.code == row["pc"])
        if bool(row["backstory_fact_ids"]) != facts:
            yield f"{row['code']} facts"
    for table in ("locations", "items"):
        yield from (
            f"{r['code']} detail"
            for r in rows[table]
            if bool(r["pc"]) != bool(r["pc_connection_detail"])
        )


def w06_one_of_each(told: Brief, rows: Rows) -> Iterator[str]:
    homes = [r for r in rows["planes"] if r["is_home"]]
    if len(homes) != 1 or homes[0]["plane_type"] != "material":
        yield "home plane"
    if sum(r["is_primary"] for r in rows["calendar_systems"]) != 1:
        yield "primary calendar"
    current = [r for r in rows["historical_periods"] if r["end_year"] is None]
    if len(current) != 1 or current[0]["period_type"] != "current":
        yield "current period"


def w07_time(told: Brief, rows: Rows) -> Iterator[str]:
    for row in rows["calendar_systems"]:
        days = {m["name"]: m["days"] for m in row["months"]}
        if row["year_length_days"] != sum(days.values()) + len(row["intercalary_days"]):
            yield f"{row['code']} year length"
        if (
            len(days) < len(row["months"])
            or not 1 <= row["current_day"] <= days[row["current_month"]]
        ):
            yield f"{row['code']} today"
        yield from (
            f"{row['code']} {f['name']}"
            for f in row["festivals"]
            if f["day"] > days.get(f["month"], 0)
        )
    now = next(r["current_year"] for r in rows["calendar_systems"] if r["is_primary"])
    last = None
    for row in sorted(rows["historical_periods"], key=lambda r: r["start_year"]):
        end = now if row["end_year"] is None else row["end_year"]
        if row["start_year"] >= end or (last is not None and row["start_year"] <= last):
            yield f"{row['code']} overlaps or is empty"
        yield from (
            f"{row['code']} event"
            for e in row["key_events"]
            if not row["start_year"] <= e["year"] <= end
        )
        last = end
    spans = {r["code"]: r["lifespan"] for r in rows["races"]}
    yield from (
        f"{r['code']} age"
        for r in rows["entities"]
        if r["age"] and r["race"] and r["age"] > 1.2 * spans[r["race"]]
    )


def acyclic(rows: list[Row], field: str, deepest: int = 99) -> Iterator[str]:
    """Report rows whose chain of parents comes back or goes deeper than allowed."""
    up = {r["code"]: r[field] for r in rows}
    for code in up:
        seen, at = [code], up[code]
        while at and at not in seen:
            seen.append(at)
            at = up[at]
        if at or len(seen) > deepest:
            yield f"{code}: chain {seen} {field}"


def w08_space(told: Brief, rows: Rows) -> Iterator[str]:
    for table, field, deepest in (
        ("planes", "parent_plane", 99), ("geography_regions", "parent_region", 4), ("locations", "parent_location", 4),
        ("entities", "parent_entity", 99), ("factions", "parent_faction", 99), ("languages", "parent_language", 99),
        ("celestial_bodies", "orbits", 99), ("quest_hooks", "parent_quest", 99), ("races", "parent_race", 2),
    ):  # fmt: skip
        yield from acyclic(rows[table], field, deepest)
    homes = {r["code"]: r["location"] for r in rows["buildings"]}
    for table in ("shops", "taverns", "temples"):
        yield from (
            f"{r['code']} building"
            for r in rows[table]
            if r["building"] and homes[r["building"]] != r["location"]
        )
    near = by_code(rows, "geography_regions")
    yield from (
        f"{c} adjacency"
        for c, r in near.items()
        for a in r["adjacent_regions"]
        if c not in near[a]["adjacent_regions"]
    )
    ways = [(r["from_location"], r["to_location"]) for r in rows["location_connections"]]
    places = [r["code"] for r in rows["locations"]]
    if places and reached(places[0], ways) < set(places):
        yield "places without a road"
    yield from (
        f"{r['code']} self"
        for r in rows["location_connections"]
        if r["from_location"] == r["to_location"]
    )


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


def w09_the_dead_do_not_act(told: Brief, rows: Rows) -> Iterator[str]:
    gone = {r["code"] for r in rows["entities"] if r["status"] in GONE}
    acts = [("locations", "ruler"), ("shops", "owner"), ("taverns", "owner"), ("quest_hooks", "giver"), ("temples", "high_priest"), ("buildings", "owner")]  # fmt: skip
    yield from (f"{r['code']} {f}" for t, f in acts for r in rows[t] if r[f] in gone)
    yield from (
        f"{r} leads"
        for r in rows["entity_factions"]
        if r["status"] == "leader" and r["entity"] in gone
    )


def w10_numbers(told: Brief, rows: Rows) -> Iterator[str]:
    land = by_code(rows, "geography_regions")
    for code, row in land.items():
        parts = [r for r in land.values() if r["parent_region"] == code]
        if (
            sum(p["population"] for p in parts) > row["population"]
            or sum(p["area_km2"] for p in parts) > row["area_km2"]
        ):
            yield f"{code} parts"
        if (
            sum(r["population"] for r in rows["locations"] if r["region"] == code)
            > row["population"]
        ):
            yield f"{code} people"
    for row in rows["economic_systems"]:
        values = [c["value_cp"] for c in row["coins"]]
        if values != sorted(set(values)):
            yield f"{row['code']} coins"
    for row in rows["locations"]:
        if sum(d["percent"] for d in row["demographics"]) > 100:
            yield f"{row['code']} demographics"
    yield from (
        f"{r['code']} bonuses"
        for r in rows["races"]
        if sum(b["bonus"] for b in r["ability_bonuses"]) > 4 or r["lifespan"] <= r["age_adult"]
    )


def w10_values_and_dice(told: Brief, rows: Rows) -> Iterator[str]:
    for row in rows["items"]:
        low, high = RARITY_BANDS[row["rarity"]]
        if not low <= row["value_gp"] <= high or (row["rarity"] == "mundane") == row["is_magical"]:
            yield f"{row['code']} value"
    for row in rows["entities"]:
        if abs(dice_average(row["hit_dice"]) - row["hit_points"]) > 0.1 * row["hit_points"] + 0.5:
            yield f"{row['code']} hit dice {row['hit_dice']} {row['hit_points']}"


def w11_budgets(told: Brief, rows: Rows) -> Iterator[str]:
    quests = by_code(rows, "quest_hooks")
    for row in rows["encounters"]:
        xp = sum(c["count"] * XP_BY_RATING[c["challenge_rating"]] for c in row["creatures"])
        if row["creatures"] and row["difficulty"] != difficulty(
            xp, row["party_level"], row["party_size"]
        ):
            yield f"{row['code']} difficulty"
        if row["encounter_type"] == "combat" and not row["creatures"]:
            yield f"{row['code']} no creatures"
        quest = quests.get(row["quest"])
        if quest and not quest["min_level"] <= row["party_level"] <= quest["max_level"]:
            yield f"{row['code']} level"
    living = {
        r["code"] for r in rows["entities"] if r["status"] in ("alive", "undead", "imprisoned")
    }
    yield from (f"{r} gone" for r in rows["encounter_entities"] if r["entity"] not in living)


def w12_both_sides(told: Brief, rows: Rows) -> Iterator[str]:
    for table, one, two, kinds in (
        ("entity_relationships", "from_entity", "to_entity", INVERSE),
        ("faction_relationships", "from_faction", "to_faction", FACTION_INVERSE),
        ("deity_relationships", "from_deity", "to_deity", GOD_INVERSE),
    ):
        known = {(r[one], r[two], r["relationship_type"]) for r in rows[table]}
        for a, b, kind in sorted(known):
            if a == b or (kind in kinds and (b, a, kinds[kind]) not in known):
                yield f"{table}: {a} {kind} {b}"
    seen = Counter(r[k] for r in rows["entity_relationships"] for k in ("from_entity", "to_entity"))
    yield from (
        f"{r['code']} has {seen[r['code']]} ties"
        for r in rows["entities"]
        if r["importance"] == "major" and seen[r["code"]] < 2 and len(rows["entities"]) > 3
    )


def w13_dungeons(told: Brief, rows: Rows) -> Iterator[str]:
    for row in rows["dungeons"]:
        exits = {r["number"]: r["exits"] for r in row["rooms"]}
        if len(exits) < len(row["rooms"]) or any(
            a not in exits.get(b, []) or a == b for a, doors in exits.items() for b in doors
        ):
            yield f"{row['code']} exits"
        if reached(1, [(a, b) for a, doors in exits.items() for b in doors]) < set(exits):
            yield f"{row['code']} not connected"
        yield from (
            f"{row['code']} in no room"
            for thing in (*row["traps"], *row["treasure"])
            if thing["room"] not in exits
        )
    rooms = {r["code"]: {x["number"] for x in r["rooms"]} for r in rows["dungeons"]}
    where = {r["code"]: r["location"] for r in rows["dungeons"]}
    for row in rows["encounters"]:
        if row["dungeon"] and (
            row["dungeon_room"] not in rooms[row["dungeon"]]
            or where[row["dungeon"]] != row["location"]
        ):
            yield f"{row['code']} room"
