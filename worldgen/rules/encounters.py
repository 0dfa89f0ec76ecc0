"""Phase 3A: encounters. Creatures fit the budget; there is always a way out without violence."""

from __future__ import annotations

from worldgen.rules.brief import Line, Row
from worldgen.rules.entities import GONE, is_well_wisher
from worldgen.rules.names import Registry
from worldgen.rules.numbers import RATINGS, XP_BY_RATING, budget, difficulty
from worldgen.rules.phase1a import number_in
from worldgen.rules.quests import quest_slots
from worldgen.rules.text import Voice, capital, fit, listed, plural, with_article
from worldgen.rules.world import World, Writer, line_of, public, spelled

ENCOUNTER_TYPES = ("combat", "social", "exploration", "puzzle", "trap", "chase", "mystery", "environmental")  # fmt: skip
_ORDER = ("combat", "social", "combat", "exploration", "combat", "chase", "mystery", "combat", "trap", "combat", "puzzle", "environmental")  # fmt: skip
_WANTED = ("moderate", "low", "high", "moderate")
_MOST_ALIKE = 12
_LONGEST_NAME = 80


def _encounter_shapes(w: World) -> dict[str, Row]:
    quests, places = w.codes("quest_hooks"), w.codes("locations")
    shapes: dict[str, Row] = {}
    for turn, code in enumerate(w.codes("encounters")):
        told = w.mentioned("encounters", code, "quest_hooks")
        quest = told or (quests[turn % len(quests)] if quests and turn < 2 * len(quests) else None)
        wish = w.of("quest_hooks", quest)
        place = wish.get("_end" if turn % 2 == 0 else "location") or (places[turn % len(places)] if places else None)  # fmt: skip
        dungeon = wish.get("dungeon") if wish.get("_end") == place else None
        kind = w.kind("encounters", code, _ORDER[turn % len(_ORDER)], ENCOUNTER_TYPES)
        level = min(20, max(1, w.brief.party_level))
        if wish:
            level = min(wish["max_level"], max(wish["min_level"], level))
        size = min(8, max(1, len(w.brief.characters) or 4))
        creatures, cast = _opponents(w, code, turn, kind=kind, level=level, size=size, wish=wish)
        xp = sum(c["count"] * XP_BY_RATING[c["challenge_rating"]] for c in creatures)
        region = w.of("locations", place).get("region")
        shapes[code] = {
            "encounter_type": kind,
            "quest": quest,
            "location": place,
            "dungeon": dungeon,
            "dungeon_room": 1 + turn % w.of("dungeons", dungeon)["_rooms"] if dungeon else None,
            "difficulty": difficulty(xp, level, size) if creatures else "moderate",
            "party_level": level,
            "party_size": size,
            "environment": "underground" if dungeon else w.of("geography_regions", region).get("environment") or "urban",
            "creatures": creatures,
            "_cast": cast,
        }  # fmt: skip
    return shapes


def _opponents(w: World, code: str, turn: int, *, kind: str, level: int, size: int, wish: Row) -> tuple[list[Row], list[Row]]:  # fmt: skip
    """Return the creatures of a fight or chase, and the known people in any scene."""
    entities = w.shape("entities")
    foe = _foe(w, wish, turn)
    cast = [{"entity": foe, "role": "leader" if kind == "combat" else "neutral", "count": 1}] if foe else []  # fmt: skip
    if kind not in ("combat", "chase"):
        return [], cast
    limit = budget(level, size)[{"low": 1, "moderate": 2, "high": 3}[_WANTED[turn % len(_WANTED)]]]
    creatures: list[Row] = []
    if foe and entities[foe]["challenge_rating"] in RATINGS and XP_BY_RATING[entities[foe]["challenge_rating"]] <= 0.7 * limit:  # fmt: skip
        rating = entities[foe]["challenge_rating"]
        creatures.append({"name": foe, "count": 1, "challenge_rating": rating})
        limit -= XP_BY_RATING[rating]
    else:
        cast = []
    name, rating = _minion(w, turn, limit)
    count = max(1, min(_MOST_ALIKE, int(0.85 * limit / XP_BY_RATING[rating])))
    creatures.append({"name": name, "count": count, "challenge_rating": rating})
    return creatures, cast


def _foe(w: World, wish: Row, turn: int) -> str | None:
    entities = w.shape("entities")
    able = [c for c, s in entities.items() if s["status"] in ("alive", "undead") and c != wish.get("giver") and not is_well_wisher(w, c)]  # fmt: skip
    hostile = [c for c in able if entities[c]["_role"] == "creature" or entities[c]["pc_connection"] in ("enemy", "rival")]  # fmt: skip
    target = wish.get("_target")
    if target in hostile and entities[target]["status"] not in GONE:
        return str(target)
    own = [
        c for c in able if wish and entities[c]["primary_faction"] == wish.get("opposing_faction")
    ]
    choices = own or hostile or able
    return choices[turn % len(choices)] if choices else None


