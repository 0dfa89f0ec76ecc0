"""Every reference stays inside its campaign, and every campaign inside its project.

Django cannot declare keys of two columns, so they stand here. A new reference of a table needs a line
in a migration of its own; a test compares the database with the models.
"""

from django.db import migrations

# Table, column, table it points to: (campaign, column) -> (campaign, id).
LINKS = (
    ("worldgen_pcfact", "pc_id", "worldgen_playercharacter"),
    ("worldgen_factcitation", "fact_id", "worldgen_pcfact"),
    ("worldgen_planes", "parent_plane_id", "worldgen_planes"),
    ("worldgen_geography_regions", "parent_region_id", "worldgen_geography_regions"),
    ("worldgen_geography_regions", "plane_id", "worldgen_planes"),
    ("worldgen_historical_periods", "calendar_id", "worldgen_calendar_systems"),
    ("worldgen_celestial_bodies", "plane_id", "worldgen_planes"),
    ("worldgen_celestial_bodies", "orbits_id", "worldgen_celestial_bodies"),
    ("worldgen_celestial_bodies", "calendar_id", "worldgen_calendar_systems"),
    ("worldgen_races", "parent_race_id", "worldgen_races"),
    ("worldgen_races", "origin_region_id", "worldgen_geography_regions"),
    ("worldgen_character_classes", "parent_class_id", "worldgen_character_classes"),
    ("worldgen_feats", "race_prerequisite_id", "worldgen_races"),
    ("worldgen_feats", "class_prerequisite_id", "worldgen_character_classes"),
    ("worldgen_backgrounds", "home_region_id", "worldgen_geography_regions"),
    ("worldgen_backgrounds", "origin_feat_id", "worldgen_feats"),
    ("worldgen_languages", "parent_language_id", "worldgen_languages"),
    ("worldgen_cultures", "primary_race_id", "worldgen_races"),
    ("worldgen_cultures", "home_region_id", "worldgen_geography_regions"),
    ("worldgen_cultures", "primary_language_id", "worldgen_languages"),
    ("worldgen_cultures", "economic_system_id", "worldgen_economic_systems"),
    ("worldgen_cultures", "legal_system_id", "worldgen_legal_systems"),
    ("worldgen_cultures", "calendar_id", "worldgen_calendar_systems"),
    ("worldgen_pantheons", "home_plane_id", "worldgen_planes"),
    ("worldgen_deities", "pantheon_id", "worldgen_pantheons"),
    ("worldgen_deities", "home_plane_id", "worldgen_planes"),
    ("worldgen_deities", "celestial_body_id", "worldgen_celestial_bodies"),
    ("worldgen_factions", "home_region_id", "worldgen_geography_regions"),
    ("worldgen_factions", "culture_id", "worldgen_cultures"),
    ("worldgen_factions", "patron_deity_id", "worldgen_deities"),
    ("worldgen_factions", "parent_faction_id", "worldgen_factions"),
    ("worldgen_factions", "founded_in_id", "worldgen_historical_periods"),
    ("worldgen_factions", "leader_id", "worldgen_entities"),
    ("worldgen_factions", "headquarters_id", "worldgen_locations"),
    ("worldgen_entities", "pc_id", "worldgen_playercharacter"),
    ("worldgen_entities", "parent_entity_id", "worldgen_entities"),
    ("worldgen_entities", "race_id", "worldgen_races"),
    ("worldgen_entities", "character_class_id", "worldgen_character_classes"),
    ("worldgen_entities", "background_id", "worldgen_backgrounds"),
    ("worldgen_entities", "culture_id", "worldgen_cultures"),
    ("worldgen_entities", "deity_id", "worldgen_deities"),
    ("worldgen_entities", "primary_faction_id", "worldgen_factions"),
    ("worldgen_entities", "home_region_id", "worldgen_geography_regions"),
    ("worldgen_entities", "current_location_id", "worldgen_locations"),
    ("worldgen_locations", "parent_location_id", "worldgen_locations"),
    ("worldgen_locations", "region_id", "worldgen_geography_regions"),
    ("worldgen_locations", "pc_id", "worldgen_playercharacter"),
    ("worldgen_locations", "culture_id", "worldgen_cultures"),
    ("worldgen_locations", "ruling_faction_id", "worldgen_factions"),
    ("worldgen_locations", "ruler_id", "worldgen_entities"),
    ("worldgen_locations", "legal_system_id", "worldgen_legal_systems"),
    ("worldgen_locations", "economic_system_id", "worldgen_economic_systems"),
    ("worldgen_locations", "founded_in_id", "worldgen_historical_periods"),
    ("worldgen_dungeons", "location_id", "worldgen_locations"),
    ("worldgen_dungeons", "pc_id", "worldgen_playercharacter"),
    ("worldgen_dungeons", "builder_faction_id", "worldgen_factions"),
    ("worldgen_dungeons", "built_in_id", "worldgen_historical_periods"),
    ("worldgen_dungeons", "deity_id", "worldgen_deities"),
    ("worldgen_dungeons", "boss_id", "worldgen_entities"),
    ("worldgen_buildings", "location_id", "worldgen_locations"),
    ("worldgen_buildings", "pc_id", "worldgen_playercharacter"),
    ("worldgen_buildings", "owner_id", "worldgen_entities"),
    ("worldgen_buildings", "faction_id", "worldgen_factions"),
    ("worldgen_items", "pc_id", "worldgen_playercharacter"),
    ("worldgen_items", "creator_id", "worldgen_entities"),
    ("worldgen_items", "current_owner_id", "worldgen_entities"),
    ("worldgen_items", "current_location_id", "worldgen_locations"),
    ("worldgen_items", "origin_culture_id", "worldgen_cultures"),
    ("worldgen_items", "origin_period_id", "worldgen_historical_periods"),
    ("worldgen_item_effects", "item_id", "worldgen_items"),
    ("worldgen_sentient_item_properties", "item_id", "worldgen_items"),
    ("worldgen_sentient_item_properties", "served_deity_id", "worldgen_deities"),
    ("worldgen_sentient_item_properties", "opposed_faction_id", "worldgen_factions"),
    ("worldgen_sentient_item_properties", "bound_spirit_id", "worldgen_entities"),
    ("worldgen_quest_hooks", "parent_quest_id", "worldgen_quest_hooks"),
    ("worldgen_quest_hooks", "giver_id", "worldgen_entities"),
    ("worldgen_quest_hooks", "location_id", "worldgen_locations"),
    ("worldgen_quest_hooks", "dungeon_id", "worldgen_dungeons"),
    ("worldgen_quest_hooks", "target_entity_id", "worldgen_entities"),
    ("worldgen_quest_hooks", "target_item_id", "worldgen_items"),
    ("worldgen_quest_hooks", "sponsor_faction_id", "worldgen_factions"),
    ("worldgen_quest_hooks", "opposing_faction_id", "worldgen_factions"),
    ("worldgen_quest_hooks", "pc_id", "worldgen_playercharacter"),
    ("worldgen_encounters", "quest_id", "worldgen_quest_hooks"),
    ("worldgen_encounters", "location_id", "worldgen_locations"),
    ("worldgen_encounters", "dungeon_id", "worldgen_dungeons"),
    ("worldgen_shops", "location_id", "worldgen_locations"),
    ("worldgen_shops", "building_id", "worldgen_buildings"),
    ("worldgen_shops", "owner_id", "worldgen_entities"),
    ("worldgen_shops", "faction_id", "worldgen_factions"),
    ("worldgen_taverns", "location_id", "worldgen_locations"),
    ("worldgen_taverns", "building_id", "worldgen_buildings"),
    ("worldgen_taverns", "owner_id", "worldgen_entities"),
    ("worldgen_taverns", "faction_id", "worldgen_factions"),
    ("worldgen_temples", "location_id", "worldgen_locations"),
    ("worldgen_temples", "building_id", "worldgen_buildings"),
    ("worldgen_temples", "deity_id", "worldgen_deities"),
    ("worldgen_temples", "high_priest_id", "worldgen_entities"),
    ("worldgen_temples", "faction_id", "worldgen_factions"),
    ("worldgen_entity_relationships", "from_entity_id", "worldgen_entities"),
    ("worldgen_entity_relationships", "to_entity_id", "worldgen_entities"),
    ("worldgen_entity_relationships", "since_period_id", "worldgen_historical_periods"),
    ("worldgen_entity_locations", "entity_id", "worldgen_entities"),
    ("worldgen_entity_locations", "location_id", "worldgen_locations"),
    ("worldgen_entity_factions", "entity_id", "worldgen_entities"),
    ("worldgen_entity_factions", "faction_id", "worldgen_factions"),
    ("worldgen_entity_items", "entity_id", "worldgen_entities"),
    ("worldgen_entity_items", "item_id", "worldgen_items"),
    ("worldgen_entity_deities", "entity_id", "worldgen_entities"),
    ("worldgen_entity_deities", "deity_id", "worldgen_deities"),
    ("worldgen_entity_languages", "entity_id", "worldgen_entities"),
    ("worldgen_entity_languages", "language_id", "worldgen_languages"),
    ("worldgen_faction_relationships", "from_faction_id", "worldgen_factions"),
    ("worldgen_faction_relationships", "to_faction_id", "worldgen_factions"),
    ("worldgen_faction_locations", "faction_id", "worldgen_factions"),
    ("worldgen_faction_locations", "location_id", "worldgen_locations"),
    ("worldgen_deity_relationships", "from_deity_id", "worldgen_deities"),
    ("worldgen_deity_relationships", "to_deity_id", "worldgen_deities"),
    ("worldgen_location_connections", "from_location_id", "worldgen_locations"),
    ("worldgen_location_connections", "to_location_id", "worldgen_locations"),
    ("worldgen_location_connections", "controlled_by_id", "worldgen_factions"),
    ("worldgen_quest_entities", "quest_id", "worldgen_quest_hooks"),
    ("worldgen_quest_entities", "entity_id", "worldgen_entities"),
    ("worldgen_quest_locations", "quest_id", "worldgen_quest_hooks"),
    ("worldgen_quest_locations", "location_id", "worldgen_locations"),
    ("worldgen_quest_items", "quest_id", "worldgen_quest_hooks"),
    ("worldgen_quest_items", "item_id", "worldgen_items"),
    ("worldgen_encounter_entities", "encounter_id", "worldgen_encounters"),
    ("worldgen_encounter_entities", "entity_id", "worldgen_entities"),
    ("worldgen_item_locations", "item_id", "worldgen_items"),
    ("worldgen_item_locations", "location_id", "worldgen_locations"),
    ("worldgen_item_locations", "dungeon_id", "worldgen_dungeons"),
    ("worldgen_item_locations", "shop_id", "worldgen_shops"),
    ("worldgen_phaserun", "run_id", "worldgen_generationrun"),
    ("worldgen_tablerun", "phase_run_id", "worldgen_phaserun"),
    ("worldgen_rowdraft", "table_run_id", "worldgen_tablerun"),
    ("worldgen_referenceissue", "run_id", "worldgen_generationrun"),
)

