"""Phase 1A: calendars, planes, regions. History, money, law and sky stand in foundations.py."""

from __future__ import annotations

from worldgen.rules.brief import Line, Row
from worldgen.rules.names import Registry
from worldgen.rules.regions import REGION_TYPES as REGION_TYPES
from worldgen.rules.regions import region_shapes
from worldgen.rules.text import Quote, Voice, capital, fit, in_sentence, together
from worldgen.rules.world import World, Writer, line_of, public, spelled

SEASONS = ("spring", "summer", "autumn", "winter")
_PLANES = (
    ("material", "none", "normal", "normal", "normal", "true_neutral"),
    ("echo", "shadow", "light", "slow", "enhanced", "neutral_evil"),
    ("transitive", "air", "none", "timeless", "normal", "unaligned"),
    ("outer", "radiant", "normal", "normal", "enhanced", "lawful_good"),
    ("elemental", "water", "heavy", "normal", "enhanced", "unaligned"),
    ("demiplane", "none", "subjective", "erratic", "wild", "chaotic_neutral"),
    ("elemental", "fire", "normal", "fast", "wild", "chaotic_neutral"),
    ("outer", "negative", "heavy", "slow", "impeded", "lawful_evil"),
    ("inner", "earth", "heavy", "normal", "dead", "lawful_neutral"),
)
PLANE_TYPES = ("material", "transitive", "inner", "outer", "elemental", "echo", "demiplane")
_NATIVES = {
    "material": ["humanoid", "beast", "monstrosity"],
    "echo": ["undead", "fey"],
    "transitive": ["aberration", "celestial"],
    "outer": ["celestial", "fiend"],
    "elemental": ["elemental"],
    "demiplane": ["construct"],
    "inner": ["elemental", "giant"],
}


_CLIMATES = {
    "mediterranean": "sun-warmed",
    "subtropical": "sultry",
    "subarctic": "cold",
    "arctic": "frozen",
    "semi_arid": "half-dry",
    "magical": "spell-touched",
    "highland": "high-lying",
}


_LANDS = {"plains": "plain", "land": "stretch of country", "volcanic": "chain of fire mountains"}


