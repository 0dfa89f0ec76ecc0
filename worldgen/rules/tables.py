"""The tables by phase: code prefix and rows asked for (small, standard, large) for a party of four."""

from __future__ import annotations

from functools import lru_cache

from worldgen.rules.brief import Brief

SIZES = ("small", "standard", "large")

PHASES: dict[str, dict[str, tuple[str, tuple[int, int, int]]]] = {
    "1A": {
        "calendar_systems": ("cal", (1, 2, 3)),
        "planes": ("pla", (3, 5, 9)),
        "geography_regions": ("reg", (6, 10, 20)),
        "historical_periods": ("per", (4, 6, 10)),
        "economic_systems": ("eco", (1, 3, 5)),
        "legal_systems": ("law", (1, 3, 5)),
        "celestial_bodies": ("sky", (2, 5, 10)),
    },
    "1B": {
        "races": ("rac", (3, 6, 10)),
        "character_classes": ("cls", (3, 6, 13)),
        "feats": ("fea", (4, 8, 16)),
        "backgrounds": ("bkg", (4, 6, 12)),
    },
    "1C": {
        "languages": ("lan", (3, 7, 14)),
        "cultures": ("cul", (3, 6, 12)),
        "pantheons": ("pan", (1, 2, 4)),
        "deities": ("dei", (4, 10, 20)),
        "factions": ("fac", (4, 8, 16)),
    },
    "2A": {"entities": ("ent", (8, 16, 40))},
    "2B": {
        "locations": ("loc", (8, 14, 40)),
        "dungeons": ("dun", (1, 3, 8)),
        "buildings": ("bld", (6, 10, 30)),
    },
    "2C": {
        "items": ("itm", (6, 12, 40)),
        "item_effects": ("eff", (6, 18, 60)),
        "sentient_item_properties": ("sen", (0, 2, 6)),
    },
    "3A": {"quest_hooks": ("qst", (4, 8, 20)), "encounters": ("enc", (5, 10, 30))},
    "3B": {
        "shops": ("shp", (3, 6, 20)),
        "taverns": ("tav", (2, 4, 12)),
        "temples": ("tmp", (2, 4, 12)),
    },
}

RELATIONS: dict[str, tuple[int, int, int]] = {
    "entity_relationships": (12, 30, 120),
    "entity_locations": (8, 20, 80),
    "entity_factions": (6, 16, 60),
    "entity_items": (4, 12, 40),
    "entity_deities": (4, 10, 40),
    "entity_languages": (8, 24, 80),
    "faction_relationships": (6, 12, 40),
    "faction_locations": (6, 12, 40),
    "deity_relationships": (4, 10, 30),
    "location_connections": (8, 16, 60),
    "quest_entities": (8, 20, 60),
    "quest_locations": (6, 14, 50),
    "quest_items": (3, 8, 30),
    "encounter_entities": (5, 15, 60),
    "item_locations": (3, 10, 40),
}

PREFIXES = {table: prefix for tables in PHASES.values() for table, (prefix, _) in tables.items()}
_ROWS = {
    table: rows for tables in PHASES.values() for table, (_, rows) in tables.items()
} | RELATIONS

FOR_EACH_MORE = {
    "entities": 2,
    "locations": 1,
    "items": 1,
    "item_effects": 1,
    "quest_hooks": 1,
    "encounters": 1,
}
"""Rows that each character beyond the fourth adds, so that everyone has what W05 asks for."""

USUAL_PARTY = 4


def row_count(table: str, brief: Brief) -> int:
    """Return how many rows of the table a world of this size and party asks for."""
    return rows_wanted(table, brief.size, len(brief.characters))


def rows_wanted(table: str, size: str, party: int) -> int:
    """Return the same for a size and a number of player characters."""
    more = max(0, party - USUAL_PARTY)
    return _ROWS[table][SIZES.index(size)] + FOR_EACH_MORE.get(table, 0) * more


@lru_cache(maxsize=4096)
def number_of(code: str) -> int:
    """Return the number in a code: 12 for ent12; 0 when it has none."""
    digits = "".join(char for char in code if char.isdecimal() and char.isascii())
    return int(digits) if digits else 0