def _minion(w: World, turn: int, limit: float) -> tuple[str, str]:
    if known := _known_creature(w, turn, limit):
        return known
    beasts = [b.split(";") for b in w.theme.order("encounters", "beast")]
    beasts = beasts[turn % len(beasts) :] + beasts[: turn % len(beasts)]
    fitting = [b for b in beasts if limit / _MOST_ALIKE / 1.5 <= XP_BY_RATING[b[1]] <= limit]
    if fitting:
        return fitting[0][0], fitting[0][1]
    name = min(beasts, key=lambda b: abs(XP_BY_RATING[b[1]] - limit / 4))[0]
    rating = max((r for r in RATINGS if XP_BY_RATING[r] <= max(10.0, limit / 3)), key=lambda r: XP_BY_RATING[r])  # fmt: skip
    return f"veteran {name}" if limit > 900 else name, rating


def _known_creature(w: World, turn: int, limit: float) -> tuple[str, str] | None:
    """Return a creature of the vocabulary that fits the budget; each encounter gets another one."""
    fitting = [c for c in w.brief.creatures if c[1] in RATINGS and limit / _MOST_ALIKE / 1.5 <= XP_BY_RATING[c[1]] <= limit]  # fmt: skip
    if not fitting:
        return None
    dealt = w.stream("encounters", "", "vocabulary").shuffled(sorted(fitting))
    name, rating = dealt[turn % len(dealt)]
    return name.lower()[:_LONGEST_NAME], rating


def _encounter_line(w: World, code: str, registry: Registry) -> Line:
    shape = w.of("encounters", code)
    v = w.voice("encounters", code, "name")
    place = w.the("locations", shape["location"])
    name = registry.claim(lambda _: v.say(78, "encounter_name", place=place, noun=v.raw(f"noun_{shape['encounter_type']}")))  # fmt: skip
    quest = w.the("quest_hooks", shape["quest"])
    text = spelled(shape["encounter_type"]) + (f" in {quest}" if quest else f" at {place}")
    return line_of(name, text)


def _who(w: World, shape: Row) -> str:
    """Return the opponents as people say it: three reef stalkers and Captain Hask."""
    words = []
    for creature in shape["creatures"]:
        known = w.the("entities", creature["name"])
        name, count = known or creature["name"], creature["count"]
        words.append(name if known else with_article(name) if count == 1 else f"{_COUNT.get(count, str(count))} {plural(name)}")  # fmt: skip
    words += [w.the("entities", c["entity"]) for c in shape["_cast"] if not shape["creatures"]]
    return listed(words) or "strangers"


_COUNT = {2: "two", 3: "three", 4: "four", 5: "five", 6: "six", 7: "seven", 8: "eight", 9: "nine", 10: "ten", 11: "eleven", 12: "twelve"}  # fmt: skip


def _encounter_row(w: World, code: str) -> Row:
    v, shape = w.voice("encounters", code), w.of("encounters", code)
    slots = quest_slots(w, shape["quest"], v) if shape["quest"] else {"opponent": "the other side"}
    place = w.the("locations", shape["location"]) or "the road"
    people = _who(w, shape)
    slots |= {
        "name": w.the("encounters", code),
        "kind": spelled(shape["encounter_type"]),
        "place": place,
        "place_cap": capital(place),
        "people": people,
        "people_cap": capital(people),
        "sight_cap": capital(v.pick("sight")),
    }
    fight = bool(shape["creatures"])
    gold = 5 * shape["party_level"] * v.dice.between(2, 8)
    return public(shape) | {
        "terrain": v.say(240, "terrain", **slots),
        "read_aloud": v.say(500, "read_aloud", **slots),
        "tactics": v.say(300, "tactics", **slots) if fight else "",
        "skill_checks": _checks(shape, v),
        "treasure": v.say(200, "spoils", gold=gold, **slots) if number_in(code) % 3 else "",
        "ways_out": [v.say(160, "way_peace", **slots), v.say(160, "way_other", **slots)],
        "summary": v.say(200, "encounter_summary", **slots),
        "description": v.say(600, "encounter_text", **slots),
        "tags": [fit(str(slots["kind"]), 30)],
        "encounter_entities": shape["_cast"],
    }


def _checks(shape: Row, v: Voice) -> list[Row]:
    dc = 11 + shape["party_level"] // 3
    rows = [c.split(";") for c in v.some("check", 2, 300)]
    return [{"skill": s, "dc": min(30, dc + i), "success": good, "failure": bad} for i, (s, good, bad) in enumerate(rows)]  # fmt: skip


WRITERS = {"encounters": Writer(shape=_encounter_shapes, line=_encounter_line, row=_encounter_row)}
