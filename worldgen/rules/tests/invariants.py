"""The checks W01 to W16 and the rules of single tables, as far as they are pure."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from typing import Any

from worldgen.rules import Brief
from worldgen.rules.names import bare, too_close
from worldgen.rules.numbers import RARITY_BANDS, XP_BY_RATING, dice_average, difficulty
from worldgen.rules.phase3c import FACTION_INVERSE, GOD_INVERSE, INVERSE
from worldgen.rules.tests.shapes import TABLES, problems

Row = dict[str, Any]
Rows = dict[str, list[Row]]
GONE = ("dead", "missing")


def broken(told: Brief, rows: Rows) -> list[str]:
    """Return everything that is wrong with a world, in words."""
    return [f"{check.__name__}: {what}" for check in CHECKS for what in check(told, rows)]


def by_code(rows: Rows, table: str) -> dict[str, Row]:
    """Return the rows of a table by code."""
    return {row["code"]: row for row in rows[table]}


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


def w14_nothing_lacks_its_other_half(told: Brief, rows: Rows) -> Iterator[str]:
    factions = Counter(r["faction"] for r in rows["entity_factions"])
    leaders = Counter(r["faction"] for r in rows["entity_factions"] if r["status"] == "leader")
    ranks = {r["code"]: {x["order"]: x["title"] for x in r["ranks"]} for r in rows["factions"]}
    yield from (f"{c} members" for c in ranks if not factions[c] or leaders[c] > 1)
    yield from (
        f"{r} rank"
        for r in rows["entity_factions"]
        if ranks[r["faction"]].get(r["rank_order"]) != r["role"]
    )
    pantheons = {r["pantheon"] for r in rows["deities"]}
    yield from (f"{r['code']} no god" for r in rows["pantheons"] if r["code"] not in pantheons)
    for table in ("shops", "taverns"):
        served = {r["location"] for r in rows[table]}
        yield from (
            f"{r['code']} no {table}"
            for r in rows["locations"]
            if r["location_type"] in ("city", "town") and r["code"] not in served
        )
    altars = {r["deity"] for r in rows["temples"]}
    yield from (
        f"{r['code']} no temple"
        for r in rows["deities"]
        if r["rank"] in ("greater", "intermediate") and r["code"] not in altars
    )
    fought = {r["quest"] for r in rows["encounters"]}
    for row in rows["quest_hooks"]:
        if row["code"] not in fought or not (row["giver"] or row["sponsor_faction"]):
            yield f"{row['code']} encounter or giver"
        if (
            not any(r["role"] == "antagonist" for r in row["quest_entities"])
            or row["giver"] == row["target_entity"] is not None
        ):
            yield f"{row['code']} opponent"
        starts = [r["location"] for r in row["quest_locations"] if r["role"] == "start"]
        if starts != [row["location"]] or row["sponsor_faction"] == row["opposing_faction"]:
            yield f"{row['code']} start or sides"
    kinds = {r["building_type"] for r in rows["buildings"]}
    yield from (f"no {k}" for k in ("inn", "shop", "temple") if k not in kinds)


def w15_words(told: Brief, rows: Rows) -> Iterator[str]:
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


def w16_tied_in(told: Brief, rows: Rows) -> Iterator[str]:
    tops = [
        r["code"]
        for r in rows["geography_regions"]
        if not r["parent_region"] and r["population"] > 0
    ]
    land = by_code(rows, "geography_regions")
    for table in ("economic_systems", "legal_systems"):
        covered = {c for r in rows[table] for c in r["regions"]}
        yield from (f"{c} no {table}" for c in tops if c not in covered)

    def top(code: str) -> str:
        return top(land[code]["parent_region"]) if land[code]["parent_region"] else code

    settled = {top(r["region"]) for r in rows["locations"]}
    yield from (f"{c} no place" for c in tops if c not in settled)
    faithful = {c for r in rows["pantheons"] for c in r["cultures"]}
    yield from (f"{r['code']} no faith" for r in rows["cultures"] if r["code"] not in faithful)
    seats = Counter(
        r["faction"] for r in rows["faction_locations"] if r["control"] == "headquarters"
    )
    yield from (f"{r['code']} seats" for r in rows["factions"] if seats[r["code"]] != 1)


def peoples_and_classes(told: Brief, rows: Rows) -> Iterator[str]:
    playable = [r["code"] for r in rows["races"] if r["playable"]]
    if len(playable) < 3:
        yield "too few playable"
    spoken = {
        c for r in rows["languages"] if r["language_type"] != "dead" for c in r["typical_races"]
    }
    lived = {c for r in rows["cultures"] for c in (r["primary_race"], *r["other_races"])}
    yield from (
        f"{c} no language or culture" for c in playable if c not in spoken or c not in lived
    )
    tongues = by_code(rows, "languages")
    yield from (
        f"{r['code']} dead tongue"
        for r in rows["cultures"]
        if tongues[r["primary_language"]]["language_type"] == "dead"
    )
    for row in rows["character_classes"]:
        levels = [f["level"] for f in row["features"]]
        if (
            (row["caster_type"] == "none") != (row["spellcasting_ability"] is None)
            or levels != sorted(levels)
            or levels[0] != 1
        ):
            yield f"{row['code']} class"
        if len(set(row["saving_throws"])) < 2 or len(row["skill_options"]) < row["skill_choose"]:
            yield f"{row['code']} saves or skills"
    feats = by_code(rows, "feats")
    for row in feats.values():
        if (row["ability_minimum"] is None) != (row["ability_prerequisite"] is None) or (
            row["category"] == "epic_boon" and row["level_minimum"] < 19
        ):
            yield f"{row['code']} feat"
    for row in rows["backgrounds"]:
        if (row["origin_feat"] and feats[row["origin_feat"]]["category"] != "origin") or len(
            set(row["skill_proficiencies"])
        ) < 2:
            yield f"{row['code']} background"


def things(told: Brief, rows: Rows) -> Iterator[str]:
    powers = Counter(r["item"] for r in rows["item_effects"])
    minds = Counter(r["item"] for r in rows["sentient_item_properties"])
    owned = {(r["item"], r["entity"]) for r in rows["entity_items"] if r["relation"] == "owns"}
    items = by_code(rows, "items")
    for code, row in items.items():
        if bool(row["current_owner"]) == bool(row["current_location"]):
            yield f"{code} owner and place"
        if (row["is_magical"] and not powers[code]) or minds[code] != int(row["is_sentient"]):
            yield f"{code} powers or mind"
        if row["requires_attunement"] and not row["is_magical"]:
            yield f"{code} attunement"
        if (row["weapon"] is None) == (row["item_type"] == "weapon") or (row["armor"] is None) == (
            row["item_type"] in ("armor", "shield")
        ):
            yield f"{code} weapon or armor"
    yield from (f"{i} owner {e}" for i, e in owned if items[i]["current_owner"] != e)
    for row in rows["item_effects"]:
        if (row["damage_dice"] is None) != (row["damage_type"] is None) or (
            row["save_ability"] is None
        ) != (row["save_dc"] is None):
            yield f"{row['code']} effect"
        if row["charges_cost"] > (items[row["item"]]["charges"] or 0):
            yield f"{row['code']} charges"
    yield from (
        f"{r['code']} speech"
        for r in rows["sentient_item_properties"]
        if (r["communication"] == "speech") != bool(r["languages"])
    )
    yield from (
        f"{r['item']} lies and is owned"
        for r in rows["item_locations"]
        if items[r["item"]]["current_owner"]
    )


def people_somewhere(told: Brief, rows: Rows) -> Iterator[str]:
    homes = Counter(r["entity"] for r in rows["entity_locations"] if r["is_primary"])
    speak = {r["entity"] for r in rows["entity_languages"]}
    for row in rows["entities"]:
        if homes[row["code"]] != 1:
            yield f"{row['code']} has {homes[row['code']]} homes"
        if row["entity_type"] == "npc" and (row["code"] not in speak or not row["race"]):
            yield f"{row['code']} speech or race"
    speeds = {
        "road": 5,
        "trail": 4,
        "river": 5,
        "sea_route": 9,
        "air": 15,
        "tunnel": 4,
        "bridge": 4,
    }
    for row in rows["location_connections"]:
        if (
            row["travel_hours"]
            and not 1 / 3
            <= row["distance_km"] / speeds[row["connection_type"]] / row["travel_hours"]
            <= 3
        ):
            yield f"{row} speed"


def quests_have_locations_in_order(told: Brief, rows: Rows) -> Iterator[str]:
    for row in rows["quest_hooks"]:
        if [s["order"] for s in row["stages"]] != list(range(1, len(row["stages"]) + 1)):
            yield f"{row['code']} stages"
    starts = Counter(r["quest"] for r in rows["quest_locations"] if r["role"] == "start")
    yield from (f"{c} starts {n}" for c, n in starts.items() if n != 1)


CHECKS: tuple[Callable[[Brief, Rows], Iterator[str]], ...] = (
    w01_shapes_and_references, w02_no_orphans, w03_names, w04_facts_cited_and_quoted, w05_everyone_has_a_part,
    w06_one_of_each, w07_time, w08_space, w09_the_dead_do_not_act, w10_numbers, w10_values_and_dice, w11_budgets, w12_both_sides, w13_dungeons,
    w14_nothing_lacks_its_other_half, w15_words, w16_tied_in, peoples_and_classes, things, people_somewhere,
    quests_have_locations_in_order,
)  # fmt: skip
