"""Which relations hold from both ends, and what the other end of the others is called."""

from __future__ import annotations

SYMMETRIC: dict[str, frozenset[str]] = {
    "entity_relationships": frozenset({"sibling", "spouse", "friend", "ally", "rival", "enemy"}),
    "faction_relationships": frozenset(
        {"ally", "rival", "enemy", "trade_partner", "secret_ally", "neutral"}
    ),
    "deity_relationships": frozenset({"sibling", "spouse", "ally", "rival", "enemy"}),
}


def _both_ways(**pairs: str) -> dict[str, str]:
    return {**pairs, **{other: one for one, other in pairs.items()}}


#: Tables that hold one row for each direction, whatever its type.
ONE_A_PAIR = ("faction_relationships",)

INVERSE: dict[str, dict[str, str]] = {
    "entity_relationships": _both_ways(
        parent="child", employer="employee", mentor="student", creditor="debtor"
    ),
    "faction_relationships": _both_ways(vassal="overlord"),
    "deity_relationships": _both_ways(parent="child", servant="master"),
}


def back_of(table: str, kind: str) -> str:
    """What a relation is called from its other end; empty where it tells of one side only."""
    return kind if kind in SYMMETRIC[table] else INVERSE[table].get(kind, "")
