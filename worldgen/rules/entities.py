"""The cast: who is tied to the party, who rules, prays, leads, haunts. Links and numbers only."""

from __future__ import annotations

from collections.abc import Collection

from worldgen.rules.bonds import Bond, Plan, plan_of
from worldgen.rules.brief import Row
from worldgen.rules.numbers import dice_average, modifier, rating_at
from worldgen.rules.phase1c import culture_of_race
from worldgen.rules.powers import living_gods
from worldgen.rules.regions import inhabited
from worldgen.rules.rng import Stream
from worldgen.rules.world import World

ROLES = ("ruler", "priest", "leader", "creature", "ruler", "agent", "leader", "old", "agent", "priest", "creature", "leader", "group", "agent")  # fmt: skip
_ROLE_STANDING = {"ruler": 0, "leader": 1}
GONE = ("dead", "missing")
_TEMPERS = ("lawful_good", "neutral_good", "chaotic_good", "lawful_neutral", "true_neutral", "chaotic_neutral", "lawful_evil", "neutral_evil")  # fmt: skip
_BAD = ("enemy", "rival")
_DIE = {"tiny": 4, "small": 6, "medium": 8, "large": 10, "huge": 12, "gargantuan": 20}
_PRONOUNS = {"masculine": "he/him", "feminine": "she/her", "neutral": "they/them"}
_BEAST_SKILLS = ("perception", "stealth", "athletics", "survival", "acrobatics", "intimidation")
_BEAST_MIND = 4
_WELL_WISHERS = ("family", "friend", "love", "mentor", "ally", "patron")
_SKILLS = ("insight", "persuasion", "deception", "perception", "stealth", "history", "intimidation", "investigation", "medicine", "arcana")  # fmt: skip


def party_plan(w: World) -> Plan:
    """Return the bonds of the party, drawn once for a world."""
    if "plan" not in w.kept:
        w.kept["plan"] = plan_of(w.brief)
    plan: Plan = w.kept["plan"]
    return plan


def owner_of(w: World, table: str, code: str, planned: Bond | None) -> tuple[str | None, list[str]]:
    """Return the character a roster line is tied to and the facts it cites.

    The line decides: its first known fact says whose it is. A line without facts falls to the plan.
    """
    line = w.line(table, code)
    known = w.brief.facts()
    facts = [f for f in line.get("facts") or [] if f in known]
    if facts:
        return known[facts[0]][0].code, facts
    if line.get("name") and planned and planned.facts:
        return None, []
    return (planned.pc, list(planned.facts)) if planned else (None, [])


def entity_shapes(w: World) -> dict[str, Row]:
    """Draw the cast: the people of the backstories first, then the roles that a land needs."""
    plan = party_plan(w).people
    shapes: dict[str, Row] = {}
    for turn, code in enumerate(w.codes("entities")):
        bond = plan[turn] if turn < len(plan) else None
        pc, facts = owner_of(w, "entities", code, bond)
        role = "bond" if pc else ROLES[(turn - len(plan)) % len(ROLES)]
        bond = bond if pc and bond and bond.pc == pc else Bond(pc=pc or "", facts=tuple(facts))
        shapes[code] = _person(w, code, turn, role=role, bond=bond) | {
            "pc": pc,
            "pc_connection": bond.connection if pc else "none",
            "backstory_fact_ids": facts[:4],
        }
    _enlist(w, shapes)
    return shapes


