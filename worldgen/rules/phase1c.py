"""Phase 1C: languages, cultures, pantheons. Gods and factions stand in powers.py."""

from __future__ import annotations

from worldgen.rules.brief import Line, Row
from worldgen.rules.foundations import covering
from worldgen.rules.names import Registry
from worldgen.rules.phase1a import number_in, primary_calendar
from worldgen.rules.phase1b import race_number
from worldgen.rules.regions import inhabited
from worldgen.rules.text import capital, fit, in_sentence, listed
from worldgen.rules.world import World, Writer, line_of, public, spelled

LANGUAGE_TYPES = ("standard", "exotic", "secret", "dead", "liturgical", "sign")
_LANGUAGE_ORDER = ("standard", "standard", "standard", "standard", "liturgical", "exotic", "dead", "standard", "standard", "secret", "exotic", "sign", "dead", "liturgical")  # fmt: skip
STRUCTURES = ("clan", "feudal", "meritocratic", "egalitarian", "gerontocratic", "matriarchal", "caste", "theocratic", "stateless", "patriarchal")  # fmt: skip
_ORDERS = {"caste": "caste-bound", "clan": "clan-bound"}
PANTHEONS = ("polytheistic", "ancestor", "dualist", "animist", "henotheistic", "philosophical", "monotheistic")  # fmt: skip
_LIVING = ("standard", "exotic", "sign")
_MOST_PEOPLES = 6


def _language_shapes(w: World) -> dict[str, Row]:
    races, lands = w.codes("races"), inhabited(w)
    codes = w.codes("languages")
    shapes: dict[str, Row] = {}
    for turn, code in enumerate(codes):
        kind = "standard" if turn == 0 else _LANGUAGE_ORDER[turn % len(_LANGUAGE_ORDER)]
        kind = w.kind("languages", code, kind, LANGUAGE_TYPES) if turn else kind
        typical = [] if kind in ("dead", "secret") or not races else [races[turn % len(races)]]
        shapes[code] = {
            "language_type": kind,
            "parent_language": codes[0] if turn and kind in ("standard", "liturgical") and turn % 2 == 0 else None,
            "typical_races": typical,
            "regions": sorted({lands[(turn + i) % len(lands)] for i in range(2)}) if lands else [],
        }  # fmt: skip
    living = [s for s in shapes.values() if s["language_type"] in _LIVING]
    for turn, race in enumerate(races):
        if living and not any(race in s["typical_races"] for s in living):
            roomy = [s for s in living if len(s["typical_races"]) < _MOST_PEOPLES] or living[:1]
            roomy[turn % len(roomy)]["typical_races"].append(race)
    for shape in shapes.values():
        shape["typical_races"] = sorted(shape["typical_races"])
    return shapes


def living_languages(w: World) -> list[str]:
    """Return the languages that people grow up with."""
    shapes = w.shape("languages")
    return [c for c, s in shapes.items() if s["language_type"] in _LIVING] or list(shapes)[:1]


def _speech_number(w: World, code: str) -> int:
    races = w.of("languages", code)["typical_races"]
    return race_number(races[0]) if races else number_in(code)


def _language_line(w: World, code: str, registry: Registry) -> Line:
    shape = w.of("languages", code)
    dice = w.stream("languages", code, "name")
    word = w.tongue(_speech_number(w, code))
    ends = ("", "ish", "ic", "an")
    name = registry.claim(lambda turn: word.word(dice, low=1 + turn % 2).rstrip("aeiou") + ends[turn % 4])  # fmt: skip
    place = w.the("geography_regions", shape["regions"][0] if shape["regions"] else None)
    return line_of(name, f"{spelled(shape['language_type'])} tongue of {place or 'the roads'}")


def _language_row(w: World, code: str) -> Row:
    v, shape = w.voice("languages", code), w.of("languages", code)
    tongue = w.tongue(_speech_number(w, code))
    races = [w.name("races", c) for c in shape["typical_races"]]
    slots = {
        "name": w.the("languages", code),
        "kind": spelled(shape["language_type"]),
        "place": w.the("geography_regions", shape["regions"][0] if shape["regions"] else None) or "the roads",
        "script": v.pick("script"),
        "people": listed(races[:2]) or "its keepers",
    }  # fmt: skip
    meanings = v.some("phrase_meaning", 3)
    pool = "language_dead" if shape["language_type"] == "dead" else "language_description"
    return public(shape) | {
        "script": fit(capital(slots["script"]), 60),
        "sound": v.pick("language_sound"),
        "sample_phrases": [
            {"phrase": f"{tongue.word(v.dice)} {tongue.word(v.dice).lower()}", "meaning": m}
            for m in meanings
        ],
        "summary": v.say(200, "language_summary", **slots),
        "description": v.say(600, pool, **slots),
        "tags": ["language", slots["kind"]],
    }


def _culture_shapes(w: World) -> dict[str, Row]:
    races, lands, codes = w.codes("races"), inhabited(w), w.codes("cultures")
    calendars, tongues = w.codes("calendar_systems"), living_languages(w)
    shapes: dict[str, Row] = {}
    for turn, code in enumerate(codes):
        race = races[turn % len(races)] if races else None
        home = lands[turn % len(lands)] if lands else None
        own = [t for t in tongues if race in w.of("languages", t)["typical_races"]]
        tongue = next(iter(own or tongues), None)
        shapes[code] = {
            "primary_race": race,
            "other_races": [],
            "home_region": home,
            "other_regions": sorted({lands[(turn * 3 + 1) % len(lands)]} - {home}) if lands else [],
            "primary_language": tongue,
            "other_languages": sorted(set(tongues[:1]) - {tongue}),
            "economic_system": covering(w, "economic_systems", home),
            "legal_system": covering(w, "legal_systems", home),
            "calendar": calendars[turn % len(calendars)] if turn % 3 == 1 and calendars else primary_calendar(w),
            "social_structure": STRUCTURES[(turn * 3 + len(codes)) % len(STRUCTURES)],
            "attitude_to_magic": w.stream("cultures", code, "magic").pick(("reverent", "pragmatic", "wary", "hostile")),
            "attitude_to_outsiders": w.stream("cultures", code, "guests").pick(("welcoming", "curious", "neutral", "guarded", "hostile")),
        }  # fmt: skip
    for turn, race in enumerate(races[len(codes) :]):
        if codes:
            others = shapes[codes[turn % len(codes)]]["other_races"]
            others.extend([race] if len(others) < 4 else [])
    return shapes


