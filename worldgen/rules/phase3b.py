"""Phase 3B: shops, taverns, temples. Every city and town has its own; every great god an altar."""

from __future__ import annotations

from worldgen.rules.brief import Line, Row
from worldgen.rules.entities import alive, neighbors
from worldgen.rules.names import Registry
from worldgen.rules.phase1a import number_in
from worldgen.rules.phase2b import place_slots, settled, towns_of
from worldgen.rules.powers import great_gods, living_gods
from worldgen.rules.text import Voice, capital, fit, in_sentence
from worldgen.rules.world import World, Writer, line_of, public, spelled

SHOP_TYPES = ("general", "smith", "apothecary", "bookseller", "curios", "armorer", "tailor", "magic", "food", "stable", "pawn", "jeweler", "alchemist", "black_market", "shipwright")  # fmt: skip
TEMPLE_SIZES = ("shrine", "chapel", "temple", "cathedral", "monastery")
_DEAREST = 100000
"""No counter sells what is worth more gold."""
_QUALITIES = ("modest", "comfortable", "poor", "modest", "wealthy")
_STANDING = ("revered", "respected", "tolerated", "declining", "respected")
_CLERGY = {"shrine": (1, 2), "chapel": (2, 5), "temple": (5, 20), "cathedral": (30, 90), "monastery": (15, 60)}  # fmt: skip


def _stand(w: World, table: str, code: str, kind: str) -> dict[str, str | None]:
    """Return where a service stands and in which building: towns first, so that each has one."""
    turn = w.codes(table).index(code)
    towns, places = towns_of(w), settled(w)
    place = towns[turn] if turn < len(towns) else places[turn % len(places)] if places else None
    told = w.mentioned(table, code, "locations")
    place = told if told and turn >= len(towns) else place
    houses = [c for c, s in w.shape("buildings").items() if s["location"] == place and s["building_type"] == kind]  # fmt: skip
    return {"location": place, "building": houses[turn % len(houses)] if houses else None}


def _keeper(w: World, stand: Row, taken: set[str | None]) -> str | None:
    """Return who keeps a house: whoever owns the building, else a neighbor who keeps none yet."""
    if stand["building"]:
        return w.of("buildings", stand["building"]).get("owner")
    houses = {s["owner"] for s in w.shape("buildings").values()}
    keeper = next(iter(neighbors(w, stand["location"], taken | houses)), None)
    taken.add(keeper)
    return keeper


def _shop_shapes(w: World) -> dict[str, Row]:
    taken: set[str | None] = set()
    shapes: dict[str, Row] = {}
    for turn, code in enumerate(w.codes("shops")):
        stand = _stand(w, "shops", code, "shop")
        kind = w.kind("shops", code, SHOP_TYPES[turn % len(SHOP_TYPES)], SHOP_TYPES)
        dice = w.stream("shops", code, "shape")
        shapes[code] = stand | {
            "owner": _keeper(w, stand, taken),
            "faction": w.of("locations", stand["location"]).get("ruling_faction") if turn % 2 else None,
            "shop_type": kind,
            "price_modifier": round(0.8 + 0.1 * dice.between(0, 7), 1),
            "quality": _QUALITIES[turn % len(_QUALITIES)],
        }  # fmt: skip
    return shapes


def _shop_line(w: World, code: str, registry: Registry) -> Line:
    shape = w.of("shops", code)
    v = w.voice("shops", code, "name")
    owner = w.name("entities", shape["owner"]).split(" ")[-1] or v.raw("root")
    ware = f"ware_{shape['shop_type']}"
    name = registry.claim(lambda _: v.say(78, "shop_name", owner_name=owner, ware=v.raw(ware)))
    return line_of(name, f"{spelled(shape['shop_type'])} shop in {w.the('locations', shape['location'])}")  # fmt: skip


