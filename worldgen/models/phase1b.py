"""Phase 1B: what player characters are built from."""

from __future__ import annotations

from typing import Annotated, Literal

from django.db import models
from pydantic import Field

from worldgen.models.base import NamedRow
from worldgen.models.fields import Line, Link, Links, Listed, Prose, Shaped, Whole, Word
from worldgen.models.vocabulary import Ability, Alignment, CreatureType, DamageType, Size, Skill
from worldgen.shapes import AbilityBonus, Benefit, Feature, NameExamples, OtherSpeeds, Trait


class Race(NamedRow):
    """Playable and common peoples (SRD "race/species")."""

    code_prefix = "rac"
    row_counts = (3, 6, 10)
    row_tokens = 646

    parent_race = Link("self", optional=True, help_text="The race it is a branch of.")
    origin_region = Link("GeographyRegion")
    other_regions = Links("GeographyRegion", 0, 6, blank=True)
    creature_type = Word(CreatureType, help_text="Usually humanoid.")
    size = Word(Size)
    speed_walk = Whole(0, 120, help_text="Multiple of 5.")
    speeds_other = Shaped(of=OtherSpeeds, blank=True, default=dict)
    ability_bonuses = Listed(AbilityBonus, 0, 4, help_text="Sum of bonuses at most 4.")
    age_adult = Whole(1, 1000)
    lifespan = Whole(5, 10000, help_text="Above age_adult.")
    darkvision_ft = Whole(0, 120)
    damage_resistances = Listed(DamageType, 0, 2, blank=True)
    traits = Listed(Trait, 1, 5)
    alignment_tendency = Word(Alignment)
    appearance = Prose(300)
    name_examples = Shaped(of=NameExamples)
    playable = models.BooleanField(help_text="At least three races are.")

    class Meta(NamedRow.Meta):
        db_table = "worldgen_races"


class CharacterClass(NamedRow):
    """Classes and how the world sees them."""

    code_prefix = "cls"
    row_counts = (3, 6, 13)
    row_tokens = 738

    parent_class = Link("self", optional=True, help_text="The class it is a branch of.")
    hit_die = Word("d6 d8 d10 d12")
    primary_abilities = Listed(Ability, 1, 2)
    saving_throws = Listed(Ability, 2, 2, help_text="Two different ones.")
    armor_proficiencies = Listed(Literal["light", "medium", "heavy", "shields"], 0, 4)
    weapon_proficiencies = Listed(
        Annotated[str, Field(max_length=40)], 1, 6, help_text="Simple, martial or weapon names."
    )
    tool_proficiencies = Listed(Annotated[str, Field(max_length=40)], 0, 3, blank=True)
    skill_choose = Whole(2, 4)
    skill_options = Listed(Skill, 2, 10, help_text="At least as many as skill_choose.")
    caster_type = Word("none full half third pact")
    spellcasting_ability = Word(
        Ability, null=True, blank=True, help_text="Given if and only if caster_type is not none."
    )
    features = Listed(Feature, 3, 10, help_text="Ascending level, one at level 1.")
    starting_equipment = Listed(Annotated[str, Field(max_length=80)], 2, 6)
    common_races = Links("Race", 0, 5, blank=True)
    role_in_world = Prose(300)

    class Meta(NamedRow.Meta):
        db_table = "worldgen_character_classes"


class Feat(NamedRow):
    """Talents."""

    code_prefix = "fea"
    row_counts = (4, 8, 16)
    row_tokens = 339

    category = Word("general origin fighting_style epic_boon")
    race_prerequisite = Link("Race", optional=True)
    class_prerequisite = Link("CharacterClass", optional=True)
    ability_prerequisite = Word(Ability, null=True, blank=True)
    ability_minimum = Whole(
        8, 20, null=True, help_text="Given if and only if ability_prerequisite is."
    )
    level_minimum = Whole(1, 20, help_text="An epic_boon needs at least 19.")
    repeatable = models.BooleanField()
    benefits = Listed(Benefit, 1, 4)

    class Meta(NamedRow.Meta):
        db_table = "worldgen_feats"


class Background(NamedRow):
    """Where adventurers come from."""

    code_prefix = "bkg"
    row_counts = (4, 6, 12)
    row_tokens = 803

    home_region = Link("GeographyRegion", optional=True)
    origin_feat = Link("Feat", optional=True, help_text="A feat of category origin.")
    suggested_classes = Links("CharacterClass", 0, 4, blank=True)
    skill_proficiencies = Listed(Skill, 2, 2, help_text="Two different ones.")
    tool_proficiencies = Listed(Annotated[str, Field(max_length=40)], 0, 2)
    language_count = Whole(0, 2)
    equipment = Listed(Annotated[str, Field(max_length=80)], 2, 6)
    starting_gold_gp = Whole(0, 100)
    feature_name = Line(60)
    feature_text = Line(400)
    personality_traits = Listed(Annotated[str, Field(max_length=160)], 2, 8)
    ideals = Listed(Annotated[str, Field(max_length=160)], 2, 6)
    bonds = Listed(Annotated[str, Field(max_length=160)], 2, 6)
    flaws = Listed(Annotated[str, Field(max_length=160)], 2, 6)

    class Meta(NamedRow.Meta):
        db_table = "worldgen_backgrounds"
