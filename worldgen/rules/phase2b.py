"""Phase 2B: places. Dungeons and buildings stand in sites.py."""

from __future__ import annotations

from worldgen.rules.bonds import Bond, named_places
from worldgen.rules.brief import Line, Row
from worldgen.rules.entities import alive, leader_of, owner_of, party_plan, standing
from worldgen.rules.foundations import covering, past_period
from worldgen.rules.names import PLACE_EPITHETS, Registry
from worldgen.rules.phase1a import number_in
from worldgen.rules.phase1c import culture_of_race
from worldgen.rules.regions import ancestry, inhabited
from worldgen.rules.rng import Stream
from worldgen.rules.tables import SIZES
from worldgen.rules.text import Quote, Voice, capital, fit, together
from worldgen.rules.world import World, Writer, line_of, public, spelled

LOCATION_TYPES = (
    "city", "town", "village", "hamlet", "fortress", "castle", "ruin", "wilderness_site", "landmark", "port", "camp",
    "crossroads", "district", "planar_site",
)  # fmt: skip
_ORDER = ("town", "village", "port", "city", "ruin", "village", "fortress", "wilderness_site", "district", "town", "landmark", "hamlet", "ruin", "crossroads", "castle", "camp")  # fmt: skip
_TOLD_KINDS = {
    "landmark": "gate bridge tower lighthouse mill arch monument well dam abbey monastery shrine inn tavern",
    "castle": "castle palace hall",
    "fortress": "fort fortress keep citadel",
    "ruin": "ruin ruins tomb crypt",
    "wilderness_site": "forest wood woods moor marsh mire flats pass peak cave caves",
}
_MOST_TOWNS = (2, 4, 9)
EMPTY = ("ruin", "wilderness_site", "landmark", "planar_site", "crossroads", "camp")
_FIT_TO_RULE = 3
_QUARTER = 0.4
"""No part of a town holds more of its people."""
_PEOPLE = {
    "city": (18000, 90000), "town": (1800, 8000), "port": (2500, 12000), "village": (150, 900), "hamlet": (30, 120),
    "fortress": (120, 600), "castle": (150, 500), "district": (900, 4000), "camp": (20, 90), "crossroads": (8, 40),
}  # fmt: skip
_RULE = {
    "government": "council", "noble_house": "monarchy", "religious": "theocracy", "arcane": "magocracy", "guild": "guild_rule",
    "mercantile": "guild_rule", "military": "military", "tribal": "tribal", "criminal": "anarchy", "revolutionary": "republic",
}  # fmt: skip


def _location_shapes(w: World) -> dict[str, Row]:
    codes, lands = w.codes("locations"), inhabited(w)
    plan = party_plan(w).places
    shapes: dict[str, Row] = {}
    towns = 0
    for turn, code in enumerate(codes):
        bond = plan[turn] if turn < len(plan) else None
        pc, facts = owner_of(w, "locations", code, bond)
        kind = _kind_told(bond) or _ORDER[turn % len(_ORDER)]
        if kind in ("city", "town"):
            towns += 1
            kind = kind if towns <= _MOST_TOWNS[SIZES.index(w.brief.size)] else "village"
        kind = w.kind("locations", code, kind, LOCATION_TYPES)
        parent = _parent(w, code, kind, shapes)
        region = shapes[parent]["region"] if parent else lands[turn % len(lands)] if lands else None
        shapes[code] = _place(w, code, turn, kind=kind, region=region) | {
            "location_type": kind,
            "parent_location": parent,
            "region": region,
            "pc": pc,
            "_facts": facts,
        }
    _limit_people(w, shapes)
    for shape in shapes.values():
        if shape["parent_location"]:
            whole = shapes[shape["parent_location"]]["population"]
            shape["population"] = min(shape["population"], int(_QUARTER * whole))
    _set_rulers(w, shapes)
    return shapes


def _kind_told(bond: Bond | None) -> str:
    """Return what the name in a backstory says the place is: no town of thousands is called a gate."""
    last = bond.name.casefold().split()[-1:] if bond and bond.name else []
    return next((kind for kind, words in _TOLD_KINDS.items() if set(last) & set(words.split())), "")


def _parent(w: World, code: str, kind: str, shapes: dict[str, Row]) -> str | None:
    told = w.line("locations", code).get("parent")
    if told in shapes and shapes[told]["parent_location"] is None:
        return str(told)
    if kind != "district":
        return None
    return next((c for c, s in shapes.items() if s["location_type"] in ("city", "town", "port")), None)  # fmt: skip


