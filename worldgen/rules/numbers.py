"""Numbers that code holds and no writer invents: challenge, experience, rarity, dice.

Experience by challenge rating and the value of a rarity are those of the System Reference
Document 5.1 (CC-BY-4.0). The budget of an encounter is our own: see `budget`.
"""

from __future__ import annotations

import re

XP_BY_RATING: dict[str, int] = {
    "0": 10, "1/8": 25, "1/4": 50, "1/2": 100, "1": 200, "2": 450, "3": 700, "4": 1100,
    "5": 1800, "6": 2300, "7": 2900, "8": 3900, "9": 5000, "10": 5900, "11": 7200, "12": 8400,
    "13": 10000, "14": 11500, "15": 13000, "16": 15000, "17": 18000, "18": 20000, "19": 22000,
    "20": 25000, "21": 33000, "22": 41000, "23": 50000, "24": 62000, "25": 75000, "26": 90000,
    "27": 105000, "28": 120000, "29": 135000, "30": 155000,
}  # fmt: skip
RATINGS = tuple(XP_BY_RATING)

RARITY_BANDS: dict[str, tuple[int, int]] = {
    "mundane": (0, 50000),
    "common": (50, 100),
    "uncommon": (101, 500),
    "rare": (501, 5000),
    "very_rare": (5001, 50000),
    "legendary": (50001, 500000),
    "artifact": (50001, 1000000),
}
"""Lowest and highest value in gold pieces."""

DIFFICULTIES = ("trivial", "low", "moderate", "high", "deadly")
_STEPS = (0.35, 1.0, 1.8, 2.7)
_DICE = re.compile(r"(\d+)d(\d+)([+-]\d+)?")


def budget(party_level: int, party_size: int) -> tuple[float, float, float, float]:
    """Return the XP up to which an encounter is trivial, low, moderate and high; above is deadly.

    Our own table: a party's low encounter is worth one creature of a quarter of its level for
    each member, which grows as 25 + 22 x level^1.65.
    """
    member = 25 + 22 * party_level**1.65
    trivial, low, moderate, high = (step * member * party_size for step in _STEPS)
    return trivial, low, moderate, high


def difficulty(xp: float, party_level: int, party_size: int) -> str:
    """Return the word for an encounter of that much experience."""
    limits = budget(party_level, party_size)
    return DIFFICULTIES[sum(xp > limit for limit in limits)]


def proficiency_bonus(rating: str) -> int:
    """Return the proficiency bonus of a challenge rating."""
    return 2 if "/" in rating else 2 + max(0, int(rating) - 1) // 4


def modifier(score: int) -> int:
    """Return the modifier of an ability score."""
    return (score - 10) // 2


def dice_average(dice: str) -> float:
    """Return the average of dice such as 4d8+12; 0 for text that is none."""
    found = _DICE.fullmatch(dice.replace(" ", ""))
    if not found:
        return 0.0
    count, sides, plus = int(found[1]), int(found[2]), int(found[3] or 0)
    return count * (sides + 1) / 2 + plus


def rating_at(level: float) -> str:
    """Return the challenge rating nearest to a level; below 1 the fractions serve."""
    if level >= 1:
        return str(min(30, int(level)))
    return "1/2" if level >= 0.5 else "1/4" if level >= 0.25 else "1/8"