# Link table, table and column of one end, table and column of the other.
LINK_TABLES = (
    ("worldgen_geography_regions_adjacent_regions", "worldgen_geography_regions", "from_geographyregion_id", "worldgen_geography_regions", "to_geographyregion_id"),
    ("worldgen_historical_periods_affected_regions", "worldgen_historical_periods", "historicalperiod_id", "worldgen_geography_regions", "geographyregion_id"),
    ("worldgen_economic_systems_regions", "worldgen_economic_systems", "economicsystem_id", "worldgen_geography_regions", "geographyregion_id"),
    ("worldgen_legal_systems_regions", "worldgen_legal_systems", "legalsystem_id", "worldgen_geography_regions", "geographyregion_id"),
    ("worldgen_races_other_regions", "worldgen_races", "race_id", "worldgen_geography_regions", "geographyregion_id"),
    ("worldgen_character_classes_common_races", "worldgen_character_classes", "characterclass_id", "worldgen_races", "race_id"),
    ("worldgen_backgrounds_suggested_classes", "worldgen_backgrounds", "background_id", "worldgen_character_classes", "characterclass_id"),
    ("worldgen_languages_typical_races", "worldgen_languages", "language_id", "worldgen_races", "race_id"),
    ("worldgen_languages_regions", "worldgen_languages", "language_id", "worldgen_geography_regions", "geographyregion_id"),
    ("worldgen_cultures_other_races", "worldgen_cultures", "culture_id", "worldgen_races", "race_id"),
    ("worldgen_cultures_other_regions", "worldgen_cultures", "culture_id", "worldgen_geography_regions", "geographyregion_id"),
    ("worldgen_cultures_other_languages", "worldgen_cultures", "culture_id", "worldgen_languages", "language_id"),
    ("worldgen_pantheons_cultures", "worldgen_pantheons", "pantheon_id", "worldgen_cultures", "culture_id"),
    ("worldgen_deities_worshipper_races", "worldgen_deities", "deity_id", "worldgen_races", "race_id"),
    ("worldgen_sentient_item_properties_languages", "worldgen_sentient_item_properties", "sentientitemproperties_id", "worldgen_languages", "language_id"),
)

