"""Worlds for the tests: parties, briefs, and a whole run in the order of the phases."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import Any

from worldgen.rules import (
    Brief,
    Fact,
    PlayerCharacter,
    facts_of,
    write_relations,
    write_roster,
    write_rows,
)
from worldgen.rules.tables import PHASES, RELATIONS

Rosters = dict[str, dict[str, Any]]
Rows = dict[str, list[dict[str, Any]]]

SEA = "A drowned archipelago where salt is money. The Tide Court of Marrow Isle weighs every debt against the sea, and each year the water takes another street."
RAIL = "A gaslit rail empire where magic is dying. The Meridian Line burns the last wonders for steam, and the Empress has not been seen since spring."

STORIES = (
    ("Ilse Varn", "Human", "Fighter", "My brother Corin stole the Tide Ledger from the Salt Court and fled. Captain Dorn Hask swore to hang us both. I was born in Gull Reach, where the bell still rings under water. I must find Corin before the captain does."),
    ("Tamsin Oake", "Half-Elf", "Wizard", "My mentor Aldous Wren taught me the last working spell. He vanished on the night train to Cinder Halt. I owe my life to Mother Prue, who hid me. I carry the Brass Key he left me."),
    ("Borrik", "Dwarf", "Cleric", "My father Hagan was killed by Lord Emmerich Vale over a debt. I swore at his grave to see Vale judged. My sister Runa still lives in Oldmere."),
    ("Sefa", "Tiefling", "Rogue", "I was raised by the thief Old Nan in the sewers. I stole a locket from Lady Coriane, and it whispers. My friend Pell betrayed me to the Watch. No one knows that my real name is Serafine."),
    ("Wen Ashdown", "Gnome", "Salt-priest", ""),
    ("Oda", "Orc", "Gunslinger", "i never talk about it. not once."),
    ("Marisol Quent", "Human", "Bard", "I loved Teodor Brask of Nine Bridges. He owes the Quiet Hands a song. My twin Isabel vanished at the Night of Masks. My uncle Ferro hid the Opera Prompt-Book. I swore to Isabel that I would sing. I must find Isabel. My rival Dario burned my house in Velvet Lane. My teacher Amadea died of the fever."),
    ("Ulf", "Goliath", "Barbarian", "Grim killed my wolf."),
)  # fmt: skip


def character(number: int, name: str, race: str, kind: str, story: str) -> PlayerCharacter:
    """Return a player character with its facts taken from the backstory by rules."""
    facts = tuple(
        Fact(code=f"pc{number}f{i}", kind=f["kind"], text=f["text"], must_use=f["must_use"])
        for i, f in enumerate(facts_of(story), start=1)
    )
    return PlayerCharacter(
        code=f"pc{number}", name=name, race_text=race, class_text=kind, level=3, backstory=story, facts=facts
    )  # fmt: skip


def party(size: int) -> tuple[PlayerCharacter, ...]:
    """Return a party of up to eight."""
    return tuple(character(i, *story) for i, story in enumerate(STORIES[:size], start=1))


def brief(seed: int = 1, **fields: Any) -> Brief:
    """Return a brief; a party of four and the sea unless told otherwise."""
    told = {"premise": SEA, "genre": "fantasy", "characters": party(4), "party_level": 3} | fields
    return Brief(random_seed=seed, **told)


def rosters_of(told: Brief) -> Rosters:
    """Write the rosters of all phases, each with those before it."""
    rosters: Rosters = dict(told.rosters)
    for phase in PHASES:
        lines = write_roster(phase, replace(told, rosters=rosters))
        rosters |= {table: {line["code"]: line for line in found} for table, found in lines.items()}
    return rosters


def full(told: Brief) -> tuple[Brief, Rows]:
    """Write a whole world; return the brief with its rosters and rows, and the rows by table.

    Inline rows of quests and encounters stand in their own tables, with their parent filled in.
    """
    told = replace(told, rosters=rosters_of(told))
    rows: Rows = {}
    for tables in PHASES.values():
        for table in tables:
            rows[table] = write_rows(table, list(told.rosters[table]), told)
            standing = {row["code"]: row for row in rows[table]}
            told = replace(told, rows={**told.rows, table: standing})
    for table in RELATIONS:
        rows[table] = [*inline(rows, table), *write_relations(table, told)]
    return told, rows


@cache
def sample() -> tuple[Brief, Rows]:
    """Return one standard world for tests that only read it."""
    return full(brief(3))


INLINE = {
    "quest_entities": ("quest_hooks", "quest"),
    "quest_locations": ("quest_hooks", "quest"),
    "quest_items": ("quest_hooks", "quest"),
    "encounter_entities": ("encounters", "encounter"),
}


def inline(rows: Rows, table: str) -> list[dict[str, Any]]:
    """Return the rows of a table that stand inside the rows of another."""
    if table not in INLINE:
        return []
    parent, field = INLINE[table]
    return [{field: row["code"], **inner} for row in rows[parent] for inner in row[table]]
