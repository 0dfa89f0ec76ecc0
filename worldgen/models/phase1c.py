"""Phase 1C: peoples, faiths and powers."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from worldgen.models.base import NamedRow
from worldgen.models.fields import Line, Link, Links, Listed, Prose, Whole, Word
from worldgen.models.vocabulary import Alignment, Lifestyle
from worldgen.shapes import Custom, FactionGoal, Phrase, Rank


class Language(NamedRow):
    """Tongues and scripts."""

    code_prefix = "lan"
    row_counts = (3, 7, 14)
    row_tokens = 410

    language_type = Word("standard exotic secret dead liturgical sign")
    parent_language = Link("self", optional=True, help_text="Without a circle.")
    script = Line(60)
    typical_races = Links("Race", 0, 6, help_text="At least one unless dead or secret.")
    regions = Links("GeographyRegion", 0, 8)
    sound = Line(200, help_text="How it sounds.")
    sample_phrases = Listed(Phrase, 2, 5)

    class Meta(NamedRow.Meta):
        db_table = "worldgen_languages"


class Culture(NamedRow):
    """Peoples and their way of life."""

    code_prefix = "cul"
    row_counts = (3, 6, 12)
    row_tokens = 758

    primary_race = Link("Race")
    other_races = Links("Race", 0, 4, blank=True)
    home_region = Link("GeographyRegion")
    other_regions = Links("GeographyRegion", 0, 6, blank=True)
    primary_language = Link("Language", help_text="Not dead.")
    other_languages = Links("Language", 0, 4, blank=True)
    economic_system = Link(
        "EconomicSystem", optional=True, help_text="Covers home_region or an ancestor of it."
    )
    legal_system = Link(
        "LegalSystem", optional=True, help_text="Covers home_region or an ancestor of it."
    )
    calendar = Link("CalendarSystem", optional=True)
    social_structure = Word(
        "egalitarian clan caste feudal meritocratic theocratic gerontocratic matriarchal patriarchal stateless"
    )
    values = Listed(Annotated[str, Field(max_length=60)], 2, 6)
    customs = Listed(Custom, 2, 6)
    taboos = Listed(Annotated[str, Field(max_length=160)], 1, 5)
    food = Line(240)
    dress = Line(240)
    arts = Line(240)
    attitude_to_magic = Word("reverent pragmatic wary hostile ignorant")
    attitude_to_outsiders = Word("welcoming curious neutral guarded hostile")

    class Meta(NamedRow.Meta):
        db_table = "worldgen_cultures"


class Pantheon(NamedRow):
    """Families of gods / faiths."""

    code_prefix = "pan"
    row_counts = (1, 2, 4)
    row_tokens = 378

    pantheon_type = Word(
        "polytheistic dualist monotheistic henotheistic animist ancestor philosophical"
    )
    home_plane = Link("Plane", optional=True)
    cultures = Links("Culture", 1, 8)
    origin_myth = Prose(600)
    hierarchy = Prose(300)
    clergy = Prose(300, blank=True)

    class Meta(NamedRow.Meta):
        db_table = "worldgen_pantheons"


class Deity(NamedRow):
    """Gods and powers."""

    code_prefix = "dei"
    row_counts = (4, 10, 20)
    row_tokens = 536

    pantheon = Link("Pantheon")
    home_plane = Link("Plane", optional=True)
    celestial_body = Link("CelestialBody", optional=True)
    rank = Word("greater intermediate lesser demigod quasi sleeping dead")
    alignment = Word(Alignment)
    domains = Listed(
        Literal[
            "arcana",
            "death",
            "forge",
            "grave",
            "knowledge",
            "life",
            "light",
            "nature",
            "order",
            "peace",
            "tempest",
            "trickery",
            "twilight",
            "war",
        ],
        1,
        4,
    )
    titles = Listed(Annotated[str, Field(max_length=80)], 1, 4)
    portfolio = Listed(Annotated[str, Field(max_length=60)], 1, 6)
    symbol = Line(160)
    tenets = Listed(Annotated[str, Field(max_length=160)], 2, 6)
    holy_day = Line(120, blank=True, help_text="Month and day of the primary calendar.")
    favored_weapon = Line(60, blank=True)
    appearance = Prose(300)
    worshipper_races = Links("Race", 0, 6, blank=True)

    class Meta(NamedRow.Meta):
        db_table = "worldgen_deities"


class Faction(NamedRow):
    """Organizations with goals."""

    code_prefix = "fac"
    row_counts = (4, 8, 16)
    row_tokens = 663
    allows_stub = True
    gm_fields = (
        "gm_secret",
        "goals",
        "methods",
    )

    faction_type = Word(
        "government noble_house guild military criminal religious arcane mercantile secret_society revolutionary scholarly tribal monster other"
    )
    home_region = Link("GeographyRegion")
    culture = Link("Culture", optional=True)
    patron_deity = Link("Deity", optional=True)
    parent_faction = Link("self", optional=True, help_text="Without a circle.")
    founded_in = Link("HistoricalPeriod", optional=True)
    alignment = Word(Alignment)
    legal_status = Word("sovereign chartered legal tolerated outlawed secret")
    size = Word("tiny small medium large vast")
    influence = Whole(0, 100)
    wealth = Word(Lifestyle)
    goals = Listed(FactionGoal, 1, 4)
    methods = Listed(Annotated[str, Field(max_length=120)], 1, 5)
    ranks = Listed(Rank, 2, 7)
    symbol = Line(160)
    motto = Line(120, blank=True)
    public_face = Prose(300)
    gm_secret = Prose(400)
    leader = Link(
        "Entity", optional=True, editable=False, help_text="Who leads it, from entity_factions."
    )
    headquarters = Link(
        "Location",
        optional=True,
        editable=False,
        help_text="From faction_locations.",
    )

    class Meta(NamedRow.Meta):
        db_table = "worldgen_factions"
