"""Phase 1C: gods and factions, and who stands against whom."""

from __future__ import annotations

from worldgen.rules.brief import Line, Row
from worldgen.rules.foundations import past_period
from worldgen.rules.names import Registry
from worldgen.rules.phase1a import holy_day, number_in
from worldgen.rules.regions import inhabited
from worldgen.rules.tables import row_count
from worldgen.rules.text import capital, fit
from worldgen.rules.world import World, Writer, line_of, public, spelled

RANKS = ("greater", "intermediate", "lesser", "demigod", "quasi", "sleeping", "dead")
_LOW_RANKS = ("lesser", "demigod", "lesser", "sleeping", "lesser", "quasi", "dead", "demigod")
GREAT = ("greater", "intermediate")
_DOMAINS = ("death", "life", "tempest", "knowledge", "war", "trickery", "light", "forge", "nature", "order", "grave", "arcana", "peace", "twilight")  # fmt: skip
_TEMPERS = ("lawful_neutral", "neutral_good", "chaotic_neutral", "true_neutral", "lawful_good", "chaotic_good", "neutral_evil", "lawful_evil", "chaotic_evil")  # fmt: skip
FACTION_TYPES = ("government", "noble_house", "guild", "military", "criminal", "religious", "arcane", "mercantile", "secret_society", "revolutionary", "scholarly", "tribal", "monster")  # fmt: skip
_NOUNS = {
    "military": "military order",
    "criminal": "criminal ring",
    "religious": "religious order",
    "arcane": "arcane school",
    "mercantile": "mercantile company",
    "revolutionary": "revolutionary band",
    "scholarly": "scholarly house",
    "tribal": "tribal league",
    "monster": "monster brood",
}
_PURSES = {
    "poor": "empty",
    "modest": "thin",
    "comfortable": "well filled",
    "wealthy": "bottomless",
}
_RANK_WORDS = {"intermediate": "great god", "demigod": "demigod", "quasi": "minor power"}
_STATUS = {
    "government": "sovereign", "noble_house": "chartered", "guild": "chartered", "military": "legal", "criminal": "outlawed",
    "religious": "legal", "arcane": "tolerated", "mercantile": "chartered", "secret_society": "secret",
    "revolutionary": "outlawed", "scholarly": "legal", "tribal": "tolerated", "monster": "outlawed",
}  # fmt: skip