def _slots(w: World, table: str, code: str, v: Voice) -> dict[str, object]:
    shape = w.of(table, code)
    number = number_in(code)
    people, items = alive(w), w.codes("items")
    factions = w.codes("factions")
    slots = place_slots(w, shape["location"], v)
    faction = shape["faction"] or (factions[number % len(factions)] if factions else None)
    return slots | {
        "name": w.the(table, code),
        "place": w.the("locations", shape["location"]),
        "owner": w.the("entities", shape.get("owner")) or "the tenant",
        "faction": w.the("factions", faction) or "the old families",
        "other": w.the("entities", people[(number * 5 + 1) % len(people)] if people else None) or "a stranger",
        "item": w.the("items", items[number % len(items)] if items else None) or "an old key",
        "feast": in_sentence(v.raw("feast").split(";")[0]),
        "trait": v.pick("person_trait"),
    }  # fmt: skip


def _shop_row(w: World, code: str) -> Row:
    v, shape = w.voice("shops", code), w.of("shops", code)
    slots = _slots(w, "shops", code, v) | {"kind": spelled(shape["shop_type"])}
    special = v.pick("specialty", **slots)
    slots |= {"specialty": special}
    stock = [s.split(";") for s in v.some(f"stock_{shape['shop_type']}", 5, 200, **slots)]
    goods = [
        {"name": fit(capital(n), 80), "price_gp": round(float(p) * shape["price_modifier"], 2), "quantity": v.dice.between(1, 12), "item": ""}
        for n, p in stock
    ]  # fmt: skip
    here = [c for c, s in w.shape("items").items() if s["current_location"] == shape["location"] and not s["pc"] and s["value_gp"] <= _DEAREST]  # fmt: skip
    goods += [
        {"name": fit(w.name("items", c), 80), "price_gp": float(w.of("items", c)["value_gp"]), "quantity": 1, "item": c}
        for c in here[:1]
    ]  # fmt: skip
    return public(shape) | {
        "inventory": goods,
        "specialty": fit(capital(special), 160),
        "staff": [capital(v.pick("regular", **slots))][: 1 if number_in(code) % 2 else 0],
        "rumor": v.say(240, "rumor", **slots),
        "summary": v.say(200, "shop_summary", **slots),
        "description": v.say(600, "shop_text", **slots),
        "tags": ["shop", str(slots["kind"])],
    }


def _tavern_shapes(w: World) -> dict[str, Row]:
    taken = {s["owner"] for s in w.shape("shops").values()}
    shapes: dict[str, Row] = {}
    for turn, code in enumerate(w.codes("taverns")):
        stand = _stand(w, "taverns", code, "inn")
        dice = w.stream("taverns", code, "shape")
        shapes[code] = stand | {
            "owner": _keeper(w, stand, taken),
            "faction": w.of("locations", stand["location"]).get("ruling_faction") if turn % 3 == 1 else None,
            "quality": _QUALITIES[(turn + 1) % len(_QUALITIES)],
            "rooms_available": dice.between(3, 14),
            "room_price_gp": round(0.3 + 0.1 * dice.between(0, 9), 1),
        }  # fmt: skip
    return shapes


def _tavern_line(w: World, code: str, registry: Registry) -> Line:
    v = w.voice("taverns", code, "name")
    name = registry.claim(lambda _: v.say(78, "tavern_name"))
    return line_of(name, f"Tavern in {w.the('locations', w.of('taverns', code)['location'])}")


def _tavern_row(w: World, code: str) -> Row:
    v, shape = w.voice("taverns", code), w.of("taverns", code)
    slots = _slots(w, "taverns", code, v)
    dish = v.pick("dish")
    slots |= {"quality": spelled(shape["quality"]), "dish": dish, "dish_cap": capital(dish)}
    menu = [m.split(";") for m in v.some("menu", 4)]
    menu_rows = [{"name": capital(n), "price_gp": float(p)} for n, p in menu]
    return public(shape) | {
        "menu": [{"name": fit(capital(dish), 80), "price_gp": 0.2}, *menu_rows],
        "entertainment": v.say(200, "show", **slots),
        "regulars": [capital(r) for r in v.some("regular", 3, 160, **slots)],
        "rumors": _rumors(w, code, v),
        "summary": v.say(200, "tavern_summary", **slots),
        "description": v.say(600, "tavern_text", **slots),
        "tags": ["tavern", str(slots["quality"])],
    }


_TOLD = (("entity", "entities"), ("quest", "quest_hooks"), ("location", "locations"), ("item", "items"))  # fmt: skip


