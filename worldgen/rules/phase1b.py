"""Phase 1B: peoples, classes, feats, backgrounds. What the party is made of comes first."""

from __future__ import annotations

from worldgen.rules.brief import Line, Row
from worldgen.rules.data.peoples import CLASS_NAMES, CLASSES, PEOPLE_LOOKS, PEOPLES
from worldgen.rules.names import GENDERS, Registry
from worldgen.rules.phase1a import number_in
from worldgen.rules.regions import inhabited
from worldgen.rules.text import capital, fit
from worldgen.rules.world import World, Writer, line_of, public

_BRANCH = 5
"""The sixth people is a branch of the first one."""
_ABILITIES = {"str": "Strength", "dex": "Dexterity", "con": "Constitution", "int": "Intelligence", "wis": "Wisdom", "cha": "Charisma"}  # fmt: skip


def _wanted(texts: list[str]) -> list[str]:
    """Return the distinct peoples or classes that the party names, as titles of at most 40 letters."""
    clean = (" ".join(text.split())[:40].strip() for text in texts)
    return list(
        {t.casefold(): t if t[:1].isupper() else t.title() for t in clean if len(t) > 1}.values()
    )


def _chassis(text: str, table: dict[str, str], fallback: str) -> str:
    low = text.casefold()
    hits = [
        (len(word), key)
        for key, row in table.items()
        for word in row.split(";")[0].split()
        if word in low
    ]
    return max(hits)[1] if hits else fallback


def _race_shapes(w: World) -> dict[str, Row]:
    wanted = _wanted([pc.race_text for pc in w.brief.characters])
    lands = inhabited(w)
    others = w.stream("races", "", "peoples").shuffled(sorted(PEOPLES))
    shapes: dict[str, Row] = {}
    for turn, code in enumerate(w.codes("races")):
        name = wanted[turn] if turn < len(wanted) else ""
        key = _chassis(
            w.name("races", code) or name, PEOPLES, "" if name else others[turn % len(others)]
        )
        key = key or others[turn % len(others)]
        parent = next(iter(shapes)) if turn == _BRANCH and not name else None
        key = shapes[parent]["_key"] if parent else key
        _, size, speed, adult, lifespan, sight, bonuses, resistance, alignment = PEOPLES[key].split(
            ";"
        )
        shapes[code] = {
            "parent_race": parent,
            "origin_region": lands[turn % len(lands)] if lands else None,
            "other_regions": sorted({lands[(turn * 2 + 1) % len(lands)]} - {lands[turn % len(lands)]}) if lands else [],
            "creature_type": "construct" if key == "made" else "humanoid",
            "size": size,
            "speed_walk": int(speed),
            "ability_bonuses": [{"ability": a, "bonus": int(b)} for a, b in (x.split() for x in bonuses.split(","))],
            "age_adult": int(adult),
            "lifespan": int(lifespan),
            "darkvision_ft": int(sight),
            "damage_resistances": [resistance] if resistance else [],
            "alignment_tendency": alignment,
            "playable": True,
            "_key": key,
            "_wanted": name,
        }  # fmt: skip
    return shapes


def race_number(code: str | None) -> int:
    """Return the number of the language that a people names its children in."""
    return number_in(code) if code else 0


def _race_line(w: World, code: str, registry: Registry) -> Line:
    shape = w.of("races", code)
    dice = w.stream("races", code, "name")
    wanted = [shape["_wanted"]] if shape["_wanted"] else []
    tongue = w.tongue(race_number(code))
    parent = w.name("races", shape["parent_race"])

    def make(turn: int) -> str:
        if wanted:
            return str(wanted.pop())
        roots = w.theme.order("races", "root")
        return f"{roots[turn % len(roots)]} {parent}" if parent else tongue.word(dice, low=2)

    name = registry.claim(make)
    where = w.the("geography_regions", shape["origin_region"])
    return line_of(name, f"People of {where or 'the road'}", parent=shape["parent_race"])


def _race_row(w: World, code: str) -> Row:
    v, shape = w.voice("races", code), w.of("races", code)
    name = w.name("races", code)
    look = PEOPLE_LOOKS[shape["_key"]]
    slots = {
        "name": name, "people": name, "person": name, "look": look, "detail": v.pick("look_detail"),
        "region": w.the("geography_regions", shape["origin_region"]) or "the road",
    }  # fmt: skip
    tongue, dice = w.tongue(race_number(code)), v.dice
    names = {g: [fit(tongue.given(dice, g), 40) for _ in range(4)] for g in GENDERS}
    names["family"] = [fit(tongue.surname(dice), 40) for _ in range(4)]
    traits = [t.split(";") for t in v.some("trait", 3, 300)]
    return public(shape) | {
        "speeds_other": {"fly": 30 if shape["_key"] == "winged" else 0, "swim": 30 if shape["_key"] == "waterfolk" else 0, "climb": 0, "burrow": 0},
        "traits": [{"name": n, "description": d} for n, d in traits],
        "appearance": v.say(300, "race_appearance", **slots),
        "name_examples": {k: list(dict.fromkeys(x)) for k, x in names.items()},
        "summary": v.say(200, "race_summary", **slots),
        "description": v.say(600, "race_description", **slots),
        "tags": ["people"],
    }  # fmt: skip