def _deity_shapes(w: World) -> dict[str, Row]:
    codes, pantheons, planes = w.codes("deities"), w.codes("pantheons"), w.codes("planes")
    skies, races = w.codes("celestial_bodies"), w.codes("races")
    great = max(1, min(len(codes) // 2, row_count("temples", w.brief) - 1))
    shapes: dict[str, Row] = {}
    for turn, code in enumerate(codes):
        rank = _LOW_RANKS[(turn - great) % len(_LOW_RANKS)] if turn >= great else GREAT[min(1, turn // max(1, len(pantheons)))]  # fmt: skip
        domain = _DOMAINS[turn % len(_DOMAINS)]
        second = _DOMAINS[(turn * 5 + 3) % len(_DOMAINS)]
        shapes[code] = {
            "pantheon": pantheons[turn % len(pantheons)] if pantheons else None,
            "home_plane": planes[(turn + 1) % len(planes)] if planes else None,
            "celestial_body": skies[turn % len(skies)] if skies and turn < 2 * len(skies) and turn % 2 == 0 else None,
            "rank": w.kind("deities", code, rank, RANKS),
            "alignment": _TEMPERS[turn % len(_TEMPERS)],
            "domains": [domain, second] if second != domain else [domain],
            "holy_day": holy_day(w, number_in(code)),
            "worshipper_races": sorted({races[turn % len(races)]}) if races else [],
        }  # fmt: skip
    return shapes


def great_gods(w: World) -> list[str]:
    """Return the living gods who need a temple, the greatest first."""
    shapes = w.shape("deities")
    return sorted((c for c, s in shapes.items() if s["rank"] in GREAT), key=lambda c: (GREAT.index(shapes[c]["rank"]), c))  # fmt: skip


def living_gods(w: World) -> list[str]:
    """Return the gods that answer, at least in name; all where none does."""
    shapes = w.shape("deities")
    return [c for c, s in shapes.items() if s["rank"] not in ("dead", "sleeping")] or list(shapes)


def _deity_line(w: World, code: str, registry: Registry) -> Line:
    shape = w.of("deities", code)
    dice = w.stream("deities", code, "name")
    tongue = w.tongue(number_in(code) % 4)
    gender = ("feminine", "masculine", "neutral")[number_in(code) % 3]
    name = registry.claim(lambda _: tongue.given(dice, gender))
    noun = "" if shape["rank"] == "demigod" else " god"
    return line_of(name, f"{spelled(shape['rank'])}{noun} of {shape['domains'][0]}")


def _deity_row(w: World, code: str) -> Row:
    v, shape = w.voice("deities", code), w.of("deities", code)
    domains = shape["domains"]
    titles = v.some("deity_title", 2, 80)
    portfolio = [v.pick(f"portfolio_{domains[0]}"), v.pick(f"portfolio_{domains[0]}")]
    portfolio += [v.pick(f"portfolio_{domains[-1]}")]
    races = [w.name("races", c) for c in shape["worshipper_races"]]
    slots = {
        "name": w.the("deities", code),
        "rank": _RANK_WORDS.get(shape["rank"], f"{shape['rank']} god"),
        "one": portfolio[0],
        "two": portfolio[-1] if portfolio[-1] != portfolio[0] else portfolio[1],
        "title": titles[0],
        "title_cap": capital(titles[0]),
        "believers": f"{races[0]} believers" if races else "believers",
        "symbol": v.pick("deity_symbol"),
    }
    pool = f"deity_{shape['rank']}"
    return public(shape) | {
        "titles": [capital(t) for t in titles],
        "portfolio": list(dict.fromkeys(fit(p, 60) for p in portfolio)),
        "symbol": fit(capital(slots["symbol"]), 160),
        "tenets": v.some("tenet", 3),
        "favored_weapon": v.raw("weapon"),
        "appearance": v.say(300, "deity_look"),
        "summary": v.say(200, "deity_summary", **slots),
        "description": v.say(600, pool if v.has(pool) else "deity_description", **slots),
        "tags": ["god", *domains],
    }


def _faction_shapes(w: World) -> dict[str, Row]:
    codes, lands, gods = w.codes("factions"), inhabited(w), living_gods(w)
    cultures = w.shape("cultures")
    houses = [entry.split(";") for entry in w.theme.order("factions", "house")]
    shapes: dict[str, Row] = {}
    for turn, code in enumerate(codes):
        kind = "government" if turn == 0 else houses[turn % len(houses)][0]
        kind = w.kind("factions", code, kind, FACTION_TYPES)
        home = _seat_told(w, turn) or (lands[turn % len(lands)] if lands else None)
        own = [c for c, s in cultures.items() if s["home_region"] == home] or list(cultures)
        dice = w.stream("factions", code, "shape")
        shapes[code] = {
            "faction_type": kind,
            "home_region": home,
            "culture": own[0] if own else None,
            "patron_deity": gods[turn % len(gods)] if gods and (turn % 2 or kind == "religious") else None,
            "parent_faction": codes[0] if turn > 4 and turn % 6 == 5 else None,
            "founded_in": past_period(w, turn),
            "alignment": dice.pick(_TEMPERS[:8] if kind in ("criminal", "monster", "secret_society") else _TEMPERS[:6]),
            "legal_status": _STATUS[kind],
            "size": "large" if turn == 0 else dice.pick(("small", "medium", "medium", "large")),
            "influence": 80 if turn == 0 else dice.between(20, 75),
            "wealth": dice.pick(("modest", "comfortable", "wealthy")),
            "_rival": codes[(turn + 1 if turn % 2 == 0 else turn - 1) % len(codes)],
            "_other": codes[(turn + 2) % len(codes)],
        }  # fmt: skip
    return shapes


def _faction_line(w: World, code: str, registry: Registry) -> Line:
    shape = w.of("factions", code)
    kind = shape["faction_type"]
    dice = w.stream("factions", code, "name")
    # The premise's own powers come first, then those of the setting, then made ones.
    turn = w.codes("factions").index(code)
    told = w.theme.groups[turn : turn + 1]
    houses = [
        e.split(";")[1] for e in w.theme.order("factions", "house") if e.split(";")[0] == kind
    ]
    given = [_with_the(name) for name in (*told, *houses)]
    ends, roots = w.theme.pool(f"faction_end_{kind}"), dice.shuffled(w.theme.pool("root"))

    def make(turn: int) -> str:
        if turn < len(given):
            return given[turn]
        if kind == "noble_house":
            return f"House {w.tongue(number_in(code) % 3).surname(dice)}"
        return f"The {roots[turn % len(roots)]} {ends[turn % len(ends)]}"

    name = registry.claim(make)
    return line_of(name, f"{_noun(kind)} of {w.the('geography_regions', shape['home_region'])}")


def _noun(kind: str) -> str:
    return _NOUNS.get(kind, spelled(kind))


def _seat_told(w: World, turn: int) -> str | None:
    """Return the region that the name of a power from the premise mentions."""
    told = " ".join(w.theme.groups[turn : turn + 1])
    lands = [
        c for c in inhabited(w) + w.codes("geography_regions") if w.name("geography_regions", c)
    ]
    return next((c for c in lands if told and w.the("geography_regions", c) in told), None)


def _with_the(name: str) -> str:
    return name if name.startswith(("The ", "House ")) else f"The {name}"


def _faction_row(w: World, code: str) -> Row:
    v, shape = w.voice("factions", code), w.of("factions", code)
    rival = shape["_rival"] if shape["_rival"] != code else None
    slots = {
        "name": w.the("factions", code),
        "kind": _noun(shape["faction_type"]),
        "size": spelled(shape["size"]),
        "status": spelled(shape["legal_status"]),
        "wealth": _PURSES.get(shape["wealth"], "its own affair"),
        "place": w.the("geography_regions", shape["home_region"]),
        "rival": w.the("factions", rival) or "their own old guard",
        "other": w.the("factions", shape["_other"]),
        "period": w.the("historical_periods", shape["founded_in"]) or "the old days",
        "deity": w.the("deities", shape["patron_deity"] or next(iter(living_gods(w)), None)) or "the old names",
        "symbol": v.pick("deity_symbol"),
        "cause_cap": "",
    }  # fmt: skip
    slots["cause_cap"] = capital(v.pick("cause"))
    ranks = [v.raw("rank_low"), v.raw("rank_mid"), v.raw("rank_high")]
    goals = [v.say(200, "faction_goal", **slots) for _ in range(2)]
    motto = v.raw("motto")
    return public(shape) | {
        "goals": [
            {"goal": g, "horizon": h}
            for g, h in zip(dict.fromkeys(goals), ("short", "long"), strict=False)
        ],
        "methods": [capital(m) for m in v.some("faction_method", 3, 120)],
        "ranks": [{"order": i + 1, "title": t} for i, t in enumerate(ranks)],
        "symbol": fit(capital(slots["symbol"]), 160),
        "motto": motto,
        "public_face": v.say(300, "faction_public", **slots),
        "gm_secret": v.say(400, "faction_secret", **slots),
        "summary": v.say(200, "faction_summary", **slots),
        "description": v.say(600, "faction_description", **slots),
        "tags": [spelled(shape["faction_type"])],
    }


WRITERS = {
    "deities": Writer(shape=_deity_shapes, line=_deity_line, row=_deity_row),
    "factions": Writer(shape=_faction_shapes, line=_faction_line, row=_faction_row),
}