def _place(w: World, code: str, turn: int, *, kind: str, region: str | None) -> Row:
    dice = w.stream("locations", code, "shape")
    chain = ancestry(w, region)
    cultures = [c for c, s in w.shape("cultures").items() if s["home_region"] in chain]
    culture = next(iter(cultures or w.codes("cultures")), None)
    factions = w.codes("factions")
    near = [f for f in factions if w.of("factions", f)["home_region"] == region]
    low, high = _PEOPLE.get(kind, (0, 0))
    land = w.of("geography_regions", region)
    settled = kind not in EMPTY
    return {
        "culture": culture,
        "ruling_faction": (near or [factions[turn % len(factions)]])[0]
        if factions and settled
        else None,
        "ruler": None,
        "legal_system": covering(w, "legal_systems", region),
        "economic_system": covering(w, "economic_systems", region) if settled else None,
        "founded_in": past_period(w, turn),
        "population": 0 if kind in EMPTY[:4] else dice.between(low, high),
        "danger_level": dice.between(1, 4) if settled else dice.between(5, 8),
        "map_x": _beside(dice, land.get("map_x")),
        "map_y": _beside(dice, land.get("map_y")),
    }


def _beside(dice: Stream, middle: float | None) -> float:
    at = 50.0 if middle is None else float(middle)
    return round(min(99.0, max(1.0, at + 8 * dice.unit() - 4)), 1)


def _limit_people(w: World, shapes: dict[str, Row]) -> None:
    for region in {s["region"] for s in shapes.values()}:
        inside = [s for s in shapes.values() if s["region"] == region]
        total = sum(s["population"] for s in inside)
        room = int(0.6 * (w.of("geography_regions", region).get("population") or 0))
        for shape in inside:
            if total > room:
                shape["population"] = shape["population"] * room // max(1, total)


def _set_rulers(w: World, shapes: dict[str, Row]) -> None:
    """Let the leader of the faction rule, or a ruler by trade; nobody rules twice."""
    free = [c for c in alive(w) if w.of("entities", c)["_role"] == "ruler"]
    used: set[str] = set()
    for shape in shapes.values():
        if shape["location_type"] in EMPTY or shape["location_type"] == "district":
            continue
        head = leader_of(w, shape["ruling_faction"])
        fit_to_rule = head and standing(w.of("entities", head)) <= _FIT_TO_RULE
        choices = [head if fit_to_rule else None, *free]
        ruler = next((c for c in choices if c and c not in used), None)
        shape["ruler"] = ruler
        used |= {ruler} if ruler else set()


def settled(w: World) -> list[str]:
    """Return the places with people, cities and towns first."""
    shapes = w.shape("locations")
    found = [
        c for c, s in shapes.items() if s["population"] > 0 and s["location_type"] not in EMPTY
    ]
    rank = {"city": 0, "town": 1, "port": 2}
    return sorted(found, key=lambda c: rank.get(shapes[c]["location_type"], 3)) or list(shapes)


def towns_of(w: World) -> list[str]:
    """Return the cities and towns: each needs a shop and a tavern."""
    return [c for c, s in w.shape("locations").items() if s["location_type"] in ("city", "town")]


def _location_line(w: World, code: str, registry: Registry) -> Line:
    shape = w.of("locations", code)
    dice = w.stream("locations", code, "name")
    plan = party_plan(w).places
    turn = w.codes("locations").index(code)
    bond = plan[turn] if turn < len(plan) else Bond(pc="")
    spare = [p for p in named_places(w.brief) if p not in {b.name for b in plan}]
    told = [
        n for n in (bond.name, *spare[turn - len(plan) : turn - len(plan) + 1]) if n and turn >= 0
    ][:1]
    kind = shape["location_type"]
    ends, sites = w.theme.order("locations", "place_end"), w.theme.pool(f"site_{kind}")
    roots = w.theme.order("locations", "root")
    tongue = w.tongue(number_in(code) % 3)

    def make(tries: int) -> str:
        if told:
            return told.pop()
        if sites:
            return f"The {roots[(turn + tries) % len(roots)]} {sites[(turn + tries) % len(sites)]}"
        stem = (
            roots[(turn + tries) % len(roots)]
            if (turn + tries) % 2
            else tongue.word(dice).rstrip("aeiou")
        )
        return (stem + ends[(turn * 3 + tries) % len(ends)]).replace(" ", "")

    name = registry.claim(make, epithets=PLACE_EPITHETS)
    where = w.the("geography_regions", shape["region"])
    pc = next((p.name for p in w.brief.characters if p.code == shape["pc"]), "")
    text = f"{spelled(kind)} in {where}" + (f", bound to {pc}" if pc else "")
    return line_of(name, text, parent=shape["parent_location"], facts=tuple(shape["_facts"]))


