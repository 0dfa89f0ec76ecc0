"""Phase 1A: world-independent foundations."""

from __future__ import annotations

from typing import Annotated

from django.db import models
from pydantic import Field

from worldgen.models.base import NamedRow, SoftLink
from worldgen.models.fields import Line, Link, Links, Listed, Number, Prose, Whole, Word
from worldgen.models.vocabulary import Alignment, CreatureType, Environment, Lifestyle
from worldgen.shapes import (
    Coin,
    Festival,
    IntercalaryDay,
    KeyEvent,
    Law,
    LeapDay,
    Month,
    MoonPhase,
    Tax,
    TradeGood,
)


class CalendarSystem(NamedRow):
    """How the world counts time."""

    code_prefix = "cal"
    row_counts = (1, 2, 3)
    row_tokens = 806

    epoch_name = Line(80, help_text="Name of year zero.")
    current_year = Whole(0, 20000)
    current_month = Line(60, help_text="One of the months.")
    current_day = Whole(1, 60, help_text="In that month.")
    hours_per_day = Whole(8, 48, help_text="Usually 24.")
    week_days = Listed(Annotated[str, Field(max_length=40)], 3, 14)
    months = Listed(Month, 1, 20)
    intercalary_days = Listed(IntercalaryDay, 0, 10, blank=True)
    year_length_days = Whole(
        20,
        1000,
        help_text="Code recomputes it.",
    )
    leap_rule = Line(200, blank=True)
    leap_days = Listed(LeapDay, 0, 4, blank=True)
    festivals = Listed(Festival, 2, 10, help_text="On days that exist.")
    is_primary = models.BooleanField(help_text="Exactly one is.")

    class Meta(NamedRow.Meta):
        db_table = "worldgen_calendar_systems"


class Plane(NamedRow):
    """Planes of existence."""

    code_prefix = "pla"
    row_counts = (3, 5, 9)
    row_tokens = 363

    plane_type = Word("material transitive inner outer elemental echo demiplane other")
    parent_plane = Link("self", optional=True, help_text="The plane it belongs to.")
    alignment = Word(Alignment)
    dominant_element = Word("none air earth fire water positive negative radiant shadow")
    gravity = Word("normal heavy light none subjective")
    time_flow = Word("normal slow fast erratic timeless")
    magic_effect = Word("normal enhanced impeded wild dead")
    native_creature_types = Listed(CreatureType, 0, 5)
    access_methods = Listed(Annotated[str, Field(max_length=160)], 1, 5)
    hazards = Listed(Annotated[str, Field(max_length=160)], 0, 5, blank=True)
    is_home = models.BooleanField(help_text="Exactly one is; it is material.")

    class Meta(NamedRow.Meta):
        db_table = "worldgen_planes"


class GeographyRegion(NamedRow):
    """Continents, seas, lands, biomes."""

    code_prefix = "reg"
    row_counts = (6, 10, 20)
    row_tokens = 376

    region_type = Word(
        "continent subcontinent land island archipelago sea ocean mountain_range forest desert plains swamp tundra coast river_basin underground volcanic other"
    )
    parent_region = Link(
        "self", optional=True, help_text="A continent has none; at most four levels."
    )
    plane = Link("Plane")
    adjacent_regions = Links("self", 0, 6, blank=True, help_text="Made symmetric by code.")
    climate = Word(
        "arctic subarctic temperate mediterranean subtropical tropical arid semi_arid highland subterranean magical"
    )
    environment = Word(Environment, help_text="What encounters there count as.")
    area_km2 = Number(1, 100000000, null=True, help_text="Not more than its parent region.")
    population = Whole(0, 2000000000, help_text="Not more than its parent region.")
    natural_resources = Listed(Annotated[str, Field(max_length=60)], 1, 8)
    hazards = Listed(Annotated[str, Field(max_length=120)], 0, 6, blank=True)
    landmarks = Listed(Annotated[str, Field(max_length=120)], 1, 6)
    travel_difficulty = Word("easy moderate hard extreme")
    map_x = Number(0, 100, help_text="Percent of the world map.")
    map_y = Number(0, 100)

    class Meta(NamedRow.Meta):
        db_table = "worldgen_geography_regions"


