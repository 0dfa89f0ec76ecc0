"""Phase 3A: quests. A pattern of giver, want, obstacle, place and price, filled from the graph."""

from __future__ import annotations

from worldgen.rules.brief import Line, Row
from worldgen.rules.entities import GONE, alive, is_well_wisher, owner_of, party_plan
from worldgen.rules.names import Registry
from worldgen.rules.phase1a import number_in
from worldgen.rules.phase2b import settled
from worldgen.rules.text import Quote, Voice, capital, fit
from worldgen.rules.world import World, Writer, line_of, public, spelled

QUEST_TYPES = ("rescue", "retrieval", "investigation", "escort", "defense", "assassination", "diplomacy", "exploration", "heist", "hunt", "delivery", "survival", "mystery")  # fmt: skip
_ORDER = ("heist", "diplomacy", "hunt", "exploration", "defense", "delivery", "mystery", "escort", "survival", "retrieval")  # fmt: skip
_WITH_ITEM = ("retrieval", "heist", "delivery")
_WITH_PERSON = ("rescue", "investigation", "escort", "assassination", "hunt", "mystery")
_URGENCY = ("medium", "high", "low", "ticking_clock", "medium")


def _quest_shapes(w: World) -> dict[str, Row]:
    plan = party_plan(w).quests
    shapes: dict[str, Row] = {}
    for turn, code in enumerate(w.codes("quest_hooks")):
        bond = plan[turn] if turn < len(plan) else None
        pc, facts = owner_of(w, "quest_hooks", code, bond)
        kind, target, item = _want(w, turn, pc)
        kind = w.kind("quest_hooks", code, kind, QUEST_TYPES)
        giver = _giver(w, turn, pc, target)
        start, end = _places(w, turn, pc)
        sponsor = w.of("entities", giver).get("primary_faction") or next(
            iter(w.codes("factions")), None
        )
        rival = w.of("factions", sponsor).get("_rival")
        dungeons = w.shape("dungeons")
        dungeon = next((d for d, s in dungeons.items() if s["location"] == end), None)
        low = max(1, min(20, w.brief.party_level + turn // 4 - 1))
        shapes[code] = {
            "quest_type": kind,
            "parent_quest": _parent(w, code, turn, shapes),
            "giver": giver,
            "location": start,
            "dungeon": dungeon,
            "target_entity": target if kind in _WITH_PERSON else None,
            "target_item": item,
            "sponsor_faction": sponsor,
            "opposing_faction": rival if rival != sponsor else None,
            "pc": pc,
            "min_level": low,
            "max_level": min(20, low + 3),
            "urgency": _URGENCY[turn % len(_URGENCY)],
            "_facts": facts,
            "_end": end,
            "_other": _other(w, turn, {giver, target}),
            "_target": target,
        }
    return shapes


def _parent(w: World, code: str, turn: int, shapes: dict[str, Row]) -> str | None:
    told = w.line("quest_hooks", code).get("parent")
    if told in shapes:
        return str(told)
    codes = list(shapes)
    return codes[turn - 4] if turn >= 6 and turn % 3 == 0 else None


def _want(w: World, turn: int, pc: str | None) -> tuple[str, str | None, str | None]:
    """Return what the quest is about: its kind, the person and the thing wanted."""
    entities, items = w.shape("entities"), w.shape("items")
    if pc:
        own = [c for c, s in entities.items() if s["pc"] == pc]
        lost = next((c for c in own if entities[c]["status"] in ("missing", "imprisoned")), None)
        dead = next((c for c in own if entities[c]["status"] == "dead"), None)
        foe = next((c for c in own if entities[c]["pc_connection"] in ("enemy", "rival") and entities[c]["status"] == "alive"), None)  # fmt: skip
        thing = next((c for c, s in items.items() if s["pc"] == pc), None)
        if lost:
            return "rescue", lost, None
        if thing and items[thing]["current_owner"] and turn % 2 == 0:
            return "retrieval", items[thing]["current_owner"], thing
        if dead:
            return "investigation", dead, thing
        return ("investigation" if turn % 2 else "assassination", foe, thing) if foe else ("retrieval", None, thing)  # fmt: skip
    kind = _ORDER[turn % len(_ORDER)]
    beasts = [c for c, s in entities.items() if s["_role"] == "creature"]
    people = alive(w)
    target = beasts[turn % len(beasts)] if kind == "hunt" and beasts else people[turn % len(people)] if people else None  # fmt: skip
    codes = list(items)
    thing = codes[(turn * 3 + 1) % len(codes)] if codes and kind in _WITH_ITEM else None
    return kind, target, thing


def _giver(w: World, turn: int, pc: str | None, target: str | None) -> str | None:
    """Return who asks: for a character someone who wishes well, else anyone who is not the target."""
    people = [c for c in alive(w) if c != target]
    own = [c for c in people if w.of("entities", c)["pc"] == pc and w.of("entities", c)["pc_connection"] not in ("enemy", "rival")]  # fmt: skip
    free = [c for c in people if w.of("entities", c)["pc"] is None] or people
    choices = own if pc and own else free
    return choices[turn % len(choices)] if choices else None


def _other(w: World, turn: int, busy: set[str | None]) -> str | None:
    people = [c for c in alive(w) if c not in busy]
    return people[(turn * 3 + 2) % len(people)] if people else None


def _places(w: World, turn: int, pc: str | None) -> tuple[str | None, str | None]:
    homes, places = settled(w), w.codes("locations")
    own = next((c for c, s in w.shape("locations").items() if pc and s["pc"] == pc), None)
    start = own or (homes[turn % len(homes)] if homes else None)
    sites = [s["location"] for s in w.shape("dungeons").values()]
    ends = [c for c in dict.fromkeys([*sites, *places]) if c != start]
    return start, ends[turn % len(ends)] if ends else start


def _quest_line(w: World, code: str, registry: Registry) -> Line:
    shape = w.of("quest_hooks", code)
    v = w.voice("quest_hooks", code, "name")
    place = w.the("locations", shape["location"])
    pool = f"quest_name_{shape['quest_type']}"
    name = registry.claim(
        lambda t: v.pick(pool) if t < 6 else f"{v.raw('root')} and {v.pick(pool)}"
    )
    pc = next((p.name for p in w.brief.characters if p.code == shape["pc"]), "")
    text = f"{spelled(shape['quest_type'])} from {place}" + (f", for {fit(pc, 30)}" if pc else "")
    return line_of(name, text, parent=shape["parent_quest"], facts=tuple(shape["_facts"]))


def quest_slots(w: World, code: str, v: Voice) -> dict[str, object]:
    """Return the slots of a quest: who, where, against whom."""
    shape = w.of("quest_hooks", code)
    slots: dict[str, object] = {
        "name": w.the("quest_hooks", code),
        "giver": w.the("entities", shape["giver"]) or w.the("factions", shape["sponsor_faction"]) or "a stranger",
        "place": w.the("locations", shape["location"]) or "the road",
        "end_place": w.the("locations", shape["_end"]) or "the far side",
        "target": w.the("entities", shape["_target"]) or "the missing ones",
        "item": w.the("items", shape["target_item"]) or "what was taken",
        "sponsor": w.the("factions", shape["sponsor_faction"]) or "friends",
        "opponent": w.the("factions", shape["opposing_faction"]) or "the wrong people",
        "other": w.the("entities", shape["_other"]) or "a witness",
        "what_kind": spelled(shape["quest_type"]),
        "pc": next((p.name for p in w.brief.characters if p.code == shape["pc"]), "the party"),
        "hazard_cap": capital(v.pick("hazard")),
    }  # fmt: skip
    kind = shape["quest_type"]
    if kind == "investigation" and w.of("entities", shape["_target"]).get("status") == "alive":
        kind = "inquiry"
    slots["objective"] = v.say(240, f"objective_{kind}", **slots)
    slots["goal_said"] = v.say(160, "want")
    return slots


def _quest_row(w: World, code: str) -> Row:
    v, shape = w.voice("quest_hooks", code), w.of("quest_hooks", code)
    slots = quest_slots(w, code, v)
    known = w.brief.facts()
    told = [known[f][1].text for f in shape["_facts"] if f in known]
    hook = v.say(400, "quest_hook_fact", told=Quote(f"“{told[0]}”"), **slots) if told else v.say(400, "quest_hook", **slots)  # fmt: skip
    hook = hook if not told or told[0] in hook else f"“{told[0]}”"
    return public(shape) | {
        "hook": hook,
        "objective": slots["objective"],
        "stages": _stages(shape, v, slots),
        "complications": v.some("complication", 2, 200, **slots),
        "rewards": _rewards(w, shape, v, slots),
        "moral_question": v.say(240, "moral", **slots),
        "on_success": v.say(300, "success", **slots),
        "on_failure": v.say(300, "failure", **slots),
        "summary": v.say(200, "quest_summary", **slots),
        "description": v.say(600, "quest_text", **slots),
        "tags": [spelled(shape["quest_type"])],
        "quest_entities": cast_of(w, shape),
        "quest_locations": _stops(shape),
        "quest_items": [{"item": shape["target_item"], "role": "objective"}] if shape["target_item"] else [],
    }  # fmt: skip


def _stages(shape: Row, v: Voice, slots: dict[str, object]) -> list[Row]:
    steps = (("start", shape["location"]), ("mid", shape["_end"]), ("end", shape["_end"]))
    return [
        {
            "order": order,
            "title": fit(v.raw(f"stage_title_{step}"), 80),
            "description": v.say(240, f"stage_{step}", **slots),
            "location": place or "",
        }
        for order, (step, place) in enumerate(steps, start=1)
    ]


def _rewards(w: World, shape: Row, v: Voice, slots: dict[str, object]) -> list[Row]:
    gold = 25 * shape["min_level"] * v.dice.between(2, 6)
    kinds = ("favor", "information", "title", "faction_standing")
    other = kinds[v.dice.between(0, 3)]
    return [
        {"kind": kind, "detail": capital(v.say(160, f"reward_{kind}", **slots)), "amount_gp": gold if kind == "gold" else 0}
        for kind in ("gold", other)
    ]  # fmt: skip


def cast_of(w: World, shape: Row) -> list[Row]:
    """Return the people of the quest; someone stands against it whenever anyone can."""
    rows: dict[tuple[str, str], Row] = {}
    entities = w.shape("entities")

    def add(code: str | None, role: str) -> None:
        if code:
            rows.setdefault((code, role), {"entity": code, "role": role})

    add(shape["giver"], "giver")
    target = shape["_target"] if shape["_target"] != shape["giver"] else None
    free = [c for c in alive(w) if c not in (shape["giver"], target) and not is_well_wisher(w, c)]
    foes = [c for c in free if entities[c]["primary_faction"] == shape["opposing_faction"]]
    foes = foes or [c for c in free if c == shape["_other"]] or free
    hostile = (
        shape["quest_type"] in ("hunt", "assassination", "retrieval")
        and target
        and not is_well_wisher(w, target)
    )
    foe = target if hostile else next(iter(foes), None) or shape["_other"] or target
    add(foe, "antagonist")
    if target and target != foe and shape["quest_type"] in _WITH_PERSON:
        role = "victim" if entities[target]["status"] in GONE else "target"
        add(target, role)
    if shape["_other"] and shape["_other"] != foe:
        add(shape["_other"], ("witness", "informant", "ally")[number_in(shape["_other"]) % 3])
    return list(rows.values())


def _stops(shape: Row) -> list[Row]:
    start = (
        [{"location": shape["location"], "role": "start", "order": 1}] if shape["location"] else []
    )
    end = [{"location": shape["_end"], "role": "climax", "order": 2}] if shape["_end"] and shape["_end"] != shape["location"] else []  # fmt: skip
    return [*start, *end]


WRITERS = {"quest_hooks": Writer(shape=_quest_shapes, line=_quest_line, row=_quest_row)}
