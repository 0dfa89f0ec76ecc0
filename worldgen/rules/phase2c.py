"""Phase 2C: things, what they can do and who lives inside them."""

from __future__ import annotations

from worldgen.rules.bonds import Bond
from worldgen.rules.brief import Line, Row
from worldgen.rules.entities import alive, owner_of, party_plan
from worldgen.rules.foundations import past_period
from worldgen.rules.names import Registry
from worldgen.rules.numbers import RARITY_BANDS
from worldgen.rules.phase1a import number_in
from worldgen.rules.phase2b import bond_text
from worldgen.rules.powers import living_gods
from worldgen.rules.tables import row_count
from worldgen.rules.text import fit
from worldgen.rules.world import World, Writer, line_of, public, spelled

ITEM_TYPES = ("weapon", "armor", "shield", "potion", "ring", "rod", "staff", "wand", "scroll", "wondrous", "tool", "gear", "trade_good", "vehicle", "ammunition", "art", "document")  # fmt: skip
_ORDER = ("weapon", "wondrous", "document", "ring", "armor", "staff", "art", "potion", "tool", "shield", "scroll", "wand", "weapon", "trade_good", "wondrous", "gear")  # fmt: skip
_WORDS = (
    ("document", "ledger book letter journal map roll deed writ list diary timetable prompt"),
    ("weapon", "sword blade dagger knife axe bow spear hammer lance tooth-blade"),
    ("ring", "ring band"),
    ("staff", "staff rod crook"),
    ("armor", "armor mail coat"),
    ("shield", "shield"),
    ("tool", "compass lens key watch spade loupe sextant lute"),
    ("wand", "wand"),
    ("wondrous", "lantern lamp locket amulet pendant mirror bell cloak mask horn cup stone medallion coin crown"),
)  # fmt: skip
_FEWEST_CARRIED = 2
_SHARE = {"none": 0.2, "low": 0.4, "medium": 0.6, "high": 0.8}
_RARITIES = ("common", "uncommon", "uncommon", "rare", "uncommon", "rare", "very_rare", "legendary")
_WEIGHTS = {
    "armor": 40,
    "weapon": 4,
    "shield": 6,
    "staff": 4,
    "trade_good": 60,
    "vehicle": 400,
    "art": 9,
}
_WEAPONS = {
    "bow": ("martial", "1d8", "piercing", ["ammunition", "two-handed"]), "dagger": ("simple", "1d4", "piercing", ["finesse", "light", "thrown"]),
    "knife": ("simple", "1d4", "piercing", ["finesse", "light"]), "spear": ("simple", "1d6", "piercing", ["thrown", "versatile"]),
    "axe": ("martial", "1d8", "slashing", ["versatile"]), "hammer": ("martial", "1d8", "bludgeoning", ["versatile"]),
}  # fmt: skip
_EFFECT_FIELDS: dict[str, Row] = {
    "Keen Edge": {"bonus": 1},
    "Warding": {"bonus": 1},
    "Biting Cold": {"damage_dice": "1d6", "damage_type": "cold"},
    "Quiet Word": {"condition": "charmed", "save_ability": "wis", "save_dc": 13},
    "Grave Chill": {"condition": "frightened", "save_ability": "con", "save_dc": 13},
    "Mending Light": {"spell_name": "cure wounds"},
}
_LASTS = {
    "Lamp of Truth": "ten minutes",
    "Quiet Word": "one minute",
    "Open Road": "until it is put away",
    "Borrowed Voice": "one hour",
    "Old Guardian": "one minute",
    "Grave Chill": "until the end of its next turn",
    "Hidden Page": "while it is held there",
}
_PLAIN = {
    "wand": "tool",
    "rod": "tool",
    "scroll": "document",
    "potion": "trade_good",
    "wondrous": "gear",
}
_NOUNS = {
    "wondrous": "wonder",
    "art": "work of art",
    "gear": "piece of gear",
    "armor": "suit of armor",
    "ammunition": "quiver",
}
PURPOSES = ("protector", "bane", "lore_seeker", "crusader", "glory_seeker", "destiny_seeker", "templar", "aligned")  # fmt: skip


def _type_of(name: str, default: str) -> str:
    words = name.casefold().replace("-", " ").split()
    return next((kind for kind, told in _WORDS for word in told.split() if word in words), default)


def _planned_name(w: World, turn: int) -> str:
    """Return the name an item is planned to have: told in a backstory, of the setting, or none."""
    plan = party_plan(w).things
    if turn < len(plan) and plan[turn].name:
        return plan[turn].name
    relics = w.theme.order("items", "relic")
    return relics[turn] if turn < len(relics) else ""


