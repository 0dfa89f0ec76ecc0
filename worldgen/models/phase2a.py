"""Phase 2A: people tied to the backstories."""

from __future__ import annotations

from typing import Annotated

from django.db import models
from pydantic import Field

from worldgen.models.base import NamedRow, SoftLink
from worldgen.models.fields import Line, Link, Listed, Prose, Shaped, Whole, Word
from worldgen.models.vocabulary import CHALLENGE_RATINGS, Alignment, CreatureType, Size
from worldgen.shapes import Abilities, Knowledge, Personality, SkillBonus, StatAction


class Entity(NamedRow):
    """NPCs, creatures, groups; first those tied to the player characters."""

    code_prefix = "ent"
    row_counts = (8, 16, 40)
    row_tokens = 1134
    allows_stub = True
    soft_links = (SoftLink("backstory_fact_ids[]", ("pc_facts",)),)
    gm_fields = (
        "gm_secret",
        "knowledge",
        "goals",
        "fears",
        "pc_connection_detail",
        "backstory_fact_ids",
        "challenge_rating",
        "armor_class",
        "hit_points",
        "hit_dice",
        "abilities",
        "skills",
        "actions",
    )

    entity_type = Word("npc creature group spirit construct historical_figure")
    pc = Link("PlayerCharacter", optional=True, help_text="Player character it is tied to.")
    pc_connection = Word(
        "family mentor rival enemy love friend debtor creditor ally witness patron none",
        help_text="none if and only if pc is null.",
    )
    pc_connection_detail = Prose(
        400, blank=True, help_text="Must quote or paraphrase one cited backstory fact."
    )
    backstory_fact_ids = Listed(
        Annotated[str, Field(max_length=20)],
        0,
        4,
        help_text="Codes of facts of the backstories; at least one if and only if pc is set.",
    )
    parent_entity = Link("self", optional=True, help_text="Superior or group; without a circle.")
    race = Link("Race", optional=True, help_text="Every npc has one.")
    character_class = Link("CharacterClass", optional=True)
    background = Link("Background", optional=True)
    culture = Link("Culture", optional=True)
    deity = Link("Deity", optional=True)
    primary_faction = Link("Faction", optional=True)
    home_region = Link("GeographyRegion")
    creature_type = Word(CreatureType)
    size = Word(Size)
    alignment = Word(Alignment)
    gender_pronouns = Line(40)
    age = Whole(0, 20000, null=True, help_text="At most 1.2 times the lifespan of the race.")
    occupation = Line(80)
    status = Word("alive dead missing undead imprisoned unknown")
    importance = Word("major supporting minor")
    appearance = Prose(300)
    personality = Shaped(of=Personality)
    voice = Line(160, help_text="How they talk.")
    goals = Listed(Annotated[str, Field(max_length=160)], 1, 3)
    fears = Listed(Annotated[str, Field(max_length=120)], 0, 3, blank=True)
    knowledge = Listed(Knowledge, 0, 5)
    gm_secret = Prose(300, blank=True)
    challenge_rating = Word(CHALLENGE_RATINGS)
    armor_class = Whole(5, 30)
    hit_points = Whole(1, 1000)
    hit_dice = Line(20, help_text="Such as 4d8+4; its average is within 10 percent of hit_points.")
    speed_walk = Whole(0, 120)
    abilities = Shaped(of=Abilities)
    skills = Listed(SkillBonus, 0, 6, blank=True)
    actions = Listed(StatAction, 0, 4, blank=True)
    current_location = Link(
        "Location",
        optional=True,
        editable=False,
        help_text="From entity_locations.",
    )
    canon_character = models.ForeignKey(
        "canon.Character",
        models.SET_NULL,
        null=True,
        editable=False,
        related_name="entities_canon_character",
        help_text="Set when the row is published to the canon.",
    )

    class Meta(NamedRow.Meta):
        db_table = "worldgen_entities"