def _rumors(w: World, code: str, v: Voice) -> list[Row]:
    """Return talk about rows that exist; the row is given by code."""
    rows: list[Row] = []
    truths = ("true", "partly", "false")
    for turn, (kind, table) in enumerate(_TOLD):
        codes = w.codes(table)
        if codes and (turn + number_in(code)) % 4:
            about = codes[(number_in(code) * 5 + turn) % len(codes)]
            text = v.say(240, f"tale_{kind}", about=w.the(table, about))
            rows.append(
                {"text": text, "truth": truths[(turn + number_in(code)) % 3], "about": about}
            )
    while len(rows) < 2 and w.codes("entities"):
        about = w.codes("entities")[len(rows) % len(w.codes("entities"))]
        text = v.say(240, "tale_entity", about=w.the("entities", about))
        rows.append({"text": text, "truth": "partly", "about": about})
    return rows


def _temple_shapes(w: World) -> dict[str, Row]:
    needed, gods = great_gods(w), living_gods(w)
    shapes: dict[str, Row] = {}
    for turn, code in enumerate(w.codes("temples")):
        god = needed[turn] if turn < len(needed) else gods[turn % len(gods)] if gods else None
        places = settled(w)
        place = places[turn % len(places)] if places else None
        houses = [c for c, s in w.shape("buildings").items() if s["location"] == place and s["building_type"] == "temple"]  # fmt: skip
        priests = [c for c in alive(w) if w.of("entities", c)["_role"] == "priest"]
        dice = w.stream("temples", code, "shape")
        default = "cathedral" if turn == 0 else TEMPLE_SIZES[dice.between(0, 2)]
        size = w.kind("temples", code, default, TEMPLE_SIZES)
        holy = [f for f, s in w.shape("factions").items() if s["faction_type"] == "religious"]
        shapes[code] = {
            "location": place,
            "building": houses[0] if houses and turn == 0 else None,
            "deity": god,
            "high_priest": priests[turn] if turn < len(priests) else None,
            "faction": holy[turn % len(holy)] if holy and turn % 2 == 0 else None,
            "temple_size": size,
            "standing": _STANDING[turn % len(_STANDING)],
            "clergy_count": dice.between(*_CLERGY[size]),
        }
    return shapes


def _temple_line(w: World, code: str, registry: Registry) -> Line:
    shape = w.of("temples", code)
    v = w.voice("temples", code, "name")
    house = capital(shape["temple_size"])
    god = w.the("deities", shape["deity"])
    name = registry.claim(lambda _: v.say(78, "temple_name", house=house, deity=god))
    return line_of(name, f"{house} of {god} in {w.the('locations', shape['location'])}")


def _temple_row(w: World, code: str) -> Row:
    v, shape = w.voice("temples", code), w.of("temples", code)
    items = [c for c, s in w.shape("items").items() if s["current_location"] == shape["location"]]
    relic = w.the("items", items[0] if items else None) or f"a hand of {v.pick('material')}"
    slots = _slots(w, "temples", code, v) | {
        "deity": w.the("deities", shape["deity"]),
        "size": spelled(shape["temple_size"]),
        "standing": spelled(shape["standing"]),
        "priest": w.the("entities", shape["high_priest"]) or "the eldest priest",
        "relic": relic,
        "clergy": "one servant"
        if shape["clergy_count"] == 1
        else f"{shape['clergy_count']} servants",
        "holy": w.of("deities", shape["deity"]).get("holy_day") or "the feast day",
    }
    services = [s.split(";") for s in v.some("service", 4)]
    return public(shape) | {
        "services": [{"name": capital(n), "price_gp": float(p)} for n, p in services],
        "rites": v.some("rite", 2, 200, **slots),
        "relic": items[0] if items else fit(capital(relic), 160),
        "summary": v.say(200, "temple_summary", **slots),
        "description": v.say(600, "temple_text", **slots),
        "tags": ["temple", str(slots["standing"])],
    }


WRITERS = {
    "shops": Writer(shape=_shop_shapes, line=_shop_line, row=_shop_row),
    "taverns": Writer(shape=_tavern_shapes, line=_tavern_line, row=_tavern_row),
    "temples": Writer(shape=_temple_shapes, line=_temple_line, row=_temple_row),
}
