"""Phase 1A: history, money, law and the sky."""

from __future__ import annotations

from worldgen.rules.brief import Line, Row
from worldgen.rules.names import Registry
from worldgen.rules.phase1a import number_in, primary_calendar
from worldgen.rules.regions import ancestry, inhabited, inhabited_tops
from worldgen.rules.text import fit, plural, together
from worldgen.rules.world import World, Writer, line_of, public, spelled

PERIOD_TYPES = (
    "mythic", "founding", "golden_age", "expansion", "war", "decline", "dark_age", "cataclysm", "renaissance", "current",
)  # fmt: skip
ECONOMIES = (
    "mercantile",
    "guild",
    "feudal",
    "market",
    "barter",
    "command",
    "gift",
    "tribal",
    "plunder",
    "mixed",
)
LAWS = (
    "codified",
    "customary",
    "feudal",
    "religious",
    "martial",
    "ordeal",
    "magocratic",
    "anarchic",
    "mixed",
)
BODIES = (
    "sun",
    "moon",
    "planet",
    "constellation",
    "star",
    "moon",
    "comet",
    "planet",
    "ring",
    "constellation",
)
BODY_TYPES = ("sun", "moon", "planet", "star", "constellation", "comet", "asteroid_belt", "ring")
_MIDDLES = (
    "founding",
    "golden_age",
    "war",
    "decline",
    "expansion",
    "dark_age",
    "cataclysm",
    "renaissance",
)
_LEVELS = (
    ("magitech", "magitech clockwork airship starship science"),
    ("industrial", "industrial factory electric modern telegraph"),
    ("early_industrial", "steam gaslit gaslight gaslamp rail railway coal victorian"),
    ("renaissance", "renaissance gunpowder musket printing sail"),
    ("iron", "iron viking norse ancient roman"),
    ("bronze", "bronze"),
    ("stone", "stone tribal primitive"),
)
_LADDER = ("stone", "bronze", "iron", "medieval", "renaissance", "early_industrial", "industrial", "magitech")  # fmt: skip
_AGES = {
    "golden_age": "golden",
    "war": "bloody",
    "expansion": "restless",
    "decline": "failing",
    "dark_age": "dark",
    "cataclysm": "shattered",
    "renaissance": "hopeful",
    "current": "present",
}
_COIN_VALUES = (1, 10, 50, 100, 1000)
WEALTH = ("poor", "modest", "comfortable", "wealthy")


def _period_shapes(w: World) -> dict[str, Row]:
    codes = w.codes("historical_periods")
    calendar = primary_calendar(w)
    now = w.of("calendar_systems", calendar).get("current_year", 1000)
    dice = w.stream("historical_periods", "", "time line")
    lengths = [dice.between(40, 400) for _ in codes]
    start = now - dice.between(3, 30) - sum(lengths[:-1])
    lands = w.codes("geography_regions")
    shapes: dict[str, Row] = {}
    for turn, code in enumerate(codes):
        last = turn == len(codes) - 1
        kind = (
            "current" if last else "mythic" if turn == 0 else _MIDDLES[(turn - 1) % len(_MIDDLES)]
        )
        affected = [
            lands[(turn * 3 + i) % len(lands)] for i in range(min(len(lands), 2 + turn % 2))
        ]
        shapes[code] = {
            "calendar": calendar,
            "period_type": kind,
            "start_year": start,
            "end_year": None if last else start + lengths[turn] - 1,
            "technology_level": _technology(w, len(codes) - 1 - turn),
            "affected_regions": sorted(set(affected)),
            "_until": now if last else start + lengths[turn] - 1,
        }
        start += lengths[turn]
    return shapes


