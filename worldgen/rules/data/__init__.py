"""Words and templates of the writer by rules, written for this project."""

from __future__ import annotations

from worldgen.rules.data.prose_1a import PROSE_1A
from worldgen.rules.data.prose_1b import PROSE_1B
from worldgen.rules.data.prose_1c import PROSE_1C
from worldgen.rules.data.prose_2a import PROSE_2A
from worldgen.rules.data.prose_2b import PROSE_2B
from worldgen.rules.data.prose_2c import PROSE_2C
from worldgen.rules.data.prose_3a import PROSE_3A
from worldgen.rules.data.prose_3b import PROSE_3B
from worldgen.rules.data.prose_3c import PROSE_3C
from worldgen.rules.data.settings_of_people import CITY, GOTHIC, HEARTLAND
from worldgen.rules.data.settings_water_and_steel import RAIL, SEA, SKY
from worldgen.rules.data.settings_wild import DESERT, FOREST, FROST
from worldgen.rules.data.troubles import TROUBLES as TROUBLES

SETTINGS: dict[str, dict[str, str]] = {
    "sea": SEA,
    "rail": RAIL,
    "sky": SKY,
    "frost": FROST,
    "desert": DESERT,
    "forest": FOREST,
    "gothic": GOTHIC,
    "city": CITY,
    "heartland": HEARTLAND,
}

PROSE: dict[str, str] = {
    **PROSE_1A,
    **PROSE_1B,
    **PROSE_1C,
    **PROSE_2A,
    **PROSE_2B,
    **PROSE_2C,
    **PROSE_3A,
    **PROSE_3B,
    **PROSE_3C,
}
"""Pools that do not depend on the setting, by name."""