# Tables with a campaign: (project, campaign) -> campaign (project, id).
IN_CAMPAIGN = (
    "worldgen_playercharacter",
    "worldgen_pcfact",
    "worldgen_factcitation",
    "worldgen_calendar_systems",
    "worldgen_planes",
    "worldgen_geography_regions",
    "worldgen_historical_periods",
    "worldgen_economic_systems",
    "worldgen_legal_systems",
    "worldgen_celestial_bodies",
    "worldgen_races",
    "worldgen_character_classes",
    "worldgen_feats",
    "worldgen_backgrounds",
    "worldgen_languages",
    "worldgen_cultures",
    "worldgen_pantheons",
    "worldgen_deities",
    "worldgen_factions",
    "worldgen_entities",
    "worldgen_locations",
    "worldgen_dungeons",
    "worldgen_buildings",
    "worldgen_items",
    "worldgen_item_effects",
    "worldgen_sentient_item_properties",
    "worldgen_quest_hooks",
    "worldgen_encounters",
    "worldgen_shops",
    "worldgen_taverns",
    "worldgen_temples",
    "worldgen_entity_relationships",
    "worldgen_entity_locations",
    "worldgen_entity_factions",
    "worldgen_entity_items",
    "worldgen_entity_deities",
    "worldgen_entity_languages",
    "worldgen_faction_relationships",
    "worldgen_faction_locations",
    "worldgen_deity_relationships",
    "worldgen_location_connections",
    "worldgen_quest_entities",
    "worldgen_quest_locations",
    "worldgen_quest_items",
    "worldgen_encounter_entities",
    "worldgen_item_locations",
    "worldgen_generationrun",
    "worldgen_phaserun",
    "worldgen_tablerun",
    "worldgen_rosterline",
    "worldgen_rowdraft",
    "worldgen_referenceissue",
    "worldgen_rowchange",
    "worldgen_checkreport",
    "worldgen_worldexport",
    "worldgen_vocabularyentry",
)