class HistoricalPeriod(NamedRow):
    """Eras and what they left behind."""

    code_prefix = "per"
    row_counts = (4, 6, 10)
    row_tokens = 643
    soft_links = (SoftLink("key_events[].region", ("geography_regions",)),)

    calendar = Link("CalendarSystem")
    period_type = Word(
        "mythic founding golden_age expansion war decline dark_age cataclysm renaissance current"
    )
    start_year = Whole(-100000, 20000)
    end_year = Whole(
        -100000,
        20000,
        null=True,
        help_text="Null only for the current period; else after start_year.",
    )
    technology_level = Word(
        "stone bronze iron medieval renaissance early_industrial industrial magitech"
    )
    key_events = Listed(
        KeyEvent, 1, 6, help_text="Years inside the period; region is a code or empty."
    )
    affected_regions = Links("GeographyRegion", 1, 10)
    legacy = Prose(500, help_text="What is still felt today.")

    class Meta(NamedRow.Meta):
        db_table = "worldgen_historical_periods"


class EconomicSystem(NamedRow):
    """Money, trade and tax."""

    code_prefix = "eco"
    row_counts = (1, 3, 5)
    row_tokens = 747
    soft_links = (SoftLink("trade_goods[].origin_region", ("geography_regions",)),)
    gm_fields = ("black_market",)

    system_type = Word("barter feudal mercantile guild command market gift tribal plunder mixed")
    regions = Links("GeographyRegion", 1, 10)
    currency_name = Line(60)
    coins = Listed(
        Coin, 1, 6, help_text="Ascending values; usually cp=1, sp=10, ep=50, gp=100, pp=1000."
    )
    wealth_level = Word(Lifestyle, help_text="How well people live.")
    trade_goods = Listed(TradeGood, 2, 8)
    taxes = Listed(Tax, 0, 6)
    guilds_and_banks = Prose(400, blank=True)
    black_market = Prose(400, blank=True)

    class Meta(NamedRow.Meta):
        db_table = "worldgen_economic_systems"


class LegalSystem(NamedRow):
    """Law, courts and punishment."""

    code_prefix = "law"
    row_counts = (1, 3, 5)
    row_tokens = 747

    system_type = Word(
        "customary codified religious martial feudal magocratic ordeal anarchic mixed"
    )
    regions = Links("GeographyRegion", 1, 10)
    authority = Line(160, help_text="Who makes law.")
    enforcement = Line(160, help_text="Who enforces it.")
    laws = Listed(Law, 3, 8)
    rights = Prose(300, blank=True)
    courts = Line(200, blank=True)
    magic_regulation = Word("forbidden licensed tolerated unregulated state_monopoly")
    corruption = Whole(0, 10)

    class Meta(NamedRow.Meta):
        db_table = "worldgen_legal_systems"


class CelestialBody(NamedRow):
    """Suns, moons, stars and what they do."""

    code_prefix = "sky"
    row_counts = (2, 5, 10)
    row_tokens = 338

    body_type = Word("sun moon planet star constellation comet asteroid_belt ring other")
    plane = Link("Plane")
    orbits = Link("self", optional=True, help_text="Without a circle.")
    calendar = Link("CalendarSystem", optional=True, help_text="Calendar that tracks it.")
    orbital_period_days = Number(0, 1000000, null=True)
    phases = Listed(
        MoonPhase,
        0,
        8,
        blank=True,
        help_text="Days add up to orbital_period_days if both are given.",
    )
    color = Line(40)
    magical_influence = Prose(300, blank=True)
    omens = Listed(Annotated[str, Field(max_length=160)], 0, 4, blank=True)

    class Meta(NamedRow.Meta):
        db_table = "worldgen_celestial_bodies"