def _item_shapes(w: World) -> dict[str, Row]:
    codes = w.codes("items")
    plan = party_plan(w).things
    ranked = sorted(codes, key=lambda c: w.stream("items", c, "magic").unit())
    minds = len(w.codes("sentient_item_properties"))
    effects = len(w.codes("item_effects"))
    wonders = max(minds, min(effects, round(_SHARE[w.brief.magic_level] * len(codes))))
    magical = set(ranked[:wonders])
    minded = set(ranked[:minds])
    shapes: dict[str, Row] = {}
    for turn, code in enumerate(codes):
        bond = plan[turn] if turn < len(plan) else None
        pc, facts = owner_of(w, "items", code, bond)
        named = w.name("items", code) or _planned_name(w, turn)
        kind = _type_of(named, "wondrous" if named else _ORDER[turn % len(_ORDER)])
        kind = kind if code in magical else _PLAIN.get(kind, kind)
        kind = w.kind("items", code, kind, ITEM_TYPES)
        shapes[code] = _thing(w, code, turn, kind=kind, is_magical=code in magical) | {
            "is_sentient": code in minded,
            "pc": pc,
            "_facts": facts,
        }
        _place_thing(w, shapes[code], turn, carried=carried(shapes))
    return shapes


def carried(shapes: dict[str, Row]) -> int:
    """Return how many things somebody has so far."""
    return sum(shape.get("current_owner") is not None for shape in shapes.values())


def most_carried(w: World) -> int:
    """Return how many things people have at most: the others lie somewhere, as many as the size asks for."""
    return max(_FEWEST_CARRIED, len(w.codes("items")) - row_count("item_locations", w.brief))