def place_slots(w: World, code: str | None, v: Voice) -> dict[str, object]:
    """Return the slots that a text about a place may use."""
    shape = w.of("locations", code)
    factions, number = w.codes("factions"), number_in(code or "")
    faction = shape.get("ruling_faction") or (
        factions[number % len(factions)] if factions else None
    )
    others = [c for c in w.codes("locations") if c != code]
    people = alive(w)
    race = w.of("cultures", shape.get("culture")).get("primary_race") or culture_of_race(w, None)
    return {
        "name": w.the("locations", code),
        "region": w.the("geography_regions", shape.get("region")),
        "kind": spelled(shape.get("location_type") or "place"),
        "people": f"{shape.get('population') or 0:,} people",
        "faction": w.the("factions", faction) or "no one in particular",
        "rival": w.the("factions", w.of("factions", faction).get("_rival")) or "outsiders",
        "ruler": w.the("entities", shape.get("ruler")) or "the eldest at the table",
        "other": w.the("entities", people[number % len(people)] if people else None) or "a fugitive",
        "neighbor": w.the("locations", others[number * 3 % len(others)] if others else None) or "the border",
        "period": w.the("historical_periods", shape.get("founded_in")) or "the old days",
        "most_race": w.name("races", race) or "mixed",
        "oddity": v.pick("strangeness" if shape.get("location_type") in EMPTY else "oddity"),
        "cause_cap": capital(v.pick("cause")),
    }  # fmt: skip


def _location_row(w: World, code: str) -> Row:
    v, shape = w.voice("locations", code), w.of("locations", code)
    slots = place_slots(w, code, v)
    empty = shape["location_type"] in EMPTY
    return public(shape) | {
        "pc_connection_detail": bond_text(w, shape, v, "place", slots),
        "demographics": _demographics(w, shape),
        "government": "none" if empty else _government(w, shape),
        "defenses": "" if empty else capital(v.say(240, "defense", **slots)),
        "notable_features": [capital(f) for f in (str(slots["oddity"]), *v.some("landmark", 2))],
        "atmosphere": {k: capital(v.pick(k)) for k in ("sight", "sound", "smell")},
        "gm_secret": v.say(300, "place_secret", **slots),
        "summary": v.say(200, "site_summary" if empty else "place_summary", **slots),
        "description": v.say(600, "site_text" if empty else "place_text", **slots),
        "tags": [str(slots["kind"])],
    }


def bond_text(w: World, shape: Row, v: Voice, what: str, slots: dict[str, object]) -> str:
    """Return how a row is tied to its character: the fact to the letter, and a sentence about it."""
    if not shape.get("pc"):
        return ""
    pc = next((p.name for p in w.brief.characters if p.code == shape["pc"]), "")
    known = w.brief.facts()
    facts = [known[f][1].text for f in shape["_facts"] if f in known]
    if not facts:
        return v.say(300, f"{what}_bond_free", pc=pc, **slots)
    said = f"“{facts[0]}”"
    text = v.say(600, f"{what}_bond", pc=pc, told=Quote(said), **slots)
    return text if len(text) <= 300 else together(300, f"{pc}: {said}", "") if len(f"{pc}: {said}") <= 300 else fit(facts[0], 300)  # fmt: skip


def _demographics(w: World, shape: Row) -> list[Row]:
    race = w.of("cultures", shape["culture"]).get("primary_race")
    races = w.codes("races")
    if not shape["population"] or race not in races:
        return []
    second = races[(races.index(race) + 1) % len(races)]
    share = 60 + shape["population"] % 25
    rest = [{"race": second, "percent": 100 - share - 5}] if second != race else []
    return [{"race": race, "percent": share}, *rest]


def _government(w: World, shape: Row) -> str:
    kind = w.of("factions", shape["ruling_faction"]).get("faction_type")
    return _RULE.get(kind or "", "council")


WRITERS = {"locations": Writer(shape=_location_shapes, line=_location_line, row=_location_row)}
