"""People: where they belong, what they speak, whom they know, whom they lead."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from worldgen.checking.registry import Finding, Found, check
from worldgen.directory import GONE
from worldgen.rows import Row, World

if TYPE_CHECKING:
    from worldgen.answers.defaults import Defaults

#: Which of several places is one's home, the likeliest first.
HOMELY = ("lives", "rules", "works", "imprisoned", "hides", "born")
FRIENDS = 2  # others whom a major person is tied to at least


def _homes(world: World) -> dict[str, list[str]]:
    """Entity to the keys of its places, the likeliest home first."""
    rows = world.rows("entity_locations")
    found: dict[str, list[str]] = defaultdict(list)
    for key in sorted(rows, key=lambda key: (_likely(rows[key]), key)):
        found[rows[key]["entity"]].append(key)
    return found


def _likely(row: Row) -> int:
    return HOMELY.index(row["relation"]) if row["relation"] in HOMELY else len(HOMELY)


def _one_home(found: Defaults, finding: Finding) -> None:
    """The likeliest place is the home, one that nobody may change before it; else the rules give one."""
    rows, table = found.world.rows("entity_locations"), "entity_locations"
    keys = _homes(found.world)[finding.row]
    fixed = [k for k in keys if rows[k]["is_primary"] and not found.may_go(table, k)]
    open_ones = [k for k in keys if found.may_go(table, k)]
    said = [k for k in open_ones if rows[k]["is_primary"]]
    home = next(iter([*fixed, *said, *open_ones]), None)
    if home is None:
        _house(found, finding.row)
    for key in open_ones:
        row = found.change(table, key)
        if row is not None:
            row["is_primary"] = key == home


def _house(found: Defaults, code: str) -> None:
    """Where the rules see it, else the first place of its region."""
    if found.relate("entity_locations", {"entity": code}):
        return
    person, places = found.world.rows("entities")[code], found.world.rows("locations")
    near = [key for key, row in places.items() if row["region"] == person["home_region"]]
    for place in [*near, *places][:1]:
        words = f"{person['name']} lives in {places[place]['name']}."[:240]
        found.put("entity_locations", {
            "entity": code, "location": place, "relation": "lives", "is_primary": True,
            "description": words,
        })  # fmt: skip


@check("X18", reads=("entities", "entity_locations", "locations"), mend=_one_home)
def everyone_has_a_home(world: World) -> Found:
    """Everybody who is not dead or missing has exactly one primary place."""
    rows = world.rows("entity_locations").values()
    homes = [row["entity"] for row in rows if row["is_primary"]]
    for key, row in world.rows("entities").items():
        count = homes.count(key)
        if count != 1 and row["status"] not in GONE:
            yield "entities", key, f"It has {count} primary places, not one."


def _speak(found: Defaults, finding: Finding) -> None:
    """The language of the culture, else one of the race, else the first that is not dead."""
    person = found.world.rows("entities")[finding.row]
    tongues = found.world.rows("languages")
    culture = found.world.rows("cultures").get(person["culture"] or "", {})
    living = [key for key, row in tongues.items() if row["language_type"] != "dead"]
    own = [key for key in living if person["race"] in tongues[key]["typical_races"]]
    for tongue in [*filter(None, [culture.get("primary_language")]), *own, *living][:1]:
        row = {"entity": finding.row, "language": tongue, "fluency": "native"}
        found.put("entity_languages", row)


@check("X19", reads=("entities", "entity_languages", "cultures", "languages"), mend=_speak)
def people_speak(world: World) -> Found:
    """Every npc speaks a language."""
    speakers = {row["entity"] for row in world.rows("entity_languages").values()}
    for key, row in world.rows("entities").items():
        if row["entity_type"] == "npc" and key not in speakers:
            yield "entities", key, "It speaks no language."


def _known(world: World) -> dict[str, set[str]]:
    """Entity to the others it is tied to, from either end."""
    found: dict[str, set[str]] = defaultdict(set)
    for row in world.rows("entity_relationships").values():
        found[row["from_entity"]].add(row["to_entity"])
        found[row["to_entity"]].add(row["from_entity"])
    return found


def _acquaint(found: Defaults, finding: Finding) -> None:
    """Ties that the rules draw, then with those of its faction, then of its region."""
    table, code = "entity_relationships", finding.row
    known = _known(found.world)[code] | {code}
    for row in found.related(table):
        ends = {row["from_entity"], row["to_entity"]}
        if code in ends and not ends <= known and len(known) <= FRIENDS:
            known |= ends
            found.put(table, row)
    people = found.world.rows("entities")
    own = people[code]
    for key, other in sorted(people.items(), key=lambda pair: (-_nearness(own, pair[1]), pair[0])):
        if len(known) <= FRIENDS and key not in known:
            known.add(key)
            found.put(table, _tie(code, key, own, other))


def _nearness(one: Row, other: Row) -> int:
    together = one["primary_faction"] and one["primary_faction"] == other["primary_faction"]
    return 2 if together else int(one["home_region"] == other["home_region"])


def _tie(one: str, two: str, own: Row, other: Row) -> Row:
    together = _nearness(own, other) > 1
    words = "stand on one side" if together else "have known each other for long"
    return {
        "from_entity": one, "to_entity": two, "relationship_type": "ally" if together else "friend",
        "strength": 0.5, "trust": 0.5, "familiarity": 0.5, "is_secret": False, "since_period": None,
        "description": f"{own['name']} and {other['name']} {words}."[:240],
    }  # fmt: skip


@check("X20", reads=("entities", "entity_relationships"), mend=_acquaint)
def major_people_know_others(world: World) -> Found:
    """Everybody of major importance is tied to two others, where there are so many."""
    people, known = world.rows("entities"), _known(world)
    wanted = min(FRIENDS, len(people) - 1)
    for key, row in people.items():
        if row["importance"] == "major" and len(known[key] - {key}) < wanted:
            yield "entities", key, f"It is tied to {len(known[key] - {key})} others, not {wanted}."


def leaders_of(world: World) -> dict[str, list[str]]:
    """Faction to the keys of its living leaders, the most loyal first: the first one leads."""
    rows, people = world.rows("entity_factions"), world.rows("entities")
    found: dict[str, list[str]] = defaultdict(list)
    for key in sorted(rows, key=lambda key: (-rows[key]["loyalty"], rows[key]["entity"])):
        person = people.get(rows[key]["entity"], {})
        if rows[key]["status"] == "leader" and person.get("status") not in GONE:
            found[rows[key]["faction"]].append(key)
    return found


def _one_leader(found: Defaults, finding: Finding) -> None:
    """The first one leads, one that nobody may change before; the others belong to it."""
    keys = leaders_of(found.world)[finding.row]
    fixed = [key for key in keys if not found.may_go("entity_factions", key)]
    for key in keys:
        row = found.change("entity_factions", key) if key != [*fixed, *keys][0] else None
        if row is not None:
            row["status"] = "active"


@check("X21", reads=("entity_factions", "entities"), mend=_one_leader)
def factions_have_one_leader(world: World) -> Found:
    """No faction has two leaders."""
    for faction, keys in leaders_of(world).items():
        if len(keys) > 1:
            yield "factions", faction, f"It has {len(keys)} leaders."
