"""Faults of worlds, one for each check and each rule across rows: changes to a loaded world, no row."""

from __future__ import annotations

import copy
from dataclasses import replace
from uuid import uuid4

from worldgen.models import FactCitation
from worldgen.phases import tables
from worldgen.rows import Standing, key_of


def first(world, table, **wanted):
    """The values of the first row of the table in which these fields are so."""
    rows = world.rows(table).values()
    return next(r for r in rows if all(r[k] == v for k, v in wanted.items()))


def drop(world, table, keep=lambda row: False):
    """Take away the rows of a table, but for those to keep."""
    world.tables[table] = {k: s for k, s in world.tables[table].items() if keep(s.values)}


def add(world, table, **changed):
    """One more row of the table, like its first; its key."""
    other: Standing = next(iter(world.tables[table].values()))
    values = {**copy.deepcopy(other.values), **changed}
    key = key_of(tables()[table], values)
    world.tables[table][key] = replace(other, id=uuid4(), key=key, values=values)
    return key


def w01(world):
    first(world, "planes")["parent_plane"] = "pla99"


def w02(world):
    add(world, "feats", code="fea99", name="Alone", race_prerequisite=None, class_prerequisite=None)


def w03(world):
    first(world, "races")["name"] = "Mara"


def w04(world):
    FactCitation.objects.filter(fact__code="pc1f1").delete()


def w05(world):
    for row in world.rows("items").values():
        row["pc"] = None


def w06(world):
    first(world, "planes")["is_home"] = not first(world, "planes")["is_home"]


def w07(world):
    first(world, "entities", entity_type="npc", status="alive")["age"] = 20_000


def w08(world):
    code = next(iter(world.rows("geography_regions")))
    world.rows("geography_regions")[code]["parent_region"] = code


def w09(world):
    giver = next(r["giver"] for r in world.rows("quest_hooks").values() if r["giver"])
    world.rows("entities")[giver]["status"] = "dead"


def w10(world):
    first(world, "items", rarity="mundane")["value_gp"] = 900_000


def w11(world):
    row = next(iter(world.rows("encounters").values()))
    row.update(
        encounter_type="combat",
        difficulty="trivial",
        creatures=[{"name": "dragon", "count": 9, "challenge_rating": "20"}],
    )


def w12(world):
    row = next(iter(world.rows("entity_relationships").values()))
    row["relationship_type"] = "mentor"


def w13(world):
    first(world, "dungeons")["rooms"][0]["exits"] = []


def w14(world):
    drop(world, "taverns")


def w15(world):
    first(world, "locations")["description"] = "They fear Xanthippe Quillfeather of Zzyzx."


def w16(world):
    drop(world, "pantheons")


def x01(world):
    world.rows("races")["rac03"]["playable"] = False


def x02(world):
    for row in world.rows("languages").values():
        others = {race if race != "rac01" else "rac02" for race in row["typical_races"]}
        row["typical_races"] = sorted(others)


def x03(world):
    others = [code for code in world.rows("races") if code != "rac01"]
    for row in world.rows("cultures").values():
        row["other_races"] = [race for race in row["other_races"] if race != "rac01"]
        if row["primary_race"] == "rac01":
            row["primary_race"] = others[0]


def x04(world):
    races = world.rows("races")
    races["rac03"]["parent_race"], races["rac02"]["parent_race"] = "rac02", "rac01"


def x05(world):
    tongue = first(world, "cultures")["primary_language"]
    world.rows("languages")[tongue]["language_type"] = "dead"


def x06(world):
    first(world, "backgrounds")["origin_feat"] = first(world, "feats", category="general")["code"]


def x07(world):
    for elder, younger in (("dei01", "dei02"), ("dei02", "dei03"), ("dei03", "dei01")):
        add(world, "deity_relationships", from_deity=elder, to_deity=younger, relationship_type="parent")  # fmt: skip
        add(world, "deity_relationships", from_deity=younger, to_deity=elder, relationship_type="child")  # fmt: skip


