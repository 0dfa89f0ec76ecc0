"""Phase 2A: the words of people and creatures."""

from __future__ import annotations

from worldgen.rules.bonds import CALLED, Bond
from worldgen.rules.brief import Line, Row
from worldgen.rules.entities import GONE, entity_shapes, party_plan, skills_of
from worldgen.rules.foundations import past_period
from worldgen.rules.names import Registry
from worldgen.rules.phase1a import number_in
from worldgen.rules.phase1b import race_number
from worldgen.rules.text import Quote, Voice, capital, fit, together
from worldgen.rules.world import World, Writer, line_of, public, spelled

_FACT = 240
_JOBS = {"ruler": "ruler_job", "priest": "priest_job", "old": "old_job", "group": "group_job"}
_TITLES = {
    "Lord": "landed noble",
    "Lady": "landed noble",
    "Count": "landed noble",
    "Baron": "landed noble",
    "Captain": "captain",
    "Doctor": "physician",
    "King": "ruler",
    "Queen": "ruler",
    "Judge": "judge",
    "Abbess": "abbess",
    "Abbot": "abbot",
    "Bishop": "bishop",
    "Duke": "landed noble",
    "Duchess": "landed noble",
    "Countess": "landed noble",
    "Baroness": "landed noble",
    "Prince": "landed noble",
    "Princess": "landed noble",
    "General": "general",
    "Colonel": "officer",
    "Sergeant": "sergeant",
    "Professor": "scholar",
    "Saint": "hermit",
}
_THEY = {"masculine": ("he", "his"), "feminine": ("she", "her"), "neutral": ("they", "their")}


def _job(w: World, code: str) -> str:
    shape = w.of("entities", code)
    role = shape["_role"]
    told = shape["_job"] or _TITLES.get(w.name("entities", code).split(" ")[0])
    if told and role == "bond":
        return str(told)
    cards = w.theme.order("entities", _JOBS.get(role, "trade"))
    return cards[(number_in(code) + w.codes("entities").index(code)) % len(cards)]


def _entity_line(w: World, code: str, registry: Registry) -> Line:
    shape = w.of("entities", code)
    dice = w.stream("entities", code, "name")
    plan = party_plan(w).people
    turn = w.codes("entities").index(code)
    bond = plan[turn] if turn < len(plan) and shape["pc"] else Bond(pc="")
    tongue = w.tongue(race_number(shape["race"]))
    role = shape["_role"]
    roots = w.theme.order("entities", "root")
    told = [bond.name] if bond.name else []

    def make(tries: int) -> str:
        if told:
            return told.pop()
        if role == "creature":
            words = shape["_beast"].split()
            return f"{tongue.word(dice)} the {' '.join(capital(x) for x in words)}" if tries else f"The {roots[turn % len(roots)]} {capital(words[-1])}"  # fmt: skip
        if role == "group":
            return f"The {roots[(turn + tries) % len(roots)]} {('Company', 'Nine', 'Remnant')[tries % 3]}"
        given = tongue.given(dice, shape["_gender"])
        return f"{given} {tongue.surname(dice)}"

    name = registry.claim(make, epithets=w.theme.pool("epithet"))
    pc = next((p.name for p in w.brief.characters if p.code == shape["pc"]), "")
    if pc:
        text = f"{_CONNECTED[shape['pc_connection']]} {fit(pc, 40)}"
    else:
        text = f"{shape.get('_beast') or _job(w, code)} of {w.the('geography_regions', shape['home_region'])}"  # fmt: skip
    return line_of(name, text, facts=bond.facts)


_CONNECTED = {
    "family": "Kin of", "mentor": "Mentor of", "rival": "Rival of", "enemy": "Enemy of", "love": "Old love of",
    "friend": "Friend of", "debtor": "Debtor of", "creditor": "Creditor of", "ally": "Ally of", "witness": "Witness to",
    "patron": "Patron of",
}  # fmt: skip


def _slots(w: World, code: str, v: Voice) -> dict[str, object]:
    shape = w.of("entities", code)
    they, their = _THEY[shape["_gender"]]
    if they == "they":
        # A name agrees with the verbs of the templates; a title alone is no name.
        called = w.the("entities", code)
        they = called if called.split(" ")[0].casefold() in CALLED else called.split(" ")[0]
    factions = w.shape("factions")
    faction = shape["primary_faction"] or next(iter(factions), None)
    others = [
        c for c in w.codes("entities") if c != code and w.of("entities", c)["status"] not in GONE
    ]
    other = others[number_in(code) * 3 % len(others)] if others else None
    gods = w.codes("deities")
    pc = next((p.name for p in w.brief.characters if p.code == shape["pc"]), "a stranger")
    job = _job(w, code)
    return {
        "name": w.the("entities", code),
        "place": w.the("geography_regions", shape["home_region"]) or "these parts",
        "faction": w.the("factions", faction) or "the old families",
        "rival": w.the("factions", w.of("factions", faction).get("_rival")) or "the authorities",
        "other": w.the("entities", other) or "an old friend",
        "second": w.the("entities", others[(number_in(code) * 3 + 1) % len(others)] if others else None)
        or "whoever began it",
        "deity": w.the("deities", shape["deity"] or (gods[0] if gods else None)) or "the old names",
        "period": w.the("historical_periods", past_period(w, number_in(code))) or "the old days",
        "pc": pc, "job": job, "the_job": f"the {job}", "status": shape["status"],
        "they": they, "they_low": they, "their": their,
        "beast": shape.get("_beast") or "creature", "size": spelled(shape["size"]),
        "age_word": _age_word(w, shape, v), "cause_cap": capital(v.pick("cause")),
    }  # fmt: skip