def _person(w: World, code: str, turn: int, *, role: str, bond: Bond) -> Row:
    dice = w.stream("entities", code, "shape")
    race = _race(w, turn, bond)
    culture = culture_of_race(w, race)
    lands = inhabited(w)
    home = (
        lands[turn % len(lands)]
        if lands and turn % 2
        else w.of("cultures", culture).get("home_region")
    )
    gods = living_gods(w)
    gender = bond.gender or dice.pick(("feminine", "masculine", "feminine", "masculine", "neutral"))
    shape = {
        "entity_type": "npc",
        "race": race,
        "character_class": None,
        "background": None,
        "culture": culture,
        "deity": gods[turn % len(gods)] if gods and turn % 3 else None,
        "home_region": home or (lands[0] if lands else None),
        "creature_type": w.of("races", race).get("creature_type") or "humanoid",
        "size": w.of("races", race).get("size") or "medium",
        "alignment": dice.pick(_TEMPERS[3:] if bond.connection in _BAD and role == "bond" else _TEMPERS),
        "gender_pronouns": _PRONOUNS[gender],
        "age": _age(w, race, dice, old=bond.connection in ("mentor", "patron") or role == "ruler"),
        "status": bond.status,
        "importance": "major" if (role == "bond" and turn % 3 == 0) or role == "ruler" else "supporting",
        "speed_walk": w.of("races", race).get("speed_walk") or 30,
        "_role": role,
        "_job": bond.job,
        "_gender": gender,
    }  # fmt: skip
    classes, pasts = w.codes("character_classes"), w.codes("backgrounds")
    if classes and (role == "leader" or bond.connection in ("mentor", "enemy", "rival")):
        shape["character_class"] = classes[turn % len(classes)]
    if pasts and turn % 2 == 0:
        shape["background"] = pasts[turn % len(pasts)]
    shape |= _ODD[role](w, dice, turn) if role in _ODD else {}
    return shape | _stat_block(w, shape, dice)


def _race(w: World, turn: int, bond: Bond) -> str | None:
    races = w.codes("races")
    pc = next((pc for pc in w.brief.characters if pc.code == bond.pc), None)
    if pc and bond.connection == "family":
        own = [c for c in races if w.name("races", c).casefold() == pc.race_text.strip().casefold()]
        if own:
            return own[0]
    return races[turn % len(races)] if races else None


def _age(w: World, race: str | None, dice: Stream, *, old: bool) -> int:
    adult = w.of("races", race).get("age_adult") or 18
    span = w.of("races", race).get("lifespan") or 80
    low, high = (0.5, 0.85) if old else (0.12, 0.55)
    share = low + (high - low) * dice.unit()
    return int(adult + (span - adult) * share)


def _creature(w: World, dice: Stream, turn: int) -> Row:
    beasts = [b.split(";") for b in w.theme.order("entities", "beast")]
    level = max(1, w.brief.party_level)
    fitting = [b for b in beasts if b[2] != "humanoid" and _rank(b[1]) <= level + 4] or beasts
    name, rating, kind, size = fitting[turn % len(fitting)]
    return {
        "entity_type": "spirit" if kind == "undead" and turn % 2 else "creature", "race": None, "culture": None, "deity": None,
        "background": None, "creature_type": kind, "size": size, "alignment": "unaligned", "gender_pronouns": "it/its",
        "age": None, "status": "undead" if kind == "undead" else "alive", "importance": "supporting", "speed_walk": 40,
        "_beast": name, "_rating": rating, "_gender": "neutral",
    }  # fmt: skip


def _rank(rating: str) -> float:
    top, _, bottom = rating.partition("/")
    return int(top) / int(bottom or 1)


def _old(w: World, dice: Stream, turn: int) -> Row:
    return {"entity_type": "historical_figure", "status": "dead", "importance": "minor"}


def _group(w: World, dice: Stream, turn: int) -> Row:
    return {
        "entity_type": "group", "race": None, "age": None, "importance": "supporting", "gender_pronouns": "they/them",
        "_gender": "neutral", "_rating": rating_at(max(1, w.brief.party_level)),
    }  # fmt: skip


_ODD = {"creature": _creature, "old": _old, "group": _group}