def _class_shapes(w: World) -> dict[str, Row]:
    wanted = _wanted([pc.class_text for pc in w.brief.characters])
    keys = w.stream("character_classes", "", "kinds").shuffled(sorted(CLASSES))
    mundane = [k for k in keys if CLASSES[k].split(";")[6] == "none"]
    if w.brief.magic_level == "none":
        keys = mundane
    races = w.codes("races")
    used: list[str] = []
    shapes: dict[str, Row] = {}
    for turn, code in enumerate(w.codes("character_classes")):
        name = wanted[turn] if turn < len(wanted) else ""
        spare = next((k for k in keys if k not in used), keys[turn % len(keys)])
        key = _chassis(w.name("character_classes", code) or name, CLASSES, spare)
        used.append(key)
        _, die, abilities, saves, armor, weapons, caster, casting, skills = CLASSES[key].split(";")
        shapes[code] = {
            "parent_class": None,
            "hit_die": die,
            "primary_abilities": abilities.split(),
            "saving_throws": saves.split(),
            "armor_proficiencies": armor.split(),
            "weapon_proficiencies": weapons.split(","),
            "skill_choose": 3 if key in ("rogue", "bard", "ranger") else 2,
            "skill_options": skills.split(),
            "caster_type": caster,
            "spellcasting_ability": casting or None,
            "common_races": sorted({races[turn % len(races)], races[(turn + 1) % len(races)]}) if races else [],
            "_key": key,
            "_wanted": name,
            "_again": used.count(key) - 1,
        }  # fmt: skip
    return shapes


def _class_line(w: World, code: str, registry: Registry) -> Line:
    shape = w.of("character_classes", code)
    options = CLASS_NAMES[shape["_key"]].split("|")
    given = ([shape["_wanted"]] if shape["_wanted"] else []) + options
    roots = w.stream("character_classes", code, "name").shuffled(w.theme.pool("root"))
    made = (f"{roots[i % len(roots)]} {options[i % len(options)]}" for i in range(99))
    name = registry.claim(lambda turn: given[turn] if turn < len(given) else next(made))
    magic = "magic" if shape["caster_type"] != "none" else "skill and steel"
    return line_of(name, f"A way of {magic}")


def _class_row(w: World, code: str) -> Row:
    v, shape = w.voice("character_classes", code), w.of("character_classes", code)
    lands = inhabited(w)
    place = w.the("geography_regions", lands[number_in(code) % len(lands)] if lands else None)
    slots = {"name": w.the("character_classes", code), "place": place or "the old schools"}
    features = [f.split(";") for f in v.some("feature", 4, 300)]
    return public(shape) | {
        "tool_proficiencies": v.some("tool", 1, 40),
        "features": [
            {"level": level, "name": n, "description": d}
            for level, (n, d) in zip((1, 3, 7, 14), features, strict=False)
        ],
        "starting_equipment": [capital(g) for g in v.some("gear", 4, 80)],
        "role_in_world": v.say(300, "class_role", **slots),
        "summary": v.say(200, "class_summary", **slots),
        "description": v.say(600, "class_description", **slots),
        "tags": ["class"],
    }


_FEAT_POOLS = {"origin": "feat_origin", "general": "feat_general", "fighting_style": "feat_style", "epic_boon": "feat_epic"}  # fmt: skip
_FEAT_ORDER = ("origin", "general", "origin", "fighting_style", "general", "general", "origin", "epic_boon")  # fmt: skip


def _feat_shapes(w: World) -> dict[str, Row]:
    classes, races = w.codes("character_classes"), w.codes("races")
    shapes: dict[str, Row] = {}
    for turn, code in enumerate(w.codes("feats")):
        kind = w.kind("feats", code, _FEAT_ORDER[turn % len(_FEAT_ORDER)], tuple(_FEAT_POOLS))
        by_class = kind == "fighting_style" or turn % 3 == 1
        ability = ("str", "dex", "wis", "cha", "int", "con")[turn % 6] if kind == "general" and turn % 2 else None  # fmt: skip
        shapes[code] = {
            "category": kind,
            "race_prerequisite": races[turn % len(races)] if races and not by_class else None,
            "class_prerequisite": classes[turn % len(classes)] if classes and by_class else None,
            "ability_prerequisite": ability,
            "ability_minimum": 13 if ability else None,
            "level_minimum": 19 if kind == "epic_boon" else 1 if kind == "origin" else 4,
            "repeatable": False,
        }
    return shapes


