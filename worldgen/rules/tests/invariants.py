"""The checks W14 to W16 and the rules of single tables; `broken` runs them all."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator

from worldgen.rules import Brief
from worldgen.rules.tests import invariants_of_rows as rows_alone
from worldgen.rules.tests.invariants_of_rows import Rows
from worldgen.rules.tests.shapes import by_code


def broken(told: Brief, rows: Rows) -> list[str]:
    """Return everything that is wrong with a world, in words."""
    return [f"{check.__name__}: {what}" for check in CHECKS for what in check(told, rows)]


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
    rows_alone.w01_shapes_and_references, rows_alone.w02_no_orphans, rows_alone.w03_names, rows_alone.w04_facts_cited_and_quoted, rows_alone.w05_everyone_has_a_part,
    rows_alone.w06_one_of_each, rows_alone.w07_time, rows_alone.w08_space, rows_alone.w09_the_dead_do_not_act, rows_alone.w10_numbers, rows_alone.w10_values_and_dice, rows_alone.w11_budgets, rows_alone.w12_both_sides, rows_alone.w13_dungeons,
    w14_nothing_lacks_its_other_half, w15_words, w16_tied_in, peoples_and_classes, things, people_somewhere,
    quests_have_locations_in_order,
)  # fmt: skip