def _calendar_shapes(w: World) -> dict[str, Row]:
    shapes: dict[str, Row] = {}
    base = w.stream("calendar_systems", "", "year").between(380, 1600)
    for turn, code in enumerate(w.codes("calendar_systems")):
        dice = w.stream("calendar_systems", code, "shape")
        names = _month_names(w, code, primary=turn == 0)[: dice.between(8, 12)]
        length = dice.between(28, 34)
        months: list[Row] = [
            {
                "name": name,
                "days": length + dice.between(-1, 1),
                "season": SEASONS[i * 4 // len(names)],
            }
            for i, name in enumerate(names)
        ]
        between = dice.between(0, 2)
        today = dice.pick(months)
        shapes[code] = {
            "months": months,
            "current_year": base if turn == 0 else base + dice.between(100, 900),
            "current_month": today["name"],
            "current_day": dice.between(1, today["days"]),
            "hours_per_day": 24,
            "year_length_days": sum(m["days"] for m in months) + between,
            "is_primary": turn == 0,
            "_between": between,
        }
    return shapes


def _month_names(w: World, code: str, *, primary: bool) -> list[str]:
    dice = w.stream("calendar_systems", code, "months")
    if primary:
        end = dice.pick(w.theme.order("calendar_systems", "month_end"))
        return [f"{root}{end}" for root in dice.shuffled(w.theme.pool("root")) if " " not in root][
            :14
        ]
    words = (w.tongue(number_in(code)).word(dice, low=2) for _ in range(40))
    return list(dict.fromkeys(words))[:12]


def number_in(code: str) -> int:
    """Return the number of a code as a small positive number."""
    return sum(int(c) for c in code if c.isdecimal() and c.isascii()) or 1


def primary_calendar(w: World) -> str | None:
    """Return the calendar that the world counts by."""
    shapes = w.shape("calendar_systems")
    return next((c for c, s in shapes.items() if s["is_primary"]), next(iter(shapes), None))


def holy_day(w: World, number: int) -> str:
    """Return a date of the primary calendar, such as "12 Saltmonth"; the number spreads them."""
    months = w.of("calendar_systems", primary_calendar(w)).get("months") or []
    if not months:
        return ""
    month = months[number * 5 % len(months)]
    return f"{1 + number * 7 % month['days']} {month['name']}"


def _calendar_line(w: World, code: str, registry: Registry) -> Line:
    ends = ("Reckoning", "Count", "Almanac", "Calendar")
    dice = w.stream("calendar_systems", code, "name")
    roots = dice.shuffled(w.theme.pool("root"))
    name = registry.claim(lambda turn: f"The {roots[turn % len(roots)]} {dice.pick(ends)}")
    months = len(w.of("calendar_systems", code)["months"])
    role = "Official count" if w.of("calendar_systems", code)["is_primary"] else "Old count"
    return line_of(name, f"{role} of {months} months")


def _calendar_row(w: World, code: str) -> Row:
    v, shape = w.voice("calendar_systems", code), w.of("calendar_systems", code)
    months = shape["months"]
    feasts: list[Row] = []
    for entry in v.some("feast", min(5, 2 + len(months) // 3), 300):
        name, _, meaning = entry.partition(";")
        month = months[(len(feasts) * 3 + v.dice.between(0, 2)) % len(months)]
        day = v.dice.between(1, month["days"])
        feasts.append({"name": name, "month": month["name"], "day": day, "meaning": meaning})
    slots = {
        "name": w.the("calendar_systems", code),
        "epoch": "",
        "days": shape["year_length_days"],
        "months": len(months),
        "month": months[0]["name"],
        "feast": in_sentence(feasts[0]["name"]),
        "people": "most lands" if shape["is_primary"] else "priests and stubborn villages",
    }
    epoch = v.raw("epoch")
    slots["epoch"] = "the " + epoch.removeprefix("The ")
    return public(shape) | {
        "epoch_name": epoch,
        "week_days": v.some("weekday", v.dice.between(5, 8)),
        "intercalary_days": [
            {"name": n, "after_month": months[i * 4 % len(months)]["name"], "meaning": v.pick("between_meaning")}
            for i, n in enumerate(v.some("between_day", shape["_between"]))
        ],
        **_leap(v, months),
        "festivals": feasts,
        "summary": v.say(200, "calendar_summary", **slots),
        "description": v.say(600, "calendar_description", **slots),
        "tags": ["time"],
    }  # fmt: skip


def _leap(v: Voice, months: list[Row]) -> Row:
    """A rule of leap days in words, and in numbers where it has some: "4/100 ..." or, with a day of its own, "6+ ..."."""
    slots = {"last": months[-1]["name"], "first": months[0]["name"], "leap": v.pick("leap_day")}
    said = v.pick("leap_rule", **slots)
    if not said[0].isdigit():
        return {"leap_rule": said, "leap_days": []}
    turns, _, said = said.partition(" ")
    is_own = turns.endswith("+")
    rule = {
        "name": slots["leap"] if is_own else "",
        "after_month": slots["first"] if is_own else slots["last"],
        "days": 1,
        "every": turns.rstrip("+"),
    }
    return {"leap_rule": said, "leap_days": [rule]}


def _plane_shapes(w: World) -> dict[str, Row]:
    shapes: dict[str, Row] = {}
    for turn, code in enumerate(w.codes("planes")):
        kind, element, gravity, time, magic, alignment = _PLANES[turn % len(_PLANES) if turn else 0]
        kind = "material" if turn == 0 else w.kind("planes", code, kind, PLANE_TYPES)
        if turn == 0 and w.brief.magic_level in ("none", "low"):
            magic = "dead" if w.brief.magic_level == "none" else "impeded"
        shapes[code] = {
            "plane_type": kind,
            "parent_plane": next(iter(shapes), None) if kind == "demiplane" else None,
            "alignment": alignment,
            "dominant_element": element,
            "gravity": gravity,
            "time_flow": time,
            "magic_effect": magic,
            "is_home": turn == 0,
        }
    return shapes


def _plane_line(w: World, code: str, registry: Registry) -> Line:
    shape = w.of("planes", code)
    dice = w.stream("planes", code, "name")
    nouns = dice.shuffled(w.theme.pool("demiplane_noun" if shape["plane_type"] == "demiplane" else "plane_noun"))  # fmt: skip
    roots = dice.shuffled(w.theme.pool("root"))
    if shape["is_home"]:
        name = registry.claim(lambda _: w.tongue(0).word(dice, low=2))
        return line_of(name, "Material world of the campaign")
    if shape["plane_type"] == "demiplane":
        name = registry.claim(
            lambda turn: f"The {roots[turn % len(roots)]} {nouns[turn % len(nouns)]}"
        )
    else:
        name = registry.claim(lambda turn: f"The {nouns[turn % len(nouns)]}")
    return line_of(name, f"{spelled(shape['plane_type'])} plane beside {w.name('planes', w.codes('planes')[0])}")  # fmt: skip


def _plane_row(w: World, code: str) -> Row:
    v, shape = w.voice("planes", code), w.of("planes", code)
    slots = {
        "name": w.the("planes", code),
        "kind": spelled(shape["plane_type"]),
        "what": v.pick("what"),
        "hazard": v.pick("hazard"),
    }
    home = shape["is_home"]
    line = w.theme.line(190)
    return public(shape) | {
        "native_creature_types": _NATIVES.get(shape["plane_type"], []),
        "access_methods": ["birth"] if home else v.some("plane_access", 2),
        "hazards": v.some("hazard" if home else "plane_hazard", 2),
        "summary": line if home and line else v.say(200, "plane_summary", **slots),
        "description": v.say(600, "plane_home" if home else "plane_description", **slots),
        "tags": [fit(spelled(shape["plane_type"]), 30)],
    }


def _region_line(w: World, code: str, registry: Registry) -> Line:
    shape = w.of("geography_regions", code)
    dice = w.stream("geography_regions", code, "name")
    parent, noun = shape["parent_region"], shape["_noun"]
    given = list(w.theme.places)
    roots = dice.shuffled(w.theme.pool("root")[:8])
    top = parent is None and not shape["_wild"]

    def make(turn: int) -> str:
        if not shape["_wild"] and given:
            return given.pop(0)
        word = w.tongue(0 if top else number_in(code) % 3).word(dice, low=2 if top else 1)
        if top:
            return word
        return f"The {roots[turn % len(roots)]} {noun}" if turn % 2 == 0 and number_in(code) % 3 else f"The {word} {noun}"  # fmt: skip

    name = registry.claim(make)
    within = f" of {w.the('geography_regions', parent)}" if parent else " at the edge of the map" if shape["_wild"] else ""  # fmt: skip
    return line_of(name, f"{spelled(shape['region_type'])}{within}", parent=parent)


def _region_row(w: World, code: str) -> Row:
    v, shape = w.voice("geography_regions", code), w.of("geography_regions", code)
    slots = {
        "name": w.the("geography_regions", code),
        "climate": _CLIMATES.get(shape["climate"], shape["climate"]),
        "kind": _LANDS.get(shape["region_type"], spelled(shape["region_type"])),
        "after": v.say(160, "region_after", sign=v.pick("sign")),
    }
    wild = shape["_wild"]
    description = v.say(600, "region_wild" if wild else "region_description", **slots)
    told = (
        w.theme.premise[number_in(code) - 1 :][:1]
        if not shape["parent_region"] and not wild
        else []
    )
    if told:
        description = together(
            600, v.tell(240, "{told}", told=Quote(fit(told[0], 240))), description
        )
    return public(shape) | {
        "natural_resources": v.some("resource", 3, 60),
        "hazards": [capital(h) for h in v.some("hazard", 2, 120)],
        "landmarks": [capital(m) for m in v.some("landmark", 2, 120)],
        "summary": v.say(200, "region_wild_summary" if wild else "region_summary", **slots),
        "description": description,
        "tags": [spelled(shape["region_type"]), spelled(shape["climate"])],
    }


WRITERS = {
    "calendar_systems": Writer(shape=_calendar_shapes, line=_calendar_line, row=_calendar_row),
    "planes": Writer(shape=_plane_shapes, line=_plane_line, row=_plane_row),
    "geography_regions": Writer(shape=region_shapes, line=_region_line, row=_region_row),
}
