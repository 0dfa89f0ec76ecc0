"""Phase 3A: adventures and challenges."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from worldgen.models.base import EVERY_ROW, NamedRow, SoftLink
from worldgen.models.fields import Line, Link, Listed, Prose, Whole, Word
from worldgen.models.vocabulary import Environment
from worldgen.shapes import CreatureCount, Reward, SkillCheck, Stage


class QuestHook(NamedRow):
    """Adventures on offer."""

    code_prefix = "qst"
    row_counts = (4, 8, 20)
    row_tokens = 1100
    inline = (
        "quest_entities",
        "quest_locations",
        "quest_items",
    )
    soft_links = (SoftLink("stages[].location", ("locations",)),)
    gm_fields = (
        "dungeon",
        "target_entity",
        "opposing_faction",
        "stages",
        "complications",
        "moral_question",
        "on_success",
        "on_failure",
    )
    hidden_rows = EVERY_ROW

    quest_type = Word(
        "rescue retrieval investigation escort defense assassination diplomacy exploration heist hunt delivery survival mystery"
    )
    parent_quest = Link("self", optional=True, help_text="The quest before it; without a circle.")
    giver = Link("Entity", optional=True, help_text="Somebody alive.")
    location = Link("Location", help_text="Where it starts.")
    dungeon = Link("Dungeon", optional=True)
    target_entity = Link("Entity", optional=True, help_text="Not the giver.")
    target_item = Link("Item", optional=True)
    sponsor_faction = Link("Faction", optional=True)
    opposing_faction = Link("Faction", optional=True, help_text="Not the sponsor.")
    pc = Link("PlayerCharacter", optional=True)
    hook = Prose(400)
    objective = Line(240)
    stages = Listed(Stage, 2, 5, help_text="Orders 1, 2, 3 and so on; location is a code or empty.")
    complications = Listed(Annotated[str, Field(max_length=200)], 1, 4)
    rewards = Listed(Reward, 1, 4)
    min_level = Whole(1, 20)
    max_level = Whole(1, 20)
    urgency = Word("none low medium high ticking_clock")
    moral_question = Line(240, blank=True)
    on_success = Prose(300)
    on_failure = Prose(300)

    class Meta(NamedRow.Meta):
        db_table = "worldgen_quest_hooks"


class Encounter(NamedRow):
    """Playable scenes of challenge."""

    code_prefix = "enc"
    row_counts = (5, 10, 30)
    row_tokens = 725
    inline = ("encounter_entities",)
    soft_links = (SoftLink("creatures[].name", ("entities",), free_text=True),)
    gm_fields = (
        "creatures",
        "tactics",
        "skill_checks",
        "treasure",
        "ways_out",
    )
    hidden_rows = EVERY_ROW

    encounter_type = Word("combat social exploration puzzle trap chase mystery environmental")
    quest = Link("QuestHook", optional=True)
    location = Link("Location")
    dungeon = Link("Dungeon", optional=True)
    dungeon_room = Whole(1, 60, null=True, help_text="A room of the dungeon.")
    difficulty = Word(
        "trivial low moderate high deadly",
        help_text="Code recomputes it from the creatures.",
    )
    party_level = Whole(1, 20, help_text="Between the levels of the quest.")
    party_size = Whole(1, 8)
    environment = Word(Environment)
    creatures = Listed(
        CreatureCount,
        0,
        5,
        blank=True,
        help_text="name is the code of an entity, or the name of a creature of the rules.",
    )
    terrain = Line(240)
    read_aloud = Prose(500)
    tactics = Prose(300, blank=True)
    skill_checks = Listed(SkillCheck, 0, 4, blank=True)
    treasure = Line(200, blank=True)
    ways_out = Listed(
        Annotated[str, Field(max_length=160)],
        2,
        4,
        help_text="At least one of them without violence.",
    )

    class Meta(NamedRow.Meta):
        db_table = "worldgen_encounters"
