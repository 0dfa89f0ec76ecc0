"""Phase 2B: dungeons with rooms one can draw, and single buildings."""

from __future__ import annotations

from worldgen.rules.brief import Line, Row
from worldgen.rules.entities import neighbors
from worldgen.rules.foundations import past_period
from worldgen.rules.names import Registry
from worldgen.rules.phase1a import number_in
from worldgen.rules.phase2b import EMPTY, place_slots, settled
from worldgen.rules.powers import living_gods
from worldgen.rules.rng import Stream
from worldgen.rules.text import Voice, capital, fit
from worldgen.rules.world import World, Writer, line_of, public, spelled

DUNGEON_TYPES = ("ruin", "tomb", "cave", "vault", "temple", "stronghold", "mine", "lair", "tower", "sewer", "maze")  # fmt: skip
BUILDING_TYPES = ("inn", "shop", "temple", "guildhall", "manor", "warehouse", "library", "barracks", "workshop", "house", "prison", "tower", "dock", "bathhouse", "theatre", "palace", "farm")  # fmt: skip
_CORE = ("inn", "shop", "temple")
_CONDITIONS = ("dilapidated", "worn", "sound", "sound", "fine", "grand")
_MOST_EXITS = 6


def _dungeon_shapes(w: World) -> dict[str, Row]:
    places = w.shape("locations")
    deep = [
        c for c, s in places.items() if s["location_type"] in (*EMPTY[:4], "fortress", "castle")
    ]
    deep = deep or list(places)
    entities = w.shape("entities")
    bosses = [c for c, s in entities.items() if s["_role"] == "creature"]
    bosses += [c for c, s in entities.items() if s["pc_connection"] == "enemy" and s["status"] == "alive"]  # fmt: skip
    factions, gods = w.codes("factions"), living_gods(w)
    level = w.brief.party_level
    shapes: dict[str, Row] = {}
    for turn, code in enumerate(w.codes("dungeons")):
        dice = w.stream("dungeons", code, "shape")
        rooms = dice.between(5, 9)
        shapes[code] = {
            "location": deep[turn % len(deep)] if deep else None,
            "dungeon_type": w.kind("dungeons", code, DUNGEON_TYPES[turn % len(DUNGEON_TYPES)], DUNGEON_TYPES),
            "pc": None,
            "builder_faction": factions[(turn * 3 + 1) % len(factions)] if factions else None,
            "built_in": past_period(w, turn + 1),
            "deity": gods[(turn + 2) % len(gods)] if gods else None,
            "boss": bosses[turn % len(bosses)] if bosses else None,
            "levels": 1 + rooms // 5,
            "min_party_level": max(1, level - 1),
            "max_party_level": min(20, level + 3),
            "_rooms": rooms,
        }  # fmt: skip
    return shapes


def _dungeon_line(w: World, code: str, registry: Registry) -> Line:
    shape = w.of("dungeons", code)
    roots = w.theme.order("dungeons", "root")
    nouns = w.theme.pool(f"dungeon_name_{shape['dungeon_type']}")
    turn = number_in(code)
    name = registry.claim(lambda t: f"The {roots[(turn + t) % len(roots)]} {nouns[(turn + t) % len(nouns)]}")  # fmt: skip
    return line_of(name, f"{spelled(shape['dungeon_type'])} near {w.the('locations', shape['location'])}")  # fmt: skip