def _feat_entry(w: World, code: str) -> tuple[str, str]:
    """Return the feat of a code: name and text. Each feat of a kind is dealt once."""
    shapes = w.shape("feats")
    kind = shapes[code]["category"]
    peers = [c for c in shapes if shapes[c]["category"] == kind]
    cards = w.theme.order("feats", _FEAT_POOLS[kind])
    name, text = cards[(peers.index(code) + w.brief.attempt) % len(cards)].split(";")
    return name, text


def _feat_line(w: World, code: str, registry: Registry) -> Line:
    name, _ = _feat_entry(w, code)
    roots = w.stream("feats", code, "name").shuffled(w.theme.pool("root"))
    name = registry.claim(lambda turn: name if turn == 0 else f"{roots[turn % len(roots)]} {name}")
    return line_of(name, w.of("feats", code)["category"].replace("_", " ") + " feat")


def _feat_row(w: World, code: str) -> Row:
    v, shape = w.voice("feats", code), w.of("feats", code)
    _, text = _feat_entry(w, code)
    lands = inhabited(w)
    place = w.the("geography_regions", lands[number_in(code) * 3 % len(lands)] if lands else None)
    slots = {"text": text, "place": place or "the south"}
    benefits = [{"kind": "feature", "description": text}]
    if shape["ability_prerequisite"]:
        benefits.append({"kind": "ability_score", "description": f"Your {_ABILITIES[shape['ability_prerequisite']]} score rises by 1, to at most 20."})  # fmt: skip
    return public(shape) | {
        "benefits": benefits,
        "summary": v.say(200, "feat_summary", **slots),
        "description": v.say(600, "feat_description", **slots),
        "tags": [shape["category"].replace("_", " ")],
    }


def _background_shapes(w: World) -> dict[str, Row]:
    lands, classes = inhabited(w), w.codes("character_classes")
    origins = [c for c, s in w.shape("feats").items() if s["category"] == "origin"]
    return {
        code: {
            "home_region": lands[turn % len(lands)] if lands else None,
            "origin_feat": origins[turn % len(origins)] if origins else None,
            "suggested_classes": sorted({classes[turn % len(classes)], classes[(turn + 2) % len(classes)]}) if classes else [],
        }
        for turn, code in enumerate(w.codes("backgrounds"))
    }  # fmt: skip


def _background_line(w: World, code: str, registry: Registry) -> Line:
    v = w.voice("backgrounds", code, "name")
    name = v.raw("background").split(";")[0]
    name = registry.claim(lambda turn: name if turn == 0 else f"{v.raw('root')} {name}")
    return line_of(name, f"A past in {w.the('geography_regions', w.of('backgrounds', code)['home_region'])}")  # fmt: skip


def _background_row(w: World, code: str) -> Row:
    v, shape = w.voice("backgrounds", code), w.of("backgrounds", code)
    _, skills, past, feature, text = v.raw("background").split(";")
    slots = {
        "called": w.name("backgrounds", code).lower(),
        "past": past,
        "place": w.the("geography_regions", shape["home_region"]) or "a small place",
    }
    return public(shape) | {
        "skill_proficiencies": skills.split(),
        "tool_proficiencies": v.some("tool", 1, 40),
        "language_count": v.dice.between(0, 2),
        "equipment": [capital(g) for g in v.some("gear", 4, 80)],
        "starting_gold_gp": v.dice.between(5, 50),
        "feature_name": feature,
        "feature_text": text,
        "personality_traits": v.some("personality", 4),
        "ideals": v.some("ideal", 2),
        "bonds": v.some("bond", 2, 160, **slots),
        "flaws": v.some("flaw", 2),
        "summary": v.say(200, "background_summary", **slots),
        "description": v.say(600, "background_description", **slots),
        "tags": ["background"],
    }


WRITERS = {
    "races": Writer(shape=_race_shapes, line=_race_line, row=_race_row),
    "character_classes": Writer(shape=_class_shapes, line=_class_line, row=_class_row),
    "feats": Writer(shape=_feat_shapes, line=_feat_line, row=_feat_row),
    "backgrounds": Writer(shape=_background_shapes, line=_background_line, row=_background_row),
}