SAME_CAMPAIGN = """
CREATE FUNCTION worldgen_same_campaign() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    same boolean;
BEGIN
    EXECUTE format(
        'SELECT a.campaign_id = b.campaign_id FROM %I a, %I b WHERE a.id = ($1).%I AND b.id = ($1).%I',
        TG_ARGV[0], TG_ARGV[2], TG_ARGV[1], TG_ARGV[3]
    ) INTO same USING NEW;
    IF same IS NOT TRUE THEN
        RAISE foreign_key_violation USING MESSAGE = 'both rows must be of one campaign';
    END IF;
    RETURN NULL;
END $$
"""


Step = tuple[str, str]


def short(*parts: str) -> str:
    """A name within PostgreSQL's 63 characters."""
    name = "_".join(part.removeprefix("worldgen_") for part in parts)
    return f"{name[:50]}_in_campaign"


def link(table: str, column: str, target: str) -> Step:
    name = short(table, column)
    return (
        f'ALTER TABLE "{table}" ADD CONSTRAINT "{name}" FOREIGN KEY (campaign_id, "{column}")'
        f' REFERENCES "{target}" (campaign_id, id) DEFERRABLE INITIALLY DEFERRED',
        f'ALTER TABLE "{table}" DROP CONSTRAINT "{name}"',
    )


def link_table(
    table: str, one: str, one_column: str, other: str, other_column: str
) -> Step:
    return (
        f'CREATE TRIGGER same_campaign AFTER INSERT OR UPDATE ON "{table}" FOR EACH ROW EXECUTE'
        f" FUNCTION worldgen_same_campaign('{one}', '{one_column}', '{other}', '{other_column}')",
        f'DROP TRIGGER same_campaign ON "{table}"',
    )


def in_campaign(table: str) -> Step:
    name = short(table, "project")
    return (
        f'ALTER TABLE "{table}" ADD CONSTRAINT "{name}" FOREIGN KEY (project_id, campaign_id)'
        " REFERENCES worldgen_campaign (project_id, id) DEFERRABLE INITIALLY DEFERRED",
        f'ALTER TABLE "{table}" DROP CONSTRAINT "{name}"',
    )


STEPS: list[Step] = [
    (SAME_CAMPAIGN, "DROP FUNCTION worldgen_same_campaign()"),
    *(link(*row) for row in LINKS),
    *(link_table(*row) for row in LINK_TABLES),
    *(in_campaign(table) for table in IN_CAMPAIGN),
]


class Migration(migrations.Migration):
    dependencies = [("worldgen", "0001_initial")]

    operations = [
        # One operation: each one costs a copy of the whole state.
        migrations.RunSQL([up for up, _ in STEPS], [down for _, down in reversed(STEPS)]),
    ]