def _age_word(w: World, shape: Row, v: Voice) -> str:
    span = w.of("races", shape["race"]).get("lifespan") or 80
    share = (shape["age"] or 40) / span
    return v.pick("young" if share < 0.3 else "grown" if share < 0.6 else "old")


def _entity_row(w: World, code: str) -> Row:
    v, shape = w.voice("entities", code), w.of("entities", code)
    slots = _slots(w, code, v)
    # One person has one look, one habit and one past, wherever they are told.
    beast = shape["_role"] == "creature"
    kind = "beast" if beast else "person"
    slots["trait"], slots["deed"] = v.pick(f"{kind}_trait", **slots), v.pick("deed", **slots)
    slots["look"] = v.pick("look")
    return public(shape) | _facts_told(w, code, v, slots) | {
        "occupation": fit(capital(str(slots["beast"] if beast else slots["job"])), 80),
        "appearance": v.say(300, "creature_look" if beast else "person_look", **slots),
        "personality": {
            "traits": [fit(capital(str(slots["trait"])), 120)],
            "ideal": v.say(160, f"{kind}_ideal", **slots),
            "bond": fit(capital(v.pick(f"{kind}_bond", **slots)), 160),
            "flaw": fit(capital(v.pick(f"{kind}_flaw", **slots)), 160),
        },
        "voice": "A growl that almost has words in it." if beast else v.say(160, "voice", **slots),
        "goals": _goals(v, shape, slots),
        "fears": [fit(capital(v.pick(f"{kind}_fear", **slots)), 120)],
        "gm_secret": "" if beast else v.say(300, _secret_pool(shape), **slots),
        "skills": skills_of(v.dice, shape["_power"], is_beast=beast),
        "actions": [_action(v, shape)],
        "summary": v.say(200, _summary_pool(shape), **slots),
        "description": v.say(600, _text_pool(shape), **slots),
        "tags": [fit(spelled(shape["_role"]), 30)] if not shape["pc"] else ["backstory"],
    }  # fmt: skip


def _goals(v: Voice, shape: Row, slots: dict[str, object]) -> list[str]:
    if shape["_role"] == "creature":
        return [v.say(160, "creature_goal", **slots)]
    pool = "person_goal" if shape["pc"] else "person_goal_free"
    pool = {"dead": "person_goal_gone", "missing": "person_goal_missing"}.get(shape["status"], pool)
    return list(dict.fromkeys(v.say(160, pool, **slots) for _ in range(2)))


def _secret_pool(shape: Row) -> str:
    return "person_secret_gone" if shape["status"] in GONE else "person_secret"


def _summary_pool(shape: Row) -> str:
    return "creature_summary" if shape["_role"] == "creature" else "person_summary"


def _text_pool(shape: Row) -> str:
    if shape["_role"] in ("creature", "group"):
        return f"{shape['_role']}_text"
    return "person_gone" if shape["status"] in GONE else "person_text"


def _facts_told(w: World, code: str, v: Voice, slots: dict[str, object]) -> Row:
    """Return the fields that quote the backstory: the bond itself, and what the person knows of it."""
    shape = w.of("entities", code)
    facts = w.brief.facts()
    told = [facts[f][1].text for f in shape["backstory_fact_ids"]]
    said = [f"{slots['pc']} says: “{text}”" for text in told[1:5]]
    known = [
        {"fact": long if len(long) <= _FACT else text, "certainty": "knows"}
        for long, text in zip(said, told[1:5], strict=True)
    ]
    if shape["_role"] != "creature":
        known += [
            {"fact": v.say(240, "knowledge", **slots), "certainty": c}
            for c in ("believes", "suspects")
        ]
    detail = ""
    if shape["status"] in GONE:
        known = known[: len(told[1:5])]
    if shape["pc"]:
        gone = shape["status"] in GONE
        bond = v.say(150, "detail_gone" if gone else f"detail_{shape['pc_connection']}", **slots)
        detail = (
            v.say(400, "told", told=Quote(f"“{told[0]}”"), detail=Quote(bond), **slots)
            if told
            else bond
        )
        detail = detail if not told or told[0] in detail else together(400, f"“{told[0]}”", bond)
    return {"pc_connection_detail": detail, "knowledge": known[:5]}


def _action(v: Voice, shape: Row) -> Row:
    beast = shape["_role"] == "creature"
    name = v.raw("natural_attack" if beast else "attack")
    power = shape["_power"]
    dice = f"{1 + int(power // 4)}d{8 if beast else 6}+{2 + int(power // 3)}"
    kind = "slashing" if name in ("Claws", "Blade", "Knife") else "bludgeoning" if name in ("Cudgel", "Crushing Grip", "Tail Lash", "Charge") else "piercing"  # fmt: skip
    return {
        "name": name,
        "text": f"Attack against one target within reach; on a hit {dice} {kind} damage.",
        "attack_bonus": min(18, 3 + int(power // 2)),
        "damage_dice": dice,
        "damage_type": kind,
    }


WRITERS = {"entities": Writer(shape=entity_shapes, line=_entity_line, row=_entity_row)}
