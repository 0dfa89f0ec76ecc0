"""Phase 3C: who is what to whom, and where."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from worldgen.models.base import EVERY_ROW, RelationRow, once
from worldgen.models.fields import Line, Link, Number, Whole, Word


class EntityRelationship(RelationRow):
    """Who is what to whom (directed)."""

    row_counts = (12, 30, 120)
    row_tokens = 110
    hidden_rows = Q(is_secret=True)

    from_entity = Link("Entity")
    to_entity = Link("Entity", help_text="Somebody else.")
    relationship_type = Word(
        "parent child sibling spouse lover friend ally mentor student employer employee rival enemy creditor debtor worships fears betrayed owes_life"
    )
    strength = Number(
        -1,
        1,
        help_text="From -1 for hatred to 1 for devotion.",
    )
    trust = Number(0, 1)
    familiarity = Number(0, 1)
    is_secret = models.BooleanField()
    since_period = Link("HistoricalPeriod", optional=True)
    description = Line(240)

    class Meta(RelationRow.Meta):
        db_table = "worldgen_entity_relationships"
        constraints = [
            *RelationRow.Meta.constraints,
            once("from_entity", "to_entity", "relationship_type", name="entity_relationships_once"),
        ]


class EntityLocation(RelationRow):
    """Where people belong."""

    row_counts = (8, 20, 80)
    row_tokens = 75
    hidden_rows = Q(relation="hides")

    entity = Link("Entity")
    location = Link("Location")
    relation = Word("lives works born rules imprisoned hides frequents owns buried currently_at")
    is_primary = models.BooleanField(help_text="One place of each is.")
    description = Line(240)

    class Meta(RelationRow.Meta):
        db_table = "worldgen_entity_locations"
        constraints = [
            *RelationRow.Meta.constraints,
            once("entity", "location", "relation", name="entity_locations_once"),
        ]


class EntityFaction(RelationRow):
    """Membership."""

    row_counts = (6, 16, 60)
    row_tokens = 101
    hidden_rows = Q(status="secret")

    entity = Link("Entity")
    faction = Link("Faction")
    role = Line(80)
    rank_order = Whole(1, 10, help_text="An order among the ranks of the faction.")
    status = Word("active former secret exiled founder leader")
    loyalty = Number(0, 1)
    description = Line(240)

    class Meta(RelationRow.Meta):
        db_table = "worldgen_entity_factions"
        constraints = [
            *RelationRow.Meta.constraints,
            once("entity", "faction", name="entity_factions_once"),
        ]


class EntityItem(RelationRow):
    """Who has, seeks or guards what."""

    row_counts = (4, 12, 40)
    row_tokens = 76
    hidden_rows = Q(relation="stole")

    entity = Link("Entity")
    item = Link("Item")
    relation = Word("owns carries seeks stole lost created guards")
    is_attuned = models.BooleanField(
        help_text="Only if the item requires it and is owned or carried."
    )
    description = Line(240)

    class Meta(RelationRow.Meta):
        db_table = "worldgen_entity_items"
        constraints = [
            *RelationRow.Meta.constraints,
            once("entity", "item", "relation", name="entity_items_once"),
        ]


class EntityDeity(RelationRow):
    """Faith."""

    row_counts = (4, 10, 40)
    row_tokens = 71

    entity = Link("Entity")
    deity = Link("Deity")
    devotion = Word("nominal devout clergy chosen apostate cursed heretic")
    description = Line(240)

    class Meta(RelationRow.Meta):
        db_table = "worldgen_entity_deities"
        constraints = [
            *RelationRow.Meta.constraints,
            once("entity", "deity", name="entity_deities_once"),
        ]


class EntityLanguage(RelationRow):
    """Who speaks what."""

    row_counts = (8, 24, 80)
    row_tokens = 25

    entity = Link("Entity")
    language = Link("Language")
    fluency = Word("basic conversational fluent native literate_only")

    class Meta(RelationRow.Meta):
        db_table = "worldgen_entity_languages"
        constraints = [
            *RelationRow.Meta.constraints,
            once("entity", "language", name="entity_languages_once"),
        ]


class FactionRelationship(RelationRow):
    """Politics (directed)."""

    row_counts = (6, 12, 40)
    row_tokens = 116
    hidden_rows = Q(is_secret=True) | Q(relationship_type__in=["secret_ally", "infiltrated"])

    from_faction = Link("Faction")
    to_faction = Link("Faction", help_text="Another one.")
    relationship_type = Word(
        "ally rival enemy vassal overlord trade_partner secret_ally infiltrated neutral"
    )
    strength = Number(-1, 1, help_text="From -1 to 1; its sign agrees with the type.")
    is_secret = models.BooleanField()
    treaty = Line(160, blank=True)
    description = Line(240)

    class Meta(RelationRow.Meta):
        db_table = "worldgen_faction_relationships"
        constraints = [
            *RelationRow.Meta.constraints,
            once("from_faction", "to_faction", name="faction_relationships_once"),
        ]


class FactionLocation(RelationRow):
    """Who holds what."""

    row_counts = (6, 12, 40)
    row_tokens = 69
    hidden_rows = Q(control="hidden_cell")

    faction = Link("Faction")
    location = Link("Location")
    control = Word("headquarters controls contested presence hidden_cell claims")
    influence = Whole(0, 100)
    description = Line(240)

    class Meta(RelationRow.Meta):
        db_table = "worldgen_faction_locations"
        constraints = [
            *RelationRow.Meta.constraints,
            once("faction", "location", name="faction_locations_once"),
        ]


class DeityRelationship(RelationRow):
    """Divine family and feuds (directed)."""

    row_counts = (4, 10, 30)
    row_tokens = 74

    from_deity = Link("Deity")
    to_deity = Link("Deity", help_text="Another one.")
    relationship_type = Word(
        "parent child sibling spouse ally rival enemy aspect slain_by servant master"
    )
    description = Line(240)

    class Meta(RelationRow.Meta):
        db_table = "worldgen_deity_relationships"
        constraints = [
            *RelationRow.Meta.constraints,
            once("from_deity", "to_deity", "relationship_type", name="deity_relationships_once"),
        ]


class LocationConnection(RelationRow):
    """Roads, routes and portals."""

    row_counts = (8, 16, 60)
    row_tokens = 113

    from_location = Link("Location")
    to_location = Link("Location", help_text="Another one.")
    connection_type = Word("road trail river sea_route tunnel bridge air portal")
    distance_km = Number(0, 20000, help_text="A portal may have 0.")
    travel_hours = Number(0, 10000, help_text="What the distance takes on such a way.")
    danger = Whole(0, 10)
    is_two_way = models.BooleanField()
    controlled_by = Link("Faction", optional=True)
    description = Line(240)

    class Meta(RelationRow.Meta):
        db_table = "worldgen_location_connections"
        constraints = [
            *RelationRow.Meta.constraints,
            once(
                "from_location", "to_location", "connection_type", name="location_connections_once"
            ),
        ]


class QuestEntity(RelationRow):
    """Cast of a quest."""

    row_counts = (8, 20, 60)
    row_tokens = 25
    hidden_rows = EVERY_ROW

    quest = Link("QuestHook")
    entity = Link("Entity")
    role = Word("giver ally antagonist target victim witness rival informant")

    class Meta(RelationRow.Meta):
        db_table = "worldgen_quest_entities"
        constraints = [
            *RelationRow.Meta.constraints,
            once("quest", "entity", "role", name="quest_entities_once"),
        ]


class QuestLocation(RelationRow):
    """Places of a quest."""

    row_counts = (6, 14, 50)
    row_tokens = 30
    hidden_rows = EVERY_ROW

    quest = Link("QuestHook")
    location = Link("Location")
    role = Word("start waypoint climax aftermath")
    order = Whole(1, 10)

    class Meta(RelationRow.Meta):
        db_table = "worldgen_quest_locations"
        constraints = [
            *RelationRow.Meta.constraints,
            once("quest", "location", "role", name="quest_locations_once"),
        ]


class QuestItem(RelationRow):
    """Things in a quest."""

    row_counts = (3, 8, 30)
    row_tokens = 25
    hidden_rows = EVERY_ROW

    quest = Link("QuestHook")
    item = Link("Item")
    role = Word("reward objective key clue macguffin")

    class Meta(RelationRow.Meta):
        db_table = "worldgen_quest_items"
        constraints = [
            *RelationRow.Meta.constraints,
            once("quest", "item", "role", name="quest_items_once"),
        ]


class EncounterEntity(RelationRow):
    """Who is in an encounter."""

    row_counts = (5, 15, 60)
    row_tokens = 31
    hidden_rows = EVERY_ROW

    encounter = Link("Encounter")
    entity = Link("Entity")
    role = Word("enemy ally neutral leader hidden bystander")
    count = Whole(1, 30, help_text="1 for a person.")

    class Meta(RelationRow.Meta):
        db_table = "worldgen_encounter_entities"
        constraints = [
            *RelationRow.Meta.constraints,
            once("encounter", "entity", name="encounter_entities_once"),
        ]


class ItemLocation(RelationRow):
    """Where things lie."""

    row_counts = (3, 10, 40)
    row_tokens = 73
    hidden_rows = Q(status__in=["hidden", "lost", "guarded"])

    item = Link("Item")
    location = Link("Location")
    status = Word("stored hidden displayed lost guarded for_sale")
    dungeon = Link("Dungeon", optional=True, help_text="A dungeon at this location.")
    shop = Link("Shop", optional=True, help_text="A shop at this location.")
    detail = Line(200)

    class Meta(RelationRow.Meta):
        db_table = "worldgen_item_locations"
        constraints = [*RelationRow.Meta.constraints, once("item", name="item_locations_once")]