def culture_of_race(w: World, race: str | None) -> str | None:
    """Return the first culture of a people; the first of all where it has none."""
    shapes = w.shape("cultures")
    own = [c for c, s in shapes.items() if s["primary_race"] == race or race in s["other_races"]]
    return next(iter(own or shapes), None)


def _culture_line(w: World, code: str, registry: Registry) -> Line:
    shape = w.of("cultures", code)
    dice = w.stream("cultures", code, "name")
    tongue = w.tongue(race_number(shape["primary_race"]))
    ends, roots = w.theme.order("cultures", "culture_name"), w.theme.order("cultures", "root")
    at = number_in(code)

    def make(turn: int) -> str:
        if at % 2:
            return f"The {roots[(at + turn) % len(roots)]} {ends[(at + turn) % len(ends)]}"
        return f"The {tongue.word(dice, low=2)} {ends[(at + turn) % len(ends)]}"

    name = registry.claim(make)
    return line_of(name, f"{w.name('races', shape['primary_race'])} people of {w.the('geography_regions', shape['home_region'])}")  # fmt: skip


def _culture_row(w: World, code: str) -> Row:
    v, shape = w.voice("cultures", code), w.of("cultures", code)
    customs = [c.split(";") for c in v.some("custom", 3, 300)]
    slots = {
        "name": w.name("cultures", code).removeprefix("The "),
        "people": w.name("races", shape["primary_race"]) + " families",
        "place": w.the("geography_regions", shape["home_region"]),
        "structure": _ORDERS.get(shape["social_structure"], shape["social_structure"]),
        "outsiders": spelled(shape["attitude_to_outsiders"]),
        "magic": spelled(shape["attitude_to_magic"]),
        "language": w.the("languages", shape["primary_language"]),
        "feast": in_sentence(v.raw("feast").split(";")[0]),
        "custom": customs[0][1][:1].lower() + customs[0][1][1:].rstrip("."),
    }
    return public(shape) | {
        "values": v.some("value", 3, 60),
        "customs": [{"name": n, "description": d} for n, d in customs],
        "taboos": [capital(t) for t in v.some("taboo", 2)],
        "food": v.say(240, "food_line"),
        "dress": v.say(240, "dress_line"),
        "arts": v.say(240, "art_line"),
        "summary": v.say(200, "culture_summary", **slots),
        "description": v.say(600, "culture_description", **slots),
        "tags": ["culture", spelled(shape["social_structure"])],
    }


def _pantheon_shapes(w: World) -> dict[str, Row]:
    codes, cultures, planes = w.codes("pantheons"), w.codes("cultures"), w.codes("planes")
    return {
        code: {
            "pantheon_type": w.kind("pantheons", code, PANTHEONS[turn % len(PANTHEONS)], PANTHEONS),
            "home_plane": planes[(turn + 3) % len(planes)] if planes else None,
            "cultures": sorted((cultures[turn :: len(codes)] or cultures[:1])[:8]),
        }
        for turn, code in enumerate(codes)
    }


def _pantheon_line(w: World, code: str, registry: Registry) -> Line:
    v = w.voice("pantheons", code, "name")
    name = registry.claim(lambda _: f"The {v.raw('root')} {v.raw('pantheon_end')}")
    shape = w.of("pantheons", code)
    culture = w.the("cultures", shape["cultures"][0] if shape["cultures"] else None)
    return line_of(name, f"{spelled(shape['pantheon_type'])} faith of {culture or 'the land'}")


def _pantheon_row(w: World, code: str) -> Row:
    v, shape = w.voice("pantheons", code), w.of("pantheons", code)
    gods = [c for c in w.codes("deities") if w.of("deities", c)["pantheon"] == code]
    gods = gods or w.codes("deities")[:1]
    culture = shape["cultures"][0] if shape["cultures"] else None
    home = w.of("cultures", culture).get("home_region")
    slots = {
        "name": w.the("pantheons", code),
        "kind": spelled(shape["pantheon_type"]),
        "first": w.the("deities", gods[0] if gods else None) or "the Eldest",
        "second": w.the("deities", gods[1] if len(gods) > 1 else None) or "the Unnamed",
        "place": w.the("geography_regions", home),
    }
    return public(shape) | {
        "origin_myth": v.say(600, "myth", **slots),
        "hierarchy": v.say(300, "pantheon_hierarchy", **slots),
        "clergy": v.say(300, "pantheon_clergy", **slots),
        "summary": v.say(200, "pantheon_summary", **slots),
        "description": v.say(600, "pantheon_description", **slots),
        "tags": ["faith", slots["kind"]],
    }


WRITERS = {
    "languages": Writer(shape=_language_shapes, line=_language_line, row=_language_row),
    "cultures": Writer(shape=_culture_shapes, line=_culture_line, row=_culture_row),
    "pantheons": Writer(shape=_pantheon_shapes, line=_pantheon_line, row=_pantheon_row),
}
