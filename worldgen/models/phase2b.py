"""Phase 2B: places that matter to the player characters."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from worldgen.models.base import EVERY_ROW, NamedRow, SoftLink
from worldgen.models.fields import Line, Link, Listed, Number, Prose, Shaped, Whole, Word
from worldgen.shapes import Atmosphere, PeopleShare, Room, Trap, Treasure


class Location(NamedRow):
    """Settlements, sites, landmarks (hierarchical)."""

    code_prefix = "loc"
    row_counts = (8, 14, 40)
    row_tokens = 711
    allows_stub = True
    soft_links = (SoftLink("demographics[].race", ("races",)),)
    gm_fields = (
        "gm_secret",
        "pc_connection_detail",
    )

    location_type = Word(
        "city town village hamlet fortress castle ruin wilderness_site landmark port camp crossroads district planar_site other"
    )
    parent_location = Link(
        "self", optional=True, help_text="In the same region or one around it; at most four levels."
    )
    region = Link("GeographyRegion")
    pc = Link("PlayerCharacter", optional=True)
    pc_connection_detail = Prose(300, blank=True, help_text="Given if and only if pc is.")
    culture = Link("Culture", optional=True)
    ruling_faction = Link("Faction", optional=True)
    ruler = Link("Entity", optional=True, help_text="Somebody alive.")
    legal_system = Link("LegalSystem", optional=True)
    economic_system = Link("EconomicSystem", optional=True)
    founded_in = Link("HistoricalPeriod", optional=True)
    population = Whole(0, 5000000, help_text="All of a region together at most its population.")
    demographics = Listed(
        PeopleShare, 0, 6, help_text="Codes of races; at most 100 percent together."
    )
    government = Word(
        "monarchy council theocracy magocracy republic military tribal guild_rule anarchy none"
    )
    defenses = Line(240, blank=True)
    notable_features = Listed(Annotated[str, Field(max_length=200)], 2, 5)
    atmosphere = Shaped(of=Atmosphere)
    danger_level = Whole(0, 10)
    map_x = Number(0, 100)
    map_y = Number(0, 100)
    gm_secret = Prose(300, blank=True)

    class Meta(NamedRow.Meta):
        db_table = "worldgen_locations"


class Dungeon(NamedRow):
    """Adventure sites with rooms."""

    code_prefix = "dun"
    row_counts = (1, 3, 8)
    row_tokens = 1239
    gm_fields = (
        "boss",
        "rooms",
        "traps",
        "treasure",
    )
    hidden_rows = EVERY_ROW

    location = Link("Location")
    dungeon_type = Word("cave tomb temple stronghold mine sewer tower lair vault maze planar ruin")
    pc = Link("PlayerCharacter", optional=True)
    builder_faction = Link("Faction", optional=True)
    built_in = Link("HistoricalPeriod", optional=True)
    deity = Link("Deity", optional=True)
    boss = Link("Entity", optional=True)
    levels = Whole(1, 10)
    min_party_level = Whole(1, 20)
    max_party_level = Whole(1, 20, help_text="At least min_party_level.")
    rooms = Listed(
        Room, 4, 12, help_text="Each exit leads both ways; every room is reached from room 1."
    )
    traps = Listed(Trap, 0, 5, blank=True, help_text="In rooms that exist.")
    treasure = Listed(Treasure, 0, 6, blank=True, help_text="In rooms that exist.")
    history = Prose(400)

    class Meta(NamedRow.Meta):
        db_table = "worldgen_dungeons"


class Building(NamedRow):
    """Single buildings inside locations."""

    code_prefix = "bld"
    row_counts = (6, 10, 30)
    row_tokens = 369
    gm_fields = (
        "gm_secret",
        "security",
    )

    location = Link("Location")
    building_type = Word(
        "house manor inn shop temple guildhall barracks palace warehouse workshop library prison tower farm dock bathhouse theatre other"
    )
    pc = Link("PlayerCharacter", optional=True)
    owner = Link("Entity", optional=True)
    faction = Link("Faction", optional=True)
    floors = Whole(1, 30)
    condition = Word("ruined dilapidated worn sound fine grand")
    rooms = Listed(Annotated[str, Field(max_length=80)], 1, 10)
    security = Line(160, blank=True)
    description_exterior = Prose(300)
    gm_secret = Prose(300, blank=True)

    class Meta(NamedRow.Meta):
        db_table = "worldgen_buildings"