def room_exits(count: int, dice: Stream) -> dict[int, list[int]]:
    """Return room -> exits: a random tree from room 1, a loop or two, every exit both ways."""
    exits: dict[int, set[int]] = {number: set() for number in range(1, count + 1)}

    def join(one: int, other: int) -> None:
        if one != other and max(len(exits[one]), len(exits[other])) < _MOST_EXITS:
            exits[one].add(other)
            exits[other].add(one)

    for number in range(2, count + 1):
        join(number, dice.between(max(1, number - 3), number - 1))
    for _ in range(1 + count // 6):
        join(dice.between(1, count), dice.between(1, count))
    return {number: sorted(doors) for number, doors in exits.items()}


def _dungeon_row(w: World, code: str) -> Row:
    v, shape = w.voice("dungeons", code), w.of("dungeons", code)
    slots = place_slots(w, shape["location"], v) | {
        "name": w.the("dungeons", code),
        "place": w.the("locations", shape["location"]),
        "kind": spelled(shape["dungeon_type"]),
        "period": w.the("historical_periods", shape["built_in"]) or "the old days",
        "faction": w.the("factions", shape["builder_faction"]) or "forgotten builders",
        "deity": w.the("deities", shape["deity"]) or "the old names",
        "boss": w.the("entities", shape["boss"]) or "something patient",
        "levels": "one level" if shape["levels"] == 1 else f"{shape['levels']} levels deep",
    }
    return public(shape) | {
        "rooms": _rooms(w, code, v, slots),
        "traps": _traps(shape, v, w.brief.party_level),
        "treasure": [
            {"room": v.dice.between(2, shape["_rooms"]), "description": fit(capital(h), 160), "value_gp": v.dice.between(2, 20) * 10 * w.brief.party_level}
            for h in v.some("hoard", 3)
        ],
        "history": v.say(400, "dungeon_history", **slots),
        "summary": v.say(200, "dungeon_summary", **slots),
        "description": v.say(600, "dungeon_text", **slots),
        "tags": ["dungeon", str(slots["kind"])],
    }  # fmt: skip


def _rooms(w: World, code: str, v: Voice, slots: dict[str, object]) -> list[Row]:
    count = w.of("dungeons", code)["_rooms"]
    exits = room_exits(count, w.stream("dungeons", code, "rooms"))
    names = v.some("room", count, 60)
    boss = f"The lair of {slots['boss']}"
    return [
        {
            "number": number,
            "name": names[number - 1] if number <= len(names) else f"Room {number}",
            "description": v.say(300, "room_text", **slots),
            "exits": doors,
            "contents": fit(boss if number == count else capital(v.pick("room_contents")), 200),
        }
        for number, doors in exits.items()
    ]


def _traps(shape: Row, v: Voice, level: int) -> list[Row]:
    traps = [t.split(";") for t in v.some("trap", 2)]
    dc = min(25, 11 + level // 2)
    return [
        {"name": n, "room": v.dice.between(1, shape["_rooms"]), "trigger": capital(trigger), "detect_dc": dc + 1,
         "save_ability": save, "save_dc": dc, "damage_dice": f"{1 + level // 3}d8", "damage_type": kind}
        for n, trigger, save, kind in traps
    ]  # fmt: skip


def _building_shapes(w: World) -> dict[str, Row]:
    places = settled(w)
    taken: set[str | None] = set()
    shapes: dict[str, Row] = {}
    for turn, code in enumerate(w.codes("buildings")):
        place = places[turn // 3 % len(places)] if places else None
        kind = BUILDING_TYPES[turn % len(BUILDING_TYPES)]
        kind = kind if turn < len(_CORE) else w.kind("buildings", code, kind, BUILDING_TYPES)
        dice = w.stream("buildings", code, "shape")
        owner = next(iter(neighbors(w, place, taken)), None) if turn % 4 != 3 else None
        taken.add(owner)
        shapes[code] = {
            "location": place,
            "building_type": kind,
            "pc": None,
            "owner": owner,
            "faction": w.of("locations", place).get("ruling_faction") if turn % 2 else None,
            "floors": dice.between(1, 4),
            "condition": dice.pick(_CONDITIONS),
        }
    return shapes


def _building_line(w: World, code: str, registry: Registry) -> Line:
    shape = w.of("buildings", code)
    v = w.voice("buildings", code, "name")
    name = registry.claim(lambda _: v.pick(f"building_name_{shape['building_type']}"))
    return line_of(name, f"{spelled(shape['building_type'])} in {w.the('locations', shape['location'])}")  # fmt: skip


def _building_row(w: World, code: str) -> Row:
    v, shape = w.voice("buildings", code), w.of("buildings", code)
    slots = place_slots(w, shape["location"], v)
    floors = ("one floor", "two floors", "three floors", "four floors")[min(4, shape["floors"]) - 1]
    slots |= {
        "name": w.the("buildings", code),
        "place": w.the("locations", shape["location"]),
        "kind": spelled(shape["building_type"]),
        "owner": w.the("entities", shape["owner"]) or "the tenant",
        "condition": spelled(shape["condition"]),
        "floors": floors,
        "other_place": slots["neighbor"],
        "sight_cap": capital(v.pick("sight")),
    }
    return public(shape) | {
        "rooms": [capital(r) for r in v.some("building_room", 4, 80)],
        "security": capital(v.say(160, "building_security", **slots)),
        "description_exterior": v.say(300, "building_outside", **slots),
        "gm_secret": v.say(300, "building_secret", **slots),
        "summary": v.say(200, "building_summary", **slots),
        "description": v.say(600, "building_text", **slots),
        "tags": ["building", str(slots["kind"])],
    }


WRITERS = {
    "dungeons": Writer(shape=_dungeon_shapes, line=_dungeon_line, row=_dungeon_row),
    "buildings": Writer(shape=_building_shapes, line=_building_line, row=_building_row),
}
