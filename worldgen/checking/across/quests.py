"""Quests and encounters: who stands against the party, where it begins, who is there, how one gets out."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from worldgen.checking.registry import Finding, Found, check, take_away
from worldgen.directory import GONE
from worldgen.rows import World

if TYPE_CHECKING:
    from worldgen.answers.defaults import Defaults

#: Encounters in which the land itself stands against the party.
ENVIRONMENT = "environmental"
MOST_WAYS = 4
_FIGHT = (
    "fight|kill|slay|attack|battle|combat|defeat|destroy|murder|slaughter|assault|ambush|stab|shoot"
    "|butcher|execute|overpower|cut down|strike down|wipe out|put to the sword"
)
#: A word of violence: in small letters, so that no name is taken for one, or at the beginning.
FIGHT = re.compile(rf"\b(?:{_FIGHT})(?:s|es|ed|ing|ting)?\b|^(?i:{_FIGHT})(?:s|es|ed|ing|ting)?\b")
#: Words that turn it round: "slip away without a fight".
TURNED = re.compile(r"\b(?:without|avoid\w*|instead|not|no|never|refuse\w*|before|n[’']t)\b", re.I)


def _oppose(found: Defaults, finding: Finding) -> None:
    """Whom the rules draw, else the other side's people, else the land itself."""
    world, quest = found.world, found.world.rows("quest_hooks")[finding.row]
    cast = found.drawn("quest_hooks", finding.row).get("quest_entities", ())
    people = {k: row for k, row in world.rows("entities").items() if row["status"] not in GONE}
    drawn = [row["entity"] for row in cast if row["role"] == "antagonist"]
    side = [k for k, row in people.items() if row["primary_faction"] == quest["opposing_faction"]]
    for code in [*drawn, *(side if quest["opposing_faction"] else [])]:
        if code in people and code != quest["giver"]:
            row = {"quest": finding.row, "entity": code, "role": "antagonist"}
            found.put("quest_entities", row)
            return
    found.new(
        "encounters", quest=finding.row, location=quest["location"], dungeon=None,
        dungeon_room=None, encounter_type=ENVIRONMENT, creatures=[],
    )  # fmt: skip


@check(
    "X22", reads=("quest_hooks", "quest_entities", "encounters", "entities"), mend=_oppose
)  # fmt: skip
def quests_have_an_opponent(world: World) -> Found:
    """Every quest has an antagonist, or an encounter with the land itself."""
    cast = world.rows("quest_entities").values()
    opposed = {row["quest"] for row in cast if row["role"] == "antagonist"}
    scenes = world.rows("encounters").values()
    opposed |= {row["quest"] for row in scenes if row["encounter_type"] == ENVIRONMENT}
    for key in world.rows("quest_hooks"):
        if key not in opposed:
            yield "quest_hooks", key, "Nobody and nothing stands against it."


def _starts(world: World, quest: str) -> dict[str, str]:
    """Key to location of the places where a quest starts."""
    return {
        key: row["location"]
        for key, row in world.rows("quest_locations").items()
        if row["quest"] == quest and row["role"] == "start"
    }


def _begin(found: Defaults, finding: Finding) -> None:
    """It starts where the quest says; another place of its start becomes one on the way."""
    table, place = "quest_locations", found.world.rows("quest_hooks")[finding.row]["location"]
    starts = _starts(found.world, finding.row)
    for key, other in starts.items():
        if other != place and found.remove(table, key):
            row = {"quest": finding.row, "location": other, "role": "waypoint", "order": 2}
            found.put(table, row)
    if place not in starts.values():
        row = {"quest": finding.row, "location": place, "role": "start", "order": 1}
        found.put(table, row)


@check("X23", reads=("quest_hooks", "quest_locations"), mend=_begin)
def quests_start_where_they_say(world: World) -> Found:
    """Every quest starts in one place, that of the quest."""
    starts: dict[str, list[str]] = {}
    for row in world.rows("quest_locations").values():
        if row["role"] == "start":
            starts.setdefault(row["quest"], []).append(row["location"])
    for key, row in world.rows("quest_hooks").items():
        if starts.get(key) != [row["location"]]:
            yield "quest_hooks", key, f"It does not start in {row['location']} alone."


@check("X24", reads=("encounter_entities", "entities"), mend=take_away)
def the_dead_meet_nobody(world: World) -> Found:
    """Nobody dead or missing is in an encounter; the undead may be."""
    people = world.rows("entities")
    for key, row in world.rows("encounter_entities").items():
        status = people.get(row["entity"], {}).get("status")
        if status in GONE:
            yield "encounter_entities", key, f"{row['entity']} is {status}."


def _is_violent(way: str) -> bool:
    return bool(FIGHT.search(way)) and not TURNED.search(way)


def _way_out(found: Defaults, finding: Finding) -> None:
    """One more way, as the rules write it, in place of the last where there is no room."""
    drawn = found.drawn("encounters", finding.row).get("ways_out", ())
    row = found.change("encounters", finding.row)
    peaceful = [way for way in drawn if not _is_violent(way)]
    if row is not None and peaceful:
        row["ways_out"] = [*row["ways_out"][: MOST_WAYS - 1], peaceful[0]]


@check("X25", reads=("encounters",), mend=_way_out)
def there_is_a_way_without_violence(world: World) -> Found:
    """Every encounter has a way out without violence, as far as English words tell."""
    for key, row in world.rows("encounters").items():
        if all(_is_violent(way) for way in row["ways_out"]):
            yield "encounters", key, "Every way out of it is violent."
