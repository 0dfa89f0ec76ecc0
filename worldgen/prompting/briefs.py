"""What the writer by rules is told about a campaign."""

from __future__ import annotations

from worldgen import phases
from worldgen.models import PlayerCharacter
from worldgen.rows import Listed, World
from worldgen.rules.brief import Brief, Fact, Line, Locks
from worldgen.rules.brief import PlayerCharacter as Character


def brief_of(world: World, *, attempt: int = 0, upto: str = "") -> Brief:
    """The brief of a campaign as it stands: its wishes, its party, its rosters and rows.

    With `upto`, only the rosters of that phase and those before it: what is listed further ahead does
    not depend on the order in which parts end.
    """
    campaign = world.campaign
    seen = {t for phase in phases.PHASES if not upto or phase.code <= upto for t in phase.tables}
    return Brief(
        random_seed=campaign.random_seed,
        size=campaign.size,
        name=campaign.name,
        premise=campaign.premise,
        genre=campaign.genre,
        tone=campaign.tone,
        technology_level=campaign.technology_level,
        magic_level=campaign.magic_level,
        rules_system=campaign.rules_system,
        party_level=campaign.party_level,
        locks=Locks(**campaign.locks),
        characters=[_character(world, pc) for pc in world.party.values()],
        rosters={
            table: {code: line_of(line) for code, line in lines.items() if not line.is_dropped}
            for table, lines in world.rosters.items()
            if table in seen
        },
        rows={table: world.rows(table) for table in phases.tables() if world.rows(table)},
        creatures=[
            (entry.name, entry.challenge_rating)
            for entry in world.vocabulary
            if entry.kind == "creature" and entry.challenge_rating
        ],
        attempt=attempt,
    )


def line_of(line: Listed) -> Line:
    """A roster line in plain data."""
    return {
        "code": line.code,
        "name": line.name,
        "line": line.line,
        "parent": line.parent_code or None,
        "facts": list(line.fact_codes),
    }


def _character(world: World, pc: PlayerCharacter) -> Character:
    return Character(
        code=pc.code,
        name=pc.name,
        race_text=pc.race_text,
        class_text=pc.class_text,
        level=pc.level,
        backstory=pc.backstory,
        goals=pc.goals,
        bonds=pc.bonds,
        facts=[
            Fact(code=fact.code, kind=fact.kind, text=fact.text, must_use=fact.must_use)
            for fact in world.facts
            if fact.pc_id == pc.pk
        ],
    )