def _thing(w: World, code: str, turn: int, *, kind: str, is_magical: bool) -> Row:
    dice = w.stream("items", code, "shape")
    level = w.brief.party_level
    rarity = _RARITIES[(turn + level // 5) % (4 if level < 5 else len(_RARITIES))] if is_magical else "mundane"  # fmt: skip
    low, high = RARITY_BANDS[rarity]
    people, cultures = w.codes("entities"), w.codes("cultures")
    attuned = is_magical and rarity not in ("common", "uncommon")
    return {
        "item_type": kind,
        "rarity": rarity,
        "is_magical": is_magical,
        "requires_attunement": attuned,
        "creator": people[(turn * 5 + 2) % len(people)] if people and turn % 4 == 2 else None,
        "origin_culture": cultures[turn % len(cultures)] if cultures else None,
        "origin_period": past_period(w, turn),
        "weapon": _weapon(w.name("items", code) or _planned_name(w, turn)) if kind == "weapon" else None,
        "armor": _armor(kind) if kind in ("armor", "shield") else None,
        "weight_lb": _WEIGHTS.get(kind, 1),
        "value_gp": dice.between(low, min(high, low * 4 + 50)) if is_magical else dice.between(2, 250),
        "charges": dice.between(3, 7) if is_magical and kind in ("wand", "staff", "rod", "wondrous") else None,
        "is_cursed": is_magical and turn % 7 == 5,
    }  # fmt: skip


def _weapon(name: str) -> Row:
    key = next((k for k in _WEAPONS if k in name.casefold()), "")
    category, dice, kind, properties = _WEAPONS.get(
        key, ("martial", "1d8", "slashing", ["versatile"])
    )
    return {
        "category": category,
        "damage_dice": dice,
        "damage_type": kind,
        "properties": properties,
    }


def _armor(kind: str) -> Row:
    if kind == "shield":
        return {"category": "shield", "base_ac": 2, "dex_cap": 10, "strength_required": 0, "stealth_disadvantage": False}  # fmt: skip
    return {"category": "medium", "base_ac": 14, "dex_cap": 2, "strength_required": 0, "stealth_disadvantage": False}  # fmt: skip


def _place_thing(w: World, shape: Row, turn: int, *, carried: int) -> None:
    """Give the thing to one who can hold it, or lay it somewhere: never both."""
    places = w.codes("locations")
    people = alive(w) if carried < most_carried(w) or not places else []
    facts = set(shape["_facts"])
    told = [c for c in people if facts & set(w.of("entities", c)["backstory_fact_ids"])]
    keeper = (
        told[0] if told else people[(turn * 3 + 1) % len(people)] if people and turn % 2 else None
    )
    shape["current_owner"] = keeper
    shape["current_location"] = (
        None if keeper or not places else places[(turn * 5 + 4) % len(places)]
    )


def wonders(w: World) -> list[str]:
    """Return the magical items."""
    return [c for c, s in w.shape("items").items() if s["is_magical"]]


def _item_line(w: World, code: str, registry: Registry) -> Line:
    shape = w.of("items", code)
    turn = w.codes("items").index(code)
    plan = party_plan(w).things
    bond = plan[turn] if turn < len(plan) else Bond(pc="")
    roots = w.theme.order("items", "root")
    nouns = w.theme.pool(f"item_{shape['item_type']}")
    planned = _planned_name(w, turn)

    def make(tries: int) -> str:
        if tries == 0 and planned:
            return planned if planned.startswith("The ") or "’s " in planned else f"The {planned}"
        return f"The {roots[(turn + tries) % len(roots)]} {nouns[(turn + tries) % len(nouns)]}"

    name = registry.claim(make)
    pc = next((p.name for p in w.brief.characters if p.code == shape["pc"]), "")
    keeper, place = (
        w.the("entities", shape["current_owner"]),
        w.the("locations", shape["current_location"]),
    )
    where = f" kept by {keeper}" if keeper else f" in {place}" if place else ""
    text = spelled(shape["item_type"]) + (f" bound to {fit(pc, 40)}" if pc else where)
    return line_of(name, text, facts=tuple(bond.facts) if pc else ())


def _item_row(w: World, code: str) -> Row:
    v, shape = w.voice("items", code), w.of("items", code)
    factions, places = w.codes("factions"), w.codes("locations")
    number = number_in(code)
    place = shape["current_location"] or (places[number % len(places)] if places else None)
    tongues = w.codes("languages")
    slots: dict[str, object] = {
        "name": w.the("items", code),
        "kind": _NOUNS.get(shape["item_type"], spelled(shape["item_type"])),
        "rarity": "plain" if shape["rarity"] == "mundane" else spelled(shape["rarity"]),
        "place": w.the("locations", place),
        "faction": w.the("factions", factions[number % len(factions)] if factions else None) or "the old families",
        "period": w.the("historical_periods", shape["origin_period"]) or "the old days",
        "owner": w.the("entities", shape["current_owner"]) or "the last keeper",
        "language": w.the("languages", tongues[number % len(tongues)] if tongues else None),
        "material": v.pick("paper" if shape["item_type"] in ("document", "scroll") else "material"),
    }  # fmt: skip
    return public(shape) | {
        "pc_connection_detail": bond_text(w, shape, v, "thing", slots),
        "attunement_requirement": v.say(120, "attunement", **slots) if shape["requires_attunement"] else "",
        "history": v.say(400, "item_history", **slots),
        "summary": v.say(200, "item_summary", **slots),
        "description": v.say(600, "item_text", **slots),
        "tags": [spelled(shape["item_type"])],
    }  # fmt: skip


def _effect_shapes(w: World) -> dict[str, Row]:
    magical = wonders(w)
    shapes: dict[str, Row] = {}
    used: dict[str, list[str]] = {}
    for turn, code in enumerate(w.codes("item_effects")):
        item = w.mentioned("item_effects", code, "items")
        item = item or (
            magical[turn % len(magical)] if magical else next(iter(w.codes("items")), None)
        )
        thing = w.of("items", item)
        recipe = _recipe(w, thing, used.setdefault(item or "", []), turn)
        name, kind, activation, _, text = recipe.split(";")
        used[item or ""].append(name)
        charges = thing.get("charges") or 0
        is_used_up = thing.get("item_type") in ("potion", "scroll")
        shapes[code] = {
            "item": item,
            "effect_type": kind,
            "activation": "consumed" if is_used_up and activation != "passive" else activation,
            "bonus": None, "damage_dice": None, "damage_type": None, "condition": None, "spell_name": None,
            "save_ability": None, "save_dc": None,
            "charges_cost": 1 if charges and activation in ("action", "bonus_action", "command_word") else 0,
            "uses_per_day": 1 if not charges and not is_used_up and activation in ("action", "bonus_action", "command_word", "reaction") else None,
            "duration": "while held" if activation == "passive" else _LASTS.get(name, "instant"),
            "rules_text": text,
            "_name": name,
        } | _EFFECT_FIELDS.get(name, {})  # fmt: skip
    return shapes


def _recipe(w: World, thing: Row, used: list[str], turn: int) -> str:
    """Return an effect that suits the thing and that it does not have yet; a cursed one gets its price."""
    cards = w.theme.order("item_effects", "effect")
    kind = thing.get("item_type") or ""
    fitting = [c for c in cards if "*" in c.split(";")[3] or kind in c.split(";")[3].split()]
    cursed = [c for c in fitting if ";curse;" in c]
    fitting = [c for c in fitting if c not in cursed]
    if thing.get("is_cursed") and used and cursed[0].split(";")[0] not in used:
        return cursed[0]
    fresh = [c for c in fitting if c.split(";")[0] not in used] or fitting
    own = [c for c in fresh if "*" not in c.split(";")[3]]
    return (own if own and not used else fresh)[turn % len(own if own and not used else fresh)]


def _effect_line(w: World, code: str, registry: Registry) -> Line:
    shape = w.of("item_effects", code)
    item = w.the("items", shape["item"])
    name = registry.claim(lambda turn: fit(f"{shape['_name']} of {item}" if turn == 0 else f"{('Greater', 'Lesser', 'Other', 'Deeper')[turn % 4]} {shape['_name']} of {item}", 78))  # fmt: skip
    return line_of(name, f"{spelled(shape['effect_type'])} power of {item}")


def _effect_row(w: World, code: str) -> Row:
    v, shape = w.voice("item_effects", code), w.of("item_effects", code)
    slots: dict[str, object] = {
        "name": w.the("item_effects", code),
        "item": w.the("items", shape["item"]),
        "how": v.pick(f"how_{shape['activation']}"),
    }
    return public(shape) | {
        "summary": v.say(200, "effect_summary", **slots),
        "description": v.say(600, "effect_text", **slots),
        "tags": ["effect"],
    }


def _mind_shapes(w: World) -> dict[str, Row]:
    minded = [c for c, s in w.shape("items").items() if s["is_sentient"]]
    codes, gods, tongues = w.codes("sentient_item_properties"), living_gods(w), w.codes("languages")
    factions = w.codes("factions")
    told = {code: w.mentioned("sentient_item_properties", code, "items") for code in codes}
    free = [item for item in minded if item not in told.values()]
    shapes: dict[str, Row] = {}
    for turn, code in enumerate(codes):
        item = told[code] if told[code] in minded else (free.pop(0) if free else None)
        speaks = ("speech", "telepathy", "speech", "empathy")[turn % 4]
        shapes[code] = {
            "item": item,
            "communication": speaks,
            "languages": sorted({tongues[turn % len(tongues)]}) if speaks == "speech" and tongues else [],
            "special_purpose": PURPOSES[turn % len(PURPOSES)],
            "served_deity": gods[(turn + 1) % len(gods)] if gods else None,
            "opposed_faction": factions[(turn + 1) % len(factions)] if factions else None,
            "bound_spirit": None,
        }  # fmt: skip
    return shapes


def _mind_line(w: World, code: str, registry: Registry) -> Line:
    dice = w.stream("sentient_item_properties", code, "name")
    name = registry.claim(lambda _: w.tongue(number_in(code)).given(dice, "neutral"))
    item = w.the("items", w.of("sentient_item_properties", code)["item"])
    return line_of(name, f"The mind in {item}")


def _mind_row(w: World, code: str) -> Row:
    v, shape = w.voice("sentient_item_properties", code), w.of("sentient_item_properties", code)
    people, places = alive(w), w.codes("locations")
    period = w.of("items", shape["item"]).get("origin_period")
    slots: dict[str, object] = {
        "name": w.the("sentient_item_properties", code),
        "item": w.the("items", shape["item"]),
        "temper": v.pick("mind_temper"),
        "deity": w.the("deities", shape["served_deity"]) or "no god",
        "faction": w.the("factions", shape["opposed_faction"]) or "its old masters",
        "period": w.the("historical_periods", period) or "the old days",
        "other": w.the("entities", people[number_in(code) % len(people)] if people else None) or "its maker",
        "place": w.the("locations", places[number_in(code) % len(places)] if places else None) or "its home",
    }  # fmt: skip
    mind = {key: v.dice.between(10, 18) for key in ("intelligence", "wisdom", "charisma")}
    return public(shape) | mind | {
        "alignment": ("lawful_neutral", "neutral_good", "chaotic_neutral", "lawful_evil")[number_in(code) % 4],
        "senses": ("hearing 60 ft.", "darkvision 60 ft.", "hearing and darkvision 120 ft.")[number_in(code) % 3],
        "purpose_detail": v.say(300, "mind_purpose", **slots),
        "personality": v.tell(300, "{Temper} and exact: it {mind_habit}, and {mind_habit}.", **slots),
        "conflict_dc": 10 + max(0, (mind["charisma"] - 10) // 2) + 2,
        "summary": v.say(200, "mind_summary", **slots),
        "description": v.say(600, "mind_text", **slots),
        "tags": ["mind"],
    }  # fmt: skip


WRITERS = {
    "items": Writer(shape=_item_shapes, line=_item_line, row=_item_row),
    "item_effects": Writer(shape=_effect_shapes, line=_effect_line, row=_effect_row),
    "sentient_item_properties": Writer(shape=_mind_shapes, line=_mind_line, row=_mind_row),
}
