"""Which names of the vocabulary a phase is shown: those of its kinds, a fair sample where there are many."""

from __future__ import annotations

from fractions import Fraction

from worldgen.models import VocabularyEntry
from worldgen.rows import World

#: Kinds by phase; a phase that is not here is shown none.
KINDS = {
    "1A": ("plane",),
    "1B": ("race", "class", "feat", "background"),
    "1C": ("language", "deity"),
    "2A": ("creature",),
    "2B": ("creature",),
    "2C": ("item", "spell"),
    "3A": ("creature", "condition"),
    "3B": ("item",),
}
MOST_SHOWN = 120  # names of a kind: about 600 tokens
ABOVE_PARTY = 6  # creatures of a higher challenge than this above the party's level are not shown


def vocabulary_for(world: World, phase: str) -> str:
    """The names for a phase, one line a kind; empty where the campaign has none."""
    lines = []
    for kind in KINDS.get(phase, ()):
        entries = [e for e in world.vocabulary if e.kind == kind and _fits(world, e)]
        if entries:
            lines.append(f"[{kind}] {'; '.join(_said(entry) for entry in _sample(entries))}")
    return "\n".join(lines)


def _fits(world: World, entry: VocabularyEntry) -> bool:
    if not entry.challenge_rating:
        return True
    most: int = world.campaign.party_level + ABOVE_PARTY
    return Fraction(entry.challenge_rating) <= most


def _sample(entries: list[VocabularyEntry]) -> list[VocabularyEntry]:
    """At most so many, evenly over the alphabet: the same names for the same vocabulary."""
    step = max(1, -(-len(entries) // MOST_SHOWN))
    return entries[::step]


def _said(entry: VocabularyEntry) -> str:
    more = [entry.detail, f"CR {entry.challenge_rating}" if entry.challenge_rating else ""]
    told = ", ".join(part for part in more if part)
    return f"{entry.name} ({told})" if told else entry.name
