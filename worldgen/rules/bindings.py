"""Phase 3C: who is where, who has what, roads, and what quests and encounters still lack."""

from __future__ import annotations

from worldgen.rules.brief import Row
from worldgen.rules.entities import GONE, alive, leader_of, members
from worldgen.rules.phase2b import settled
from worldgen.rules.phase3c import Rows, said
from worldgen.rules.quests import cast_of
from worldgen.rules.regions import distance
from worldgen.rules.tables import row_count
from worldgen.rules.world import World

_SPEEDS = {"air": 15.0, "road": 5.0, "trail": 3.5, "river": 6.0, "sea_route": 9.0}
"""Kilometers an hour, with rests."""
_KM_PER_PERCENT = 20
_WET = ("archipelago", "island", "sea", "ocean", "coast")


def _home_of(w: World, code: str, turn: int) -> str | None:
    """Return where a person belongs: the place told in the backstory, the seat they rule, the region."""
    shape = w.of("entities", code)
    places = w.shape("locations")
    facts = set(shape["backstory_fact_ids"])
    told = next((c for c, s in places.items() if facts & set(s["_facts"])), None)
    rules = next((c for c, s in places.items() if s["ruler"] == code), None)
    near = [
        c for c, s in places.items() if s["region"] == shape["home_region"] and s["population"] > 0
    ]
    homes = near or settled(w)
    wild = [s["location"] for s in w.shape("dungeons").values() if s["boss"] == code]
    return rules or next(iter(wild), None) or told or (homes[turn % len(homes)] if homes else None)


def entity_locations(w: World) -> list[Row]:
    """Return where people belong: one primary place for each, where they are now, and haunts."""
    table = "entity_locations"
    rows = Rows(("entity", "location", "relation"))

    def add(code: str, place: str | None, relation: str, *, primary: bool = False) -> None:
        text = said(w, table, len(rows), f"loc_{relation}", one=w.the("entities", code), two=w.the("locations", place))  # fmt: skip
        rows.add({"entity": code, "location": place, "relation": relation, "is_primary": primary, "description": text})  # fmt: skip

    entities = w.shape("entities")
    homes = {code: _home_of(w, code, turn) for turn, code in enumerate(entities)}
    for code, shape in entities.items():
        rules = any(s["ruler"] == code for s in w.shape("locations").values())
        by_status = {"dead": "buried", "imprisoned": "imprisoned", "missing": "hides"}
        relation = "rules" if rules else by_status.get(shape["status"], "lives")
        add(code, homes[code], relation, primary=True)
    for code, shape in entities.items():
        if shape["status"] not in GONE and len(rows) < row_count(table, w.brief):
            add(code, homes[code], "currently_at")
    places = w.codes("locations")
    for turn, code in enumerate(alive(w) * 3):
        if len(rows) >= row_count(table, w.brief) or not places:
            break
        add(code, places[(turn * 5 + 2) % len(places)], ("frequents", "works", "born", "owns")[turn % 4])  # fmt: skip
    return rows.all()


def entity_items(w: World) -> list[Row]:
    """Return who has, made, seeks and guards what; an owner is the one the item names."""
    table = "entity_items"
    rows = Rows(("entity", "item", "relation"))
    items, people = w.shape("items"), alive(w)

    def add(code: str | None, item: str, relation: str) -> None:
        if not code:
            return
        attuned = relation == "owns" and items[item]["requires_attunement"]
        text = said(w, table, len(rows), f"have_{relation}", one=w.the("entities", code), two=w.the("items", item))  # fmt: skip
        rows.add({"entity": code, "item": item, "relation": relation, "is_attuned": bool(attuned), "description": text})  # fmt: skip

    for item, shape in items.items():
        add(shape["current_owner"], item, "owns")
        add(shape["creator"], item, "created")
    for turn, item in enumerate(list(items) * 3):
        if len(rows) >= row_count(table, w.brief) or not people:
            break
        owner = items[item]["current_owner"]
        code = people[(turn * 3 + 1) % len(people)]
        if code != owner:
            add(
                code, item, ("seeks", "seeks", "lost", "guards")[turn % 4] if not owner else "seeks"
            )
    return rows.all()