def _stat_block(w: World, shape: Row, dice: Stream) -> Row:
    level = max(1, w.brief.party_level)
    fighter = shape["character_class"] is not None
    rating = shape.get("_rating") or rating_at(level + dice.between(0, 2) if fighter else level * dice.pick((0.15, 0.3, 0.5)))  # fmt: skip
    power = _rank(rating)
    scores = {a: dice.between(10 if a == "con" else 8, 14) + min(8, int(power / 2)) for a in ("str", "dex", "con", "int", "wis", "cha")}  # fmt: skip
    if shape["_role"] == "creature":
        scores["int"] = min(scores["int"], _BEAST_MIND)
    sides = _DIE[shape["size"]]
    each = (sides + 1) / 2 + modifier(scores["con"])
    wanted = 6 + 14 * power
    count = max(1, min(60, round(wanted / max(1.0, each))))
    plus = count * modifier(scores["con"])
    dice_text = f"{count}d{sides}{plus:+d}" if plus else f"{count}d{sides}"
    if dice_average(dice_text) < 1:
        dice_text = f"{count}d{sides}"
    return {
        "challenge_rating": rating,
        "armor_class": min(25, 10 + modifier(scores["dex"]) + min(6, 1 + int(power / 3))),
        "hit_dice": dice_text,
        "hit_points": max(1, int(dice_average(dice_text))),
        "abilities": scores,
        "_power": power,
    }


def _enlist(w: World, shapes: dict[str, Row]) -> None:
    """Give every faction a living member, then spread the others; beasts and the dead stay out."""
    factions = w.codes("factions")
    living = [c for c, s in shapes.items() if s["status"] not in GONE and s["entity_type"] in ("npc", "group")]  # fmt: skip
    for turn, code in enumerate(living):
        shapes[code]["primary_faction"] = factions[turn % len(factions)] if factions else None
    for code, shape in shapes.items():
        faction = shape.setdefault("primary_faction", None)
        peers = [c for c in living if faction and shapes[c]["primary_faction"] == faction]
        peers = [c for c in peers if shapes[c]["status"] == "alive"]
        head = min(peers, key=lambda c: (standing(shapes[c]), c), default=None)
        shape["parent_entity"] = head if shape["pc"] is None and head != code else None


def standing(shape: Row) -> int:
    """Return how fit somebody is to lead, the fittest first: rulers by trade, then the powerful."""
    if shape["_role"] != "bond":
        return _ROLE_STANDING.get(shape["_role"], 2)
    return 3 if shape["pc_connection"] in ("patron", "enemy", "creditor", "mentor") else 4


def alive(w: World) -> list[str]:
    """Return the people who can act: give quests, rule, own a shop."""
    people = ("npc", "group", "construct")
    return [c for c, s in w.shape("entities").items() if s["status"] == "alive" and s["entity_type"] in people]  # fmt: skip


def members(w: World, faction: str | None) -> list[str]:
    """Return those whose first loyalty is to a faction and who can act."""
    return [c for c in alive(w) if w.of("entities", c)["primary_faction"] == faction]


def leader_of(w: World, faction: str | None) -> str | None:
    """Return who leads a faction: its highest living member."""
    return min(members(w, faction), key=lambda c: (standing(w.of("entities", c)), c), default=None)


def is_well_wisher(w: World, code: str | None) -> bool:
    """Tell whether somebody is bound to a player character by kindness: nobody to fight or accuse."""
    return w.of("entities", code).get("pc_connection") in _WELL_WISHERS


def neighbors(w: World, place: str | None, taken: Collection[str | None] = ()) -> list[str]:
    """Return who may keep a house in a place: people of its region, no enemies of the party."""
    region = w.of("locations", place).get("region")
    people = [c for c in alive(w) if w.of("entities", c)["home_region"] == region]
    people = [c for c in people if w.of("entities", c)["pc_connection"] not in _BAD]
    return [c for c in people if c not in taken]


def skills_of(dice: Stream, power: float, *, is_beast: bool = False) -> list[Row]:
    """Return three skills with bonuses that fit a power."""
    return [{"skill": s, "bonus": min(15, 2 + int(power / 3) + dice.between(0, 3))} for s in dice.some(_BEAST_SKILLS if is_beast else _SKILLS, 3)]  # fmt: skip