def x08(world):
    codes = list(world.rows("locations"))[:5]
    for above, code in zip(["", *codes], codes, strict=False):
        world.rows("locations")[code]["parent_location"] = above or None


def x09(world):
    empty = next(
        row for row in world.rows("geography_regions").values()
        if not row["parent_region"] and not row["population"]
    )  # fmt: skip
    empty["population"] = 500


def x10(world):
    for row in world.rows("buildings").values():
        if row["building_type"] == "inn":
            row["building_type"] = "house"


def x11(world):
    bare = {row["deity"] for row in world.rows("temples").values()}
    low = next(row for key, row in world.rows("deities").items() if key not in bare)
    low["rank"] = "greater"


def x12(world):
    faction = first(world, "faction_locations", control="headquarters")["faction"]
    held = {r["location"] for r in world.rows("faction_locations").values() if r["faction"] == faction}  # fmt: skip
    free = next(code for code in world.rows("locations") if code not in held)
    add(world, "faction_locations", faction=faction, location=free, control="headquarters")


def x13(world):
    item = first(world, "items", is_magical=True)["code"]
    drop(world, "item_effects", keep=lambda row: row["item"] != item)


def x14(world):
    first(world, "item_effects")["charges_cost"] = 20


def x15(world):
    first(world, "items", is_sentient=False)["is_sentient"] = True


def x16(world):
    owner = next(row["current_owner"] for row in world.rows("items").values() if row["current_owner"])  # fmt: skip
    item = next(code for code, row in world.rows("items").items() if row["current_owner"] != owner)
    add(world, "entity_items", entity=owner, item=item, relation="owns", is_attuned=False)


def x17(world):
    row = next(iter(world.rows("item_locations").values()))
    item = world.rows("items")[row["item"]]
    item["current_owner"], item["current_location"] = "ent01", None


def x18(world):
    first(world, "entity_locations", is_primary=True)["is_primary"] = False


def x19(world):
    npc = first(world, "entities", entity_type="npc")["code"]
    drop(world, "entity_languages", keep=lambda row: row["entity"] != npc)


def x20(world):
    code = first(world, "entities", importance="major")["code"]
    drop(world, "entity_relationships", keep=lambda r: code not in (r["from_entity"], r["to_entity"]))  # fmt: skip


def x21(world):
    leading = first(world, "entity_factions", status="leader")
    members = {r["entity"] for r in world.rows("entity_factions").values() if r["faction"] == leading["faction"]}  # fmt: skip
    other = next(
        code for code, row in world.rows("entities").items()
        if code not in members and row["status"] == "alive"
    )  # fmt: skip
    add(world, "entity_factions", **{**leading, "entity": other})


def x22(world):
    quest = first(world, "quest_hooks")["code"]
    drop(world, "quest_entities", keep=lambda r: r["quest"] != quest or r["role"] != "antagonist")
    for row in world.rows("encounters").values():
        if row["quest"] == quest and row["encounter_type"] == "environmental":
            row["encounter_type"] = "exploration"


def x23(world):
    quest = first(world, "quest_hooks")
    other = next(code for code in world.rows("locations") if code != quest["location"])
    add(world, "quest_locations", quest=quest["code"], location=other, role="start", order=1)


def x24(world):
    leaders = {r["entity"] for r in world.rows("entity_factions").values() if r["status"] == "leader"}  # fmt: skip
    met = [row["entity"] for row in world.rows("encounter_entities").values()]
    person = next((code for code in met if code not in leaders), met[0])
    world.rows("entities")[person]["status"] = "dead"


def x25(world):
    first(world, "encounters")["ways_out"] = ["Kill them all.", "They fight to the last."]


PLANTED = {
    name.upper(): plant
    for name, plant in globals().items()
    if name[:1] in "wx" and name[1:].isdigit()
}
