"""People of a world join the canon when a person accepts them; nothing that is secret goes along.

The canon knows characters today: neither knowledge nor facts, threads and entries.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from canon.characters import add_characters
from canon.models import Alias, Character
from storyforge.generation.models import MadeBy
from worldgen.models import Campaign, Entity
from worldgen.rows import Row

JOINING = ("major", "supporting")
PEOPLE = ("npc", "historical_figure")
BY = {"model": MadeBy.MODEL, "rules": MadeBy.RULES, "imported": MadeBy.IMPORT}
WRITTEN_BY = {"model": "model", "rules": "rules", "imported": "import"}


def join_canon(campaign: Campaign, people: Iterable[Entity]) -> list[Entity]:
    """Link these people with canon characters of their name, or make those; whom it linked.

    Fields of a character that somebody confirmed stay. A name that two characters have links nobody.
    """
    joining = [p for p in people if p.importance in JOINING and p.entity_type in PEOPLE]
    known = _by_name(campaign)
    new: list[tuple[Entity, Character]] = []
    for person in joining:
        if person.canon_character_id is None:
            there = known[person.name.casefold()]
            if len(there) > 1:
                continue
            if there:
                person.canon_character = next(iter(there.values()))
            else:
                new.append((person, _made_of(campaign, person)))
    add_characters(campaign.project, [character for _, character in new]) if new else ()
    for person, character in new:
        person.canon_character = character
    linked = [p for p in joining if p.canon_character_id is not None]
    Entity.objects.bulk_update(linked, ["canon_character"])
    _tell(linked)
    return linked


def _by_name(campaign: Campaign) -> dict[str, dict[str, Character]]:
    """Name or alias in small letters to the characters that have it."""
    found: dict[str, dict[str, Character]] = defaultdict(dict)
    rows = Character.objects.filter(project=campaign.project_id)
    by_id = {row.pk: row for row in rows}
    for row in by_id.values():
        found[row.name.casefold()][row.code] = row
    aliases = Alias.objects.filter(project=campaign.project_id)
    for text, pk in aliases.values_list("text", "character"):
        found[text.casefold()][by_id[pk].code] = by_id[pk]
    return found


def _made_of(campaign: Campaign, person: Entity) -> Character:
    return Character(
        project=campaign.project,
        name=person.name,
        role="supporting" if person.importance == "supporting" else "",
        generation_method=BY.get(person.source, MadeBy.HUMAN),
    )


def _tell(people: Sequence[Entity]) -> None:
    """Propose to each character what everybody may know of the person."""
    characters = {}
    for person in people:
        character: Any = person.canon_character
        told = [
            character.propose(
                name, text, source=WRITTEN_BY.get(person.source, "author"), evidence=[]
            )
            for name, text in profile(person).items()
        ]
        if any(told):
            characters[character.pk] = character
    names = [*profile_fields(), "field_state"]
    Character.objects.bulk_update(characters.values(), names)


def profile_fields() -> tuple[str, ...]:
    """The profile fields a row of a world fills."""
    return ("physical_description", "personality", "voice", "backstory", "goals")


def profile(person: Entity) -> dict[str, str]:
    """What a canon character is told of the person: no field that only game masters see."""
    open_goals = "goals" in person.revealed_fields or "goals" not in Entity.gm_fields
    return {
        "physical_description": person.appearance,
        "personality": _spelled(person.personality),
        "voice": person.voice,
        "backstory": " ".join(part for part in (person.summary, person.description) if part),
        "goals": "; ".join(person.goals) if open_goals else "",
    }


def _spelled(personality: Row) -> str:
    parts = [", ".join(personality.get("traits", ()))]
    parts += [personality.get(name, "") for name in ("ideal", "bond", "flaw")]
    return ". ".join(part.rstrip(".") for part in parts if part)