def faction_locations(w: World) -> list[Row]:
    """Return who holds what: one headquarters each, the seats they rule, then offices and cells."""
    table = "faction_locations"
    rows = Rows(("faction", "location"))
    places, homes = w.shape("locations"), settled(w)

    def add(faction: str | None, place: str | None, control: str) -> None:
        text = said(w, table, len(rows), f"seat_{control}", one=w.the("factions", faction), two=w.the("locations", place))  # fmt: skip
        influence = {"headquarters": 80, "controls": 60, "contested": 40, "presence": 25, "hidden_cell": 15, "claims": 10}[control]  # fmt: skip
        rows.add({"faction": faction, "location": place, "control": control, "influence": influence, "description": text})  # fmt: skip

    for turn, (faction, shape) in enumerate(w.shape("factions").items()):
        own = [c for c in homes if places[c]["ruling_faction"] == faction]
        near = [c for c in homes if places[c]["region"] == shape["home_region"]]
        add(
            faction,
            (own or near or [homes[turn % len(homes)]])[0] if homes else None,
            "headquarters",
        )
    for place, shape in places.items():
        add(shape["ruling_faction"], place, "controls")
    factions = w.codes("factions")
    for turn, place in enumerate(list(places) * 4):
        if len(rows) >= row_count(table, w.brief) or not factions:
            break
        add(factions[(turn * 3 + turn // len(places)) % len(factions)], place, ("presence", "claims", "hidden_cell", "contested")[turn % 4])  # fmt: skip
    return rows.all()


def location_connections(w: World) -> list[Row]:
    """Return roads that join every place to its nearest, so that one can walk the whole map."""
    table = "location_connections"
    rows = Rows(("from_location", "to_location", "connection_type"))
    places = w.shape("locations")
    linked: set[frozenset[str]] = set()

    def add(one: str, two: str) -> None:
        if one != two and frozenset((one, two)) not in linked:
            linked.add(frozenset((one, two)))
            rows.add(_way(w, len(rows), one, two))

    joined: list[str] = []
    for code, shape in places.items():
        parent = shape["parent_location"]
        peers = [parent] if parent in joined else joined
        if peers:
            add(min(peers, key=lambda c: (distance(places[c], places[code]), c)), code)
        joined.append(code)
    ranked = sorted((distance(places[a], places[b]), a, b) for i, a in enumerate(joined) for b in joined[i + 1 :])  # fmt: skip
    for _, one, two in ranked:
        if len(rows) >= row_count(table, w.brief):
            break
        add(one, two)
    return rows.all()


def _way(w: World, turn: int, one: str, two: str) -> Row:
    places = w.shape("locations")
    a, b = places[one], places[two]
    lands = w.shape("geography_regions")
    wet = a["region"] != b["region"] and any(lands.get(s["region"], {}).get("region_type") in _WET for s in (a, b))  # fmt: skip
    hard = max(a["danger_level"], b["danger_level"]) >= 5
    over = "air" if w.theme.settings[0] == "sky" else "sea_route"
    kind = over if wet else "trail" if hard else "river" if turn % 6 == 5 else "road"
    km = round(max(1.0, distance(a, b) * _KM_PER_PERCENT), 1)
    return {
        "from_location": one,
        "to_location": two,
        "connection_type": kind,
        "distance_km": km,
        "travel_hours": round(km / _SPEEDS[kind], 1),
        "danger": max(a["danger_level"], b["danger_level"]),
        "is_two_way": True,
        "controlled_by": a["ruling_faction"] if turn % 3 == 0 else None,
        "description": said(w, "location_connections", turn, f"way_{kind}"),
    }


def item_locations(w: World) -> list[Row]:
    """Return where the things without an owner lie."""
    rows = Rows(("item",))
    shops, dungeons = w.shape("shops"), w.shape("dungeons")
    for turn, (item, shape) in enumerate(w.shape("items").items()):
        place = shape["current_location"]
        if shape["current_owner"] or not place:
            continue
        shop = next((c for c, s in shops.items() if s["location"] == place), None)
        dungeon = next((c for c, s in dungeons.items() if s["location"] == place), None)
        status = "guarded" if dungeon else "for_sale" if shop and not shape["pc"] else ("hidden", "stored", "lost", "displayed")[turn % 4]  # fmt: skip
        rows.add({
            "item": item,
            "location": place,
            "status": status,
            "dungeon": dungeon,
            "shop": shop if status == "for_sale" else None,
            "detail": said(w, "item_locations", turn, f"lie_{status}", 200),
        })  # fmt: skip
    return rows.all()


def quest_entities(w: World) -> list[Row]:
    """Return the cast that the quests do not name yet: the voices of both sides."""
    rows = Rows(("quest", "entity", "role"))
    quests = w.shape("quest_hooks")
    inline = sum(len(_cast_of(w, code)) for code in quests)
    for quest, shape in quests.items():
        known = {r["entity"] for r in _cast_of(w, quest)}
        lead = [leader_of(w, shape["sponsor_faction"]), leader_of(w, shape["opposing_faction"])]
        voices = zip(lead, ("ally", "rival"), strict=True)
        more = [(code, "informant") for code in members(w, shape["opposing_faction"])[1:2]]
        for code, role in (*voices, *more):
            if (
                code
                and code not in known
                and inline + len(rows) < row_count("quest_entities", w.brief)
            ):
                known.add(code)
                rows.add({"quest": quest, "entity": code, "role": role})
    return rows.all()


def _cast_of(w: World, quest: str) -> list[Row]:
    """Return the cast that came with the quest; a quest that stands has it in rows of their own."""
    told: list[Row] = w.row("quest_hooks", quest).get("quest_entities") or []
    return told or cast_of(w, w.of("quest_hooks", quest))


def quest_locations(w: World) -> list[Row]:
    """Return places on the way that the quests do not name yet."""
    rows = Rows(("quest", "location", "role"))
    places = w.codes("locations")
    missing = row_count("quest_locations", w.brief) - 2 * len(w.codes("quest_hooks"))
    for turn, (quest, shape) in enumerate(w.shape("quest_hooks").items()):
        spare = [c for c in places if c not in (shape["location"], shape["_end"])]
        if len(rows) < missing and spare:
            rows.add({"quest": quest, "location": spare[turn * 3 % len(spare)], "role": "waypoint", "order": 3})  # fmt: skip
    return rows.all()


def quest_items(w: World) -> list[Row]:
    """Return clues and keys that lead into the quests."""
    rows = Rows(("quest", "item", "role"))
    quests, items = w.shape("quest_hooks"), w.codes("items")
    wanted = row_count("quest_items", w.brief) - sum(1 for s in quests.values() if s["target_item"])
    for turn, (quest, shape) in enumerate(list(quests.items()) * 2):
        spare = [c for c in items if c != shape["target_item"]]
        if spare and len(rows) < wanted:
            rows.add({"quest": quest, "item": spare[(turn * 5 + 2) % len(spare)], "role": ("clue", "reward", "key")[turn % 3]})  # fmt: skip
    return rows.all()


def encounter_entities(w: World) -> list[Row]:
    """Return bystanders and hidden watchers for encounters that have room for them."""
    rows = Rows(("encounter", "entity"))
    people = alive(w)
    encounters = w.shape("encounters")
    wanted = row_count("encounter_entities", w.brief) - sum(
        len(s["_cast"]) for s in encounters.values()
    )
    for turn, (code, shape) in enumerate(list(encounters.items()) * 2):
        known = {r["entity"] for r in shape["_cast"]}
        spare = [c for c in people if c not in known]
        if spare and len(rows) < wanted:
            rows.add({"encounter": code, "entity": spare[(turn * 3 + 1) % len(spare)], "role": ("bystander", "hidden", "ally", "neutral")[turn % 4], "count": 1})  # fmt: skip
    return rows.all()