def _technology(w: World, ages_ago: int) -> str:
    told = f"{w.brief.technology_level} {w.brief.genre} {w.brief.premise}".lower()
    now = next((level for level, words in _LEVELS if any(word in told for word in words.split())), "medieval")  # fmt: skip
    return _LADDER[max(0, _LADDER.index(now) - (ages_ago + 1) // 2)]


def current_period(w: World) -> str | None:
    """Return the period that has not ended."""
    shapes = w.shape("historical_periods")
    return next((c for c, s in shapes.items() if s["end_year"] is None), None)


def past_period(w: World, number: int) -> str | None:
    """Return a period that has ended, spread by a number; the first one where there is no other."""
    shapes = w.shape("historical_periods")
    past = [
        c for c, s in shapes.items() if s["end_year"] is not None and s["period_type"] != "mythic"
    ]
    return past[number % len(past)] if past else next(iter(shapes), None)


def _period_line(w: World, code: str, registry: Registry) -> Line:
    shape = w.of("historical_periods", code)
    v = w.voice("historical_periods", code, "name")
    place = w.name(
        "geography_regions", shape["affected_regions"][0] if shape["affected_regions"] else None
    )
    place = place.removeprefix("The ") or "the Land"
    if shape["period_type"] == "current":
        name = registry.claim(lambda _: v.pick("era"))
        return line_of(name, "Current age, in which everything is at stake")
    pool = f"period_name_{shape['period_type']}"
    name = registry.claim(lambda _: v.pick(pool, place=place))
    years = shape["_until"] - shape["start_year"] + 1
    return line_of(name, f"{spelled(shape['period_type'])}, {years} years long")


def _period_row(w: World, code: str) -> Row:
    v, shape = w.voice("historical_periods", code), w.of("historical_periods", code)
    now = shape["end_year"] is None
    lands = shape["affected_regions"] or w.codes("geography_regions")[:1]
    slots = {
        "name": w.the("historical_periods", code),
        "kind": _AGES.get(shape["period_type"], shape["period_type"]),
        "place": w.the("geography_regions", lands[0]),
        "years": shape["_until"] - shape["start_year"] + 1,
        "root": w.theme.order("historical_periods", "root")[number_in(code) % 8],
    }
    events = _events(w, code, lands)
    legacy = v.say(300, "legacy_text", **slots)
    if now:
        legacy = v.tell(300, "What will remain is not decided: {legacy}, or nothing.", **slots)
    return public(shape) | {
        "key_events": events,
        "legacy": legacy,
        "summary": v.tell(200, "{What}") if now else v.say(200, "period_summary", **slots),
        "description": v.say(600, "period_now" if now else "period_description", **slots),
        "tags": [spelled(shape["period_type"])],
    }


def _events(w: World, code: str, lands: list[str]) -> list[Row]:
    v, shape = w.voice("historical_periods:events", code), w.of("historical_periods", code)
    first, last = shape["start_year"], shape["_until"]
    now = shape["end_year"] is None
    held = [f for f in w.brief.locks.facts if f.strip()] if now else []
    count = min(3, 1 + (last - first) // 10)
    years = sorted({v.dice.between(first, last) for _ in range(count)})
    events: list[Row] = []
    for turn, year in enumerate(years):
        land = lands[turn % len(lands)]
        place = w.the("geography_regions", land)
        slots = {"place": place, "what": v.pick("what"), "sign": v.pick("sign")}
        text = v.say(400, "event_now" if now and turn == 0 else "event_text", **slots)
        events.append({"year": year, "title": fit(v.say(120, "event", **slots), 120), "description": text, "region": land})  # fmt: skip
    events.extend(
        {"year": last, "title": "What everyone knows", "description": fit(fact, 400), "region": ""}
        for fact in held[: 6 - len(events)]
    )
    return events


def covering(w: World, table: str, region: str | None) -> str | None:
    """Return the economy or law that covers a region or one around it."""
    shapes = w.shape(table)
    for place in ancestry(w, region):
        for code, shape in shapes.items():
            if place in shape["regions"]:
                return code
    return None


def _spread(w: World, table: str, codes: list[str]) -> dict[str, list[str]]:
    """Return code -> regions: all inhabited top-level ones are covered, the rest go to their parts."""
    tops, parts = inhabited_tops(w), inhabited(w)
    found: dict[str, list[str]] = {code: [] for code in codes}
    for turn, top in enumerate(tops):
        found[codes[turn % len(codes)]].append(top)
    spare = [code for code in codes if not found[code]]
    for turn, code in enumerate(spare):
        found[code].append(parts[(turn * 2 + 1) % len(parts)])
    return {code: sorted(regions[:10]) for code, regions in found.items()}


def _economy_shapes(w: World) -> dict[str, Row]:
    codes = w.codes("economic_systems")
    regions = _spread(w, "economic_systems", codes) if codes else {}
    order = w.stream("economic_systems", "", "kinds").shuffled(ECONOMIES[:6]) + list(ECONOMIES[6:])
    return {
        code: {
            "system_type": w.kind("economic_systems", code, order[i % len(order)], ECONOMIES),
            "regions": regions[code],
            "wealth_level": w.stream("economic_systems", code, "wealth").pick(WEALTH),
        }
        for i, code in enumerate(codes)
    }


def _economy_line(w: World, code: str, registry: Registry) -> Line:
    shape = w.of("economic_systems", code)
    v = w.voice("economic_systems", code, "name")
    place = w.the("geography_regions", shape["regions"][0] if shape["regions"] else None)
    name = registry.claim(lambda _: f"The {v.raw('root')} {v.raw('economy_name_end')}")
    return line_of(name, f"{spelled(shape['system_type'])} economy of {place or 'the land'}")


def _economy_row(w: World, code: str) -> Row:
    v, shape = w.voice("economic_systems", code), w.of("economic_systems", code)
    lands = shape["regions"] or w.codes("geography_regions")[:1]
    coins = v.some("coin_name", 4)
    currency = f"{v.raw('root')} {coins[-1]}"
    slots = {
        "name": w.the("economic_systems", code),
        "kind": spelled(shape["system_type"]),
        "place": w.the("geography_regions", lands[0]),
        "currency": currency,
        "currencies": plural(currency),
        "after": v.say(160, "region_after"),
    }
    goods = [entry.split(";") for entry in v.some("good", 4, 200)]
    metals = ("copper", "silver", "electrum", "gold", "platinum")
    names = [*coins[: v.dice.between(2, 3)], currency] if len(coins) > 2 else [currency]
    picked = sorted(v.dice.some(range(1, 5), len(names) - 1)) if len(names) > 1 else []
    steps = [0, *picked]
    origins = inhabited(w)
    return public(shape) | {
        "currency_name": currency,
        "coins": [
            {"name": n, "metal": metals[s], "value_cp": _COIN_VALUES[s]} for n, s in zip(names, steps, strict=True)
        ],
        "trade_goods": [
            {"name": g, "origin_region": origins[(i + number_in(code)) % len(origins)], "price_gp": float(price), "unit": unit}
            for i, (g, unit, price) in enumerate(goods)
        ],
        "taxes": [
            {"name": t, "rate_percent": v.dice.between(2, 20), "levied_on": on}
            for t, on in (entry.split(";") for entry in v.some("tax", 2, 200))
        ],
        "guilds_and_banks": v.say(400, "guilds_and_banks", **slots),
        "black_market": v.say(400, "black_market", **slots),
        "summary": v.say(200, "economy_summary", **slots),
        "description": v.say(600, "economy_description", **slots),
        "tags": ["money", spelled(shape["system_type"])],
    }  # fmt: skip


def _law_shapes(w: World) -> dict[str, Row]:
    codes = w.codes("legal_systems")
    regions = _spread(w, "legal_systems", codes) if codes else {}
    order = w.stream("legal_systems", "", "kinds").shuffled(LAWS[:6]) + list(LAWS[6:])
    return {
        code: {
            "system_type": w.kind("legal_systems", code, order[i % len(order)], LAWS),
            "regions": regions[code],
        }
        for i, code in enumerate(codes)
    }


def _law_line(w: World, code: str, registry: Registry) -> Line:
    shape = w.of("legal_systems", code)
    v = w.voice("legal_systems", code, "name")
    place = w.the("geography_regions", shape["regions"][0] if shape["regions"] else None)
    name = registry.claim(lambda _: f"The {v.raw('root')} {v.raw('law_name_end')}")
    return line_of(name, f"{spelled(shape['system_type'])} law of {place or 'the land'}")


_MAGIC_LAW = {"none": "forbidden", "low": "tolerated", "medium": "licensed", "high": "unregulated"}


def _law_row(w: World, code: str) -> Row:
    v, shape = w.voice("legal_systems", code), w.of("legal_systems", code)
    lands = shape["regions"] or w.codes("geography_regions")[:1]
    slots = {
        "kind": spelled(shape["system_type"]),
        "place": w.the("geography_regions", lands[0]),
        "name": w.the("legal_systems", code),
        "authority": v.pick("authority"),
        "enforcement": v.pick("enforcement"),
    }
    laws = [entry.split(";") for entry in v.some("law", 4, 400)]
    strict = v.dice.chance(0.4)
    return public(shape) | {
        "authority": fit(slots["authority"].capitalize(), 160),
        "enforcement": fit(slots["enforcement"].capitalize(), 160),
        "laws": [{"title": t, "text": f"{x}.", "penalty": p} for t, x, p in laws],
        "rights": v.say(300, "right", **slots),
        "courts": v.say(200, "court", **slots),
        "magic_regulation": "state_monopoly" if strict else _MAGIC_LAW[w.brief.magic_level],
        "corruption": v.dice.between(1, 9),
        "summary": v.say(200, "law_summary", **slots),
        "description": v.say(600, "law_description", **slots),
        "tags": ["law", spelled(shape["system_type"])],
    }


def _body_shapes(w: World) -> dict[str, Row]:
    shapes: dict[str, Row] = {}
    home = next(iter(w.codes("planes")), None)
    for turn, code in enumerate(w.codes("celestial_bodies")):
        dice = w.stream("celestial_bodies", code, "shape")
        kind = w.kind("celestial_bodies", code, BODIES[turn % len(BODIES)], BODY_TYPES)
        sun = next((c for c, s in shapes.items() if s["body_type"] == "sun"), None)
        moon = kind == "moon"
        shapes[code] = {
            "body_type": kind,
            "plane": home,
            "orbits": sun if kind in ("planet", "comet") else None,
            "calendar": primary_calendar(w) if kind in ("sun", "moon") else None,
            "orbital_period_days": dice.between(5, 10) * 4 if moon else dice.between(400, 9000) if kind in ("planet", "comet") else None,
        }  # fmt: skip
    return shapes


def _body_line(w: World, code: str, registry: Registry) -> Line:
    kind = w.of("celestial_bodies", code)["body_type"]
    v = w.voice("celestial_bodies", code, "name")
    pool = f"body_name_{kind}"
    pool = pool if v.has(pool) else "body_name_star"
    name = registry.claim(lambda _: v.pick(pool))
    return line_of(name, f"{spelled(kind)} over {w.name('planes', w.codes('planes')[0])}")


def _body_row(w: World, code: str) -> Row:
    v, shape = w.voice("celestial_bodies", code), w.of("celestial_bodies", code)
    slots = {
        "name": w.the("celestial_bodies", code),
        "kind": spelled(shape["body_type"]),
        "color": v.pick("sky_color"),
    }
    period = shape["orbital_period_days"]
    quarter = period / 4 if period else 0
    phases = [{"name": n, "days": quarter} for n in ("dark", "waxing", "full", "waning")]
    magic = w.brief.magic_level != "none"
    return public(shape) | {
        "phases": phases if shape["body_type"] == "moon" and period else [],
        "color": slots["color"],
        "magical_influence": together(300, v.tell(300, "{Influence}.")) if magic else "",
        "omens": [v.pick("omen").capitalize() for _ in range(2)],
        "summary": v.say(200, "body_summary", **slots),
        "description": v.say(600, "body_description", **slots),
        "tags": ["sky", slots["kind"]],
    }


WRITERS = {
    "historical_periods": Writer(shape=_period_shapes, line=_period_line, row=_period_row),
    "economic_systems": Writer(shape=_economy_shapes, line=_economy_line, row=_economy_row),
    "legal_systems": Writer(shape=_law_shapes, line=_law_line, row=_law_row),
    "celestial_bodies": Writer(shape=_body_shapes, line=_body_line, row=_body_row),
}
