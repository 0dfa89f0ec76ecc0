"""Every table and how it is written: the one list that the rest walks."""

from __future__ import annotations

from collections.abc import Callable

from worldgen.rules import (
    bindings,
    encounters,
    foundations,
    phase1a,
    phase1b,
    phase1c,
    phase2a,
    phase2b,
    phase2c,
    phase3b,
    phase3c,
    powers,
    quests,
    sites,
)
from worldgen.rules.brief import Row
from worldgen.rules.world import World, Writer

WRITERS: dict[str, Writer] = {
    **phase1a.WRITERS,
    **foundations.WRITERS,
    **phase1b.WRITERS,
    **phase1c.WRITERS,
    **powers.WRITERS,
    **phase2a.WRITERS,
    **phase2b.WRITERS,
    **sites.WRITERS,
    **phase2c.WRITERS,
    **quests.WRITERS,
    **encounters.WRITERS,
    **phase3b.WRITERS,
}

RELATIONS: dict[str, Callable[[World], list[Row]]] = {
    "entity_relationships": phase3c.entity_relationships,
    "entity_locations": bindings.entity_locations,
    "entity_factions": phase3c.entity_factions,
    "entity_items": bindings.entity_items,
    "entity_deities": phase3c.entity_deities,
    "entity_languages": phase3c.entity_languages,
    "faction_relationships": phase3c.faction_relationships,
    "faction_locations": bindings.faction_locations,
    "deity_relationships": phase3c.deity_relationships,
    "location_connections": bindings.location_connections,
    "quest_entities": bindings.quest_entities,
    "quest_locations": bindings.quest_locations,
    "quest_items": bindings.quest_items,
    "encounter_entities": bindings.encounter_entities,
    "item_locations": bindings.item_locations,
}
